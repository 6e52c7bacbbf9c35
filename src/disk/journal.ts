import { constants, createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OffbeatError } from '../errors.ts';
import { bytesOfText, textOfBytes } from '../text-bytes.ts';
import { asDiskError } from './disk-full.ts';
import { formatLine, type JournalRecord, parseLine } from './journal-line.ts';
import { syncDirectory } from './sync-directory.ts';

/** Long enough that a segment holds minutes of traffic, short enough to be read back in well under a second. */
export const SEGMENT_BYTES = 16 * 1024 * 1024;

export interface JournalOptions {
  readonly directory: string;
  readonly segmentBytes?: number;
}

/**
 * Each write returns when its bytes are on the disk: one call instead of a write and an fdatasync. An existing segment
 * of that name can only be one that was abandoned before its first record was safe.
 */
const SEGMENT_FLAGS = constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY | constants.O_DSYNC;

/** A segment's place among the others: its first sequence names its file. */
export interface Segment {
  readonly path: string;
  readonly firstSequence: number;
}

/**
 * An append-only file of JSON lines in segments. `append` resolves when its record is on the disk; records that
 * arrive while one write is under way share the next (group commit).
 */
export interface Journal {
  append(body: string): Promise<number>;
  /**
   * Visits every record kept with a sequence above `sequence`, one after the other in the order they were appended; what is
   * appended meanwhile is not among them. Returns how many lines were not whole and were passed over, apart from the torn
   * end of a segment.
   */
  walk(sequence: number, visit: (record: JournalRecord) => void | Promise<void>): Promise<number>;
  /** Ends the present segment, so that all that was appended so far can be dropped one day. */
  rotate(): Promise<void>;
  /** Removes segments that hold nothing above `sequence`. */
  dropThrough(sequence: number): Promise<void>;
  /** Sequence of the newest record handed out, and bytes in the present segment. */
  readonly lastSequence: number;
  readonly segmentBytes: number;
  readonly segments: readonly Segment[];
  close(): Promise<void>;
}

interface Waiting {
  readonly body: string;
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Opens the journal in `directory`, making it where there is none. One process at a time: hold the lock. */
export async function openJournal({
  directory,
  segmentBytes = SEGMENT_BYTES,
}: JournalOptions): Promise<Journal> {
  await mkdir(directory, { recursive: true });
  const segments = await listSegments(directory);
  const journal = new SegmentedJournal(directory, segmentBytes, segments, await lastSequenceIn(segments));
  return journal;
}

class SegmentedJournal implements Journal {
  readonly #directory: string;
  readonly #segmentLimit: number;
  #segments: Segment[];
  #lastSequence: number;
  #file: FileHandle | undefined;
  #fileBytes = 0;
  #waiting: Waiting[] = [];
  #turn: Promise<void> = Promise.resolve();
  /** Of files that are no segments any more. */
  #removals: Promise<unknown> = Promise.resolve();
  #writing = false;
  #closed = false;

  constructor(directory: string, segmentLimit: number, segments: readonly Segment[], lastSequence: number) {
    this.#directory = directory;
    this.#segmentLimit = segmentLimit;
    this.#segments = [...segments];
    this.#lastSequence = lastSequence;
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  get segmentBytes(): number {
    return this.#fileBytes;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  append(body: string): Promise<number> {
    if (this.#closed) return Promise.reject(new OffbeatError('queue-closed', 'The journal is closed.'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ body, resolve, reject });
      if (!this.#writing) {
        this.#writing = true;
        void this.#exclusive(() => this.#writeWaiting());
      }
    });
  }

  async walk(sequence: number, visit: (record: JournalRecord) => void | Promise<void>): Promise<number> {
    // The walk itself has no turn: who visits may append. Up to here all is acknowledged, and segments only grow.
    const [segments, presentBytes] = await this.#exclusive(async () => [this.#segments, this.#fileBytes]);
    let damagedLines = 0;
    for (const [index, segment] of segments.entries()) {
      const next = segments[index + 1];
      if (next !== undefined && next.firstSequence <= sequence + 1) continue;
      const isPresent = next === undefined && presentBytes > 0;
      try {
        damagedLines += await walkSegment(segment.path, isPresent ? presentBytes : undefined, (record) =>
          record.sequence > sequence ? visit(record) : undefined,
        );
      } catch (error) {
        if (this.#segments.includes(segment)) throw error;
        // Dropped meanwhile: nothing in it is needed any more.
      }
    }
    return damagedLines;
  }

  rotate(): Promise<void> {
    return this.#exclusive(() => this.#endSegment());
  }

  async dropThrough(sequence: number): Promise<void> {
    const dropped = await this.#exclusive(async () => {
      const done: Segment[] = [];
      const kept: Segment[] = [];
      for (const [index, segment] of this.#segments.entries()) {
        const next = this.#segments[index + 1];
        // The newest segment stays even when all in it is done: its name and lines say which sequence comes next.
        if (next !== undefined && next.firstSequence <= sequence + 1) done.push(segment);
        else kept.push(segment);
      }
      this.#segments = kept;
      return done;
    });
    // Not in its turn: to give a large file's room back takes the disk tens of milliseconds, and records wait for theirs.
    const removal = this.#remove(dropped);
    this.#removals = Promise.allSettled([this.#removals, removal]);
    await removal;
  }

