import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import { applyLatenessPoolChange, type LatenessPoolChange } from '../../forecast/lateness-pool-change.ts';
import type { Run } from '../../history/run.ts';
import type { RepositoryChange } from '../../usecases/ports.ts';
import type { KeptRepository } from '../kept-repository.ts';

export interface VersionedRepository {
  readonly version: number;
  readonly state: KeptRepository;
  /** Runs that `state` has rolled up, but the table still contains: the next change deletes them there. */
  readonly rolledUp: readonly Run[];
}

export interface OpenedRepository {
  readonly id: number;
  /** The repository as it was read; `undefined` where it did not exist. */
  readonly base: VersionedRepository | undefined;
  /** The state with the unit's own changes; `undefined` where the repository does not exist or was deleted. */
  state: KeptRepository | undefined;
  /** The changes applied to `base`, or since the deletion. */
  changes: RepositoryChange[];
  /** Runs that `state` has rolled up, but the table still contains. */
  rolledUp: Run[];
  /** True where all rows of the repository are to be deleted before the changes are written. */
  isDeleted: boolean;
}

/** The repositories that a job has read, with changes that are written in one transaction at its end. */
export class UnitOfWork {
  readonly poolChanges: LatenessPoolChange[] = [];
  readonly #opening = new Map<number, Promise<OpenedRepository>>();
  readonly #opened: OpenedRepository[] = [];

  /** Returns the repository; the first call reads it with `read`. */
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

  /** Repositories to write, sorted by id: all transactions lock them in that order, which prevents deadlocks. */
  changedRepositories(): readonly OpenedRepository[] {
    const changed = this.#opened.filter(({ base, state, isDeleted }) => isDeleted || state !== base?.state);
    return changed.toSorted((a, b) => a.id - b.id);
  }
}
