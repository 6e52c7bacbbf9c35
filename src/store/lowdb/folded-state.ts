import { bytesOfText, textOfBytes } from '../../text-bytes.ts';
import { bytesIn, byteTextOf } from '../byte-text.ts';
import type { KeptRepository } from '../kept-repository.ts';
import { PackedLog, packedLog } from '../packed-log.ts';
import { columnsOf, PackedRuns, packedRuns, runsIn } from '../packed-runs.ts';

/** Of a number that says how long something is. */
const LENGTH_BYTES = 4;

/**
 * A state as bytes: two texts with their lengths, then the runs and events that are packed as they are. Nothing is lost
 * by it: what a state holds is what its JSON holds.
 */
export function foldState({ runs, learningLog, ...rest }: KeptRepository): Buffer {
  const history = packedRuns(runs).split();
  const log = packedLog(learningLog).split();
  const head = JSON.stringify({
    rest,
    columns: columnsOf(history.newest),
    runs: history.newest.length,
    runChunks: history.chunks.map(({ bytes, ...chunk }) => ({ ...chunk, length: bytes.length })),
    events: log.newest.count,
    eventChunks: log.chunks.map(({ bytes, ...chunk }) => ({ ...chunk, length: bytes.length })),
  });
  // Of the newest events there is text already: apart, it need not become a string within a string.
  const texts = [head, log.newest.text].map(bytesOfText);
  const chunks = [...history.chunks, ...log.chunks].map(({ bytes }) => bytesIn(bytes));
  return Buffer.concat([...texts.flatMap((text) => [lengthOf(text), text]), ...chunks]);
}

/** The state again. `bytes` are what `foldState` gave: they are not checked. */
export function unfoldState(bytes: Buffer): KeptRepository {
  let from = 0;
  const take = (length: number): Buffer => {
    from += length;
    return bytes.subarray(from - length, from);
  };
  const takeText = (): string => textOfBytes(take(take(LENGTH_BYTES).readUInt32LE()));
  const { rest, columns, runs, runChunks, events, eventChunks } = JSON.parse(takeText());
  const newestEvents = { count: events, text: takeText() };
  const withBytes = ({ length, ...chunk }: { readonly length: number }) => ({
    ...chunk,
    bytes: byteTextOf(take(length)),
  });
  return {
    ...rest,
    runs: PackedRuns.joined(runChunks.map(withBytes), runsIn(columns, runs)),
    learningLog: PackedLog.joined(eventChunks.map(withBytes), newestEvents),
  };
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(bytes.length);
  return length;
}
