import { parseCron } from '../cron/parse.ts';
import { previousTick, ticksBetween } from '../cron/ticks.ts';
import type { Run } from '../history/run.ts';
import { DAY_MS, HOUR_MS } from '../time.ts';

/** As the uptime of a server. */
const TOLD_MS = 30 * DAY_MS;
/** GitHub may still come for a younger tick. */
const SETTLED_AFTER_MS = 12 * HOUR_MS;

/**
 * What uptime is where nothing runs between steps: the share of a workflow's ticks in the last 30 days, or since its
 * first known run by schedule, for which a run came and succeeded. `runs` are of the workflow; `null` before one came.
 */
export function scheduledShare(
  schedules: readonly { readonly cron: string; readonly timezone: string }[],
  runs: readonly Run[],
  now: number,
): number | null {
  const scheduled = runs.filter(({ event, createdAt }) => event === 'schedule' && createdAt > now - TOLD_MS);
  const crons = schedules.map(({ cron, timezone }) => ({ cron: parseCron(cron), timezone }));
  const tickBefore = (instant: number): number =>
    Math.max(...crons.map(({ cron, timezone }) => previousTick(cron, timezone, instant + 1) ?? 0));
  const created = scheduled.map(({ createdAt }) => createdAt);
  if (created.length === 0 || crons.length === 0) return null;
  const from = tickBefore(Math.min(...created));
  const to = Math.max(tickBefore(Math.max(...created)), now - SETTLED_AFTER_MS);
  const due = crons.flatMap(({ cron, timezone }) => ticksBetween(cron, timezone, from, to + 1)).length;
  const ran = scheduled.filter(({ conclusion }) => conclusion === 'success').length;
  return Math.min(1, ran / Math.max(1, due));
}
