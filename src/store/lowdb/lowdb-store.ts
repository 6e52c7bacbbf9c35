import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type DataDirectory, openDataDirectory } from '../../disk/data-directory.ts';
import { asDiskError } from '../../disk/disk-full.ts';
import type { JournalEntry } from '../../disk/journal.ts';
import { BEFORE_ALL_RECORDS, isAfter, JournalPosition } from '../../disk/journal-position.ts';
import { type RecordPlace, readRecord } from '../../disk/journal-segment.ts';
import {
  DurableFile,
  damageSentences,
  readDocument,
  stampOf,
  writeDocument,
} from '../../disk/json-document.ts';
import { OffbeatError } from '../../errors.ts';
import { emptyLatenessPool, LatenessPool } from '../../forecast/lateness-pool.ts';
import { applyLatenessPoolChange } from '../../forecast/lateness-pool-change.ts';
import { createKeyedMutex } from '../../keyed-mutex.ts';
import type { LeftLoad } from '../../plan/shared-load.ts';
import type { Clock, Log, RepositoryChange, RepositoryProfile } from '../../usecases/ports.ts';
import { applyChange } from '../apply-change.ts';
import { emptyRepository, type KeptRepository } from '../kept-repository.ts';
import { leftLoads } from '../left-loads.ts';
import { RETENTION, type Retention, withinBounds } from '../retention.ts';
import type { WholeStore } from '../whole-store.ts';
import { DOCUMENT_NAMES, documentsOf, fromDocuments, partsFor } from './documents.ts';
import { type CacheEntry, RepositoryCache } from './repository-cache.ts';
import {
  NOTHING_STORED,
  newestPosition,
  RepositoryFiles,
  replayStart,
  type StoredRepository,
} from './repository-files.ts';
import { type JournalLine, lineOf, Outlines } from './repository-lines.ts';
import { UnsavedRecords } from './unsaved-records.ts';

const REPORT_NAME = 'report_latest.json';
const POOL_NAME = 'lateness_pool.json';
/** Documents of a thousand repositories of ten workflows and a hundred runs each. */
const CACHE_BYTES = 192 * 1024 * 1024;
/** Repositories that may wait to be written before another is read. */
const MOST_LEAVING = 16;
/** A change waits this long for others before its repository is written; a crash replays it from the journal. */
const CHECKPOINT_AFTER_MS = 60_000;
const SWEEP_EVERY_MS = 5_000;
/** Repositories written side by side: mostly they wait for the disk. */
const WRITERS = 4;
/** Failures in a row that are no accident any more. */
const FAILS_FOR_GOOD_AFTER = 2;

const Pool = z.object({ version: z.literal(1), position: JournalPosition, pool: LatenessPool });
type Pool = z.infer<typeof Pool>;

export interface LowdbStoreOptions {
  /** The data directory; this process alone may use it. */
  readonly directory: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly retention?: Retention;
  readonly cacheBytes?: number;
  readonly checkpointAfterMs?: number;
  readonly segmentBytes?: number;
  /** Called when another process has taken the directory. Every write then throws `store-locked`. */
  readonly onLockLost?: () => void;
}

export interface LowdbStore extends WholeStore {
  /** The directory, whose journal an in-process queue shares. */
  readonly data: DataDirectory;
  /** Writes the documents of every repository that lack something. */
  checkpoint(): Promise<void>;
  /** Sentences on what stops this process from keeping anything; none where all is well. */
  problems(): readonly string[];
  /** Sentences on damage that was found, for as long as the files set aside lie there. */
  damage(): Promise<readonly string[]>;
}

/**
 * Opens the store in `directory`, making it where there is none. Throws `store-locked` where another process uses it.
 *
 * A change is in the journal before anybody sees it; documents follow once a minute, or when the journal grows. A start reads
 * the journal once and notes where the records of each repository lie; they are applied when the repository is next read.
 */
