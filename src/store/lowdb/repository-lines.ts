import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BEFORE_ALL_RECORDS, isAfter, type JournalPosition } from '../../disk/journal-position.ts';
import { type DocumentWriter, DurableFile } from '../../disk/json-document.ts';
import type { KeptRepository } from '../kept-repository.ts';
import { DOCUMENTS } from './documents.ts';
import type { RecordedChange } from './recorded-change.ts';

/** A record about a repository: what was changed, or that it was deleted. */
export type JournalLine = { readonly repositoryId: number } & (
  | { readonly change: RecordedChange }
  | { readonly deleted: true }
);

/** Returns `undefined` for records of the queue. Lines are not validated again: the journal checks their checksums. */
export function lineOf(body: string): JournalLine | undefined {
  return body.startsWith('{"repositoryId":') ? JSON.parse(body) : undefined;
}

/** The part of a repository that is listed over all repositories. */
export type Outline = Pick<KeptRepository, 'profile' | 'sharedLoad' | 'onTime'>;

type Recovered = { readonly position: JournalPosition } & JournalLine;

/** The outlines of all repositories, read from their smallest document when they are first asked for. */
export class Outlines {
  readonly #directory: string;
  readonly #writer: DocumentWriter;
  /** Records found at the start; documents may lack them. */
  readonly #recovered = new Map<number, Recovered[]>();
  /** By repository id; `null` for deleted ones. */
  readonly #known = new Map<number, Outline | null>();
  #reading: Promise<void> | undefined;

  constructor(directory: string, writer: DocumentWriter) {
    this.#directory = directory;
    this.#writer = writer;
  }

  /** Notes a record found at the start. */
  note(position: JournalPosition, line: JournalLine): void {
    const concernsOutline =
      'deleted' in line ||
      line.change.profile !== undefined ||
      line.change.sharedLoad !== undefined ||
      line.change.onTime !== undefined;
    if (!concernsOutline) return;
    const known = this.#recovered.get(line.repositoryId);
    if (known === undefined) this.#recovered.set(line.repositoryId, [{ position, ...line }]);
    else known.push({ position, ...line });
  }

  set(id: number, { profile, sharedLoad, onTime }: KeptRepository): void {
    this.#known.set(id, { profile, sharedLoad, onTime });
  }

  delete(id: number): void {
    this.#known.set(id, null);
  }

  /** The outlines of all repositories. Where a document is damaged, `load` reads and repairs the whole repository. */
  async all(load: (id: number) => Promise<KeptRepository | undefined>): Promise<readonly Outline[]> {
    this.#reading ??= this.#readAll(load).catch((error: unknown) => {
      this.#reading = undefined;
      throw error;
    });
    await this.#reading;
    return [...this.#known.values()].filter((outline) => outline !== null);
  }

  async #readAll(load: (id: number) => Promise<KeptRepository | undefined>): Promise<void> {
    const names = (await readdir(this.#directory)).map(Number).filter((id) => Number.isSafeInteger(id));
    for (const id of new Set([...names, ...this.#recovered.keys()])) {
      if (this.#known.has(id)) continue;
      const outline = (await this.#read(id)) ?? (await load(id)) ?? null;
      // A change made during the read is newer.
      if (!this.#known.has(id)) this.#known.set(id, outline && outlineOf(outline));
    }
    this.#recovered.clear();
  }

  async #read(id: number): Promise<Outline | undefined> {
    const path = join(this.#directory, String(id), 'profile.json');
    const file = new DurableFile(path, DOCUMENTS['profile.json'], this.#writer);
    const stored = await file.read().catch(() => null);
    let outline: Outline | undefined = stored ?? undefined;
    for (const line of this.#recovered.get(id) ?? []) {
      if (!isAfter(line.position, stored?.position ?? BEFORE_ALL_RECORDS)) continue;
      outline = 'change' in line ? outlineAfter(outline, line.change) : undefined;
    }
    return outline;
  }
}

function outlineOf({ profile, sharedLoad, onTime }: Outline): Outline {
  return { profile, sharedLoad, onTime };
}

function outlineAfter(
  outline: Outline | undefined,
  {
    profile = outline?.profile,
    sharedLoad = outline?.sharedLoad ?? null,
    onTime = outline?.onTime ?? null,
  }: RecordedChange,
): Outline | undefined {
  return profile && { profile, sharedLoad, onTime };
}
