import { allServedDays, type ServedDay, servedDays, withSettledDays } from '../../on-time/served-days.ts';
import { valueOfSaving } from '../../proposal/comparison.ts';
import { DAY_MS } from '../../time.ts';
import { NET_PATH } from '../../workflow/paths.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import type { RepositoryState } from '../ports.ts';

/** Ticks on time are told by whole fortnights, the same for all repositories. */
const FORTNIGHT_DAYS = 14;
/** GitHub may come for a tick a day later: a fortnight is read once its last day has settled. */
const SETTLED_AFTER_DAYS = 2;

/** Keeps the settled days of ticks on time, before the ticks go. */
export async function keepServedDays(context: Context, repositoryId: number): Promise<void> {
  const state = await knownRepository(context, repositoryId);
  const { care, onTime } = state;
  if (onTime === null) return;
  const kept = care.servedDays ?? [];
  const settled = withSettledDays(kept, daysOfTicks(state), context.clock.now());
  if (settled === kept) return;
  await context.store.apply(repositoryId, { care: { ...care, servedDays: [...settled] } });
}

/** Tells, where versions are compared, that a fortnight on time has begun, and what the one before has saved. */
export async function noteServing(context: Context, repositoryId: number): Promise<void> {
  if (context.onMeasured === undefined) return;
  const state = await knownRepository(context, repositoryId);
  if (state.onTime === null || state.ticks.length === 0) return;
  const today = Math.floor(context.clock.now() / DAY_MS);
  const began = today - (today % FORTNIGHT_DAYS);
  const days = allServedDays(state.care.servedDays ?? [], daysOfTicks(state)).filter(
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

function daysOfTicks({ ticks, runs }: RepositoryState): readonly ServedDay[] {
  return servedDays(
    ticks,
    runs.filter(({ path, event }) => path === NET_PATH && event === 'schedule'),
  );
}
