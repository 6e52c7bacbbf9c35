import { AsyncLocalStorage } from 'node:async_hooks';
import { type Database, named, ping, type Transaction } from '../../database/connect.ts';
import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import { applyLatenessPoolChange, type LatenessPoolChange } from '../../forecast/lateness-pool-change.ts';
import { findRun } from '../../history/run-history.ts';
import { type LeftLoad, SharedLoad } from '../../plan/shared-load.ts';
import type { Clock, Log, RepositoryChange, RepositoryProfile } from '../../usecases/ports.ts';
import { applyChange } from '../apply-change.ts';
import { emptyRepository, type KeptRepository } from '../kept-repository.ts';
import { RETENTION, withinBounds } from '../retention.ts';
import type { WholeStore } from '../whole-store.ts';
import { monthOf, RunMonths } from './months.ts';
import { rollUpRuns } from './older-runs-table.ts';
import { PendingChange } from './pending-change.ts';
import { PoolTable } from './pool-table.ts';
import { readRepository, readVersion } from './read-repository.ts';
import { type CachedRepository, RepositoryCache } from './repository-cache.ts';
import { profileFrom } from './rows.ts';
import { type Swept, sweepDatabase } from './sweep.ts';
import { type RepositoryView, Unit } from './unit.ts';
import {
  ChangedMeanwhile,
  type Write,
  type Written,
  withoutProfile,
  writeChange,
  writeOlder,
} from './write-change.ts';

/** Of the repositories held in memory, roughly. */
const CACHE_BYTES = 64 * 1024 * 1024;
/** A year to compare with, and the month under way. */
const RUN_MONTHS = 13;
/** Work done again because somebody else changed the same state meanwhile; so often in a row means a fault. */
const MAX_REPEATS = 5;

export interface PostgresStoreOptions {
  /** Migrated, and closed by whoever opened it. */
  readonly database: Database;
  readonly log: Log;
  readonly clock: Clock;
  readonly cacheBytes?: number;
  /** Months of runs kept one by one; older ones as monthly sums. */
  readonly runMonths?: number;
}

/** The store, and what a queue needs to commit a job's changes together with its mark. */
export interface PostgresStore extends WholeStore {
  /**
   * Does `work`; then writes what it has changed, and what `settle` writes, in one transaction. Where another process has
   * changed the same repository meanwhile, the work is done again on what stands then. Throws what either throws, with
   * nothing written, and `store-unreachable`.
   */
  inTransaction<T>(
    work: () => Promise<T>,
    settle?: (transaction: Transaction, result: T) => Promise<void>,
  ): Promise<T>;
  /** Takes away what retention says is too old. */
  sweep(): Promise<Swept>;
  /** Throws `store-unreachable`. */
  ping(): Promise<void>;
}

export function openPostgresStore(options: PostgresStoreOptions): PostgresStore {
  return new TableStore(options);
}

class TableStore implements PostgresStore {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #runMonths: number;
  readonly #cache: RepositoryCache;
  readonly #months: RunMonths;
  readonly #pool: PoolTable;
  readonly #units = new AsyncLocalStorage<Unit>();

