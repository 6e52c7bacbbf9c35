import { parseCron } from '../cron/parse.ts';
import { ticksBetween } from '../cron/ticks.ts';
import { type Expect, expectAnything, plausibleMs } from './lateness-bounds.ts';
import type { MissedTick } from './match.ts';
import type { MatchState } from './match-state.ts';

/**
 * Ticks without a run for which none is expected any more at `now` (epoch ms): what a schedule has missed since its
 * last run, found without any event. Entries that were not in the file at the newest run, or whose cron was edited
 * recently, are left out.
 */
export function overdueTicks(
  state: MatchState,
  now: number,
  expect: Expect = expectAnything,
): readonly MissedTick[] {
  const entries = Object.entries(state.entries);
  const newest = entries.reduce((latest, [, { seenAt }]) => Math.max(latest, seenAt), 0);
  return entries.flatMap(([key, entry]): readonly MissedTick[] => {
    const last = entry.taken.at(-1);
    const isEdited = entry.previous !== null && now <= entry.previous.until;
    if (last === undefined || isEdited || entry.seenAt < newest) return [];
    return ticksBetween(parseCron(entry.cron), entry.timezone, last.tick + 1, now)
      .filter((tick) => now - tick > plausibleMs(entry, tick, expect(key, tick)))
      .map((tick) => ({ key, tick, kind: last.ambiguous ? 'unclear' : 'dropped' }));
  });
}
