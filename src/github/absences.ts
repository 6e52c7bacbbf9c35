import { LRUCache } from 'lru-cache';
import { OffbeatError } from '../errors.ts';
import { MINUTE_MS } from '../time.ts';

/** First and longest wait before GitHub is asked again for what it has told of. */
const SHORTEST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 30_000;

/** GitHub is behind itself for seconds. What is still not there after so long is taken as absent. */
const GIVE_UP_AFTER_MS = 10 * MINUTE_MS;

/** Nobody has asked for so long: what is absent now is another matter. */
const FORGOTTEN_AFTER_MS = 2 * MINUTE_MS;

const MAX_ABSENCES = 1_000;
const MAX_TREES = 1_000;

/** Paths under `.github` in one tree, and the tag that GitHub gave the answer. */
export interface KnownTree {
  readonly etag: string | undefined;
  readonly paths: ReadonlySet<string>;
}

/** Objects that GitHub has named but does not return yet. Shared by all clients of a process. */
export interface Absences {
  /**
   * The error for `what` (its name for people), which one answer of GitHub's names and another one denies. It says when
   * to ask again; after ten minutes of that it is `github-refused`, so that no work waits for ever.
   */
  notYet(what: string, cause?: unknown): OffbeatError;
  /** Trees by repository and ref: asking again for one that has not changed costs nothing of the rate limit. */
  readonly trees: LRUCache<string, KnownTree>;
}

/** `now` is ms of a monotonic clock: the delay is GitHub's own, never a replay's. */
export function createAbsences(now: () => number = () => performance.now()): Absences {
  const asked = new LRUCache<string, { readonly firstAt: number; readonly lastAt: number }>({
    max: MAX_ABSENCES,
  });
  return {
    trees: new LRUCache({ max: MAX_TREES }),
    notYet(what, cause) {
      const at = now();
      const before = asked.get(what);
      const firstAt = before === undefined || at - before.lastAt > FORGOTTEN_AFTER_MS ? at : before.firstAt;
      asked.set(what, { firstAt, lastAt: at });
      const waitedMs = at - firstAt;
      if (waitedMs >= GIVE_UP_AFTER_MS) {
        return new OffbeatError('github-refused', 'GitHub names it in one answer and denies it in another.', {
          where: what,
          cause,
        });
      }
      return new OffbeatError('github-not-yet', 'GitHub does not have yet what it has told of.', {
        where: what,
        fix: 'The work is tried again in some seconds.',
        cause,
        retryAfterMs: Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, waitedMs)),
      });
    },
  };
}
