import { AsyncLocalStorage } from 'node:async_hooks';
import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock.ts';
import type { Database, Transaction } from '../../database/connect.ts';
import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import { rollUp, withinMonths } from '../../history/older-runs.ts';
import { createMutex } from '../../keyed-mutex.ts';
import type { Log } from '../../log.ts';
import { OnTimeState } from '../../on-time/state.ts';
import { type RepositoryLoad, SharedLoad } from '../../plan/shared-load.ts';
import type { OnTimeRepository, RepositoryChange, RepositoryProfile } from '../../usecases/ports.ts';
import { changedRepository } from '../apply-change.ts';
import type { KeptRepository, WholeStore } from '../kept-repository.ts';
import { onTimeRepositories } from '../repositories-in-service.ts';
import { RETENTION } from '../retention.ts';
import { dropEmptyMonthsBefore, monthOf, RunMonths, repositoriesWithRunsBefore, startOf } from './months.ts';
import { replaceOlderRuns } from './older-runs-table.ts';
import { PoolTable } from './pool-table.ts';
import { readRepository, readVersion } from './read-repository.ts';
import { profileFrom } from './rows.ts';
import { sweepTables } from './sweep.ts';
import { type OpenedRepository, UnitOfWork, type VersionedRepository } from './unit-of-work.ts';
import { ChangedMeanwhile, writeRepository } from './write-repository.ts';

/** Approximate memory for the cached repositories. */
const CACHE_BYTES = 64 * 1024 * 1024;
/** Memory of a repository, mostly of its learned state, and then of each run and each month of older runs. */
const BYTES_PER_REPOSITORY = 200_000;
const BYTES_PER_RUN = 560;
const BYTES_PER_MONTH = 900;
/** A year to compare with, and the current month. */
const RUN_MONTHS = 13;
/** Work is repeated where another process changed the same repository meanwhile; more repeats in a row mean a fault. */
const MAX_REPEATS = 5;

export interface PostgresStoreOptions {
  /** Must be migrated; the caller closes it. */
  readonly database: Database;
  readonly log: Log;
  readonly clock: Clock;
  readonly cacheBytes?: number;
  /** Months of runs that are kept one by one; older runs are kept as monthly sums. */
  readonly runMonths?: number | undefined;
}

export function openPostgresStore(options: PostgresStoreOptions): PostgresStore {
  return new PostgresStore(options);
}

/** A store that can also commit a job's changes together with its completion, for the queue. */
export class PostgresStore implements WholeStore {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #runMonths: number;
  /** Cached repositories; before each use the database is asked whether the version is still the newest. */
  readonly #cache: LRUCache<number, VersionedRepository>;
  readonly #months: RunMonths;
  readonly #pool: PoolTable;
  readonly #units = new AsyncLocalStorage<UnitOfWork>();
  /** Changes outside of a unit of work run one after the other, so that they do not conflict. */
  readonly #inTurn = createMutex();

