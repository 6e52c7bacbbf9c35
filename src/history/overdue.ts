import { parseCron } from '../cron/parse.ts';
import { ticksBetween } from '../cron/ticks.ts';
import type { MissedTick } from './match.ts';
import type { MatchState } from './match-state.ts';
import { type Expect, expectAnything, plausibleMs } from './patience.ts';

/**
 * Ticks that no run has taken and none is expected to take any more at `now` (epoch ms): what a silent schedule has
 * missed since its last run, found without any event. Nothing is said of an entry that the newest run
 * did not find in the file, or whose cron was edited of late.
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
