import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { type DataDirectory, openDataDirectory } from '../../disk/data-directory.ts';
import type { JournalEntry } from '../../disk/journal.ts';
import { BEFORE_ALL_RECORDS, type JournalPosition } from '../../disk/journal-position.ts';
import { DurableFile, damageSentences, stampOf, writeDocument } from '../../disk/json-document.ts';
import { makePrivateDirectory } from '../../disk/private.ts';
import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import { createKeyedMutex } from '../../keyed-mutex.ts';
import type { Log } from '../../log.ts';
import type { RepositoryLoad } from '../../plan/shared-load.ts';
import { MINUTE_MS } from '../../time.ts';
import type { OnTimeRepository, RepositoryChange, RepositoryProfile } from '../../usecases/ports.ts';
import { changedRepository } from '../apply-change.ts';
import type { KeptRepository, WholeStore } from '../kept-repository.ts';
import { onTimeRepositories, sharedLoadsOf } from '../repositories-in-service.ts';
import { RETENTION, type Retention } from '../retention.ts';
import { Checkpoints } from './checkpoints.ts';
import { DOCUMENT_NAMES, type DocumentName, documentsOf } from './documents.ts';
import { LatenessPoolDocument } from './lateness-pool-document.ts';
import { type LoadContext, loadRepository, type PendingRecord } from './load-repository.ts';
import { recordedChange } from './recorded-change.ts';
import { type CacheEntry, RepositoryCache } from './repository-cache.ts';
import { RepositoryFiles } from './repository-files.ts';
import { lineOf, Outlines } from './repository-lines.ts';

const REPORT_NAME = 'report_latest.json';
/** Documents of some two hundred repositories with a hundred runs each; to read one again costs little. */
const CACHE_BYTES = 32 * 1024 * 1024;
/** Repositories that may wait to be written before another is read. */
const MOST_LEAVING = 16;
/** A change waits this long for others before its repository is written; a crash replays it from the journal. */
const CHECKPOINT_AFTER_MS = MINUTE_MS;

export interface LowdbStoreOptions {
  /** The data directory; this process alone may use it. */
  readonly directory: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly retention?: Retention;
  readonly cacheBytes?: number;
  readonly checkpointAfterMs?: number;
  readonly segmentBytes?: number;
  /** True where another party wrote the documents in the directory. */
  readonly isForeign?: boolean;
  /** Called when another process has taken the directory. Every write then throws `store-locked`. */
  readonly onLockLost?: () => void;
}

/**
 * Opens the store in `directory`, and makes it where there is none. Throws `store-locked` where another process has it.
 *
 * A change is written to the journal before it becomes visible; documents follow once a minute, or when the journal
 * grows. A start reads the journal once and notes the places of each repository's records; they are applied when that
 * repository is next read.
 */
export async function openLowdbStore(options: LowdbStoreOptions): Promise<LowdbStore> {
  const { directory, log } = options;
  const data = await openDataDirectory({
    directory,
    log,
    isForeign: options.isForeign,
    onLost: options.onLockLost,
    segmentBytes: options.segmentBytes,
  });
  try {
    await makePrivateDirectory(join(directory, 'repositories'));
    const store = new LowdbStore(options, data);
    await store.recover();
    return store;
  } catch (error) {
    await data.close();
    throw error;
  }
}

/** A store in the files of one directory. */
export class LowdbStore implements WholeStore {
  /** The directory, whose journal an in-process queue shares. */
  readonly data: DataDirectory;
  readonly #directory: string;
  readonly #context: LoadContext;
  readonly #cache: RepositoryCache;
  readonly #checkpoints: Checkpoints;
  readonly #lockRepository = createKeyedMutex();
  /** The records in the journal, oldest first, of each repository that was not read since the start. */
  readonly #pending = new Map<number, PendingRecord[]>();
  readonly #outlines: Outlines;
  readonly #pool: LatenessPoolDocument;
  #isClosed = false;

