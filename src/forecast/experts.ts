import { z } from 'zod';
import { filteredLevel, LevelFilter, startLevelFilter, updateLevelFilter } from './level-filter.ts';
import { RecentValues, remember, sortedMedian, sortNewest } from './recent-values.ts';
import { HOURS_PER_DAY, hourOfDay, isWeekend } from './slot.ts';

/**
 * What all experts remember of one series of log values. Experts are computed once per series and shared by
 * every strategy; strategies differ in how they mix them. Bounded, plain JSON, mutated in place.
 */
export const Experts = z.object({
  /** Values seen in all. */
  count: z.number().int().nonnegative(),
  recent: RecentValues,
  /** Level and streak of same-side outliers of each smoother. */
  levels: z.array(z.number()),
  streaks: z.array(z.number()),
  plainLevel: z.number(),
  /** Discounted products of the deviations of neighbours: slope of the AR(1). */
  lagProduct: z.number(),
  lagSquare: z.number(),
  hourSums: z.array(z.number()).length(HOURS_PER_DAY),
  hourCounts: z.array(z.number()).length(HOURS_PER_DAY),
  weekendSum: z.number(),
  weekendCount: z.number(),
  /** Mean absolute error of the steady level filter. */
  noise: z.number(),
  steady: LevelFilter.nullable(),
  nimble: LevelFilter.nullable(),
});
export type Experts = z.infer<typeof Experts>;

/**
 * The experts with the share each has before it has proved anything. The shares were searched on one half of
 * the benchmark's series and hold on the other; flat ones lose 0.3 %.
 */
export const EXPERTS = [
  { name: 'last value', share: 1 },
  { name: 'median of 3', share: 1 },
  { name: 'median of 5', share: 1 },
  { name: 'median of 15', share: 1 },
  { name: 'median of 31', share: 1 },
  { name: 'robust smoothing, slow', share: 5 },
  { name: 'loose smoothing, slow', share: 2 },
  { name: 'robust smoothing', share: 1 },
  { name: 'loose smoothing', share: 2 },
  { name: 'loose smoothing, fast', share: 1 },
  { name: 'plain smoothing', share: 2 },
  { name: 'return to the median', share: 1 },
  { name: 'hour and weekend', share: 1 },
  { name: 'two modes', share: 1 },
  { name: 'steady level', share: 1 },
  { name: 'nimble level', share: 2 },
] as const;
export const EXPERT_COUNT = EXPERTS.length;

/** Rate and, in units of 1.5 typical steps, the clip of innovations of each robust smoother. */
const SMOOTHERS = [
  { rate: 0.05, clip: 1.5 },
  { rate: 0.05, clip: 3 },
  { rate: 0.1, clip: 1.5 },
  { rate: 0.2, clip: 3 },
  { rate: 0.35, clip: 3 },
] as const;
const CLIP_STEPS = 1.5;
/** So many clipped innovations on one side are a new level, not outliers. */
const REANCHOR_AFTER = 3;
const PLAIN_RATE = 0.1;

/** Log units: what a step or an error is before the series has shown its own; weight in observations. */
const PRIOR_STEP = 0.1;
const PRIOR_NOISE = 0.15;
const PRIOR_WEIGHT = 3;
const NOISE_RATE = 0.06;
/** 0.4 %: below this, spread is rounding. */
const SMALLEST_SPREAD = 0.004;
const NOISE_CLIP = 3;

const LAG_MEMORY = 0.97;
/** Keeps the slope near zero until the series is seen to lean on its last value. */
const LAG_SHRINK = 0.02;
/** A factor of 1.65 either way is as much as one value may teach an effect. */
const LARGEST_DEVIATION = 0.5;

const HOUR_MEMORY = 0.98;
const HOUR_SHRINK = 6;
/** Weight of the hour itself, its neighbours and theirs. */
const HOUR_KERNEL = [1, 0.6, 0.25] as const;
const WEEKEND_MEMORY = 0.95;
const WEEKEND_SHRINK = 5;

const MODE_WINDOW = 31;
const MODE_LEAST_VALUES = 8;
/** Smallest jump, in log units, between two modes: cache hit and miss differ by more. */
const MODE_GAP = 0.25;

const STEADY = { jump: 0.01, outlier: 0.05 } as const;
const NIMBLE = { jump: 0.03, outlier: 0.1 } as const;

const sorted = new Float64Array(64);
const steps = new Float64Array(64);