export async function openLowdbStore(options: LowdbStoreOptions): Promise<LowdbStore> {
  const { directory, log } = options;
  const data = await openDataDirectory({
    directory,
    log,
    onLost: options.onLockLost,
    segmentBytes: options.segmentBytes,
  });
  try {
    await mkdir(join(directory, 'repositories'), { recursive: true });
    const store = new FileStore(options, data);
    await store.recover();
    return store;
  } catch (error) {
    await data.close();
    throw error;
  }
}

class FileStore implements LowdbStore {
  readonly data: DataDirectory;
  readonly #options: LowdbStoreOptions;
  readonly #cache: RepositoryCache;
  readonly #lockRepository = createKeyedMutex();
  readonly #lockFiles = createKeyedMutex();
  /** Under way, also those that nobody waits for. */
  readonly #writes = new Set<Promise<void>>();
  readonly #unsaved = new Map<number, UnsavedRecords>();
  /** Of repositories that were not read since the start: their records in the journal, oldest first. */
  readonly #pending = new Map<
    number,
    { readonly position: JournalPosition; readonly place: RecordPlace }[]
  >();
  readonly #outlines: Outlines;
  readonly #poolFile: DurableFile<Pool>;
  #pool: LatenessPool = emptyLatenessPool();
  #poolPosition = BEFORE_ALL_RECORDS;
  readonly #sweeper: NodeJS.Timeout;
  #sweeping: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: LowdbStoreOptions, data: DataDirectory) {
    this.data = data;
    this.#options = options;
    this.#cache = new RepositoryCache({
      maxBytes: options.cacheBytes ?? CACHE_BYTES,
      write: (id) => this.#write(id),
    });
    this.#outlines = new Outlines(join(options.directory, 'repositories'), data);
    this.#poolFile = new DurableFile(join(options.directory, POOL_NAME), Pool, data);
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_EVERY_MS);
    this.#sweeper.unref();
    data.addReader({
      checkpoint: (through) => this.#checkpointThrough(through),
      neededFrom: () => this.#neededFrom(),
    });
  }

  /** Reads the journal: the pool is brought up to date, and the records of repositories are noted. */
  async recover(): Promise<void> {
    const { log } = this.#options;
    const { data: stored, isDamaged } = await readDocument(this.#poolFile, this.#stamp());
    if (isDamaged) log.error({ file: POOL_NAME }, 'A damaged file was set aside');
    if (stored !== null) {
      this.#pool = stored.pool;
      this.#poolPosition = stored.position;
    }
    const { gaps, lateRecords } = await this.data.journal.walk((entry) => this.#note(entry));
    if (gaps.length > 0) log.error({ gaps }, 'Records in the middle of the journal are damaged');
    if (lateRecords > 0)
      log.warn({ lateRecords }, 'Records of a process that had lost the data directory were left out');
  }

  #note({ position, body, place }: JournalEntry): void {
    const line = lineOf(body);
    if (line === undefined) return;
    const id = line.repositoryId;
    const pending = this.#pending.get(id);
    if (pending === undefined) this.#pending.set(id, [{ position, place }]);
    else pending.push({ position, place });
    this.#unsavedOf(id).addUnknown(position.sequence);
    this.#outlines.note(position, line);
    if ('change' in line) this.#addToPool(line.change, position);
  }

  async load(repositoryId: number): Promise<KeptRepository | undefined> {
    const entry = this.#cache.get(repositoryId);
    if (entry !== undefined) return entry.state;
    return this.#lockRepository(repositoryId, async () => (await this.#find(repositoryId)).state);
  }

  apply(repositoryId: number, change: RepositoryChange): Promise<void> {
    return this.#lockRepository(repositoryId, async () => {
      const entry = await this.#find(repositoryId);
      const next = this.#changed(entry, change);
      const position = await this.data.journal.append(JSON.stringify({ repositoryId, change }));
      const names = entry.state === undefined ? DOCUMENT_NAMES : documentsOf(change);
      this.#show(entry, next, position);
      this.#unsavedOf(repositoryId).add(names, position.sequence);
      this.#outlines.set(repositoryId, next);
      this.#addToPool(change, position);
      this.#cache.set(entry);
    });
  }

  /** Puts a repository into its documents at once: the journal has nothing of it. */
  keep(kept: KeptRepository): Promise<void> {
    const { id } = kept.profile;
    return this.#lockRepository(id, async () => {
      const entry = await this.#find(id);
      this.#show(entry, kept, this.data.journal.last);
      this.#unsavedOf(id).add(DOCUMENT_NAMES, this.data.journal.last.sequence);
      this.#outlines.set(id, kept);
      this.#cache.set(entry);
      await this.#write(id);
    });
  }

  async profiles(): Promise<readonly RepositoryProfile[]> {
    return (await this.#allOutlines()).map(({ profile }) => profile);
  }

  async sharedLoads(installationId: number): Promise<readonly LeftLoad[]> {
    return leftLoads(await this.#allOutlines(), installationId);
  }

  delete(repositoryId: number): Promise<void> {
    return this.#lockRepository(repositoryId, async () => {
      const { files } = await this.#find(repositoryId);
      await this.data.journal.append(JSON.stringify({ repositoryId, deleted: true }));
      this.#cache.delete(repositoryId);
      this.#outlines.delete(repositoryId);
      await this.#lockFiles(repositoryId, () => files.remove());
      this.#unsaved.delete(repositoryId);
    });
  }

  async keepReport(repositoryId: number, report: object): Promise<void> {
    await this.#lockRepository(repositoryId, async () => {
      const { state, files } = await this.#find(repositoryId);
      if (state === undefined) return;
      await mkdir(files.directory, { recursive: true });
      await writeDocument(
        new DurableFile(join(files.directory, REPORT_NAME), z.looseObject({}), this.data),
        report,
      );
    });
  }

  async loadLatenessPool(): Promise<LatenessPool> {
    return this.#pool;
  }

  async replaceLatenessPool(pool: LatenessPool): Promise<void> {
    this.#pool = pool;
    this.#poolPosition = this.data.journal.last;
    await this.#writePool();
  }

  async checkpoint(): Promise<void> {
    await this.#checkpointThrough(BEFORE_ALL_RECORDS);
  }

  problems(): readonly string[] {
    const failing = this.#cache
      .all()
      .filter(({ failedWrites }) => failedWrites >= FAILS_FOR_GOOD_AFTER).length;
    const sentence =
      `The documents of ${failing} ${failing === 1 ? 'repository' : 'repositories'} cannot be written. The journal has ` +
      'what is missing, and grows until it is mended; the log says why.';
    return failing === 0 ? this.data.problems() : [...this.data.problems(), sentence];
  }

  async damage(): Promise<readonly string[]> {
    const names = await readdir(this.#options.directory);
    return [...(await this.data.journal.damage()), ...damageSentences(names)];
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#sweeper);
    try {
      await this.#sweeping;
      if (this.data.problems().length === 0) await this.checkpoint();
    } finally {
      await Promise.allSettled(this.#writes);
      await this.data.close();
    }
  }

  /** The entry of a repository, read where it is not in memory. The caller holds the repository's mutex. */
  async #find(id: number): Promise<CacheEntry> {
    const there = this.#cache.get(id);
    if (there !== undefined) return there;
    await this.#cache.makeRoom(MOST_LEAVING);
    const files = new RepositoryFiles(join(this.#options.directory, 'repositories', String(id)), this.data);
    const stored = await files.read(this.#stamp());
    if (stored.isDamaged)
      this.#options.log.error({ repositoryId: id, damage: stored.damage }, 'Damaged files were set aside');
    const entry: CacheEntry = {
      id,
      files,
      state: this.#stateOf(stored),
      position: newestPosition(stored),
      dirtySince: null,
      failedWrites: 0,
    };
    await this.#replay(entry, stored);
    if (stored.isDamaged && entry.state !== undefined)
      this.#unsavedOf(id).add(DOCUMENT_NAMES, entry.position.sequence);
    if (this.#unsaved.get(id)?.isDirty === true) entry.dirtySince = performance.now();
    this.#cache.set(entry);
    return entry;
  }

  #stateOf(stored: StoredRepository): KeptRepository | undefined {
    const { documents, damage } = stored;
    const profile = documents['profile.json']?.profile;
    if (profile === undefined) return undefined;
    return { ...fromDocuments(documents, emptyRepository(profile, this.#options.clock.now())), damage };
  }

  /**
   * Applies the records that the documents lack. Throws `store-damaged` where documents are there and not even the profile can be
   * told: an empty history must not take the place of a damaged one.
   */
  async #replay(entry: CacheEntry, stored: StoredRepository): Promise<void> {
    let base = stored;
    for await (const { position, line } of this.#recordsOf(entry.id, stored)) {
      if ('change' in line) {
        this.#replayChange(entry, base, position, line.change);
      } else if (isAfter(position, newestPosition(base))) {
        // Else the documents were written after the repository had come back.
        await entry.files.remove();
        base = NOTHING_STORED;
        entry.state = undefined;
        entry.position = position;
      }
    }
    if (entry.state !== undefined || (base.positions.size === 0 && base.damage.length === 0)) {
      this.#pending.delete(entry.id);
      return;
    }
    throw new OffbeatError(
      'store-damaged',
      'The profile of this repository cannot be read, nor the one before it.',
      {
        where: entry.files.directory,
        fix: 'Restore profile.json from a backup, or move the directory away to begin anew.',
      },
    );
  }

  /** After a start those that were noted then; of damaged documents all that the journal has. */
  async *#recordsOf(
    id: number,
    stored: StoredRepository,
  ): AsyncGenerator<{ readonly position: JournalPosition; readonly line: JournalLine }> {
    const start = replayStart(stored);
    if (!stored.isDamaged) {
      for (const { position, place } of this.#pending.get(id) ?? []) {
        const line = isAfter(position, start) ? lineOf((await readRecord(place)).body) : undefined;
        if (line !== undefined) yield { position, line };
      }
      return;
    }
    const lines: { readonly position: JournalPosition; readonly line: JournalLine }[] = [];
    await this.data.journal.walk(({ position, body }) => {
      const line = lineOf(body);
      if (line?.repositoryId === id) lines.push({ position, line });
    });
    yield* lines;
  }

  #replayChange(
    entry: CacheEntry,
    { documents, positions, damage }: StoredRepository,
    position: JournalPosition,
    change: RepositoryChange,
  ): void {
    const parts = partsFor(change, (name) => isAfter(position, positions.get(name) ?? BEFORE_ALL_RECORDS));
    if (Object.keys(parts).length === 0) return;
    if (entry.state === undefined && parts.profile !== undefined) {
      const empty = emptyRepository(parts.profile, this.#options.clock.now());
      entry.state = { ...fromDocuments(documents, empty), damage };
    }
    if (entry.state === undefined) {
      this.#options.log.error(
        { repositoryId: entry.id },
        'A change of a repository that is not there was left out',
      );
      return;
    }
    this.#show(entry, this.#changed(entry, parts), position);
    this.#unsavedOf(entry.id).add(documentsOf(parts), position.sequence);
  }

  /** The state after a change. Throws `not-found` where the repository has no profile. */
  #changed({ id, state }: CacheEntry, change: RepositoryChange): KeptRepository {
    const profile = change.profile ?? state?.profile;
    if (profile === undefined) {
      throw new OffbeatError('not-found', 'Unknown repository.', { where: `repository ${id}` });
    }
    const before = state ?? emptyRepository(profile, this.#options.clock.now());
    return withinBounds(applyChange(before, change), this.#options.retention ?? RETENTION).state;
  }

  #show(entry: CacheEntry, state: KeptRepository, position: JournalPosition): void {
    entry.state = state;
    entry.position = position;
    entry.dirtySince ??= performance.now();
  }

  #addToPool({ latenessPool }: RepositoryChange, position: JournalPosition): void {
    if (latenessPool === undefined || !isAfter(position, this.#poolPosition)) return;
    this.#pool = applyLatenessPoolChange(this.#pool, latenessPool);
    this.#poolPosition = position;
  }

  #unsavedOf(id: number): UnsavedRecords {
    const known = this.#unsaved.get(id);
    if (known !== undefined) return known;
    const unsaved = new UnsavedRecords();
    this.#unsaved.set(id, unsaved);
    return unsaved;
  }

  /** Writes the documents of which one generation lacks something. Throws `store-full` where the disk takes no more. */
  #write(id: number): Promise<void> {
    const writing = this.#lockFiles(id, async () => {
      // Looked up only now: whoever asked may have seen it before it left and came back.
      const entry = this.#cache.get(id);
      const unsaved = this.#unsaved.get(id);
      if (entry?.state === undefined || unsaved === undefined) return;
      const { state, position, files } = entry;
      const names = [...unsaved.names];
      const since = entry.dirtySince;
      entry.dirtySince = null;
      const end = unsaved.beginWriting(names);
      try {
        await files.write(state, names, position);
        end(true);
        entry.failedWrites = 0;
        this.#cache.saved(entry);
        if (unsaved.names.length === 0) this.#unsaved.delete(id);
      } catch (error) {
        end(false);
        entry.dirtySince = since;
        entry.failedWrites += 1;
        throw asDiskError(error, files.directory);
      }
    });
    this.#writes.add(writing);
    const end = (): boolean => this.#writes.delete(writing);
    writing.then(end, end);
    return writing;
  }

  /** Everything dirty is written; what both generations must hold is written again where the one before lacks it. */
  async #checkpointThrough(through: JournalPosition): Promise<void> {
    const isNeeded = (id: number): boolean => {
      const unsaved = this.#unsaved.get(id);
      return unsaved !== undefined && (unsaved.neededFrom ?? Infinity) <= through.sequence;
    };
    await this.#forEach([...this.#unsaved.keys()], async (id) => {
      if (!isNeeded(id) && this.#unsaved.get(id)?.isDirty !== true) return;
      for (let generation = 0; generation < 2; generation += 1) {
        const { state } = await this.#lockRepository(id, () => this.#find(id));
        if (state === undefined) this.#unsaved.delete(id);
        else await this.#write(id);
        if (!isNeeded(id)) return;
      }
    });
    await this.#writePool();
  }

  async #writePool(): Promise<void> {
    await writeDocument(this.#poolFile, { version: 1, position: this.#poolPosition, pool: this.#pool });
  }

  #neededFrom(): number | null {
    const needed = this.#unsaved.values().map(({ neededFrom }) => neededFrom ?? Infinity);
    const oldest = Math.min(...needed);
    return oldest === Infinity ? null : oldest;
  }

  #sweep(): void {
    this.#sweeping ??= this.#writeOverdue()
      .catch((error: unknown) => {
        this.#options.log.error(
          { err: error },
          'Documents could not be written; the journal still has everything',
        );
      })
      .finally(() => {
        this.#sweeping = undefined;
      });
  }

  async #writeOverdue(): Promise<void> {
    const before = performance.now() - (this.#options.checkpointAfterMs ?? CHECKPOINT_AFTER_MS);
    const overdue = this.#cache.all().filter(({ dirtySince }) => dirtySince !== null && dirtySince <= before);
    await this.#forEach(overdue, ({ id }) => this.#write(id));
  }

  /** Does the work for each, a few at a time; rejects with the first failure once all have had their turn. */
  async #forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const left = items.values();
    const failures: unknown[] = [];
    const worker = async (): Promise<void> => {
      for (const item of left) await work(item).catch((error: unknown) => failures.push(error));
    };
    await Promise.all(Array.from({ length: WRITERS }, worker));
    if (failures.length > 0) throw failures[0];
  }

  #allOutlines(): ReturnType<Outlines['all']> {
    return this.#outlines.all((id) => this.load(id));
  }

  #stamp(): string {
    return stampOf(this.#options.clock.now());
  }
}