  constructor(options: PostgresStoreOptions) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#runMonths = options.runMonths ?? RUN_MONTHS;
    this.#cache = new LRUCache({
      maxSize: Math.max(1, options.cacheBytes ?? CACHE_BYTES),
      sizeCalculation: estimateBytes,
    });
    this.#months = new RunMonths(options.database);
    this.#pool = new PoolTable(options.database);
  }

  async load(id: number): Promise<KeptRepository | undefined> {
    const unit = this.#units.getStore();
    return (unit === undefined ? await this.#read(id) : await this.#open(unit, id))?.state;
  }

  async apply(id: number, change: RepositoryChange): Promise<void> {
    const unit = this.#units.getStore();
    if (unit === undefined) return this.#inTurn(() => this.inTransaction(() => this.apply(id, change)));
    const { latenessPool, ...own } = change;
    if (Object.keys(own).length > 0) {
      const opened = await this.#open(unit, id);
      const { state, rolledUp } = changedRepository(id, opened.state, own, { now: this.#clock.now() });
      opened.state = state;
      opened.rolledUp.push(...rolledUp);
      opened.changes.push(own);
    }
    if (latenessPool !== undefined) unit.poolChanges.push(latenessPool);
  }

  async delete(id: number): Promise<void> {
    const unit = this.#units.getStore();
    if (unit === undefined) return this.#inTurn(() => this.inTransaction(() => this.delete(id)));
    const opened = await this.#open(unit, id);
    opened.state = undefined;
    opened.changes = [];
    opened.rolledUp = [];
    opened.isDeleted = true;
  }

  async profiles(): Promise<readonly RepositoryProfile[]> {
    const { rows } = await sql`select * from offbeat.repositories order by id`.execute(this.#database);
    return rows.map(profileFrom);
  }

  async sharedLoads(installationId: number): Promise<readonly RepositoryLoad[]> {
    const { rows } = await sql<{ repositoryId: number; load: unknown }>`
      select repository_id as "repositoryId", load from offbeat.shared_loads
      join offbeat.repositories on id = repository_id
      where installation_id = ${installationId} and removed_at is null and not archived and not fork`.execute(
      this.#database,
    );
    return rows.map(({ repositoryId, load }) => ({ repositoryId, load: SharedLoad.parse(load) }));
  }

  async onTimeRepositories(): Promise<readonly OnTimeRepository[]> {
    const { rows } = await sql<{ state: unknown }>`
      select repository.*, state from offbeat.on_time
      join offbeat.repositories repository on id = repository_id
      where removed_at is null and not archived`.execute(this.#database);
    return onTimeRepositories(
      rows.map((row) => ({ profile: profileFrom(row), onTime: OnTimeState.parse(row.state) })),
    );
  }

  async keep(kept: KeptRepository): Promise<void> {
    const { profile, scheduleVersions, decisions, proposals, ticks, olderEvents, olderAudit } = kept;
    const lists = {
      runs: kept.runs.slice(),
      learningEvents: kept.learningLog.slice(),
      auditEvents: kept.audit,
    };
    const opened: OpenedRepository = {
      id: profile.id,
      base: undefined,
      state: kept,
      changes: [{ ...lists, scheduleVersions, decisions, proposals, ticks }],
      rolledUp: [],
      isDeleted: false,
    };
    await this.#prepareMonths([opened]);
    await this.#database.transaction().execute(async (transaction) => {
      await writeRepository(transaction, opened);
      await replaceOlderRuns(transaction, profile.id, kept.olderRuns);
      await sql`update offbeat.repositories set older_events = ${olderEvents}, older_audit = ${olderAudit}
        where id = ${profile.id}`.execute(transaction);
    });
  }

  async loadLatenessPool(): Promise<LatenessPool> {
    const pool = await this.#pool.current();
    return this.#units.getStore()?.poolOn(pool) ?? pool;
  }

  replaceLatenessPool(pool: LatenessPool): Promise<void> {
    return this.#pool.replace(pool);
  }

  /**
   * Runs `work`, then writes its changes and those of `settle` in one transaction. Where another process has changed
   * the same repository meanwhile, `work` runs again on the new state. Throws the error of either, and then nothing is
   * written. Throws `store-unreachable`.
   */
  async inTransaction<T>(
    work: () => Promise<T>,
    settle: (transaction: Transaction, result: T) => Promise<void> = async () => undefined,
  ): Promise<T> {
    for (let repeat = 1; ; repeat += 1) {
      const unit = new UnitOfWork();
      const result = await this.#units.run(unit, work);
      try {
        await this.#commit(unit, (transaction) => settle(transaction, result));
        return result;
      } catch (error) {
        if (!(error instanceof ChangedMeanwhile) || repeat >= MAX_REPEATS) throw error;
        this.#log.info({ repeat }, 'A repository was changed meanwhile; the work is done again');
      }
    }
  }

  /** Deletes or sums up what the retention no longer keeps; returns the months of runs that were dropped. */
  async sweep(): Promise<{ readonly months: readonly string[] }> {
    const oldest = monthOf(this.#clock.now(), this.#runMonths);
    const ids = await repositoriesWithRunsBefore(this.#database, startOf(oldest));
    for (const id of ids) await this.#rollUpRunsBefore(id, startOf(oldest));
    const months = await dropEmptyMonthsBefore(this.#database, oldest);
    await sweepTables(this.#database, this.#clock.now());
    return { months };
  }

  async close(): Promise<void> {
    // The database belongs to whoever opened it.
  }

  #open(unit: UnitOfWork, id: number): Promise<OpenedRepository> {
    return unit.open(id, () => this.#read(id));
  }

  async #read(id: number): Promise<VersionedRepository | undefined> {
    const cached = this.#cache.get(id);
    if (cached !== undefined && (await readVersion(this.#database, id)) === cached.version) return cached;
    const found = await readRepository(this.#database, id, RETENTION, this.#clock.now());
    if (found === undefined) this.#cache.delete(id);
    else this.#cache.set(id, found);
    return found;
  }

  async #commit(unit: UnitOfWork, settle: (transaction: Transaction) => Promise<void>): Promise<void> {
    const changed = unit.changedRepositories();
    await this.#prepareMonths(changed);
    const written: VersionedRepository[] = [];
    try {
      await this.#database.transaction().execute(async (transaction) => {
        let extraWrites = unit.poolChanges.map((change) => this.#pool.adding(change));
        for (const opened of changed) {
          const version = await writeRepository(transaction, opened, extraWrites);
          extraWrites = [];
          const { state } = opened;
          if (version !== null && state !== undefined) written.push({ version, state, rolledUp: [] });
        }
        for (const write of extraWrites) await write.execute(transaction);
        await settle(transaction);
      });
    } catch (error) {
      // The answer to a commit may have been lost: then the pool in memory lacks what was committed.
      this.#pool.invalidate();
      throw error;
    }
    for (const repository of written) this.#cache.set(repository.state.profile.id, repository);
    for (const change of unit.poolChanges) this.#pool.added(change);
  }

  /** Sums up runs of one repository that are too old to be kept one by one. */
  async #rollUpRunsBefore(id: number, before: Date): Promise<void> {
    const work = async (): Promise<void> => {
      const unit = this.#units.getStore();
      const opened = unit && (await this.#open(unit, id));
      if (opened?.state === undefined) return;
      const isOld = ({ createdAt }: { createdAt: number }): boolean => createdAt < before.getTime();
      const old = opened.state.runs.filter(isOld);
      const olderRuns = withinMonths(rollUp(opened.state.olderRuns, old));
      opened.state = { ...opened.state, runs: opened.state.runs.filter((run) => !isOld(run)), olderRuns };
      opened.rolledUp.push(...old);
    };
    try {
      await this.inTransaction(work);
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile)) throw error;
      this.#log.info({ repositoryId: id }, 'A repository is too busy to be swept; the next sweep takes it');
    }
  }

  async #prepareMonths(changed: readonly OpenedRepository[]): Promise<void> {
    const runs = changed.flatMap(({ changes }) => changes.flatMap((change) => change.runs ?? []));
    const instants = runs.map(({ createdAt }) => createdAt);
    await this.#months.prepare(instants, monthOf(this.#clock.now(), this.#runMonths));
  }
}

function estimateBytes({ state }: VersionedRepository): number {
  return BYTES_PER_REPOSITORY + BYTES_PER_RUN * state.runs.length + BYTES_PER_MONTH * state.olderRuns.length;
}
