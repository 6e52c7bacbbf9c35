import type { Run } from '../../history/run.ts';
import type { KeptRepository } from '../kept-repository.ts';
import { packedRuns } from '../packed-runs.ts';
import type { PartPrints } from './learned-parts.ts';

/** A repository as it was at one version. */
export interface CachedRepository {
  readonly version: number;
  readonly state: KeptRepository;
  /** Runs that `state` has rolled up and the table still holds: whoever writes next takes them out there. */
  readonly rolledUp: readonly Run[];
  /** Of the learned state as it is stored. */
  readonly prints: PartPrints;
}

/** What a repository weighs in memory without its runs: its learned state, mostly. */
const BYTES_PER_REPOSITORY = 200_000;
const BYTES_PER_MONTH = 900;
const BYTES_PER_ROLLED_UP = 560;

/** Repositories used last, up to a size; whoever takes one out has to ask whether its version still stands. */
export class RepositoryCache {
  readonly #limitBytes: number;
  /** Least recently used first. */
  readonly #entries = new Map<number, CachedRepository>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get(id: number): CachedRepository | undefined {
    const entry = this.#entries.get(id);
    if (entry !== undefined) {
      this.#entries.delete(id);
      this.#entries.set(id, entry);
    }
    return entry;
  }

  set(id: number, entry: CachedRepository): void {
    this.drop(id);
    this.#entries.set(id, entry);
    this.#bytes += weight(entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#limitBytes) break;
      this.drop(oldest);
    }
  }

  drop(id: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#bytes -= weight(entry);
  }
}

function weight({ state, rolledUp }: CachedRepository): number {
  const older = BYTES_PER_MONTH * state.olderRuns.length + BYTES_PER_ROLLED_UP * rolledUp.length;
  return BYTES_PER_REPOSITORY + packedRuns(state.runs).bytes + older;
}
