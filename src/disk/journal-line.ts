import { crc32 } from 'node:zlib';

/** A line of a journal, `{"seq":12,"crc":"0a1b2c3d","body":…}`; the checksum covers the sequence and the body. */
export interface JournalRecord {
  readonly sequence: number;
  /** JSON text. */
  readonly body: string;
}

const LINE_END = Buffer.from('}\n');
const LINE = /^\{"seq":(\d{1,16}),"crc":"([0-9a-f]{8})","body":(.*)\}$/s;

/** The line as UTF-8. `body` is JSON text without a line break (as `JSON.stringify` gives it). */
export function formatLine({ sequence, body }: JournalRecord): Buffer {
  // Turned into bytes once: bodies are long, and the checksum and the file both need them.
  const bytes = Buffer.from(body);
  const head = `{"seq":${sequence},"crc":"${checksumOf(sequence, bytes)}","body":`;
  return Buffer.concat([Buffer.from(head), bytes, LINE_END]);
}

/** `undefined` where the line is not whole. */
export function parseLine(line: string): JournalRecord | undefined {
  const match = LINE.exec(line);
  const [, sequence, crc, body] = match ?? [];
  if (sequence === undefined || body === undefined || checksumOf(Number(sequence), body) !== crc)
    return undefined;
  return { sequence: Number(sequence), body };
}

function checksumOf(sequence: number, body: string | Uint8Array): string {
  return hex(crc32(body, crc32(String(sequence))));
}

/** CRC-32 of bytes, or of a text's UTF-8 bytes, as eight hex digits. */
export function checksum(contents: string | Uint8Array): string {
  return hex(crc32(contents));
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
