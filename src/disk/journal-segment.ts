import { createReadStream } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { OffbeatError } from '../errors.ts';
import { isAlreadyThere } from './disk-errors.ts';
import { type JournalRecord, parseLine } from './journal-line.ts';
import { makePrivateDirectory, openPrivateFile } from './private.ts';
import { syncDirectory } from './sync-directory.ts';

/** One file of a journal. Its name says which epoch wrote it and the sequence of its first record. */
export interface Segment {
  readonly path: string;
  readonly epoch: number;
  readonly firstSequence: number;
}

/** The place of a record in a file, to read it again later. */
export interface RecordPlace {
  readonly path: string;
  readonly offset: number;
  /** Bytes, without the line break. */
  readonly length: number;
}

/** One line of a segment; `record` is `undefined` where the line is damaged. */
export interface SegmentLine {
  readonly record: JournalRecord | undefined;
  readonly place: RecordPlace;
}

const SEGMENT_NAME = /^(?<epoch>\d{8})-(?<sequence>\d{16})\.ndjson$/;
const CLAIM_NAME = /^(?<epoch>\d{8})\.epoch$/;
const LINE_BREAK = 0x0a;
const READ_BYTES = 256 * 1024;

export function segmentIn(directory: string, epoch: number, firstSequence: number): Segment {
  const name = `${padded(epoch, 8)}-${padded(firstSequence, 16)}.ndjson`;
  return { path: join(directory, name), epoch, firstSequence };
}

/** The segments in `directory`, in the order in which they were begun. */
export async function listSegments(directory: string): Promise<readonly Segment[]> {
  const segments: Segment[] = [];
  for (const name of (await readdir(directory)).sort()) {
    const { epoch, sequence } = SEGMENT_NAME.exec(name)?.groups ?? {};
    if (epoch === undefined || sequence === undefined) continue;
    segments.push({ path: join(directory, name), epoch: Number(epoch), firstSequence: Number(sequence) });
  }
  return segments;
}

/** Claims an epoch above all claimed in `directory`, by a file created exclusively: no two processes share one. */
export async function claimEpoch(directory: string): Promise<number> {
  await makePrivateDirectory(directory);
  for (;;) {
    const epoch = Math.max(0, ...(await claimedEpochs(directory))) + 1;
    try {
      const file = await openPrivateFile(join(directory, claimName(epoch)), 'wx');
      await file.close();
    } catch (error) {
      if (isAlreadyThere(error)) continue;
      throw error;
    }
    await syncDirectory(directory);
    return epoch;
  }
}

/** Removes the claims of earlier epochs; the newest stays, so that its number is never given again. */
export async function dropEarlierClaims(directory: string, epoch: number): Promise<void> {
  for (const earlier of await claimedEpochs(directory)) {
    if (earlier < epoch) await rm(join(directory, claimName(earlier)), { force: true });
  }
}

async function claimedEpochs(directory: string): Promise<readonly number[]> {
  const names = await readdir(directory);
  return names.flatMap((name) => {
    const epoch = (CLAIM_NAME.exec(name) ?? SEGMENT_NAME.exec(name))?.groups?.epoch;
    return epoch === undefined ? [] : [Number(epoch)];
  });
}

function claimName(epoch: number): string {
  return `${padded(epoch, 8)}.epoch`;
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}

/** A segment line by line, up to `bytes`; what follows the last line break was never acknowledged. */
export async function* readSegment(path: string, bytes?: number): AsyncGenerator<SegmentLine> {
  if (bytes === 0) return;
  const end = bytes === undefined ? {} : { end: bytes - 1 };
  let begun: Buffer[] = [];
  let offset = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES, ...end })) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_BREAK); at !== -1; at = chunk.indexOf(LINE_BREAK, from)) {
      const rest = chunk.subarray(from, at);
      const line = begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
      yield { record: parseLine(line.toString()), place: { path, offset, length: line.length } };
      begun = [];
      offset += line.length + 1;
      from = at + 1;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  }
}

/** Reads one record again. Throws `store-damaged` where it is not there any more. */
export async function readRecord({ path, offset, length }: RecordPlace): Promise<JournalRecord> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
    const record = parseLine(buffer.toString());
    if (record !== undefined) return record;
  } finally {
    await file.close();
  }
  throw new OffbeatError('store-damaged', 'A record of the journal cannot be read any more.', {
    where: `journal/${basename(path)}, byte ${offset}`,
    fix: 'Look at the disk, then restart.',
  });
}
