import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { OffbeatError } from '../errors.ts';
import { Run } from '../history/run.ts';
import { compareRuns, firstNotBefore, type RunHistory } from '../history/run-history.ts';
import { textOfBytes } from '../text-bytes.ts';
import { type ByteText, bytesIn, byteTextOf } from './byte-text.ts';

/** Open runs beyond which the oldest of them are packed: half a chunk stays. */
const MOST_OPEN = 96;
/** Large enough to compress well (50 bytes a run instead of 560 as an object), small enough to open in 0.1 ms. */
const CHUNK_RUNS = 64;
/** Of one run held open, in memory. */
const OPEN_RUN_BYTES = 560;
/** The fastest: on such columns the next levels save a tenth and take twice as long. */
const DEFLATE = { level: 1 } as const;

const Key = z.object({ id: z.number(), attempt: z.number() });

/** Runs packed away, oldest first: their columns as JSON, deflated, base64. */
export const PackedChunk = z.object({
  count: z.number().int().positive(),
  first: Key,
  last: Key,
  /** How many of each workflow file; absent in chunks of an earlier version. */
  files: z.record(z.string(), z.number().int().positive()).optional(),
  packed: z.base64(),
});
export type PackedChunk = z.infer<typeof PackedChunk>;

/** What `runs.json` holds of a history. */
export interface PackedDocument {
  readonly chunks: readonly PackedChunk[];
  readonly newest: readonly Run[];
}

/** The same in memory. */
export interface RunsChunk {
  readonly count: number;
  readonly first: z.infer<typeof Key>;
  readonly last: z.infer<typeof Key>;
  readonly files: RunsByFile;
  readonly bytes: ByteText;
}

/** Number of runs by path of the workflow file. */
type RunsByFile = Readonly<Record<string, number>>;

interface Sums {
  readonly byFile: ReadonlyMap<string, number>;
  /** The largest of them. */
  readonly most: number;
}

/** Sums over chunks. Most changes touch open runs alone, and the list of chunks stays the same one. */
const sumsOfChunks = new WeakMap<readonly RunsChunk[], Sums>();

/**
 * A history that never changes: `with…` returns another that shares what is equal. The newest runs are open, as they
 * are asked for and changed most; older ones are packed, and opened a chunk at a time.
 */
export class PackedRuns implements RunHistory {
  static readonly empty = new PackedRuns([], []);
  readonly #chunks: readonly RunsChunk[];
  readonly #newest: readonly Run[];
  readonly #packedCount: number;
  /** Whoever walks through the packed ones asks for the same chunk many times. */
  #opened: { readonly chunk: RunsChunk; readonly runs: readonly Run[] } | undefined;

  private constructor(chunks: readonly RunsChunk[], newest: readonly Run[]) {
    this.#chunks = chunks;
    this.#newest = newest;
    this.#packedCount = chunks.reduce((sum, { count }) => sum + count, 0);
  }

  /** `runs` in any order, each key once. */
  static of(runs: Iterable<Run>): PackedRuns {
    return PackedRuns.#settled([], [...runs].sort(compareRuns));
  }

  static fromDocument({ chunks, newest }: PackedDocument): PackedRuns {
    const opened = chunks.map(({ packed, files, ...rest }): RunsChunk => {
      const bytes = byteTextOf(Buffer.from(packed, 'base64'));
      return { ...rest, bytes, files: files ?? filesOf(unpack({ ...rest, bytes })) };
    });
    return new PackedRuns(opened, newest);
  }

