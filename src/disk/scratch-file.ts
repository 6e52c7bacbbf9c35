import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { OffbeatError } from '../errors.ts';

/** The smallest place. Each next size is twice as large, so that a place given back serves again as states grow. */
const LEAST_BYTES = 8 * 1024;

/** Where something lies in the file. */
export interface ScratchPlace {
  readonly offset: number;
  readonly length: number;
  readonly crc: number;
}

/**
 * Memory's neighbour: what is put here lies in the page cache, or on the disk where the system wants that memory for
 * others. Only this process can take it out again, and with the process it is gone, however that ends: the file has no
 * name. Reads and writes do not wait for the disk, as long as the system has memory.
 */
export class ScratchFile {
  readonly #path: string;
  readonly #file: number;
  /** Places given back, by their size. */
  readonly #free = new Map<number, number[]>();
  #end = 0;

  /** `path` is made, and its name taken away again. */
  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'w+');
    rmSync(path);
  }

  /** Throws what the disk says, `ENOSPC` above all; then nothing has changed. */
  put(bytes: Uint8Array): ScratchPlace {
    const size = sizeFor(bytes.length);
    const free = this.#free.get(size)?.pop();
    const offset = free ?? this.#end;
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#file, bytes, done, bytes.length - done, offset + done);
      }
    } catch (error) {
      if (free !== undefined) this.#giveBack(free, size);
      throw error;
    }
    if (free === undefined) this.#end += size;
    return { offset, length: bytes.length, crc: crc32(bytes) };
  }

  /** What was put there. Throws `store-damaged` where it is not that any more. */
  get({ offset, length, crc }: ScratchPlace): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const read = readSync(this.#file, bytes, done, length - done, offset + done);
      if (read === 0) break;
      done += read;
    }
    if (done === length && crc32(bytes) === crc) return bytes;
    throw new OffbeatError('store-damaged', 'The disk does not give back what was put aside on it.', {
      where: this.#path,
      fix: 'Look at the disk, then restart: the checkpoints and journals have everything.',
    });
  }

  /** Its place may be used for something else. */
  remove({ offset, length }: ScratchPlace): void {
    this.#giveBack(offset, sizeFor(length));
  }

  close(): void {
    closeSync(this.#file);
  }

  #giveBack(offset: number, size: number): void {
    const free = this.#free.get(size);
    if (free === undefined) this.#free.set(size, [offset]);
    else free.push(offset);
  }
}

function sizeFor(length: number): number {
  let size = LEAST_BYTES;
  while (size < length) size *= 2;
  return size;
}