/** Experts that have seen nothing. */
export function newExperts(): Experts {
  return {
    count: 0,
    recent: [],
    levels: SMOOTHERS.map(() => 0),
    streaks: SMOOTHERS.map(() => 0),
    plainLevel: 0,
    lagProduct: 0,
    lagSquare: 0,
    hourSums: new Array<number>(HOURS_PER_DAY).fill(0),
    hourCounts: new Array<number>(HOURS_PER_DAY).fill(0),
    weekendSum: 0,
    weekendCount: 0,
    noise: PRIOR_NOISE,
    steady: null,
    nimble: null,
  };
}

const asked = new Float64Array(EXPERT_COUNT);
let askedOf: Experts | null = null;
let askedCount = 0;
let askedAt = 0;

/**
 * Each expert's forecast (log units) of a value that starts at `at` (epoch ms), in the order of `EXPERTS`. The
 * array is overwritten by the next call. Every strategy asks the same of the same experts: the answer is kept
 * until another series is asked for or a value is learned. Needs at least one value.
 */
export function consultExperts(experts: Experts, at: number): Float64Array {
  if (askedOf !== experts || askedCount !== experts.count || askedAt !== at) {
    askExperts(experts, at, asked);
    askedOf = experts;
    askedCount = experts.count;
    askedAt = at;
  }
  return asked;
}

/**
 * Writes each expert's forecast (log units) of a value that starts at `at` (epoch ms) into `into`, in the order
 * of `EXPERTS`. Needs at least one value.
 */
function askExperts(experts: Experts, at: number, into: Float64Array): void {
  const { recent } = experts;
  const last = recent.at(-1) ?? 0;
  into[0] = last;
  into[1] = medianOf(recent, 3);
  into[2] = medianOf(recent, 5);
  const median15 = medianOf(recent, 15);
  into[3] = median15;
  const window = sortNewest(recent, MODE_WINDOW, sorted);
  const median31 = sortedMedian(sorted, window);
  into[4] = median31;
  into[13] = twoModes(recent, window, median31, last);
  for (let i = 0; i < SMOOTHERS.length; i++) into[5 + i] = experts.levels[i] ?? 0;
  into[10] = experts.plainLevel;
  into[11] = median31 + slope(experts) * (last - median31);
  into[12] = median15 + slotEffect(experts, at);
  into[14] = experts.steady === null ? last : filteredLevel(experts.steady);
  into[15] = experts.nimble === null ? last : filteredLevel(experts.nimble);
}

/** Learns a value (log units) that started at `at` (epoch ms), in place. */
export function teachExperts(experts: Experts, value: number, at: number): void {
  if (experts.count === 0) {
    experts.levels.fill(value);
    experts.plainLevel = value;
    experts.steady = startLevelFilter(value, PRIOR_NOISE);
    experts.nimble = startLevelFilter(value, PRIOR_NOISE);
    experts.count = 1;
    remember(experts.recent, value);
    return;
  }
  const { recent } = experts;
  const last = recent.at(-1) ?? value;
  const median31 = medianOf(recent, MODE_WINDOW);
  const lagBefore = clamp(last - median31, LARGEST_DEVIATION);
  experts.lagSquare = LAG_MEMORY * experts.lagSquare + lagBefore * lagBefore;
  experts.lagProduct =
    LAG_MEMORY * experts.lagProduct + lagBefore * clamp(value - median31, LARGEST_DEVIATION);
  teachSlot(experts, clamp(value - medianOf(recent, 15), LARGEST_DEVIATION), at);

  const step = typicalStep(recent);
  remember(recent, value);
  experts.count += 1;
  const soon = 1 / experts.count;
  experts.plainLevel += Math.max(PLAIN_RATE, soon) * (value - experts.plainLevel);
  for (let i = 0; i < SMOOTHERS.length; i++) teachSmoother(experts, i, value, step, soon);
  teachFilters(experts, value);
}

function teachSmoother(experts: Experts, i: number, value: number, step: number, soon: number): void {
  const smoother = SMOOTHERS[i];
  if (smoother === undefined) return;
  const level = experts.levels[i] ?? value;
  const limit = smoother.clip * CLIP_STEPS * step;
  let innovation = value - level;
  if (Math.abs(innovation) > limit) {
    const side = Math.sign(innovation);
    const streak = experts.streaks[i] ?? 0;
    const longer = Math.sign(streak) === side ? streak + side : side;
    if (Math.abs(longer) >= REANCHOR_AFTER) {
      experts.levels[i] = medianOf(experts.recent, REANCHOR_AFTER);
      experts.streaks[i] = 0;
      return;
    }
    experts.streaks[i] = longer;
    innovation = side * limit;
  } else {
    experts.streaks[i] = 0;
  }
  experts.levels[i] = level + Math.max(smoother.rate, soon) * innovation;
}

