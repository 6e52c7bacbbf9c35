import { link, open, readFile, rename, rm } from 'node:fs/promises';
import type { Adapter } from 'lowdb';
import { isMissing } from '../../disk/disk-full.ts';
import { checksum } from '../../disk/journal-line.ts';
import { bytesOfText, textOfBytes } from '../../text-bytes.ts';

/** Checksum and length of a file's text. */
export interface Seal {
  readonly crc: string;
  readonly bytes: number;
}

function isSame(one: Seal | undefined, other: Seal): boolean {
  return one !== undefined && one.crc === other.crc && one.bytes === other.bytes;
}

/** Contents whose JSON is there already. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * A lowdb adapter for a file that must never be half written: `write` puts compact JSON beside the file and syncs
 * it, `publish` swaps it in and keeps the one before. A crash between the two leaves the old file as it was.
 */
export class StagedFile<T> implements Adapter<T> {
  readonly path: string;
  /** Of the text last written; the file itself may have had it already. */
  seal: Seal | undefined;
  /** True where the text stands beside the file and waits to be published. */
  isStaged = false;
  readonly #there: readonly (Seal | undefined)[];

  /** `there`: seals of the file and of the one before it, where they are known. */
  constructor(path: string, there: readonly (Seal | undefined)[] = []) {
    this.path = path;
    this.#there = there;
  }

  get nextPath(): string {
    return `${this.path}.next`;
  }

  get previousPath(): string {
    return `${this.path}.previous`;
  }

  async read(): Promise<T | null> {
    const text = await readTextIfThere(this.path);
    return text === undefined ? null : JSON.parse(text);
  }

  write(data: T): Promise<void> {
    return this.stage(data instanceof JsonText ? data.text : JSON.stringify(data));
  }

  async stage(text: string): Promise<void> {
    const bytes = bytesOfText(text);
    const seal = { crc: checksum(bytes), bytes: bytes.length };
    this.seal = seal;
    const isThere = this.#there.length > 0 && this.#there.every((known) => isSame(known, seal));
    if (isThere) return;
    const file = await open(this.nextPath, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    this.isStaged = true;
  }

  /** Never leaves the name empty. The caller syncs the directory, once for all files it publishes. */
  async publish(): Promise<void> {
    const spare = `${this.previousPath}.new`;
    await rm(spare, { force: true });
    try {
      await link(this.path, spare);
      await rename(spare, this.previousPath);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    await rename(this.nextPath, this.path);
  }
}

/** `undefined` where there is no such file. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  const bytes = await readBytesIfThere(path);
  return bytes === undefined ? undefined : textOfBytes(bytes);
}

/** `undefined` where there is no such file. */
export async function readBytesIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
