import { numberIn } from '../forecast/number-list.ts';
import { mean, sampleVariance, Z90, Z975 } from '../statistics.ts';
import { WEEK_HOURS, WEEK_MS, weekNumber } from '../time.ts';
import { asOfWeek, HOUR_MEMORY, type LabelUse, WAIT_BOUNDS } from './label-use.ts';

/** Use of the runners of one kind in one UTC hour of the week. */
export interface HourUse {
  /** 0 (Monday 00:00 UTC) to 167. */
  readonly hour: number;
  /** Jobs in progress, the mean over the hour and the weeks. */
  readonly busy: number;
  /** Jobs queued in the hour, a week. */
  readonly jobs: number;
  /** Nine jobs in ten wait at most so long for a runner, seconds; `null` where too few were seen. */
  readonly waitP90Seconds: number | null;
}

/** Growth of the work from week to week, as a factor; 1 is none. */
export interface Trend {
  readonly factor: number;
  /** 95 % interval. */
  readonly low: number;
  readonly high: number;
  /** Whole weeks behind it. */
  readonly weeks: number;
}

export interface Capacity {
  /** All hours with jobs, the busiest first. */
  readonly hours: readonly HourUse[];
  readonly jobsPerWeek: number;
  readonly minutesPerWeek: number;
  /** Of all jobs. */
  readonly waitP90Seconds: number | null;
  /** `null` of fewer than four whole weeks. */
  readonly trend: Trend | null;
}

/** Fewer jobs of an hour tell no 90 % point. */
const LEAST_JOBS = 3;
const LEAST_WEEKS = 4;
/** Nobody knows further ahead from a few months. */
const FURTHEST_WEEKS = 52;
/** Jobs of an hour come in bursts: of a mean, nine moments in ten have at most so many more (Poisson, normal tail). */
const BURST_SCORE = Z90;

/** What jobs take of the runners of one kind, by what was learned until `now` (epoch ms). */
export function capacityOf(use: LabelUse, now: number): Capacity {
  const week = weekNumber(now);
  const weeks = Math.max(1, (now - use.firstAt) / WEEK_MS);
  const weight = (1 - HOUR_MEMORY ** weeks) / (1 - HOUR_MEMORY);
  const all = new Array<number>(WAIT_BOUNDS.length + 1).fill(0);
  const hours = Object.entries(use.hours).map(([hour, counts]): HourUse => {
    const faded = asOfWeek(counts, week);
    const waits = faded.slice(3);
    for (const [place, count] of waits.entries()) all[place] = (all[place] ?? 0) + count;
    return {
      hour: Number(hour) % WEEK_HOURS,
      jobs: numberIn(faded, 1) / weight,
      busy: numberIn(faded, 2) / weight / 60,
      waitP90Seconds: waitP90(waits),
    };
  });
  hours.sort((a, b) => b.busy - a.busy || a.hour - b.hour);
  return {
    hours,
    jobsPerWeek: hours.reduce((sum, { jobs }) => sum + jobs, 0),
    minutesPerWeek: hours.reduce((sum, { busy }) => sum + 60 * busy, 0),
    waitP90Seconds: waitP90(all),
    trend: weeklyGrowthOf(use, week),
  };
}

/**
 * Weeks until the busiest hour's demand for runners of several kinds passes the limit of jobs at once that they share,
 * at their trend; 0 where it does now, `null` where it never does.
 */
export function weeksUntilLimit(uses: readonly LabelUse[], limit: number, now: number): number | null {
  const busy = new Map<number, number>();
  for (const use of uses) {
    for (const { hour, busy: jobs } of capacityOf(use, now).hours)
      busy.set(hour, (busy.get(hour) ?? 0) + jobs);
  }
  const firstAt = Math.min(...uses.map((use) => use.firstAt));
  const trend = weeklyGrowthOf({ weeks: weeksTogether(uses), firstAt }, weekNumber(now));
  return weeksToLimit(Math.max(0, ...busy.values()), limit, trend);
}

/** The weeks of several kinds of runners added up. */
function weeksTogether(uses: readonly LabelUse[]): LabelUse['weeks'] {
  const all = Map.groupBy(
    uses.flatMap(({ weeks }) => weeks),
    ([number = 0]) => number,
  );
  return [...all]
    .sort(([a], [b]) => a - b)
    .map(([number, [first = [], ...others]]) => [
      number,
      ...first.slice(1).map((value, at) => others.reduce((sum, one) => sum + numberIn(one, at + 1), value)),
    ]);
}

/** The 90 % point of waits counted by class, linear within a class. */
function waitP90(counts: readonly number[]): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total < LEAST_JOBS) return null;
  let below = 0;
  for (const [place, count] of counts.entries()) {
    const wanted = 0.9 * total - below;
    if (count > 0 && wanted <= count) {
      const from = WAIT_BOUNDS[place - 1] ?? 0;
      const to = WAIT_BOUNDS[place] ?? 2 * from;
      return from + (to - from) * (wanted / count);
    }
    below += count;
  }
  return null;
}

/** Slope of the logarithm of the minutes of whole weeks, by least squares. */
function weeklyGrowthOf({ weeks, firstAt }: Pick<LabelUse, 'weeks' | 'firstAt'>, now: number): Trend | null {
  const first = weekNumber(firstAt);
  const whole = weeks.filter(([number = 0]) => number > first && number < now);
  if (whole.length < LEAST_WEEKS) return null;
  const xs = whole.map(([number = 0]) => number);
  const ys = whole.map(([, , minutes = 0]) => Math.log(Math.max(1, minutes)));
  const [meanX, meanY] = [mean(xs), mean(ys)];
  const spread = sampleVariance(xs) * (xs.length - 1);
  const slope = xs.reduce((sum, x, at) => sum + (x - meanX) * (numberIn(ys, at) - meanY), 0) / spread;
  const residuals = xs.map((x, at) => numberIn(ys, at) - meanY - slope * (x - meanX));
  const error = Math.sqrt(residuals.reduce((sum, one) => sum + one * one, 0) / (xs.length - 2) / spread);
  // Student's t of so few weeks is wider than the normal score by about so much.
  const margin = Z975 * error * (1 + 2.5 / (xs.length - 2));
  return {
    factor: Math.exp(slope),
    low: Math.exp(slope - margin),
    high: Math.exp(slope + margin),
    weeks: whole.length,
  };
}

function weeksToLimit(busiest: number, limit: number, trend: Trend | null): number | null {
  const demand = busiest + BURST_SCORE * Math.sqrt(busiest);
  if (demand >= limit) return 0;
  // A trend whose interval holds 1 is none.
  if (trend === null || trend.low <= 1 || busiest <= 0) return null;
  const weeks = Math.ceil(Math.log(limit / demand) / Math.log(trend.factor));
  return weeks <= FURTHEST_WEEKS ? weeks : null;
}