  async close(): Promise<void> {
    this.#closed = true;
    while (this.#writing) await this.#turn;
    await this.#exclusive(() => this.#endSegment());
    // Whoever opens the directory next must not find a segment that goes while it is read.
    await this.#removals;
  }

  /** What cannot be removed now is dropped another time. */
  async #remove(dropped: readonly Segment[]): Promise<void> {
    for (const [index, { path }] of dropped.entries()) {
      try {
        await rm(path, { force: true });
      } catch (error) {
        this.#segments = [...dropped.slice(index), ...this.#segments];
        throw error;
      }
    }
  }

  /** One at a time: a segment is never read, ended or dropped in the middle of a write. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** One batch a turn: under steady traffic reading, ending and dropping segments must get theirs too. */
  async #writeWaiting(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    await this.#writeBatch(batch);
    if (this.#waiting.length > 0) void this.#exclusive(() => this.#writeWaiting());
    else this.#writing = false;
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const first = this.#lastSequence + 1;
    let text = '';
    for (const [index, { body }] of batch.entries()) text += formatLine({ sequence: first + index, body });
    try {
      const file = this.#file ?? (await this.#beginSegment(first));
      const bytes = bytesOfText(text);
      await writeFully(file, bytes, this.#fileBytes);
      this.#fileBytes += bytes.length;
    } catch (error) {
      await this.#abandonSegment();
      const named = asDiskError(error, this.#directory);
      for (const { reject } of batch) reject(named);
      return;
    }
    this.#lastSequence = first + batch.length - 1;
    for (const [index, { resolve }] of batch.entries()) resolve(first + index);
    if (this.#fileBytes >= this.#segmentLimit) await this.#endSegment();
  }

  async #beginSegment(firstSequence: number): Promise<FileHandle> {
    const path = join(this.#directory, segmentName(firstSequence));
    const file = await open(path, SEGMENT_FLAGS);
    try {
      await syncDirectory(this.#directory);
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#file = file;
    this.#fileBytes = 0;
    this.#segments = [...this.#segments.filter((segment) => segment.path !== path), { path, firstSequence }];
    return file;
  }

  async #endSegment(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#fileBytes = 0;
    await file?.close();
  }

  /**
   * After a failed write the page cache can no longer be believed: cut what was not acknowledged, which
   * also gives the space back, and go on in a new segment.
   */
  async #abandonSegment(): Promise<void> {
    const file = this.#file;
    const safeBytes = this.#fileBytes;
    this.#file = undefined;
    this.#fileBytes = 0;
    if (file === undefined) return;
    try {
      await file.truncate(safeBytes);
    } catch {
      // The torn end then stays; readers pass over lines that are not whole.
    }
    try {
      await file.close();
    } catch {
      // Nothing more can be done with a file that does not even close; all acknowledged records were synced.
    }
  }
}

async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

const SEGMENT_NAME = /^(\d{16})\.ndjson$/;

function segmentName(firstSequence: number): string {
  return `${String(firstSequence).padStart(16, '0')}.ndjson`;
}

async function listSegments(directory: string): Promise<readonly Segment[]> {
  const names = (await readdir(directory)).filter((name) => SEGMENT_NAME.test(name)).sort();
  return names.map((name) => ({ path: join(directory, name), firstSequence: Number.parseInt(name, 10) }));
}

async function lastSequenceIn(segments: readonly Segment[]): Promise<number> {
  const newest = segments.at(-1);
  if (newest === undefined) return 0;
  let last = newest.firstSequence - 1;
  await walkSegment(newest.path, undefined, ({ sequence }) => {
    last = sequence;
  });
  return last;
}

/** In pieces: a segment as one text, and all its records as objects, would take many times its size in memory. */
async function walkSegment(
  path: string,
  bytes: number | undefined,
  visit: (record: JournalRecord) => void | Promise<void>,
): Promise<number> {
  let damagedLines = 0;
  for await (const line of linesOf(path, bytes)) {
    const record = parseLine(line);
    if (record === undefined) damagedLines += 1;
    else await visit(record);
  }
  return damagedLines;
}

const LINE_BREAK = 0x0a;
const READ_BYTES = 256 * 1024;

/** What follows the last line break was being written when the process died: it was never acknowledged. */
async function* linesOf(path: string, bytes: number | undefined): AsyncGenerator<string> {
  const stream = createReadStream(path, {
    highWaterMark: READ_BYTES,
    ...(bytes === undefined ? {} : { end: bytes - 1 }),
  });
  let begun: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_BREAK); end !== -1; end = chunk.indexOf(LINE_BREAK, from)) {
      const rest = chunk.subarray(from, end);
      yield textOfBytes(begun.length === 0 ? rest : Buffer.concat([...begun, rest]));
      begun = [];
      from = end + 1;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  }
}
