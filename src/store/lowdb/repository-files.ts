import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { ifThere } from '../../disk/disk-errors.ts';
import { BEFORE_ALL_RECORDS, isAfter, type JournalPosition } from '../../disk/journal-position.ts';
import {
  type DocumentWriter,
  DurableFile,
  damageSentences,
  readDocument,
  setAsideName,
  temporaryEpoch,
  writeDocument,
} from '../../disk/json-document.ts';
import { makePrivateDirectory, writePrivateFile } from '../../disk/private.ts';
import type { KeptRepository } from '../kept-repository.ts';
import {
  ADDED_LATER,
  DOCUMENT_NAMES,
  DOCUMENTS,
  type DocumentName,
  type Documents,
  toDocument,
} from './documents.ts';
import { RUN_TABLE } from './run-table.ts';

/** Written last: where it exists, all the others exist and contain every record up to its position. */
const LAST: DocumentName = 'profile.json';

/** The contents of a repository's directory. */
export interface StoredRepository {
  readonly documents: { readonly [Name in DocumentName]?: Documents[Name] };
  /** The newest record that each document holds. */
  readonly positions: ReadonlyMap<DocumentName, JournalPosition>;
  /** True where a document was damaged: then any record after its own position may be missing in it. */
  readonly isDamaged: boolean;
  /** A sentence on each damaged file that was set aside. */
  readonly damage: readonly string[];
}

/** A repository that has no files. */
export const NOTHING_STORED: StoredRepository = {
  documents: {},
  positions: new Map(),
  isDamaged: false,
  damage: [],
};

/** The documents of one repository: a directory of lowdb databases. */
export class RepositoryFiles {
  readonly directory: string;
  readonly #writer: DocumentWriter;
  readonly #files = new Map<DocumentName, DurableFile<object>>();

  constructor(directory: string, writer: DocumentWriter) {
    this.directory = directory;
    this.#writer = writer;
    for (const name of DOCUMENT_NAMES) {
      const schema: z.ZodType<object> = DOCUMENTS[name];
      const form = name === 'runs.json' ? RUN_TABLE : undefined;
      this.#files.set(name, new DurableFile(join(directory, name), schema, writer, form));
    }
  }

  /** Bytes of all documents as they were last read or written. */
  get bytes(): number {
    return this.#files.values().reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Reads the documents that exist. Damaged ones are set aside under a name that ends in `stamp`. */
  async read(stamp: string): Promise<StoredRepository> {
    const names = (await ifThere(readdir(this.directory))) ?? [];
    if (names.length === 0) return NOTHING_STORED;
    await this.#removeTemporaryFiles(names);
    const documents: { [Name in DocumentName]?: Documents[Name] } = {};
    const positions = new Map<DocumentName, JournalPosition>();
    const missing: DocumentName[] = [];
    let isDamaged = false;
    const readOne = async (name: DocumentName, file: DurableFile<object>): Promise<void> => {
      const read = await readDocument(file, stamp);
      if (read.isDamaged) isDamaged = true;
      if (read.data === null) {
        if (!read.isDamaged && !ADDED_LATER.has(name)) missing.push(name);
        return;
      }
      Object.assign(documents, { [name]: read.data });
      positions.set(name, (read.data as Documents[DocumentName]).position);
    };
    await Promise.all([...this.#files].map(([name, file]) => readOne(name, file)));
    if (documents[LAST] !== undefined) {
      for (const name of missing) {
        await writePrivateFile(setAsideName(join(this.directory, name), stamp), `${name} was missing.\n`);
        isDamaged = true;
      }
    }
    const found = isDamaged ? await readdir(this.directory) : names;
    return { documents, positions, isDamaged, damage: damageSentences(found) };
  }

  /** Writes some documents of a state that holds all records up to `position`. */
  async write(
    state: KeptRepository,
    names: readonly DocumentName[],
    position: JournalPosition,
  ): Promise<void> {
    await makePrivateDirectory(this.directory);
    const others = names.filter((name) => name !== LAST);
    await Promise.all(others.map((name) => this.#writeOne(name, state, position)));
    await this.#writeOne(LAST, state, position);
  }

  async remove(): Promise<void> {
    this.#writer.assertHeld();
    await rm(this.directory, { recursive: true, force: true });
  }

  #writeOne(name: DocumentName, state: KeptRepository, position: JournalPosition): Promise<void> {
    const file = this.#files.get(name);
    return file === undefined ? Promise.resolve() : writeDocument(file, toDocument(name, state, position));
  }

  /** Removes the temporary files of earlier holders before any document is read, so that they cannot rename them. */
  async #removeTemporaryFiles(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const epoch = temporaryEpoch(name);
      if (epoch !== undefined && epoch < this.#writer.epoch)
        await rm(join(this.directory, name), { force: true });
    }
  }
}

/** The position after which records must be applied again to the documents. */
export function replayStart({ positions, isDamaged }: StoredRepository): JournalPosition {
  return isDamaged ? BEFORE_ALL_RECORDS : (positions.get(LAST) ?? BEFORE_ALL_RECORDS);
}

/** The newest record that any of the documents holds. */
export function newestPosition({ positions }: StoredRepository): JournalPosition {
  return positions
    .values()
    .reduce((newest, each) => (isAfter(each, newest) ? each : newest), BEFORE_ALL_RECORDS);
}
