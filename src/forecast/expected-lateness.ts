import type { ExpectLateness, LatenessExpectation } from '../history/lateness-bounds.ts';
import { forecastHours } from './lateness.ts';
import type { LatenessPool } from './lateness-pool.ts';
import type { LearnedRepository } from './learned.ts';
import { hourOfDay } from './slot.ts';

/** A run half as late again as nineteen in twenty is still taken for the same tick's. */
const LONGEST_OF_Q95 = 1.5;

/** How late the ticks of a repository's schedules are expected to be, by schedule and UTC hour of the tick. */
export function expectedLateness(learned: LearnedRepository, pool: LatenessPool): ExpectLateness {
  // A cron of every five minutes has hundreds of ticks to be asked for, but only so many hours.
  const known = new Map<string, LatenessExpectation>();
  return (key, tick) => {
    const hour = hourOfDay(tick);
    const name = `${key} ${hour}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    const log = forecastHours(learned.schedules[key]?.lateness ?? null, pool, tick)(hour);
    const expected = {
      typicalMinutes: Math.exp(log.q50),
      longestMinutes: LONGEST_OF_Q95 * Math.exp(log.q95),
    };
    known.set(name, expected);
    return expected;
  };
}
