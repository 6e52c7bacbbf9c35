import { z } from 'zod';
import { itemAt } from '../checked.ts';
import type { Immutable } from '../immutable.ts';
import { clamp } from '../statistics.ts';
import { DAY_HOURS } from '../time.ts';
import { filteredLevel, LevelFilter, startLevelFilter, updateLevelFilter } from './level-filter.ts';
import { meanAround, numberIn, numberList, withFaded, zeros } from './number-list.ts';
import { RecentValues, sortAscending, sortedMedian, sortNewest, withNewest } from './recent-values.ts';
import { hourOfDay, isWeekend } from './slot.ts';

/** What all experts remember of a series of log values, once for every strategy that mixes them. Bounded JSON. */
export const Experts = z.object({
  /** Values seen in all. */
  count: z.number().int().nonnegative(),
  recent: RecentValues,
  /** Level and streak of same-side outliers of each smoother. */
  levels: numberList(),
  streaks: numberList(),
  plainLevel: z.number(),
  /** Discounted products of the deviations of neighbours: slope of the AR(1). */
  lagProduct: z.number(),
  lagSquare: z.number(),
  hourSums: numberList(DAY_HOURS),
  hourCounts: numberList(DAY_HOURS),
  weekendSum: z.number(),
  weekendCount: z.number(),
  /** Mean absolute error of the steady level filter. */
  noise: z.number(),
  steady: LevelFilter.nullable(),
  nimble: LevelFilter.nullable(),
});
export type Experts = Immutable<z.infer<typeof Experts>>;

/** The experts with their first shares, searched on half of the benchmark's series; flat ones lose 0.3 %. */
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
/** One value moves an effect by a factor of 1.65 either way at most. */
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

/** Experts that have seen nothing. */
export function newExperts(): Experts {
  return {
    count: 0,
    recent: [],
    levels: zeros(SMOOTHERS.length),
    streaks: zeros(SMOOTHERS.length),
    plainLevel: 0,
    lagProduct: 0,
    lagSquare: 0,
    hourSums: zeros(DAY_HOURS),
    hourCounts: zeros(DAY_HOURS),
    weekendSum: 0,
    weekendCount: 0,
    noise: PRIOR_NOISE,
    steady: null,
    nimble: null,
  };
}

/**
 * Each expert's forecast (log units) of a value that starts at `at` (epoch ms), in the order of `EXPERTS`. Needs at
 * least one value.
 */
export function consultExperts(experts: Experts, at: number): readonly number[] {
  const { recent, levels, steady, nimble } = experts;
  const last = numberIn(recent, recent.length - 1);
  const window = sortNewest(recent, MODE_WINDOW);
  const median15 = medianOf(recent, 15);
  const median31 = sortedMedian(window);
  return [
    last,
    medianOf(recent, 3),
    medianOf(recent, 5),
    median15,
    median31,
    numberIn(levels, 0),
    numberIn(levels, 1),
    numberIn(levels, 2),
    numberIn(levels, 3),
    numberIn(levels, 4),
    experts.plainLevel,
    median31 + slope(experts) * (last - median31),
    median15 + slotEffect(experts, at),
    twoModes(recent, window, median31, last),
    steady === null ? last : filteredLevel(steady),
    nimble === null ? last : filteredLevel(nimble),
  ];
}

/** The experts after a value (log units) that started at `at` (epoch ms). */
export function updateExperts(experts: Experts, value: number, at: number): Experts {
  if (experts.count === 0) return firstValue(experts, value);
  const { recent: before, levels, streaks, hourSums, hourCounts } = experts;
  const last = numberIn(before, before.length - 1);
  const median31 = medianOf(before, MODE_WINDOW);
  const lagBefore = clamp(last - median31, LARGEST_DEVIATION);
  const deviation = clamp(value - medianOf(before, 15), LARGEST_DEVIATION);
  const hour = hourOfDay(at);
  const weekend = isWeekend(at);
  const count = experts.count + 1;
  const soon = 1 / count;
  const recent = withNewest(before, value);
  const smoothed = updateSmoothers(levels, streaks, { value, step: typicalStep(before), soon, recent });
  const filtered = updateFilters(experts, value, count, recent);
  return {
    count,
    recent,
    levels: smoothed.levels,
    streaks: smoothed.streaks,
    plainLevel: experts.plainLevel + Math.max(PLAIN_RATE, soon) * (value - experts.plainLevel),
    lagProduct: LAG_MEMORY * experts.lagProduct + lagBefore * clamp(value - median31, LARGEST_DEVIATION),
    lagSquare: LAG_MEMORY * experts.lagSquare + lagBefore * lagBefore,
    hourSums: withFaded(hourSums, hour, HOUR_MEMORY, deviation),
    hourCounts: withFaded(hourCounts, hour, HOUR_MEMORY, 1),
    weekendSum: weekend ? experts.weekendSum * WEEKEND_MEMORY + deviation : experts.weekendSum,
    weekendCount: weekend ? experts.weekendCount * WEEKEND_MEMORY + 1 : experts.weekendCount,
    noise: filtered.noise,
    steady: filtered.steady,
    nimble: filtered.nimble,
  };
}

