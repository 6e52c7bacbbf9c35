import { allServedDays, servedDays } from '../../on-time/served-days.ts';
import { valueOfSaving } from '../../proposal/comparison.ts';
import { DAY_MS } from '../../time.ts';
import { NET_PATH } from '../../workflow/paths.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';

/** Ticks on time are told by whole fortnights, the same for all repositories. */
const FORTNIGHT_DAYS = 14;
/** GitHub may come for a tick a day later: a fortnight is read once its last day has settled. */
const SETTLED_AFTER_DAYS = 2;

/**
 * Tells, where versions are compared, that a repository on time has begun a fortnight, and what the one before has
 * saved against GitHub's own runs for the same ticks.
 */
export async function noteServing(context: Context, repositoryId: number): Promise<void> {
  if (context.onMeasured === undefined) return;
  const { ticks, runs, care, onTime } = await knownRepository(context, repositoryId);
  if (onTime === null || ticks.length === 0) return;
  const today = Math.floor(context.clock.now() / DAY_MS);
  const began = today - (today % FORTNIGHT_DAYS);
  const netRuns = runs.filter(({ path, event }) => path === NET_PATH && event === 'schedule');
  const days = allServedDays(care.servedDays ?? [], servedDays(ticks, netRuns)).filter(
    ({ pairs }) => pairs > 0,
  );
  const outcome = (from: number, value: number | null) =>
    context.onMeasured?.({ repositoryId, kind: 'served', from: from * DAY_MS, value });
  if (days.some(({ day }) => day >= began - FORTNIGHT_DAYS)) await outcome(began, null);
  if (today - began < SETTLED_AFTER_DAYS) return;
  const before = days.filter(({ day }) => day >= began - FORTNIGHT_DAYS && day < began);
  const pairs = before.reduce((sum, day) => sum + day.pairs, 0);
  if (pairs === 0) return;
  const saved = before.reduce((sum, { savedMinutes }) => sum + savedMinutes, 0);
  await outcome(began - FORTNIGHT_DAYS, valueOfSaving(saved / pairs));
}
