import { z } from 'zod';
import type { Run } from '../history/run.ts';
import { DAY_MS, MINUTE_MS } from '../time.ts';
import { pairOf } from './compared-with-github.ts';
import type { ServedTick } from './served-tick.ts';
import { ON_TIME_MS, servedAt, tickServer } from './shares.ts';

/** Days that are kept; ticks themselves are kept for thirty. */
const MOST_DAYS = 400;
/** A day is settled after this many days, as GitHub may still start a tick a day later. */
const SETTLED_AFTER_DAYS = 2;

/** Figures of the ticks of one UTC day, of all workflows on time. */
export const ServedDay = z.object({
  /** Days since the epoch. */
  day: z.number().int(),
  /** Ticks that are no longer open, and those of them whose run was created within five minutes. */
  ticks: z.number().int().nonnegative(),
  onTime: z.number().int().nonnegative(),
  /** Ticks of Offbeat for which GitHub's own run came, too: the exact counterfactual. */
  pairs: z.number().int().nonnegative(),
  /** Minutes by which GitHub came later than Offbeat's run, summed over the pairs. */
  savedMinutes: z.number(),
  /** Pairs in which Offbeat's run, and in which GitHub's own, was created within five minutes. */
  ownOnTime: z.number().int().nonnegative(),
  githubOnTime: z.number().int().nonnegative(),
});
export type ServedDay = z.infer<typeof ServedDay>;

/** The days of these ticks, oldest first. `netRuns` are runs of the net by schedule. */
export function servedDays(ticks: readonly ServedTick[], netRuns: readonly Run[]): readonly ServedDay[] {
  const decided = ticks.filter((tick) => tickServer(tick) !== null && !isWatched(tick));
  return [...Map.groupBy(decided, ({ tick }) => Math.floor(tick / DAY_MS))]
    .map(([day, own]) => dayOf(day, own, netRuns))
    .sort((one, other) => one.day - other.day);
}

/** Whether the tick was only observed: its run is not Offbeat's work. */
function isWatched({ progress }: ServedTick): boolean {
  return progress.state === 'skipped' && progress.why === 'observed';
}

function dayOf(day: number, ticks: readonly ServedTick[], netRuns: readonly Run[]): ServedDay {
  const soon = (at: number | null, { tick }: ServedTick): boolean => at !== null && at - tick <= ON_TIME_MS;
  const pairs = ticks.flatMap((tick) => pairOf(tick, netRuns));
  return {
    day,
    ticks: ticks.length,
    onTime: ticks.filter((tick) => soon(servedAt(tick), tick)).length,
    pairs: pairs.length,
    savedMinutes: pairs.reduce((sum, { own, github }) => sum + (github - own) / MINUTE_MS, 0),
    ownOnTime: pairs.filter(({ tick, own }) => soon(own, tick)).length,
    githubOnTime: pairs.filter(({ tick, github }) => soon(github, tick)).length,
  };
}

/** The days kept for good, with those of ticks settled by `now` (epoch ms); `kept` itself where none is new. */
export function withSettledDays(
  kept: readonly ServedDay[],
  days: readonly ServedDay[],
  now: number,
): readonly ServedDay[] {
  const newest = kept.at(-1)?.day ?? Number.NEGATIVE_INFINITY;
  const settled = Math.floor(now / DAY_MS) - SETTLED_AFTER_DAYS;
  const fresh = days.filter(({ day }) => day > newest && day <= settled);
  return fresh.length === 0 ? kept : [...kept, ...fresh].slice(-MOST_DAYS);
}

/** The days that are kept for good, followed by the days of ticks that are still kept one by one. */
export function allServedDays(kept: readonly ServedDay[], days: readonly ServedDay[]): readonly ServedDay[] {
  // The ticks of the oldest day may be incomplete.
  const own = new Set(kept.map(({ day }) => day));
  return [...kept, ...days.filter(({ day }) => !own.has(day))].sort((one, other) => one.day - other.day);
}
