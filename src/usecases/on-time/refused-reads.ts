import { waitAfterRefusedReads } from '../../on-time/refused-reads.ts';

/**
 * Repositories of which GitHub refuses to list runs or to show files. All times are epoch ms. A restart forgets them;
 * the hold of a file that is not shown at its tick is stored, as people read why nothing is started.
 */
export interface RefusedReads {
  /** Notes a refusal; returns the wait (ms), longer each time in a row. Refusals during a wait are one. */
  refuse(repositoryId: number, now: number): number;
  /** From when a repository may be looked at again. */
  notBefore(repositoryId: number): number;
  /** Forgets the refusals of a repository. Returns whether there were any. */
  forget(repositoryId: number): boolean;
  clear(): void;
}

export function createRefusedReads(): RefusedReads {
  const refused = new Map<number, { readonly times: number; readonly until: number }>();
  return {
    refuse(repositoryId, now) {
      const before = refused.get(repositoryId) ?? { times: 0, until: now };
      if (now < before.until) return before.until - now;
      const times = before.times + 1;
      const waitMs = waitAfterRefusedReads(times);
      refused.set(repositoryId, { times, until: now + waitMs });
      return waitMs;
    },
    notBefore: (repositoryId) => refused.get(repositoryId)?.until ?? Number.NEGATIVE_INFINITY,
    forget: (repositoryId) => refused.delete(repositoryId),
    clear: () => refused.clear(),
  };
}
