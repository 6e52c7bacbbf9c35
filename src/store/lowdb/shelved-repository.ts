import type { ByteText } from '../byte-text.ts';
import { foldText, unfoldLines } from '../folded-text.ts';
import type { KeptRepository } from '../kept-repository.ts';
import { type PackedLog, packedLog } from '../packed-log.ts';
import { columnsOf, type PackedRuns, packedRuns, runsIn } from '../packed-runs.ts';
import type { WrittenSets } from './checkpoint.ts';
import { weigh } from './weigh.ts';

/** A state put away: JSON, compressed. Packed runs and events are small as they are. */
interface Folded {
  readonly runs: PackedRuns;
  readonly log: PackedLog;
  readonly rest: ByteText;
}

/**
 * One repository in memory: open where something happens to it, folded to about a tenth of the room where nothing has
 * for a while. Folding loses nothing: what a state holds is what its JSON holds.
 */
export class ShelvedRepository {
  readonly id: number;
  settledThrough: number;
  changesThrough: number;
  /** When the first change came that no checkpoint has, in ms of the process's own clock; `null` where there is none. */
  dirtySince: number | null = null;
  /** Counts changes, to tell whether one came while a checkpoint was written. */
  changes = 0;
  /** How many of the two checkpoints hold the newest change: 0, 1 or 2. */
  heldBy: number;
  /** What the two checkpoints hold, as far as it is known. */
  written: WrittenSets;
  /** Checkpoints that could not be written, since the last one that could. */
  failedWrites = 0;
  /** Changes on their way to the journal: a checkpoint waits for them, to know how far it reaches. */
  readonly journaling = new Set<Promise<unknown>>();
  /** Deliveries being handled: a checkpoint waits for them too, and keeps the next from beginning. */
  readonly handling = new Set<Promise<unknown>>();
  gate: Promise<void> | undefined;
  /** A checkpoint being written. */
  writing: Promise<void> | undefined;
  #open: KeptRepository | undefined;
  #folded: Folded | undefined;
  #bytes = 0;

  constructor(loaded: {
    readonly id: number;
    readonly state: KeptRepository | undefined;
    readonly settledThrough: number;
    readonly changesThrough: number;
    readonly heldBy: number;
    readonly written: WrittenSets;
  }) {
    this.id = loaded.id;
    this.settledThrough = loaded.settledThrough;
    this.changesThrough = loaded.changesThrough;
    this.heldBy = loaded.heldBy;
    this.written = loaded.written;
    this.state = loaded.state;
  }

  /** `undefined` before the first profile and after a deletion. Reading it opens a folded one. */
  get state(): KeptRepository | undefined {
    if (this.#folded !== undefined) this.state = unfold(this.#folded);
    return this.#open;
  }

  set state(state: KeptRepository | undefined) {
    this.#open = state;
    this.#folded = undefined;
    this.#bytes = state === undefined ? 0 : weigh(state);
  }

  /** True where there is no state, without opening a folded one. */
  get isEmpty(): boolean {
    return this.#open === undefined && this.#folded === undefined;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Of memory, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The state for whoever only reads it once: a folded one stays folded. */
  look(): KeptRepository | undefined {
    return this.#folded === undefined ? this.#open : unfold(this.#folded);
  }

  /** Puts the state away. Nobody may hold it who is still to change it. */
  fold(): void {
    if (this.#open === undefined) return;
    this.#folded = foldUp(this.#open);
    this.#bytes = this.#folded.runs.bytes + this.#folded.log.bytes + this.#folded.rest.length;
    this.#open = undefined;
  }
}

function foldUp({ runs, learningLog, ...rest }: KeptRepository): Folded {
  const history = packedRuns(runs).split();
  const log = packedLog(learningLog).split();
  const [columns, { count, text }] = [columnsOf(history.newest), log.newest];
  // Of the events there is text already: as a line of its own it need not become a string within a string.
  const lines = [JSON.stringify({ rest, runs: columns, events: count }), text];
  return { runs: history.packed, log: log.packed, rest: foldText(lines.join('\n')) };
}

function unfold(folded: Folded): KeptRepository {
  const [line = '', text = ''] = unfoldLines(folded.rest);
  // Our own text of our own state: there is nothing to check.
  const { rest, runs, events } = JSON.parse(line);
  return {
    ...rest,
    runs: folded.runs.joined(runsIn(runs)),
    learningLog: folded.log.joined({ count: events, text }),
  };
}