function firstValue(experts: Experts, value: number): Experts {
  return {
    ...experts,
    count: 1,
    recent: withNewest(experts.recent, value),
    levels: experts.levels.map(() => value),
    plainLevel: value,
    steady: startLevelFilter(value, PRIOR_NOISE),
    nimble: startLevelFilter(value, PRIOR_NOISE),
  };
}

/** What every smoother learns of a value: the series' typical step, 1 / count, and the newest values with this one. */
interface SmoothedValue {
  readonly value: number;
  readonly step: number;
  readonly soon: number;
  readonly recent: RecentValues;
}

type Smoothed = Pick<Experts, 'levels' | 'streaks'>;

function updateSmoothers(
  levels: readonly number[],
  streaks: readonly number[],
  { value, step, soon, recent }: SmoothedValue,
): Smoothed {
  const next = { levels: levels.slice(), streaks: streaks.slice() };
  for (let i = 0; i < SMOOTHERS.length; i++) {
    const { rate, clip } = itemAt(SMOOTHERS, i);
    const level = numberIn(levels, i);
    const limit = clip * CLIP_STEPS * step;
    const innovation = value - level;
    if (Math.abs(innovation) <= limit) {
      next.levels[i] = level + Math.max(rate, soon) * innovation;
      next.streaks[i] = 0;
      continue;
    }
    const side = Math.sign(innovation);
    const streak = numberIn(streaks, i);
    const longer = Math.sign(streak) === side ? streak + side : side;
    const isNewLevel = Math.abs(longer) >= REANCHOR_AFTER;
    next.levels[i] = isNewLevel
      ? medianOf(recent, REANCHOR_AFTER)
      : level + Math.max(rate, soon) * (side * limit);
    next.streaks[i] = isNewLevel ? 0 : longer;
  }
  return next;
}

function updateFilters(
  { steady, nimble, noise }: Experts,
  value: number,
  count: number,
  recent: RecentValues,
): Pick<Experts, 'steady' | 'nimble' | 'noise'> {
  if (steady === null || nimble === null) return { steady, nimble, noise };
  const error = Math.abs(value - filteredLevel(steady));
  const spread = Math.max(SMALLEST_SPREAD, noise);
  const rate = Math.max(NOISE_RATE, 1 / (PRIOR_WEIGHT + count - 1));
  return {
    steady: updateLevelFilter(steady, STEADY, value, spread, recent),
    nimble: updateLevelFilter(nimble, NIMBLE, value, spread, recent),
    noise: Math.max(SMALLEST_SPREAD, noise + rate * (Math.min(error, NOISE_CLIP * noise) - noise)),
  };
}

/** Median absolute step between neighbours, shrunk to the prior. */
function typicalStep(recent: RecentValues): number {
  const steps: number[] = [];
  for (let i = Math.max(1, recent.length - MODE_WINDOW); i < recent.length; i++) {
    steps.push(Math.abs((recent[i] as number) - (recent[i - 1] as number)));
  }
  const { length } = steps;
  const seen = sortedMedian(sortAscending(steps));
  return Math.max(SMALLEST_SPREAD, (seen * length + PRIOR_STEP * PRIOR_WEIGHT) / (length + PRIOR_WEIGHT));
}

function slope(experts: Experts): number {
  return Math.max(-0.5, Math.min(0.95, experts.lagProduct / (experts.lagSquare + LAG_SHRINK)));
}

function slotEffect({ hourSums, hourCounts, weekendSum, weekendCount }: Experts, at: number): number {
  const hour = meanAround(hourSums, hourCounts, hourOfDay(at), HOUR_KERNEL, HOUR_SHRINK);
  return hour + (isWeekend(at) ? weekendSum / (weekendCount + WEEKEND_SHRINK) : 0);
}

/**
 * Where the recent values fall into two clumps, the median of the clump that more often followed the present
 * one; otherwise the median. `sorted` holds the newest values, ascending.
 */
function twoModes(recent: RecentValues, sorted: readonly number[], median: number, last: number): number {
  const { length } = sorted;
  if (length < MODE_LEAST_VALUES) return median;
  let cut = 0;
  let widest = MODE_GAP;
  for (let i = 2; i < length - 2; i++) {
    const gap = numberIn(sorted, i) - numberIn(sorted, i - 1);
    if (gap > widest) {
      widest = gap;
      cut = i;
    }
  }
  if (cut === 0) return median;
  const border = (numberIn(sorted, cut) + numberIn(sorted, cut - 1)) / 2;
  const above = last > border;
  // One imagined change and one imagined stay: a mode seen once is no rule.
  let stays = 1;
  let changes = 1;
  for (let i = recent.length - length + 1; i < recent.length; i++) {
    if (numberIn(recent, i - 1) > border !== above) continue;
    if (numberIn(recent, i) > border === above) stays++;
    else changes++;
  }
  const upper = stays >= changes ? above : !above;
  return upper ? sortedMedian(sorted, cut) : sortedMedian(sorted, 0, cut);
}

function medianOf(recent: RecentValues, count: number): number {
  return sortedMedian(sortNewest(recent, count));
}
