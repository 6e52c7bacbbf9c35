import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import type { Run } from '../../history/run.ts';
import type { KeptRepository } from '../kept-repository.ts';
import { PendingChange } from './pending-change.ts';
import type { CachedRepository } from './repository-cache.ts';
import type { Base } from './write-change.ts';

/** One repository as a unit of work sees it. */
export interface RepositoryView {
  readonly id: number;
  /** What was read: this unit's alone, until it has ended. */
  readonly found: CachedRepository | undefined;
  /** As it was read; `null` where it was not there. */
  readonly base: Base | null;
  readonly pending: PendingChange;
  /** With the unit's own changes; `undefined` where there is none. */
  state: KeptRepository | undefined;
  /** Runs that `state` has rolled up and the table does not know of yet. */
  readonly rolledUp: Run[];
}

/**
 * What one job has read and is going to change. Nothing of it is written before the end, and then all of it in one
 * transaction: no connection is held while the job waits for GitHub.
 */
export class Unit {
  readonly views = new Map<number, Promise<RepositoryView>>();
  /** Those of `views` that have been read. */
  readonly opened: RepositoryView[] = [];
  /** The pool as this job sees it, with its own changes; `undefined` before it was asked for. */
  pool: LatenessPool | undefined;

  /** The view of a repository, read with `read` when it is asked for first. */
  view(id: number, read: () => Promise<CachedRepository | undefined>): Promise<RepositoryView> {
    const there = this.views.get(id);
    if (there !== undefined) return there;
    const opening = read().then((found) => {
      const view: RepositoryView = {
        id,
        found,
        base:
          found === undefined
            ? null
            : {
                version: found.version,
                profile: found.state.profile,
                prints: found.prints,
                runs: found.state.runs,
                rolledUp: found.rolledUp,
              },
        pending: new PendingChange(),
        state: found?.state,
        rolledUp: [...(found?.rolledUp ?? [])],
      };
      this.opened.push(view);
      return view;
    });
    this.views.set(id, opening);
    return opening;
  }
}
