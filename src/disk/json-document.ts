import { link, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Adapter } from 'lowdb';
import { Low } from 'lowdb';
import type { z } from 'zod';
import { OffbeatError } from '../errors.ts';
import { createMutex } from '../keyed-mutex.ts';
import { ifThere, isAlreadyThere, isMissing } from './disk-errors.ts';
import { checksum } from './journal-line.ts';
import { writePrivateFile } from './private.ts';
import { syncDirectory } from './sync-directory.ts';

/** The holder of a data directory, who alone writes documents there. */
export interface DocumentWriter {
  readonly epoch: number;
  /** True where another party wrote the documents, which may then name any epoch. */
  readonly isForeign?: boolean | undefined;
  /** Throws where the directory is no longer held. */
  assertHeld(): void;
}

/** Converts a document between its form in memory and its form on disk. */
export interface DocumentForm {
  toStored(document: object): object;
  /** Returns an unreadable input unchanged, for the schema to refuse. */
  fromStored(stored: unknown): unknown;
}

const AS_HELD: DocumentForm = { toStored: (document) => document, fromStored: (stored) => stored };

/** Temporary files carry the epoch of their writer; a new holder removes those of epochs before. */
const TEMPORARY = /\.(?<epoch>\d+)\.tmp$/;

/** The epoch that a temporary file belongs to; `undefined` for any other file. */
export function temporaryEpoch(name: string): number | undefined {
  const epoch = TEMPORARY.exec(name)?.groups?.epoch;
  return epoch === undefined ? undefined : Number(epoch);
}

/**
 * A lowdb adapter that is atomic and durable. `write` puts the text into a temporary file and syncs it, makes sure that
 * the directory is still held, keeps the file that was there as the generation before, swaps the new one in, and syncs
 * the directory.
 *
 * The temporary file keeps a former holder from writing. It exists before the lock is checked, and a new holder removes
 * it before reading the document. So a process that stood still after its check finds nothing to rename.
 *
 * The text is compact JSON with a checksum first: `{"crc":"0a1b2c3d",…}`.
 */
export class DurableFile<T extends object> implements Adapter<T | null> {
  readonly path: string;
  readonly #writer: DocumentWriter;
  readonly #schema: z.ZodType<T>;
  readonly #form: DocumentForm;
  /** Bytes of the text last read or written. */
  bytes = 0;
  /** Writes share a temporary file. */
  readonly #inTurn = createMutex();

  constructor(path: string, schema: z.ZodType<T>, writer: DocumentWriter, form: DocumentForm = AS_HELD) {
    this.path = path;
    this.#schema = schema;
    this.#writer = writer;
    this.#form = form;
  }

