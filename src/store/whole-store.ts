import type { LatenessPool } from '../forecast/lateness-pool.ts';
import type { Store } from '../usecases/ports.ts';
import type { KeptRepository } from './kept-repository.ts';

/** A store that can be copied: it reads and writes repositories whole, with their rolled-up sums. */
export interface WholeStore extends Store {
  load(repositoryId: number): Promise<KeptRepository | undefined>;
  /** Stores a new repository unchanged. */
  keep(kept: KeptRepository): Promise<void>;
  replaceLatenessPool(pool: LatenessPool): Promise<void>;
}