  constructor(options: LowdbStoreOptions, data: DataDirectory) {
    const { log, clock, retention = RETENTION } = options;
    this.data = data;
    this.#directory = options.directory;
    this.#context = { log, clock, retention, journal: data.journal };
    this.#cache = new RepositoryCache({
      maxBytes: options.cacheBytes ?? CACHE_BYTES,
      write: (id) => this.#checkpoints.write(id),
    });
    this.#checkpoints = new Checkpoints({
      cache: this.#cache,
      load: (id) => this.#lockRepository(id, () => this.#find(id)),
      afterMs: options.checkpointAfterMs ?? CHECKPOINT_AFTER_MS,
      log,
    });
    this.#outlines = new Outlines(join(options.directory, 'repositories'), data);
    this.#pool = new LatenessPoolDocument(data);
    data.addReader({
      checkpoint: (through) => this.#writeThrough(through),
      neededFrom: () => this.#checkpoints.neededFrom(),
    });
  }

  /** Reads the journal: brings the pool up to date and notes the records of repositories. */
  async recover(): Promise<void> {
    const { log, clock } = this.#context;
    await this.#pool.read(stampOf(clock.now()), log);
    const { gaps, lateRecords } = await this.data.journal.walk((entry) => this.#note(entry));
    if (gaps.length > 0) log.error({ gaps }, 'Records in the middle of the journal are damaged');
    if (lateRecords > 0)
      log.warn({ lateRecords }, 'Records of a process that had lost the data directory were left out');
  }

  async load(repositoryId: number): Promise<KeptRepository | undefined> {
    const entry = this.#cache.get(repositoryId);
    if (entry !== undefined) return entry.state;
    return this.#lockRepository(repositoryId, async () => (await this.#find(repositoryId)).state);
  }

  apply(repositoryId: number, change: RepositoryChange): Promise<void> {
    return this.#lockRepository(repositoryId, async () => {
      const entry = await this.#find(repositoryId);
      const { clock, retention } = this.#context;
      const { state } = changedRepository(repositoryId, entry.state, change, { now: clock.now(), retention });
      const record = { repositoryId, change: recordedChange(change, entry.state) };
      const position = await this.data.journal.append(JSON.stringify(record));
      this.#show(entry, state, position, entry.state === undefined ? DOCUMENT_NAMES : documentsOf(change));
      this.#pool.add(change.latenessPool, position);
    });
  }

  /** Writes a repository straight to its documents, without a record in the journal. */
  keep(kept: KeptRepository): Promise<void> {
    const { id } = kept.profile;
    return this.#lockRepository(id, async () => {
      const entry = await this.#find(id);
      this.#show(entry, kept, this.data.journal.last, DOCUMENT_NAMES);
      await this.#checkpoints.write(id);
    });
  }

  async profiles(): Promise<readonly RepositoryProfile[]> {
    return (await this.#allOutlines()).map(({ profile }) => profile);
  }

  async sharedLoads(installationId: number): Promise<readonly RepositoryLoad[]> {
    return sharedLoadsOf(await this.#allOutlines(), installationId);
  }

  async onTimeRepositories(): Promise<readonly OnTimeRepository[]> {
    return onTimeRepositories(await this.#allOutlines());
  }

  delete(repositoryId: number): Promise<void> {
    return this.#lockRepository(repositoryId, async () => {
      const entry = await this.#find(repositoryId);
      await this.data.journal.append(JSON.stringify({ repositoryId, deleted: true }));
      this.#cache.delete(repositoryId);
      this.#outlines.delete(repositoryId);
      await this.#checkpoints.remove(entry);
    });
  }

  async keepReport(repositoryId: number, report: object): Promise<void> {
    await this.#lockRepository(repositoryId, async () => {
      const { state, files } = await this.#find(repositoryId);
      if (state === undefined) return;
      await makePrivateDirectory(files.directory);
      const file = new DurableFile(join(files.directory, REPORT_NAME), z.looseObject({}), this.data);
      await writeDocument(file, report);
    });
  }

  async loadLatenessPool(): Promise<LatenessPool> {
    return this.#pool.pool;
  }

  replaceLatenessPool(pool: LatenessPool): Promise<void> {
    return this.#pool.replace(pool, this.data.journal.last);
  }

  /** Writes the documents that lack a change, of all repositories. */
  checkpoint(): Promise<void> {
    return this.#writeThrough(BEFORE_ALL_RECORDS);
  }

  /** A sentence for each problem that stops this process from keeping data; none where all is well. */
  problems(): readonly string[] {
    return this.data.problems();
  }

  /** Sentences on documents that cannot be written; the journal still has their changes. */
  unwritten(): readonly string[] {
    return this.#checkpoints.problems();
  }

  /** A sentence on each damaged file that was set aside and not yet removed. */
  async damage(): Promise<readonly string[]> {
    const names = await readdir(this.#directory);
    return [...(await this.data.journal.damage()), ...damageSentences(names)];
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await this.#checkpoints.stop();
      if (this.data.problems().length === 0) await this.checkpoint();
    } finally {
      await this.#checkpoints.stop();
      await this.data.close();
    }
  }

  #note({ position, body, place }: JournalEntry): void {
    const line = lineOf(body);
    if (line === undefined) return;
    const id = line.repositoryId;
    const pending = this.#pending.get(id);
    if (pending === undefined) this.#pending.set(id, [{ position, place }]);
    else pending.push({ position, place });
    this.#checkpoints.unsavedOf(id).addUnknown(position.sequence);
    this.#outlines.note(position, line);
    if ('change' in line) this.#pool.add(line.change.latenessPool, position);
  }

  /** The entry of a repository, read where it is not in memory. The caller has locked the repository. */
  async #find(id: number): Promise<CacheEntry> {
    const there = this.#cache.get(id);
    if (there !== undefined) return there;
    await this.#cache.makeRoom(MOST_LEAVING);
    const files = new RepositoryFiles(join(this.#directory, 'repositories', String(id)), this.data);
    const unsaved = this.#checkpoints.unsavedOf(id);
    const entry = await loadRepository(id, files, this.#pending.get(id) ?? [], unsaved, this.#context);
    this.#pending.delete(id);
    this.#cache.set(entry);
    return entry;
  }

  /** Makes a state visible that contains the record at `position`, which `documents` still lack. */
  #show(
    entry: CacheEntry,
    state: KeptRepository,
    position: JournalPosition,
    documents: Iterable<DocumentName>,
  ): void {
    entry.state = state;
    entry.position = position;
    entry.dirtySince ??= performance.now();
    this.#checkpoints.unsavedOf(entry.id).add(documents, position.sequence);
    this.#outlines.set(entry.id, state);
    // Last: where there is no room for it, its documents are written at once.
    this.#cache.set(entry);
  }

  async #writeThrough(through: JournalPosition): Promise<void> {
    await this.#checkpoints.writeThrough(through);
    await this.#pool.write();
  }

  #allOutlines(): ReturnType<Outlines['all']> {
    return this.#outlines.all((id) => this.load(id));
  }
}
