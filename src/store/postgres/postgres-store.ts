import { AsyncLocalStorage } from 'node:async_hooks';
import { type Database, named, ping, type Transaction } from '../../database/connect.ts';
import { OffbeatError } from '../../errors.ts';
import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import { type LatenessPoolChange, latenessPoolChange } from '../../forecast/lateness-pool-change.ts';
import { copyLatenessPool } from '../../forecast/lateness-pool-copy.ts';
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
  type Along,
  ChangedMeanwhile,
  type Write,
  type Written,
  withoutProfile,
  writeAlong,
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

/** How a piece of work ended. */
export type Outcome = { readonly failed: false } | { readonly failed: true; readonly error: unknown };

export interface Shortcuts {
  /** A repository whose turn nobody else has had since it was left in memory: its version is not asked for. */
  readonly inHand?: number | null;
  /** What `settle` does for work that has not failed, as parts of a statement; `null` where it cannot be. */
  along?(): (Along & { accept(answer: unknown): void }) | null;
}

/** The store, and what a queue needs to commit a job's changes together with its mark. */
export interface PostgresStore extends WholeStore {
  /**
   * Does `work`; then writes what it has changed, and whatever `settle` does, in one transaction. Of work that failed
   * nothing is written but what `settle` does. Where others have changed the same state meanwhile, the work is done
   * again on what stands then. Throws what `settle` throws, with nothing written, and `store-unreachable`. Returns the
   * repositories that stand in memory as the transaction has left them.
   */
  inTransaction(
    work: () => Promise<void>,
    settle: (transaction: Transaction, outcome: Outcome) => Promise<void>,
    shortcuts?: Shortcuts,
  ): Promise<ReadonlySet<number>>;
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
  /** Pools handed out beyond any unit, as they were then: what comes back is a change of that one. */
  readonly #handedOut = new WeakMap<LatenessPool, LatenessPool>();

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
      learned: kept.learned,
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
        await writeChange(transaction, kept.profile.id, pending, undefined);
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
        .execute((transaction) => writeChange(transaction, repositoryId, pending, undefined)),
    );
    this.#cache.drop(repositoryId);
  }

  async loadLatenessPool(): Promise<LatenessPool> {
    const unit = this.#units.getStore();
    if (unit?.pool !== undefined) return unit.pool.mine;
    const mine = await named(() => this.#pool.current());
    const before = copyLatenessPool(mine);
    if (unit === undefined) this.#handedOut.set(mine, before);
    else unit.pool ??= { before, mine };
    return unit?.pool?.mine ?? mine;
  }

  async saveLatenessPool(pool: LatenessPool): Promise<void> {
    // A unit's own pool is written at its end.
    if (this.#units.getStore()?.pool?.mine === pool) return;
    const before = this.#handedOut.get(pool);
    if (before === undefined) return named(() => this.#pool.replace(pool));
    const change = latenessPoolChange(before, pool);
    if (change === null) return;
    await named(() => this.#pool.adding(change).execute(this.#database));
    this.#handedOut.set(pool, copyLatenessPool(pool));
    this.#pool.added(change);
  }

  async inTransaction(
    work: () => Promise<void>,
    settle: (transaction: Transaction, outcome: Outcome) => Promise<void>,
    shortcuts: Shortcuts = {},
  ): Promise<ReadonlySet<number>> {
    for (let repeat = 1; ; repeat += 1) {
      const unit = new Unit(repeat === 1 ? shortcuts.inHand : null);
      const outcome = await this.#units.run(unit, () => outcomeOf(work));
      let isSettling = false;
      try {
        const left = outcome.failed ? null : await this.#finishAlong(unit, shortcuts);
        if (left !== null) return left;
        return await this.#finish(outcome.failed ? new Unit() : unit, (transaction) => {
          isSettling = true;
          return settle(transaction, outcome);
        });
      } catch (error) {
        // It may have been committed, and only word of that be lost.
        this.#pool.doubt();
        if (isSettling || isOutage(error)) throw error;
        if (error instanceof ChangedMeanwhile && repeat < MAX_REPEATS) {
          this.#log.info({ repeat }, 'A repository was changed meanwhile; the work is done again');
          continue;
        }
        // The changes cannot be written: without them, word of that can.
        return this.#finish(new Unit(), (transaction) => settle(transaction, { failed: true, error }));
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
    return unit.view(id, () => named(() => this.#takeOut(id, unit.inHand === id)));
  }

  /**
   * From memory, where the version there is still the one in the database. Whoever learns does so in place: until it has
   * ended, nobody else may have the same object.
   */
  async #takeOut(id: number, isInHand: boolean): Promise<CachedRepository | undefined> {
    const cached = this.#cache.get(id);
    this.#cache.drop(id);
    if (cached !== undefined && (isInHand || (await this.#isNewest(id, cached)))) return cached;
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

  async #applyAtOnce(id: number, change: RepositoryChange): Promise<void> {
    const pending = new PendingChange();
    pending.add(change);
    await named(async () => {
      await this.#prepareMonths([pending]);
      await this.#database
        .transaction()
        .execute((transaction) => writeChange(transaction, id, pending, undefined));
    });
    this.#cache.drop(id);
  }

  /**
   * What nearly every job comes to: one repository changed, from what is still there. `null` where it was anything else, with
   * nothing written: then the long way finds out what.
   */
  async #finishAlong(unit: Unit, shortcuts: Shortcuts): Promise<ReadonlySet<number> | null> {
    const [view, ...others] = unit.opened.filter(({ pending }) => !pending.isEmpty);
    if (view === undefined || others.length > 0) return null;
    const { id, pending, base, rolledUp } = view;
    if (base === null || pending.deleted || !pending.replacesWhole || rolledUp.length > 0) return null;
    const along = shortcuts.along?.() ?? null;
    if (along === null) return null;
    const poolChange = poolChangeOf(unit);
    const done = await named(async () => {
      await this.#prepareMonths([pending]);
      return writeAlong(this.#database, id, pending, base, this.#besides(poolChange), along);
    }).catch((error: unknown) => {
      if (isOutage(error)) throw error;
      return null;
    });
    if (done === null) return null;
    along.accept(done.answer);
    return this.#finished(unit, new Map([[id, done.written]]), poolChange);
  }

  async #finish(
    unit: Unit,
    settle: (transaction: Transaction) => Promise<void>,
  ): Promise<ReadonlySet<number>> {
    const changed = unit.opened.filter(({ pending }) => !pending.isEmpty);
    const poolChange = poolChangeOf(unit);
    const written = new Map<number, Written>();
    await named(async () => {
      await this.#prepareMonths(changed.map(({ pending }) => pending));
      await this.#database.transaction().execute(async (transaction) => {
        let beside = this.#besides(poolChange);
        // In the order of their ids, so that no two transactions wait for each other.
        for (const { id, pending, base, rolledUp } of changed.toSorted((a, b) => a.id - b.id)) {
          written.set(id, await writeChange(transaction, id, pending, base, beside));
          beside = [];
          if (rolledUp.length > 0) await rollUpRuns(transaction, id, { runs: rolledUp });
        }
        for (const write of beside) await write.execute(transaction);
        await settle(transaction);
      });
    });
    return this.#finished(unit, written, poolChange);
  }

  #besides(poolChange: LatenessPoolChange | null): readonly Write[] {
    return poolChange === null ? [] : [this.#pool.adding(poolChange)];
  }

  /** To be called once all is committed; returns the repositories that stand in memory so. */
  #finished(
    unit: Unit,
    written: ReadonlyMap<number, Written>,
    poolChange: LatenessPoolChange | null,
  ): ReadonlySet<number> {
    if (poolChange !== null) this.#pool.added(poolChange);
    const inMemory = new Set<number>();
    for (const view of unit.opened) {
      if (view.pending.isEmpty) this.#putBack(view);
      else if (this.#remember(view, written.get(view.id))) inMemory.add(view.id);
    }
    return inMemory;
  }

  /** What was only looked at; meanwhile another may have left a newer one. */
  #putBack({ id, found }: RepositoryView): void {
    if (found !== undefined && this.#cache.get(id) === undefined) this.#cache.set(id, found);
  }

  /** True where it stands in memory now. */
  #remember({ id, state, rolledUp }: RepositoryView, written: Written | undefined): boolean {
    // A run that came again after it had been rolled up stands in both: what the table says of it counts.
    const isTold = state !== undefined && rolledUp.every((run) => findRun(state.runs, run) === undefined);
    if (!isTold || written === undefined || written.version === null || !written.wasAtBase) {
      this.#cache.drop(id);
      return false;
    }
    this.#cache.set(id, { version: written.version, state, rolledUp: [], prints: written.prints });
    return true;
  }

  async #prepareMonths(changes: readonly PendingChange[]): Promise<void> {
    const instants = changes.flatMap(({ runs }) => [...runs.values()].map(({ createdAt }) => createdAt));
    await this.#months.prepare(instants, monthOf(this.#clock.now(), this.#runMonths));
  }
}

function poolChangeOf({ pool }: Unit): LatenessPoolChange | null {
  return pool === undefined ? null : latenessPoolChange(pool.before, pool.mine);
}

/** Nothing can be written at all, so not even that something failed. */
function isOutage(error: unknown): boolean {
  return error instanceof OffbeatError && (error.code === 'store-unreachable' || error.code === 'store-full');
}

async function outcomeOf(work: () => Promise<void>): Promise<Outcome> {
  try {
    await work();
    return { failed: false };
  } catch (error) {
    return { failed: true, error };
  }
}