  /** The generation before, which is only ever read. */
  get previous(): DurableFile<T> {
    return new DurableFile(`${this.path}.previous`, this.#schema, this.#writer, this.#form);
  }

  /** Returns `null` where there is no such file. Throws `store-damaged` where its contents have changed. */
  async read(): Promise<T | null> {
    const bytes = await ifThere(readFile(this.path));
    if (bytes === undefined) return null;
    this.bytes = bytes.length;
    try {
      const data = this.#form.fromStored(unsealed(bytes.toString()));
      // The compiler has checked the documents that this holder writes, and the checksum shows that this one is whole.
      return isWrittenBy(this.#writer, data) ? (data as T) : this.#schema.parse(data);
    } catch (error) {
      throw new OffbeatError('store-damaged', 'This file is not what was written.', {
        where: basename(this.path),
        cause: error,
      });
    }
  }

  /** Writes the document; does nothing where it has no contents yet (`null`). */
  async write(data: T | null): Promise<void> {
    if (data === null) return;
    // Before the first await, as the caller may change the object afterwards.
    const bytes = Buffer.from(sealed(JSON.stringify(this.#form.toStored(data))));
    this.bytes = bytes.length;
    await this.#inTurn(() => this.#replace(bytes));
  }

  async #replace(bytes: Buffer): Promise<void> {
    const temporary = this.#temporaryOf(this.path);
    await writePrivateFile(temporary, bytes, { isSynced: true });
    this.#writer.assertHeld();
    await this.#keepPrevious();
    await rename(temporary, this.path);
    await syncDirectory(dirname(this.path));
  }

  /** Gives the file a second name, so that `path` always names a file. */
  async #keepPrevious(): Promise<void> {
    const { path } = this.previous;
    const temporary = this.#temporaryOf(path);
    try {
      await link(this.path, temporary).catch(async (error: unknown) => {
        if (!isAlreadyThere(error)) throw error;
        // An interrupted write has left it.
        await rm(temporary);
        await link(this.path, temporary);
      });
      await rename(temporary, path);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  #temporaryOf(path: string): string {
    return `${path}.${this.#writer.epoch}.tmp`;
  }
}

export interface ReadDocument<T> {
  /** The newest generation that is whole; `null` where there is none. */
  readonly data: T | null;
  /** True where the newest generation could not be used. */
  readonly isDamaged: boolean;
}

/**
 * Reads a document, or the generation before where the newest is damaged. A damaged file is renamed to
 * `….damaged-STAMP`. A file that is missing though its generation before exists counts as damaged too: a note then
 * stands for it under that name.
 */
export async function readDocument<T extends object>(
  file: DurableFile<T>,
  stamp: string,
): Promise<ReadDocument<T>> {
  let isDamaged = false;
  for (const generation of [file, file.previous]) {
    const db = new Low<T | null>(generation, null);
    try {
      await db.read();
    } catch (error) {
      if (!(error instanceof OffbeatError)) throw error;
      await rename(generation.path, setAsideName(generation.path, stamp));
      isDamaged = true;
    }
    if (db.data === null) continue;
    if (generation !== file && !isDamaged) {
      await writePrivateFile(setAsideName(file.path, stamp), `${basename(file.path)} was missing.\n`);
      isDamaged = true;
    }
    return { data: db.data, isDamaged };
  }
  return { data: null, isDamaged };
}

/** Writes a document: lowdb takes the whole of it at once. */
export async function writeDocument<T extends object>(file: DurableFile<T>, data: T): Promise<void> {
  await new Low<T | null>(file, data).write();
}

const SET_ASIDE = /^(?<name>.+?\.json)(?:\.previous)?\.damaged-/;

export function setAsideName(path: string, stamp: string): string {
  return `${path}.damaged-${stamp}`;
}

/** A stamp for files that are set aside at an instant (epoch ms). */
export function stampOf(now: number): string {
  return new Date(now).toISOString().replaceAll(/[:.]/g, '-');
}

/** A sentence for an operator on each file among `names` that was set aside. */
export function damageSentences(names: readonly string[]): readonly string[] {
  return names
    .filter((name) => SET_ASIDE.test(name))
    .sort()
    .map((aside) => {
      const name = SET_ASIDE.exec(aside)?.groups?.name ?? aside;
      return (
        `${name} was damaged; it lies aside as ${aside}, and the one before it and the journal took its ` +
        'place. Remove that file once you have looked at it.'
      );
    });
}

const SEAL = /^\{"crc":"(?<crc>[0-9a-f]{8})",/;

function sealed(json: string): string {
  const rest = json.slice(1);
  return `{"crc":"${checksum(rest)}",${rest}`;
}

function unsealed(text: string): unknown {
  const seal = SEAL.exec(text);
  const rest = text.slice(seal?.[0].length ?? 0);
  if (seal?.groups?.crc !== checksum(rest)) throw new Error('The checksum differs.');
  return JSON.parse(`{${rest}`);
}

/** True where a document names a record of the holder's epoch, so that the holder has written it. */
function isWrittenBy({ epoch, isForeign = false }: DocumentWriter, data: unknown): boolean {
  const { position } = data as { readonly position?: { readonly epoch?: unknown } };
  return !isForeign && position?.epoch === epoch;
}
