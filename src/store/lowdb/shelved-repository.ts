import type { KeptRepository } from '../kept-repository.ts';
import type { WrittenSets } from './checkpoint.ts';
import type { Folded, FoldedStates } from './folded-states.ts';
import { weigh } from './weigh.ts';

/** Memory that a folded one takes, about: what its checkpoints hold is remembered of it. */
const FOLDED_BYTES = 4_000;

/** One repository in memory: open where something happens to it, folded where nothing has for a while. */
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
  readonly #foldedStates: FoldedStates;
  #bytes = 0;

  constructor(loaded: {
    readonly id: number;
    readonly state: KeptRepository | undefined;
    readonly settledThrough: number;
    readonly changesThrough: number;
    readonly heldBy: number;
    readonly written: WrittenSets;
    readonly foldedStates: FoldedStates;
  }) {
    this.#foldedStates = loaded.foldedStates;
    this.id = loaded.id;
    this.settledThrough = loaded.settledThrough;
    this.changesThrough = loaded.changesThrough;
    this.heldBy = loaded.heldBy;
    this.written = loaded.written;
    this.state = loaded.state;
  }

  /** `undefined` before the first profile and after a deletion. Reading it opens a folded one. */
  get state(): KeptRepository | undefined {
    if (this.#folded !== undefined) this.state = this.#foldedStates.get(this.#folded);
    return this.#open;
  }

  set state(state: KeptRepository | undefined) {
    this.forget();
    this.#open = state;
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
    return this.#folded === undefined ? this.#open : this.#foldedStates.get(this.#folded);
  }

  /** Puts the state away. Nobody may hold it who is still to change it. */
  fold(): void {
    if (this.#open === undefined) return;
    this.#folded = this.#foldedStates.put(this.#open);
    this.#bytes = FOLDED_BYTES + ('compressed' in this.#folded ? this.#folded.compressed.length : 0);
    this.#open = undefined;
  }

  /** Lets go of the state. */
  forget(): void {
    if (this.#folded !== undefined) this.#foldedStates.remove(this.#folded);
    this.#folded = undefined;
    this.#open = undefined;
  }
}
