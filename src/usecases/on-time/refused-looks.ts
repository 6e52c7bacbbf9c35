import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../time.ts';

/** Waits before runs are listed again, after each refusal in a row. */
const WAITS_MS = [15 * SECOND_MS, MINUTE_MS, 10 * MINUTE_MS] as const;
const LONGEST_WAIT_MS = HOUR_MS;

/** Repositories of which GitHub refuses to list runs or to show files. All times are epoch ms. */
export interface RefusedLooks {
  /**
   * Notes a refusal, and returns how long to wait, ms: longer each time in a row. Refusals during a wait, as of several
   * ticks that are due at once, are the same one.
   */
  refuse(repositoryId: number, now: number): number;
  /** From when a repository may be looked at again. */
  notBefore(repositoryId: number): number;
  /** Forgets the refusals of a repository. Returns whether there were any. */
  forget(repositoryId: number): boolean;
  clear(): void;
}

export function createRefusedLooks(): RefusedLooks {
  const refused = new Map<number, { readonly times: number; readonly until: number }>();
  return {
    refuse(repositoryId, now) {
      const { times, until } = refused.get(repositoryId) ?? { times: 0, until: now };
      if (now < until) return until - now;
      const waitMs = WAITS_MS[times] ?? LONGEST_WAIT_MS;
      refused.set(repositoryId, { times: times + 1, until: now + waitMs });
      return waitMs;
    },
    notBefore: (repositoryId) => refused.get(repositoryId)?.until ?? Number.NEGATIVE_INFINITY,
    forget: (repositoryId) => refused.delete(repositoryId),
    clear: () => refused.clear(),
  };
}
