import { waitAfterRefusedReads } from '../../on-time/refused-reads.ts';

/** Repositories of which GitHub hides runs or files. Times are epoch ms. A restart forgets them. */
export class RefusedReads {
  readonly #refused = new Map<number, { readonly times: number; readonly until: number }>();

  /** Notes a refusal; returns the wait (ms), longer each time in a row. Refusals during a wait are one. */
  refuse(repositoryId: number, now: number): number {
    const before = this.#refused.get(repositoryId) ?? { times: 0, until: now };
    if (now < before.until) return before.until - now;
    const times = before.times + 1;
    const waitMs = waitAfterRefusedReads(times);
    this.#refused.set(repositoryId, { times, until: now + waitMs });
    return waitMs;
  }

  /** From when a repository may be looked at again. */
  notBefore(repositoryId: number): number {
    return this.#refused.get(repositoryId)?.until ?? Number.NEGATIVE_INFINITY;
  }

  /** Forgets the refusals of a repository. Returns whether there were any. */
  forget(repositoryId: number): boolean {
    return this.#refused.delete(repositoryId);
  }

  clear(): void {
    this.#refused.clear();
  }
}