  toDocument(): PackedDocument {
    const chunks = this.#chunks.map(({ bytes, ...rest }) => ({
      ...rest,
      packed: bytesIn(bytes).toString('base64'),
    }));
    return { chunks, newest: this.#newest };
  }

  /** Of memory, about. */
  get bytes(): number {
    const packed = this.#chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return packed + OPEN_RUN_BYTES * this.#newest.length;
  }

  get length(): number {
    return this.#packedCount + this.#newest.length;
  }

  at(index: number): Run | undefined {
    const place = index < 0 ? this.length + index : index;
    if (place < 0) return undefined;
    if (place >= this.#packedCount) return this.#newest[place - this.#packedCount];
    let before = 0;
    for (const chunk of this.#chunks) {
      if (place < before + chunk.count) return this.#open(chunk)[place - before];
      before += chunk.count;
    }
    return undefined;
  }

  *[Symbol.iterator](): Iterator<Run> {
    for (const chunk of this.#chunks) yield* this.#open(chunk);
    yield* this.#newest;
  }

  slice(from = 0, to = this.length): Run[] {
    const first = from < 0 ? Math.max(0, this.length + from) : from;
    const end = to < 0 ? this.length + to : to;
    // Differences below would be read as counted from the end where they are negative.
    if (end <= first) return [];
    if (first >= this.#packedCount)
      return this.#newest.slice(first - this.#packedCount, end - this.#packedCount);
    const runs: Run[] = [];
    let before = 0;
    for (const chunk of this.#chunks) {
      if (before + chunk.count > first && before < end) {
        runs.push(...this.#open(chunk).slice(Math.max(0, first - before), end - before));
      }
      before += chunk.count;
    }
    if (end > before) runs.push(...this.#newest.slice(0, end - before));
    return runs;
  }

  filter(keep: (run: Run) => boolean): Run[] {
    const kept: Run[] = [];
    for (const run of this) if (keep(run)) kept.push(run);
    return kept;
  }

  map<T>(change: (run: Run) => T): T[] {
    const changed: T[] = [];
    for (const run of this) changed.push(change(run));
    return changed;
  }

  toJSON(): readonly Run[] {
    return [...this];
  }

  /** How many runs there are of each workflow file. */
  byFile(): ReadonlyMap<string, number> {
    const files = new Map(sumOf(this.#chunks).byFile);
    for (const { path } of this.#newest) files.set(path, (files.get(path) ?? 0) + 1);
    return files;
  }

  /** True where there are more than so many of one file: what is asked after every change. */
  hasMoreOfOneThan(limit: number): boolean {
    // Were all open ones of the same file, it would mostly not be enough: then none need be counted.
    if (sumOf(this.#chunks).most + this.#newest.length <= limit) return false;
    return this.byFile()
      .values()
      .some((count) => count > limit);
  }

  /** Adds runs, and replaces those whose key is known. */
  with(runs: readonly Run[]): PackedRuns {
    if (runs.length === 0) return this;
    let chunks = this.#chunks;
    const newest = [...this.#newest];
    for (const run of runs) {
      const holder = chunks.findLastIndex(({ first }) => compareRuns(first, run) <= 0);
      const chunk = chunks[holder];
      const isPacked = chunk !== undefined && compareRuns(run, chunk.last) <= 0;
      // Between two chunks, or before all of them: the older neighbour takes it, so that order needs no search.
      const fallsBetween = chunk === undefined ? chunks.length > 0 : holder < chunks.length - 1;
      if (isPacked || fallsBetween) {
        const place = Math.max(0, holder);
        const opened = chunks[place];
        const changed = upserted(opened === undefined ? [] : unpack(opened), run);
        chunks = chunks.toSpliced(place, 1, ...packAll(changed));
      } else {
        upsert(newest, run);
      }
    }
    return PackedRuns.#settled(chunks, newest);
  }

  /** The packed ones and the open ones. */
  split(): { readonly chunks: readonly RunsChunk[]; readonly newest: readonly Run[] } {
    return { chunks: this.#chunks, newest: this.#newest };
  }

  /** The other way round: `newest` all stand behind the packed ones. */
  static joined(chunks: readonly RunsChunk[], newest: readonly Run[]): PackedRuns {
    return new PackedRuns(chunks, newest);
  }

  /**
   * Takes the oldest runs out, so many of each file as `counts` says; those that `spares` names stay and are not
   * counted. Chunks that lose runs are put together with their neighbours, so that none stays nearly empty.
   */
  withoutOldest(
    counts: ReadonlyMap<string, number>,
    spares: (run: Run) => boolean = () => false,
  ): { readonly oldest: readonly Run[]; readonly rest: PackedRuns } {
    const left = new Map([...counts].filter(([, count]) => count > 0));
    const oldest: Run[] = [];
    const isTaken = (run: Run): boolean => {
      const more = left.get(run.path);
      if (more === undefined || spares(run)) return false;
      oldest.push(run);
      if (more === 1) left.delete(run.path);
      else left.set(run.path, more - 1);
      return true;
    };
    const chunks: RunsChunk[] = [];
    let remains: Run[] = [];
    const packRemains = (): void => {
      if (remains.length > 0) chunks.push(pack(remains));
      remains = [];
    };
    for (const chunk of this.#chunks) {
      const loses = Object.keys(chunk.files).some((path) => left.has(path));
      if (!loses && remains.length === 0) {
        chunks.push(chunk);
        continue;
      }
      const runs = loses ? unpack(chunk).filter((run) => !isTaken(run)) : undefined;
      if (remains.length + (runs?.length ?? chunk.count) > CHUNK_RUNS) packRemains();
      if (runs === undefined && remains.length === 0) chunks.push(chunk);
      else remains.push(...(runs ?? unpack(chunk)));
    }
    packRemains();
    const newest = left.size === 0 ? this.#newest : this.#newest.filter((run) => !isTaken(run));
    return { oldest, rest: new PackedRuns(chunks, newest) };
  }

  /** Packs the older half of the open runs away where there are too many. */
  static #settled(chunks: readonly RunsChunk[], newest: readonly Run[]): PackedRuns {
    if (newest.length <= MOST_OPEN) return new PackedRuns(chunks, newest);
    const packed = [...chunks];
    let from = 0;
    for (; newest.length - from > MOST_OPEN; from += CHUNK_RUNS) {
      packed.push(pack(newest.slice(from, from + CHUNK_RUNS)));
    }
    const before = sumsOfChunks.get(chunks);
    // Of those before nothing has changed: hundreds of them need not be added up again.
    if (before !== undefined) sumsOfChunks.set(packed, withFiles(before, packed.slice(chunks.length)));
    return new PackedRuns(packed, newest.slice(from));
  }

  #open(chunk: RunsChunk): readonly Run[] {
    if (this.#opened?.chunk !== chunk) this.#opened = { chunk, runs: unpack(chunk) };
    return this.#opened.runs;
  }
}

/** Any history in packed form; the same object where it is packed already. */
export function packedRuns(runs: RunHistory): PackedRuns {
  return runs instanceof PackedRuns ? runs : PackedRuns.of(runs);
}

/** In one chunk, or two where one would be too large: a backfill brings all its runs to the same place. */
function packAll(runs: readonly Run[]): readonly RunsChunk[] {
  if (runs.length <= 2 * CHUNK_RUNS) return [pack(runs)];
  return [pack(runs.slice(0, CHUNK_RUNS)), pack(runs.slice(CHUNK_RUNS))];
}

function upserted(runs: readonly Run[], run: Run): readonly Run[] {
  const list = [...runs];
  upsert(list, run);
  return list;
}

function upsert(list: Run[], run: Run): void {
  const place = firstNotBefore(list, run);
  const there = list[place];
  if (there !== undefined && compareRuns(there, run) === 0) list[place] = run;
  else list.splice(place, 0, run);
}

/** In the order of the schema; a column added later is absent in older chunks. */
const COLUMNS = Object.keys(Run.shape) as readonly (keyof Run)[];

const Columns = z.record(z.string(), z.array(z.unknown()));

/** Runs column by column: as JSON a third of what a list of objects takes. */
export type RunColumns = Readonly<Record<string, readonly unknown[]>>;

export function columnsOf(runs: readonly Run[]): RunColumns {
  return Object.fromEntries(COLUMNS.map((name) => [name, runs.map((run) => run[name])]));
}

/** The runs again, out of columns that went through JSON: there, what a run does not have is `null`. */
export function runsIn(columns: RunColumns, count: number): readonly Run[] {
  return Array.from({ length: count }, (_, place) => {
    const row: Record<string, unknown> = {};
    for (const name of COLUMNS) {
      const value = columns[name]?.[place];
      if (name !== 'jobs' || value !== null) row[name] = value;
    }
    return row as Run;
  });
}

function pack(runs: readonly Run[]): RunsChunk {
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('No chunk is empty.');
  return {
    count: runs.length,
    first: { id: first.id, attempt: first.attempt },
    last: { id: last.id, attempt: last.attempt },
    files: filesOf(runs),
    bytes: byteTextOf(deflateRawSync(JSON.stringify(columnsOf(runs)), DEFLATE)),
  };
}

function filesOf(runs: readonly Run[]): RunsByFile {
  const files: Record<string, number> = {};
  for (const { path } of runs) files[path] = (files[path] ?? 0) + 1;
  return files;
}

function sumOf(chunks: readonly RunsChunk[]): Sums {
  const known = sumsOfChunks.get(chunks);
  if (known !== undefined) return known;
  const sums = withFiles({ byFile: new Map(), most: 0 }, chunks);
  sumsOfChunks.set(chunks, sums);
  return sums;
}

function withFiles(before: Sums, chunks: readonly RunsChunk[]): Sums {
  const byFile = new Map(before.byFile);
  let { most } = before;
  for (const { files } of chunks) {
    for (const [path, count] of Object.entries(files)) {
      const sum = (byFile.get(path) ?? 0) + count;
      byFile.set(path, sum);
      most = Math.max(most, sum);
    }
  }
  return { byFile, most };
}

/** Throws `store-damaged` where the bytes are not what `pack` makes. */
function unpack({ bytes, count }: Pick<RunsChunk, 'bytes' | 'count'>): readonly Run[] {
  try {
    const columns = Columns.parse(JSON.parse(textOfBytes(inflateRawSync(bytesIn(bytes)))));
    return runsIn(columns, count).map((run) => Run.parse(run));
  } catch (error) {
    throw new OffbeatError('store-damaged', 'A part of a history cannot be read.', {
      where: 'runs.json',
      fix: 'Restore it from a backup.',
      cause: error,
    });
  }
}
