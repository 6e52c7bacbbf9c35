import { type FileHandle, link, open, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { OffbeatError } from '../errors.ts';
import { createMutex } from '../keyed-mutex.ts';
import { asDiskError, isAlreadyThere } from './disk-errors.ts';
import { formatLine } from './journal-line.ts';
import { BEFORE_ALL_RECORDS, type JournalPosition } from './journal-position.ts';
import { listSegments, type RecordPlace, readSegment, type Segment, segmentIn } from './journal-segment.ts';
import { makePrivateDirectory, openPrivateFile } from './private.ts';
import { syncDirectory } from './sync-directory.ts';

/** Minutes of busy traffic, read back in well under a second. */
export const SEGMENT_BYTES = 16 * 1024 * 1024;
const SET_ASIDE_SUFFIX = '.damaged';

export interface JournalOptions {
  readonly directory: string;
  /** The epoch of this holder of the data directory: above the epochs of all earlier holders. */
  readonly epoch: number;
  /** True while this process holds the data directory. Called after each write, before the write is acknowledged. */
  readonly isHeld: () => boolean;
  /** Called once when a write finds that somebody else holds the directory. */
  readonly onLost: () => void;
  /** Called when a segment is full. */
  readonly onSegmentEnd?: () => void;
  readonly segmentBytes?: number;
}

/** One record as it is read back. */
export interface JournalEntry {
  readonly position: JournalPosition;
  /** JSON text. */
  readonly body: string;
  readonly place: RecordPlace;
}

/** Records in the middle of the journal that cannot be read: those after one position and before another. */
export interface JournalGap {
  readonly after: JournalPosition;
  readonly before: JournalPosition;
}

/** Faults that a walk through the whole journal has found. */
export interface JournalSurvey {
  readonly gaps: readonly JournalGap[];
  /** Records written by a process after it had lost the directory. They were never acknowledged and are left out. */
  readonly lateRecords: number;
}

/**
 * Opens the journal in `directory` for a new epoch: reads where the epochs before end, and begins a segment of its own,
 * whose name fixes that end. Throws `store-locked` where the directory was lost meanwhile.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  await makePrivateDirectory(options.directory);
  const segments = await listSegments(options.directory);
  const journal = new Journal(options, segments, await lastPositionIn(segments));
  await journal.begin();
  return journal;
}

/**
 * An append-only file of JSON lines in segments, one order over all holders of the data directory. `append` resolves
 * when its record is on the disk and this process was still the holder after that; records that arrive during one write
 * share the next (group commit).
 *
 * A record counts where its sequence is below the first sequence of every later segment. So the first segment of a new
 * epoch fixes where the earlier epochs end, and records that their holders write after that never count.
 */
export class Journal {
  readonly #options: JournalOptions;
  #segments: readonly Segment[];
  #last: JournalPosition;
  #file: FileHandle | undefined;
  #fileBytes = 0;
  #waiting: Waiting[] = [];
  #isWriting = false;
  /** One piece of work at a time, so that no segment is ended or dropped in the middle of a write. */
  readonly #exclusive = createMutex();
  #state: 'open' | 'lost' | 'closed' = 'open';

  constructor(options: JournalOptions, segments: readonly Segment[], last: JournalPosition) {
    this.#options = options;
    this.#segments = segments;
    this.#last = last;
  }

  get epoch(): number {
    return this.#options.epoch;
  }

  /** Position of the newest acknowledged record of this epoch, else of the newest record of the earlier epochs. */
  get last(): JournalPosition {
    return this.#last;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Call once, before anything else. */
  async begin(): Promise<void> {
    // Asked after the epoch was claimed: whoever takes the directory later has a higher epoch than this one.
    if (!this.#options.isHeld()) throw this.#lose();
    // Its last bytes may so far be in the page cache only: the writer died, or stands still, before it synced them.
    const newest = this.#segments.at(-1);
    if (newest !== undefined) await syncFile(newest.path);
    await this.#beginSegment(this.#last.sequence + 1);
  }

  append(body: string): Promise<JournalPosition> {
    const refusal = this.#refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ body, resolve, reject });
      if (this.#isWriting) return;
      this.#isWriting = true;
      void this.#exclusive(() => this.#writeWaiting());
    });
  }

  /** Visits every record that counts, oldest first; records appended during the walk are left out. */
  async walk(visit: (entry: JournalEntry) => void | Promise<void>): Promise<JournalSurvey> {
    // The walk itself takes no turn in the queue, so that `visit` may append.
    const [segments, ownBytes] = await this.#exclusive(
      async () => [this.#segments, this.#file === undefined ? undefined : this.#fileBytes] as const,
    );
    const gaps: JournalGap[] = [];
    let lateRecords = 0;
    let before: JournalPosition | undefined;
    for (const [index, segment] of segments.entries()) {
      const { epoch, firstSequence } = segment;
      const end = endOf(segments, index);
      before ??= { epoch, sequence: firstSequence - 1 };
      const bytes = index === segments.length - 1 ? ownBytes : undefined;
      for await (const { record, place } of readSegment(segment.path, bytes)) {
        if (record === undefined) continue;
        const position = { epoch, sequence: record.sequence };
        if (record.sequence >= end) {
          if (isLate(position, segments)) lateRecords += 1;
          continue;
        }
        if (position.sequence > before.sequence + 1) gaps.push({ after: before, before: position });
        before = position;
        await visit({ position, body: record.body, place });
      }
      const next = segments[index + 1];
      if (next !== undefined && end > before.sequence + 1 && next.firstSequence === end) {
        const after = { epoch: next.epoch, sequence: end };
        gaps.push({ after: before, before: after });
        before = { epoch: next.epoch, sequence: end - 1 };
      }
    }
    for (const gap of gaps) await this.#setAside(gap, segments);
    return { gaps, lateRecords };
  }

  /** Removes segments that hold nothing from `sequence` on. The newest stays. */
  async dropBefore(sequence: number): Promise<void> {
    const dropped = await this.#exclusive(async () => {
      if (this.#state === 'lost' || !this.#options.isHeld()) return [];
      const all = this.#segments;
      const isDone = (index: number): boolean => index < all.length - 1 && endOf(all, index) <= sequence;
      this.#segments = all.filter((_, index) => !isDone(index));
      return all.filter((_, index) => isDone(index));
    });
    // Outside the queue of writes: deleting a large file takes the disk tens of milliseconds, and records would wait.
    for (const { path } of dropped) await rm(path, { force: true });
  }

  /** A sentence for an operator on each damaged file that was set aside and not yet removed. */
  async damage(): Promise<readonly string[]> {
    const names = await readdir(this.#options.directory);
    return names
      .filter((name) => name.endsWith(SET_ASIDE_SUFFIX))
      .sort()
      .map(
        (name) =>
          `Records in the middle of the journal were damaged; the file lies aside as journal/${name}. GitHub was ` +
          'asked to deliver again what they held. Remove that file once you have looked at it.',
      );
  }

  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closed';
    while (this.#isWriting) await this.#exclusive(async () => undefined);
    await this.#exclusive(() => this.#endSegment());
  }

  #refusal(): OffbeatError | undefined {
    if (this.#state === 'open') return undefined;
    const where = this.#options.directory;
    return this.#state === 'closed'
      ? new OffbeatError('queue-closed', 'The journal is closed.', { where })
      : directoryTaken(where);
  }

  #lose(): OffbeatError {
    const isNews = this.#state === 'open';
    this.#state = 'lost';
    if (isNews) this.#options.onLost();
    return directoryTaken(this.#options.directory);
  }

  /** Writes one batch a turn, so that under steady traffic reading and dropping segments have their turns too. */
  async #writeWaiting(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    await this.#writeBatch(batch);
    if (this.#waiting.length > 0) void this.#exclusive(() => this.#writeWaiting());
    else this.#isWriting = false;
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const { epoch } = this.#options;
    const first = this.#last.sequence + 1;
    const bytes = Buffer.concat(
      batch.map(({ body }, index) => formatLine({ sequence: first + index, body })),
    );
    try {
      if (this.#state === 'lost') throw this.#lose();
      const file = this.#file ?? (await this.#beginSegment(first));
      await writeFully(file, bytes, this.#fileBytes);
      await file.datasync();
      // Written first, then checked: a process that takes the directory after this check reads these records.
      if (!this.#options.isHeld()) throw this.#lose();
    } catch (error) {
      await this.#abandonSegment();
      for (const { reject } of batch) reject(asDiskError(error, this.#options.directory));
      return;
    }
    this.#fileBytes += bytes.length;
    this.#last = { epoch, sequence: first + batch.length - 1 };
    for (const [index, { resolve }] of batch.entries()) resolve({ epoch, sequence: first + index });
    if (this.#fileBytes < (this.#options.segmentBytes ?? SEGMENT_BYTES)) return;
    await this.#endSegment();
    this.#options.onSegmentEnd?.();
  }

  async #beginSegment(firstSequence: number): Promise<FileHandle> {
    const segment = segmentIn(this.#options.directory, this.#options.epoch, firstSequence);
    // A file of that name can only be this epoch's own, abandoned before its first record was safe.
    const file = await openPrivateFile(segment.path, 'w');
    try {
      await syncDirectory(this.#options.directory);
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#file = file;
    this.#fileBytes = 0;
    this.#segments = [...this.#segments.filter(({ path }) => path !== segment.path), segment];
    return file;
  }

  async #endSegment(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /**
   * Cuts off the bytes that were not acknowledged, as after a failed write the page cache cannot be trusted any more.
   * This also frees their room. The next record begins a new segment.
   */
  async #abandonSegment(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    try {
      // A process that has taken the directory may have read these bytes, and relies on them.
      if (this.#state === 'open' && this.#options.isHeld()) await file?.truncate(this.#fileBytes);
    } catch {
      // The bytes stay: the name of the next segment says that they do not count.
    }
    // There is no remedy for a file that does not close; all acknowledged records are safe.
    await file?.close().catch(() => undefined);
  }

  /** Keeps the damaged file under a second name, so that it outlives the segment and somebody can look at it. */
  async #setAside({ after, before }: JournalGap, segments: readonly Segment[]): Promise<void> {
    const holder =
      segments.findLast(
        ({ epoch, firstSequence }) => epoch <= before.epoch && firstSequence <= after.sequence + 1,
      ) ?? segments[0];
    if (holder === undefined) return;
    const aside = join(this.#options.directory, `${basename(holder.path)}${SET_ASIDE_SUFFIX}`);
    await link(holder.path, aside).catch((error: unknown) => {
      if (!isAlreadyThere(error)) throw error;
    });
  }
}

interface Waiting {
  readonly body: string;
  readonly resolve: (position: JournalPosition) => void;
  readonly reject: (error: unknown) => void;
}

/** The error of a write to a data directory that this process has lost. */
export function directoryTaken(where: string): OffbeatError {
  return new OffbeatError('store-locked', 'Another process has taken the data directory.', { where });
}

/** The first sequence that does not count in a segment. */
function endOf(segments: readonly Segment[], index: number): number {
  return segments.slice(index + 1).reduce((end, { firstSequence }) => Math.min(end, firstSequence), Infinity);
}

/** True for a record that its writer appended after a later epoch had begun. */
function isLate({ epoch, sequence }: JournalPosition, segments: readonly Segment[]): boolean {
  return segments.some((later) => later.epoch > epoch && later.firstSequence <= sequence);
}

/** The position of the newest record. Damaged lines at the end count, so that their sequences are not given again. */
async function lastPositionIn(segments: readonly Segment[]): Promise<JournalPosition> {
  const newest = segments.at(-1);
  if (newest === undefined) return BEFORE_ALL_RECORDS;
  const { epoch } = newest;
  let next = newest.firstSequence;
  // Segments before the newest end where it begins.
  for await (const { record } of readSegment(newest.path)) next = (record?.sequence ?? next) + 1;
  return { epoch, sequence: next - 1 };
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
