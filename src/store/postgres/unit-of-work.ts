import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import { applyLatenessPoolChange, type LatenessPoolChange } from '../../forecast/lateness-pool-change.ts';
import type { Run } from '../../history/run.ts';
import type { RepositoryChange } from '../../usecases/ports.ts';
import type { KeptRepository } from '../kept-repository.ts';

/** A repository as it was at one version. */
export interface VersionedRepository {
  readonly version: number;
  readonly state: KeptRepository;
  /** Runs that `state` has rolled up and the table still holds: the next change deletes them there. */
  readonly rolledUp: readonly Run[];
}

/** One repository as a unit of work sees it. */
export interface OpenedRepository {
  readonly id: number;
  /** As it was read; `undefined` where it was not there. */
  readonly base: VersionedRepository | undefined;
  /** With the unit's own changes; `undefined` where it is not there or was deleted. */
  state: KeptRepository | undefined;
  /** What was applied to `base`, or since the deletion. */
  changes: RepositoryChange[];
  /** Runs that `state` has rolled up and the table does not know of yet. */
  rolledUp: Run[];
  /** Everything in the tables is to be deleted, before the changes are written. */
  isDeleted: boolean;
}

/**
 * What one job has read and is going to change. Nothing is written before its end, and then all of it in one
 * transaction: no connection is held while the job waits for GitHub.
 */
export class UnitOfWork {
  readonly poolChanges: LatenessPoolChange[] = [];
  readonly #opening = new Map<number, Promise<OpenedRepository>>();
  readonly #opened: OpenedRepository[] = [];

  /** The repository, read with `read` when it is asked for first. */
  open(id: number, read: () => Promise<VersionedRepository | undefined>): Promise<OpenedRepository> {
    const known = this.#opening.get(id);
    if (known !== undefined) return known;
    const opening = read().then((base) => {
      const rolledUp = [...(base?.rolledUp ?? [])];
      const opened = { id, base, state: base?.state, changes: [], rolledUp, isDeleted: false };
      this.#opened.push(opened);
      return opened;
    });
    this.#opening.set(id, opening);
    return opening;
  }

  /** The pool with the unit's own changes. */
  poolOn(pool: LatenessPool): LatenessPool {
    return this.poolChanges.reduce(applyLatenessPoolChange, pool);
  }

  /** Repositories to write, by their ids: locked in the same order by all, no two transactions wait for each other. */
  changedRepositories(): readonly OpenedRepository[] {
    const changed = this.#opened.filter(({ base, state, isDeleted }) => isDeleted || state !== base?.state);
    return changed.toSorted((a, b) => a.id - b.id);
  }
}
