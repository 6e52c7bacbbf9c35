import { z } from 'zod';
import { HOURS_PER_WEEK, hourOfWeek } from './slot.ts';

/** Runs in progress that no schedule started, by UTC hour of the week from Monday 00:00. Mutated in place. */
export const Background = z.object({
  /** Run-hours, fading. */
  sums: z.array(z.number()).length(HOURS_PER_WEEK),
  /** Weeks behind the sums, fading alike. */
  weeks: z.number().nonnegative(),
  /** Start of the newest run, epoch ms; 0 before the first. */
  lastAt: z.number(),
});
export type Background = z.infer<typeof Background>;

const MS_PER_HOUR = 3_600_000;
const MS_PER_WEEK = HOURS_PER_WEEK * MS_PER_HOUR;
/** A quarter forgets most of the one before. */
const HALF_LIFE_WEEKS = 8;
/** A run that went on for longer than a day is stuck, not load. */
const LONGEST_MS = 24 * MS_PER_HOUR;
/** Less than a week of history is taken for one: an hour seen once is not an hour's habit. */
const LEAST_WEEKS = 1;

export function newBackground(): Background {
  return { sums: new Array<number>(HOURS_PER_WEEK).fill(0), weeks: 0, lastAt: 0 };
}

/** Learns one run's span (epoch ms), in place. */
export function teachBackground(background: Background, startedAt: number, endedAt: number): void {
  if (background.lastAt > 0 && startedAt > background.lastAt) {
    const elapsed = (startedAt - background.lastAt) / MS_PER_WEEK;
    const fade = 0.5 ** (elapsed / HALF_LIFE_WEEKS);
    for (let i = 0; i < HOURS_PER_WEEK; i++) background.sums[i] = (background.sums[i] ?? 0) * fade;
    background.weeks = background.weeks * fade + elapsed;
  }
  background.lastAt = Math.max(background.lastAt, startedAt);
  const end = Math.min(endedAt, startedAt + LONGEST_MS);
  let from = startedAt;
  while (from < end) {
    const to = Math.min(end, (Math.floor(from / MS_PER_HOUR) + 1) * MS_PER_HOUR);
    const hour = hourOfWeek(from);
    background.sums[hour] = (background.sums[hour] ?? 0) + (to - from) / MS_PER_HOUR;
    from = to;
  }
}

/** Expected runs in progress, 168 values. */
export function expectedBackground(background: Background): number[] {
  const weeks = Math.max(LEAST_WEEKS, background.weeks);
  return background.sums.map((sum) => sum / weeks);
}
