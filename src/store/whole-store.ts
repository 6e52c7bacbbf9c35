import type { LatenessPool } from '../forecast/lateness-pool.ts';
import type { Store } from '../usecases/ports.ts';
import type { KeptRepository } from './kept-repository.ts';

/** A store out of which, and into which, repositories go whole: with what was rolled up of them. */
export interface WholeStore extends Store {
  load(repositoryId: number): Promise<KeptRepository | undefined>;
  /** Keeps a repository that was not there, as it is. */
  keep(kept: KeptRepository): Promise<void>;
  /** Puts a pool in the place of everything that was pooled so far. */
  replaceLatenessPool(pool: LatenessPool): Promise<void>;
}
