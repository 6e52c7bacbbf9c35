import { numberAt } from '../checked.ts';
import type { Placeable } from './day-pattern-load.ts';
import { DAY_KINDS } from './kernel.ts';
import { ROUNDING } from './objective.ts';
import { BIN_MINUTES, DAY_BINS, DAYS, hourOfBin, TAP_SHARES, TAPS, WEEK_BINS } from './week.ts';

/** Expected jobs in progress per five minutes of the UTC week, 2016 values from Monday 00:00, over all kinds of day. */
export function weekLoad(schedules: readonly Placeable[]): Float64Array {
  const changes = new Float64Array(WEEK_BINS);
  // Jobs that started in the week before and are still in progress.
  let running = 0;
  const change = (bin: number, jobs: number): void => {
    const place = bin % WEEK_BINS;
    changes[place] = numberAt(changes, place) + jobs;
    if (bin >= WEEK_BINS) running -= jobs;
  };
  for (const schedule of schedules) {
    for (const { bin, ticks } of weekTicks(schedule)) {
      const { starts, offsets, steps } = schedule.kernel(hourOfBin(bin));
      const jobs = (ticks * schedule.countedJobs) / DAY_KINDS;
      for (let at = 0; at < numberAt(starts, DAY_KINDS); at += 1) {
        change(bin + numberAt(offsets, at), jobs * numberAt(steps, at));
      }
    }
  }
  return changes.map((by) => {
    running += by;
    // Sums that cancel out leave a rounding error, which is no job.
    return running < ROUNDING ? 0 : running;
  });
}

/** Bins of the week that a schedule's ticks are smeared over, each with the expected ticks in it. */
function* weekTicks({ ticks }: Placeable): Generator<{ readonly bin: number; readonly ticks: number }> {
  for (const { days, minutes } of ticks.patterns) {
    for (let day = 0; day < DAYS; day += 1) {
      if ((days & (1 << day)) === 0) continue;
      for (const minute of minutes) {
        const own = Math.floor(minute / BIN_MINUTES);
        const taps = (minute - own * BIN_MINUTES) * TAPS;
        for (let tap = 0; tap < TAPS; tap += 1) {
          const bin = (day * DAY_BINS + own + tap - 1 + WEEK_BINS) % WEEK_BINS;
          yield { bin, ticks: ticks.weight * numberAt(TAP_SHARES, taps + tap) };
        }
      }
    }
  }
}
