import { join } from 'node:path';
import type { Log } from '../log.ts';
import { BackgroundWrite } from './background-write.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { asDirectoryError } from './disk-errors.ts';
import { directoryTaken, type Journal, openJournal } from './journal.ts';
import type { JournalPosition } from './journal-position.ts';
import { claimEpoch, dropEarlierClaims } from './journal-segment.ts';
import type { DocumentWriter } from './json-document.ts';
import { makePrivateDirectory } from './private.ts';

/** Full segments after which all documents are brought up to date, so that the oldest segments can go. */
const SEGMENTS_A_CHECKPOINT = 4;

export interface DataDirectoryOptions {
  /** True where another party wrote its documents: then each is checked, even one that names this holder's epoch. */
  readonly isForeign?: boolean | undefined;
  readonly directory: string;
  readonly log: Pick<Log, 'error'>;
  /** Called once when another process has taken the directory: nothing more can be kept. */
  readonly onLost?: (() => void) | undefined;
  readonly segmentBytes?: number | undefined;
}

/** Turns records of the journal into documents, and needs each record until its documents contain it. */
export interface JournalReader {
  /** Brings both generations of its documents up to `through`. */
  checkpoint(through: JournalPosition): Promise<void>;
  /** Sequence of the oldest record that it still needs; `null` where it needs none. */
  neededFrom(): number | null;
}

/**
 * Takes a data directory, and makes it where there is none. The order keeps two processes apart: take the lock, claim
 * an epoch above all others, check that the lock is still held, then fix where the earlier epochs end. Throws
 * `store-locked`, and `env-invalid` where nothing can be written there.
 */
export async function openDataDirectory(options: DataDirectoryOptions): Promise<DataDirectory> {
  const { directory, log } = options;
  let opened: DataDirectory | undefined;
  const lock = await takeDirectory(directory, () => opened?.lose());
  try {
    const journalDirectory = join(directory, 'journal');
    const epoch = await claimEpoch(journalDirectory);
    const journal = await openJournal({
      directory: journalDirectory,
      epoch,
      isHeld: lock.isHeld,
      onLost: () => opened?.lose(),
      onSegmentEnd: () => opened?.segmentEnded(),
      ...(options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes }),
    });
    await dropEarlierClaims(journalDirectory, epoch);
    opened = new DataDirectory(options, lock, journal);
    return opened;
  } catch (error) {
    log.error({ directory, err: error }, 'The data directory could not be opened');
    await lock.release();
    throw error;
  }
}

async function takeDirectory(directory: string, onLost: () => void): Promise<DirectoryLock> {
  try {
    await makePrivateDirectory(directory);
    return await lockDirectory({ directory, onLost });
  } catch (error) {
    throw asDirectoryError(error, directory);
  }
}

/** A data directory that this process holds: its lock, its journal and the holder's epoch. */
export class DataDirectory implements DocumentWriter {
  readonly #options: DataDirectoryOptions;
  readonly #lock: DirectoryLock;
  readonly journal: Journal;
  readonly #readers: JournalReader[] = [];
  #segmentsSinceCheckpoint = 0;
  /** Where the journal ended at the last checkpoint: everything up to there is in the present documents. */
  #lastCheckpoint: JournalPosition | undefined;
  readonly #checkpointing: BackgroundWrite;
  #isLost = false;

  constructor(options: DataDirectoryOptions, lock: DirectoryLock, journal: Journal) {
    this.#options = options;
    this.#lock = lock;
    this.journal = journal;
    this.#checkpointing = new BackgroundWrite(() => this.#checkpoint(), options.log);
  }

  get path(): string {
    return this.#options.directory;
  }

  get epoch(): number {
    return this.journal.epoch;
  }

  get isForeign(): boolean | undefined {
    return this.#options.isForeign;
  }

  assertHeld(): void {
    if (!this.#isLost && this.#lock.isHeld()) return;
    this.lose();
    throw directoryTaken(this.path);
  }

  /** From now on the reader's documents are written before records are dropped. */
  addReader(reader: JournalReader): void {
    this.#readers.push(reader);
  }

  /** A sentence for each problem that stops this process from keeping data; none where all is well. */
  problems(): readonly string[] {
    return this.#isLost ? ['Another process has taken the data directory.'] : [];
  }

  async close(): Promise<void> {
    try {
      await this.#checkpointing.finished();
      await this.journal.close();
    } finally {
      await this.#lock.release();
    }
  }

  /** Call when another process has taken the directory. */
  lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#options.log.error(
      { directory: this.path },
      'Another process has taken the data directory; nothing more is written',
    );
    this.#options.onLost?.();
  }

  /** Call when a segment of the journal is full. */
  segmentEnded(): void {
    this.#segmentsSinceCheckpoint += 1;
    if (this.#segmentsSinceCheckpoint < SEGMENTS_A_CHECKPOINT) return;
    if (this.#checkpointing.start()) this.#segmentsSinceCheckpoint = 0;
  }

  /**
   * Drops the records that both generations of every document contain, the newest and the one before, so that a
   * damaged document can be rebuilt. A record is dropped at the second checkpoint after it was written.
   */
  async #checkpoint(): Promise<void> {
    const reached = this.journal.last;
    const through = this.#lastCheckpoint;
    for (const reader of this.#readers) await reader.checkpoint(through ?? reached);
    this.#lastCheckpoint = reached;
    if (through === undefined) return;
    const needed = this.#readers.map((reader) => reader.neededFrom() ?? Infinity);
    await this.journal.dropBefore(Math.min(through.sequence + 1, ...needed));
  }
}