  constructor(options: PostgresStoreOptions) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#runMonths = options.runMonths ?? RUN_MONTHS;
    this.#cache = new RepositoryCache(options.cacheBytes ?? CACHE_BYTES);
    this.#months = new RunMonths(options.database);
    this.#pool = new PoolTable(options.database);
  }

  async load(repositoryId: number): Promise<KeptRepository | undefined> {
    const unit = this.#units.getStore();
    if (unit !== undefined) return (await this.#view(unit, repositoryId)).state;
    return (await named(() => this.#read(repositoryId)))?.state;
  }

  async apply(repositoryId: number, change: RepositoryChange): Promise<void> {
    const unit = this.#units.getStore();
    if (unit === undefined) return this.#applyAtOnce(repositoryId, change);
    const view = await this.#view(unit, repositoryId);
    const profile = change.profile ?? view.state?.profile;
    if (profile === undefined) throw withoutProfile(repositoryId);
    const before = view.state ?? emptyRepository(profile, this.#clock.now());
    const bounded = withinBounds(applyChange(before, change), RETENTION);
    view.state = bounded.state;
    view.rolledUp.push(...bounded.rolledUp);
    view.pending.add(change);
    if (change.latenessPool !== undefined && unit.pool !== undefined)
      unit.pool = applyLatenessPoolChange(unit.pool, change.latenessPool);
  }

  async profiles(): Promise<readonly RepositoryProfile[]> {
    const rows = await named(() =>
      this.#database.selectFrom('offbeat.repositories').selectAll().orderBy('id').execute(),
    );
    return rows.map(profileFrom);
  }

  async sharedLoads(installationId: number): Promise<readonly LeftLoad[]> {
    const rows = await named(() =>
      this.#database
        .selectFrom('offbeat.shared_loads as left')
        .innerJoin('offbeat.repositories as repository', 'repository.id', 'left.repository_id')
        .select(['left.repository_id', 'left.load'])
        .where('repository.installation_id', '=', installationId)
        .where('repository.removed_at', 'is', null)
        .where('repository.archived', '=', false)
        .where('repository.fork', '=', false)
        .execute(),
    );
    return rows.map((row) => ({ repositoryId: row.repository_id, load: SharedLoad.parse(row.load) }));
  }

  async keep(kept: KeptRepository): Promise<void> {
    const pending = new PendingChange();
    pending.add({
      profile: kept.profile,
      runs: [...kept.runs],
      learned: { whole: kept.learned },
      scheduleVersions: kept.scheduleVersions,
      population: kept.population,
      learningEvents: [...kept.learningLog],
      decisions: kept.decisions,
      proposals: kept.proposals,
      care: kept.care,
      sharedLoad: kept.sharedLoad,
      auditEvents: kept.audit,
    });
    await named(async () => {
      await this.#prepareMonths([pending]);
      await this.#database.transaction().execute(async (transaction) => {
        await writeChange(transaction, kept.profile.id, pending, kept.learned, undefined);
        await writeOlder(transaction, kept.profile.id, kept);
      });
    });
  }

  async delete(repositoryId: number): Promise<void> {
    const unit = this.#units.getStore();
    if (unit !== undefined) {
      const view = await this.#view(unit, repositoryId);
      view.pending.delete();
      view.rolledUp.length = 0;
      view.state = undefined;
      return;
    }
    const pending = new PendingChange();
    pending.delete();
    await named(() =>
      this.#database
        .transaction()
        .execute((transaction) => writeChange(transaction, repositoryId, pending, undefined, undefined)),
    );
    this.#cache.drop(repositoryId);
  }

  async loadLatenessPool(): Promise<LatenessPool> {
    const unit = this.#units.getStore();
    if (unit?.pool !== undefined) return unit.pool;
    const pool = await named(() => this.#pool.current());
    if (unit === undefined) return pool;
    const added = unit.opened.flatMap(({ pending }) => pending.latenessPool);
    unit.pool = added.reduce(applyLatenessPoolChange, pool);
    return unit.pool;
  }

  replaceLatenessPool(pool: LatenessPool): Promise<void> {
    return named(() => this.#pool.replace(pool));
  }

  async inTransaction<T>(
    work: () => Promise<T>,
    settle: (transaction: Transaction, result: T) => Promise<void> = async () => undefined,
  ): Promise<T> {
    for (let repeat = 1; ; repeat += 1) {
      const unit = new Unit();
      const result = await this.#units.run(unit, work);
      try {
        await this.#finish(unit, (transaction) => settle(transaction, result));
        return result;
      } catch (error) {
        // It may have been committed, and only word of that be lost.
        this.#pool.doubt();
        if (!(error instanceof ChangedMeanwhile) || repeat >= MAX_REPEATS) throw error;
        this.#log.info({ repeat }, 'A repository was changed meanwhile; the work is done again');
      }
    }
  }

  sweep(): Promise<Swept> {
    return named(() => sweepDatabase(this.#database, this.#clock.now(), this.#runMonths));
  }

  ping(): Promise<void> {
    return ping(this.#database);
  }

  async close(): Promise<void> {
    // The database belongs to whoever opened it.
  }

  #view(unit: Unit, id: number): Promise<RepositoryView> {
    return unit.view(id, () => named(() => this.#takeOut(id)));
  }

  /**
   * From memory, where the version there is still the one in the database. Whoever learns does so in place: until it has
   * ended, nobody else may have the same object.
   */
  async #takeOut(id: number): Promise<CachedRepository | undefined> {
    const cached = this.#cache.get(id);
    this.#cache.drop(id);
    if (cached !== undefined && (await this.#isNewest(id, cached))) return cached;
    return readRepository(this.#database, id, RETENTION, this.#clock.now());
  }

  /** For whoever only looks. */
  async #read(id: number): Promise<CachedRepository | undefined> {
    const cached = this.#cache.get(id);
    if (cached !== undefined && (await this.#isNewest(id, cached))) return cached;
    const found = await readRepository(this.#database, id, RETENTION, this.#clock.now());
    if (found !== undefined) this.#cache.set(id, found);
    return found;
  }

  async #isNewest(id: number, { version }: CachedRepository): Promise<boolean> {
    return (await readVersion(this.#database, id)) === version;
  }

  /** A change that belongs to no job. */
  async #applyAtOnce(id: number, change: RepositoryChange): Promise<void> {
    if (change.learned !== undefined) return this.#applyOnBase(id, change);
    const pending = new PendingChange();
    pending.add(change);
    await named(async () => {
      await this.#prepareMonths([pending]);
      const beside = this.#besides(pending.latenessPool);
      await this.#database
        .transaction()
        .execute((transaction) => writeChange(transaction, id, pending, undefined, undefined, beside));
    });
    for (const each of pending.latenessPool) this.#pool.added(each);
    this.#cache.drop(id);
  }

  /** The same for parts of the learned state: they are made from what stands there. */
  #applyOnBase(id: number, change: RepositoryChange): Promise<void> {
    return this.inTransaction(() => this.apply(id, change));
  }

  async #finish(unit: Unit, settle: (transaction: Transaction) => Promise<void>): Promise<void> {
    const changed = unit.opened.filter(({ pending }) => !pending.isEmpty);
    const poolChanges = poolChangesOf(unit);
    const written = new Map<number, Written>();
    await named(async () => {
      await this.#prepareMonths(changed.map(({ pending }) => pending));
      await this.#database.transaction().execute(async (transaction) => {
        let beside = this.#besides(poolChanges);
        // In the order of their ids, so that no two transactions wait for each other.
        for (const { id, pending, base, rolledUp, state } of changed.toSorted((a, b) => a.id - b.id)) {
          written.set(id, await writeChange(transaction, id, pending, state?.learned, base, beside));
          beside = [];
          if (rolledUp.length > 0) await rollUpRuns(transaction, id, { runs: rolledUp });
        }
        for (const write of beside) await write.execute(transaction);
        await settle(transaction);
      });
    });
    this.#finished(unit, written, poolChanges);
  }

  #besides(poolChanges: readonly LatenessPoolChange[]): readonly Write[] {
    return poolChanges.map((change) => this.#pool.adding(change));
  }

  /** To be called once all is committed. */
  #finished(
    unit: Unit,
    written: ReadonlyMap<number, Written>,
    poolChanges: readonly LatenessPoolChange[],
  ): void {
    for (const change of poolChanges) this.#pool.added(change);
    for (const view of unit.opened) {
      if (view.pending.isEmpty) this.#putBack(view);
      else this.#remember(view, written.get(view.id));
    }
  }

  /** What was only looked at; meanwhile another may have left a newer one. */
  #putBack({ id, found }: RepositoryView): void {
    if (found !== undefined && this.#cache.get(id) === undefined) this.#cache.set(id, found);
  }

  #remember({ id, state, rolledUp }: RepositoryView, written: Written | undefined): void {
    // A run that came again after it had been rolled up stands in both: what the table says of it counts.
    const isTold = state !== undefined && rolledUp.every((run) => findRun(state.runs, run) === undefined);
    if (!isTold || written === undefined || written.version === null || !written.wasAtBase) {
      this.#cache.drop(id);
      return;
    }
    this.#cache.set(id, { version: written.version, state, rolledUp: [], prints: written.prints });
  }

  async #prepareMonths(changes: readonly PendingChange[]): Promise<void> {
    const instants = changes.flatMap(({ runs }) => [...runs.values()].map(({ createdAt }) => createdAt));
    await this.#months.prepare(instants, monthOf(this.#clock.now(), this.#runMonths));
  }
}

function poolChangesOf({ opened }: Unit): readonly LatenessPoolChange[] {
  return opened.flatMap(({ pending }) => pending.latenessPool);
}
