import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asDiskError } from '../../disk/disk-full.ts';
import type { Clock, Log } from '../../usecases/ports.ts';
import {
  copyToPrevious,
  makeRepositoryDirectory,
  NOTHING_WRITTEN,
  type Reach,
  writeCheckpoint,
} from './checkpoint.ts';
import { toDocuments } from './documents.ts';
import type { FoldedStates } from './folded-states.ts';
import { loadRepository } from './load-repository.ts';
import { ShelvedRepository } from './shelved-repository.ts';

/** Checkpoints kept of a repository: the present one and the one before. */
const BOTH = 2;

/** So many times its room may be in memory before nothing more is let in. */
const CROWDED = 1.5;
/** Checkpoints written at one time: mostly they wait for the disk. */
const WRITERS = 4;

/**
 * How long a checkpoint waits for a handler. One that hangs longer may see its changes again after a crash, as with
 * any delivery that comes twice; without a bound it would keep the journals from ever being shortened.
 */
const LONGEST_WAIT_MS = 5_000;

export interface ShelfOptions {
  readonly foldedStates: FoldedStates;
  /** Holds a directory for each repository, named by its id. */
  readonly directory: string;
  /** Memory for all that is held at one time, open and folded. */
  readonly roomBytes: number;
  /** Memory, within `roomBytes`, for repositories that are open: in any case, and at most where folded ones leave it free. */
  readonly openBytes: { readonly least: number; readonly most: number };
  readonly log: Log;
  readonly clock: Clock;
  /** Called before a repository is read from its checkpoint. */
  readonly onReading: (id: number) => void;
  /** Called for a repository whose newest checkpoint could not be used, before anybody sees it. */
  readonly mend: (shelved: ShelvedRepository, reach: Reach) => Promise<void>;
  /** Called before a checkpoint is written, and waited for. */
  readonly beforeWriting: () => Promise<void>;
  /** Called when there is more in memory than there is room for; resolves when there is room again. */
  readonly onCrowded: () => Promise<void>;
}

/** The repositories in memory, and their checkpoints on the disk. */
export class Shelf {
  readonly #options: ShelfOptions;
  /** Least recently used first. */
  readonly #shelved = new Map<number, ShelvedRepository>();
  readonly #reading = new Map<number, Promise<ShelvedRepository>>();
  /** How many calls hold a repository in memory. */
  readonly #pins = new Map<number, number>();
  /** Repositories not in memory of which only the present checkpoint holds the newest change. */
  readonly #heldOnce = new Set<number>();
  /** The open ones, least recently used first. */
  readonly #open = new Map<number, ShelvedRepository>();
  /** What each was last counted with in the two sums. */
  readonly #counted = new Map<number, { readonly bytes: number; readonly openBytes: number }>();
  #bytes = 0;
  #openBytes = 0;

  constructor(options: ShelfOptions) {
    this.#options = options;
  }