function teachFilters(experts: Experts, value: number): void {
  const { steady, nimble, recent } = experts;
  if (steady === null || nimble === null) return;
  const error = Math.abs(value - filteredLevel(steady));
  const spread = Math.max(SMALLEST_SPREAD, experts.noise);
  updateLevelFilter(steady, STEADY, value, spread, recent);
  updateLevelFilter(nimble, NIMBLE, value, spread, recent);
  const rate = Math.max(NOISE_RATE, 1 / (PRIOR_WEIGHT + experts.count - 1));
  experts.noise = Math.max(
    SMALLEST_SPREAD,
    experts.noise + rate * (Math.min(error, NOISE_CLIP * experts.noise) - experts.noise),
  );
}

/** Median absolute step between neighbours, shrunk to the prior. */
function typicalStep(recent: RecentValues): number {
  let length = 0;
  const from = Math.max(1, recent.length - MODE_WINDOW);
  for (let i = from; i < recent.length; i++) {
    const step = Math.abs((recent[i] ?? 0) - (recent[i - 1] ?? 0));
    let j = length - 1;
    while (j >= 0 && (steps[j] ?? 0) > step) {
      steps[j + 1] = steps[j] ?? 0;
      j--;
    }
    steps[j + 1] = step;
    length++;
  }
  const seen = sortedMedian(steps, length);
  return Math.max(SMALLEST_SPREAD, (seen * length + PRIOR_STEP * PRIOR_WEIGHT) / (length + PRIOR_WEIGHT));
}

function slope(experts: Experts): number {
  return Math.max(-0.5, Math.min(0.95, experts.lagProduct / (experts.lagSquare + LAG_SHRINK)));
}

function slotEffect(experts: Experts, at: number): number {
  const hour = hourOfDay(at);
  let sum = 0;
  let count = HOUR_SHRINK;
  for (let distance = -2; distance <= 2; distance++) {
    const weight = HOUR_KERNEL[Math.abs(distance)] ?? 0;
    const near = (hour + distance + HOURS_PER_DAY) % HOURS_PER_DAY;
    sum += weight * (experts.hourSums[near] ?? 0);
    count += weight * (experts.hourCounts[near] ?? 0);
  }
  const weekend = isWeekend(at) ? experts.weekendSum / (experts.weekendCount + WEEKEND_SHRINK) : 0;
  return sum / count + weekend;
}

function teachSlot(experts: Experts, deviation: number, at: number): void {
  const hour = hourOfDay(at);
  experts.hourSums[hour] = (experts.hourSums[hour] ?? 0) * HOUR_MEMORY + deviation;
  experts.hourCounts[hour] = (experts.hourCounts[hour] ?? 0) * HOUR_MEMORY + 1;
  if (!isWeekend(at)) return;
  experts.weekendSum = experts.weekendSum * WEEKEND_MEMORY + deviation;
  experts.weekendCount = experts.weekendCount * WEEKEND_MEMORY + 1;
}

/**
 * Where the recent values fall into two clumps, the median of the clump that more often followed the present
 * one; otherwise the median. `sorted` holds the window of `length` values, ascending.
 */
function twoModes(recent: RecentValues, length: number, median: number, last: number): number {
  if (length < MODE_LEAST_VALUES) return median;
  let cut = 0;
  let widest = MODE_GAP;
  for (let i = 2; i < length - 2; i++) {
    const gap = (sorted[i] ?? 0) - (sorted[i - 1] ?? 0);
    if (gap > widest) {
      widest = gap;
      cut = i;
    }
  }
  if (cut === 0) return median;
  const border = ((sorted[cut] ?? 0) + (sorted[cut - 1] ?? 0)) / 2;
  const above = last > border;
  // One imagined change and one imagined stay: a mode seen once is no rule.
  let stays = 1;
  let changes = 1;
  for (let i = recent.length - length + 1; i < recent.length; i++) {
    if ((recent[i - 1] ?? 0) > border !== above) continue;
    if ((recent[i] ?? 0) > border === above) stays++;
    else changes++;
  }
  const upper = stays >= changes ? above : !above;
  return upper ? sortedMedian(sorted, length - cut, cut) : sortedMedian(sorted, cut);
}

const few = new Float64Array(64);

function medianOf(recent: RecentValues, count: number): number {
  return sortedMedian(few, sortNewest(recent, count, few));
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
