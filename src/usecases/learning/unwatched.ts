import type { Unwatched } from '../../history/match.ts';
import { DAY_MS, HOUR_MS } from '../../time.ts';
import type { RepositoryState } from '../ports.ts';

/** GitHub keeps deliveries for three days: what happened before that is sent to nobody again. */
const REDELIVERY_MS = 3 * DAY_MS;
/** Maintenance comes every six hours: after more than a day without it, and without a run, nobody was there. */
const ABSENT_MS = DAY_MS + HOUR_MS;

type Watched = Pick<RepositoryState, 'care' | 'runs'>;

/** The time of which nobody knows what has run (epoch ms): noted before, or found now; `null` for none. */
export function unwatchedSpan({ care, runs }: Watched, now: number): Unwatched | null {
  if (care.unwatched !== undefined) return care.unwatched;
  if (care.tendedAt === null) return null;
  const from = Math.max(care.tendedAt, care.putOffAt ?? care.tendedAt, newestRunAt(runs));
  return now - from > ABSENT_MS ? { from, to: now } : null;
}

/** The bookkeeping with time until `now` noted as unwatched; as it is where nothing was known before that time. */
export function withUnwatched({ care, runs }: Watched, now: number, since?: number): RepositoryState['care'] {
  const from = Math.min(since ?? newestRunAt(runs), care.unwatched?.from ?? Number.POSITIVE_INFINITY);
  return from <= 0 || care.backfilledAt === undefined ? care : { ...care, unwatched: { from, to: now } };
}

/** Whether a run that GitHub lists since `since` (epoch ms) was not sent and never will be: webhooks are off. */
export function isNeverSent(
  { runs }: Pick<Watched, 'runs'>,
  path: string,
  since: number,
  now: number,
): boolean {
  return (
    now - since > REDELIVERY_MS &&
    runs.filter((run) => run.path === path && run.createdAt >= since).length === 0
  );
}

function newestRunAt(runs: RepositoryState['runs']): number {
  return runs.at(-1)?.createdAt ?? 0;
}