  directoryOf(id: number): string {
    return join(this.#options.directory, String(id));
  }

  /** What is in memory of a repository, without reading it. */
  peek(id: number): ShelvedRepository | undefined {
    return this.#shelved.get(id);
  }

  all(): readonly ShelvedRepository[] {
    return [...this.#shelved.values()];
  }

  /** Acts on a repository in memory; until `act` is through, it cannot be evicted and its change be lost. */
  async take<T>(id: number, act: (shelved: ShelvedRepository) => T | Promise<T>): Promise<T> {
    // Whoever fills the memory faster than the disk takes it has to wait for the disk.
    if (this.#bytes > CROWDED * this.#options.roomBytes && !this.#pins.has(id))
      await this.#options.onCrowded();
    this.#pins.set(id, (this.#pins.get(id) ?? 0) + 1);
    try {
      return await act(await this.#find(id));
    } finally {
      const pins = (this.#pins.get(id) ?? 1) - 1;
      if (pins === 0) this.#pins.delete(id);
      else this.#pins.set(id, pins);
      const shelved = this.#shelved.get(id);
      if (shelved !== undefined) this.#count(shelved);
      this.#foldSome();
      if (this.#bytes > this.#options.roomBytes) void this.#options.onCrowded();
    }
  }

  /** How many repositories could not be written the last so many times in a row. */
  failingSince(times: number): number {
    return this.all().filter(({ failedWrites }) => failedWrites >= times).length;
  }

  /** True where the effects of a delivery are in the present checkpoint of its repository. */
  isWritten(id: number, sequence: number): boolean {
    const shelved = this.#shelved.get(id);
    // Not in memory: nothing was changed since it was written.
    return shelved === undefined || (shelved.written.present?.settledThrough ?? 0) >= sequence;
  }

  /** Says that a repository has changed. */
  touch(shelved: ShelvedRepository): void {
    shelved.dirtySince ??= performance.now();
    shelved.changes += 1;
    shelved.heldBy = 0;
  }

  /** The checkpoint before may lack something that a journal still has. */
  doubtPrevious(id: number): void {
    const shelved = this.#shelved.get(id);
    if (shelved === undefined) this.#heldOnce.add(id);
    else shelved.heldBy = Math.min(shelved.heldBy, BOTH - 1);
  }

  /** Lets the least recently used go until the rest fits; what is dirty is written first. */
  async makeRoom(): Promise<void> {
    await inTurn(this.all(), async (shelved) => {
      if (this.#bytes <= this.#options.roomBytes || this.#pins.has(shelved.id)) return;
      if (shelved.dirtySince !== null) await this.write(shelved);
      // It may have been taken up again while it was written.
      if (shelved.dirtySince !== null || this.#pins.has(shelved.id) || shelved.writing !== undefined) return;
      this.#shelved.delete(shelved.id);
      this.#forget(shelved);
      shelved.forget();
      if (shelved.heldBy < BOTH) this.#heldOnce.add(shelved.id);
    });
  }

  /** Writes every repository whose first unwritten change is older than `before` (ms of the process's own clock). */
  async writeDirty(before = Number.POSITIVE_INFINITY): Promise<void> {
    await inTurn(this.all(), async (shelved) => {
      if (shelved.dirtySince !== null && shelved.dirtySince <= before) await this.write(shelved);
    });
  }

  /**
   * Writes what is dirty, and copies to the checkpoint before what only the present one has. After two calls both
   * checkpoints of every repository hold all that was there at the first.
   */
  async holdTwice(): Promise<void> {
    await inTurn(this.all(), async (shelved) => {
      if (shelved.dirtySince !== null) await this.write(shelved);
      else if (shelved.heldBy < BOTH) await this.#copy(shelved);
    });
    for (const id of [...this.#heldOnce]) {
      // One that was taken up meanwhile carries its own mark.
      if (!this.#heldOnce.delete(id)) continue;
      await copyToPrevious(this.directoryOf(id)).catch((error: unknown) => {
        this.doubtPrevious(id);
        throw asDiskError(error, this.directoryOf(id));
      });
    }
  }

  /** Runs `work` as a delivery's: no checkpoint comes between its changes and its being marked as done. */
  async handle<T>(shelved: ShelvedRepository, work: () => Promise<T>): Promise<T> {
    while (shelved.gate !== undefined) await shelved.gate;
    const handling = work();
    shelved.handling.add(handling);
    try {
      return await handling;
    } finally {
      shelved.handling.delete(handling);
    }
  }

  /**
   * Writes one repository's checkpoint, between two of its deliveries or, where it is part of one, as it is now.
   * Throws `store-full` where the disk takes no more.
   */
  write(shelved: ShelvedRepository, isPartOfDelivery = false): Promise<void> {
    return this.#exclusive(shelved, async () => {
      let changes: number;
      const open = isPartOfDelivery ? () => undefined : await this.#betweenDeliveries(shelved);
      try {
        const directory = this.directoryOf(shelved.id);
        // What is written of a deleted one is a manifest of no files: it says how far the journals are done with.
        if (shelved.isEmpty) await rm(directory, { recursive: true, force: true });
        await makeRepositoryDirectory(directory);
        while (shelved.journaling.size > 0) await Promise.allSettled(shelved.journaling);
        await this.#options.beforeWriting();
        changes = shelved.changes;
        const writing = this.#writeAsItIs(shelved, directory);
        open();
        await writing;
      } catch (error) {
        shelved.failedWrites += 1;
        throw asDiskError(error, this.directoryOf(shelved.id));
      } finally {
        open();
      }
      shelved.failedWrites = 0;
      if (shelved.changes !== changes) return;
      shelved.dirtySince = null;
      shelved.heldBy = Math.min(BOTH, shelved.heldBy + 1);
    });
  }

  /** Takes the contents before its first wait. */
  async #writeAsItIs(shelved: ShelvedRepository, directory: string): Promise<void> {
    const { settledThrough, changesThrough, written } = shelved;
    const state = shelved.look();
    const documents = state === undefined ? {} : toDocuments(state);
    const reach = { settledThrough, changesThrough };
    // Until all is written, nothing is known: what fails half way is written whole the next time.
    shelved.written = NOTHING_WRITTEN;
    shelved.written = await writeCheckpoint(directory, documents, reach, this.#options.clock.now(), written);
  }

  /** Closes the repository to new deliveries, waits for those under way, and returns what opens it again. */
  async #betweenDeliveries(shelved: ShelvedRepository): Promise<() => void> {
    let openGate: () => void = () => undefined;
    shelved.gate = new Promise((resolve) => {
      openGate = () => {
        shelved.gate = undefined;
        resolve();
      };
    });
    const tired = new AbortController();
    const patience = sleep(LONGEST_WAIT_MS, undefined, { signal: tired.signal, ref: false }).catch(
      () => undefined,
    );
    await Promise.race([Promise.allSettled(shelved.handling), patience]);
    tired.abort();
    return openGate;
  }

  #copy(shelved: ShelvedRepository): Promise<void> {
    return this.#exclusive(shelved, async () => {
      await copyToPrevious(this.directoryOf(shelved.id));
      shelved.written = { ...shelved.written, previous: shelved.written.present };
      if (shelved.dirtySince === null) shelved.heldBy = BOTH;
    });
  }

  /** The files of one repository are written by one at a time. */
  async #exclusive(shelved: ShelvedRepository, work: () => Promise<void>): Promise<void> {
    while (shelved.writing !== undefined) await shelved.writing;
    const working = work().finally(() => {
      shelved.writing = undefined;
    });
    shelved.writing = working.catch(() => undefined);
    await working;
  }

  async #find(id: number): Promise<ShelvedRepository> {
    const there = this.#shelved.get(id);
    if (there !== undefined) {
      this.#shelved.delete(id);
      this.#shelved.set(id, there);
      return there;
    }
    const underWay = this.#reading.get(id);
    if (underWay !== undefined) return underWay;
    const reading = this.#read(id).finally(() => this.#reading.delete(id));
    this.#reading.set(id, reading);
    return reading;
  }

  async #read(id: number): Promise<ShelvedRepository> {
    const { log, clock, onReading } = this.#options;
    onReading(id);
    const loaded = await loadRepository({ directory: this.directoryOf(id), repositoryId: id, log, clock });
    const shelved = new ShelvedRepository({
      id,
      state: loaded.state,
      settledThrough: loaded.reach.settledThrough,
      changesThrough: loaded.reach.changesThrough,
      heldBy: this.#heldOnce.delete(id) ? BOTH - 1 : BOTH,
      written: loaded.written,
      foldedStates: this.#options.foldedStates,
    });
    if (loaded.fellBack) {
      await this.#options.mend(shelved, loaded.reach);
      this.touch(shelved);
    }
    this.#shelved.set(id, shelved);
    this.#count(shelved);
    return shelved;
  }

  /** Folds the least recently used until the open ones have room. While all fits, none is folded to be opened again at once. */
  #foldSome(): void {
    const { roomBytes, openBytes } = this.#options;
    for (const shelved of this.#open.values()) {
      const foldedBytes = this.#bytes - this.#openBytes;
      if (this.#openBytes <= Math.max(openBytes.least, Math.min(openBytes.most, roomBytes - foldedBytes)))
        return;
      if (this.#pins.has(shelved.id)) continue;
      shelved.fold();
      this.#count(shelved);
    }
  }

  /** Brings the sums up to what the repository takes now; it counts as used just now. */
  #count(shelved: ShelvedRepository): void {
    this.#forget(shelved);
    const { bytes, isOpen } = shelved;
    const openBytes = isOpen ? bytes : 0;
    this.#counted.set(shelved.id, { bytes, openBytes });
    this.#bytes += bytes;
    this.#openBytes += openBytes;
    if (isOpen) this.#open.set(shelved.id, shelved);
  }

  #forget({ id }: ShelvedRepository): void {
    const { bytes, openBytes } = this.#counted.get(id) ?? { bytes: 0, openBytes: 0 };
    this.#counted.delete(id);
    this.#open.delete(id);
    this.#bytes -= bytes;
    this.#openBytes -= openBytes;
  }
}

/** Does the work for each, a few at a time, in order; rejects with the first failure once all have had their turn. */
async function inTurn(
  all: readonly ShelvedRepository[],
  work: (each: ShelvedRepository) => Promise<void>,
): Promise<void> {
  const left = all.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const each of left) await work(each).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: WRITERS }, worker));
  if (failures.length > 0) throw failures[0];
}
