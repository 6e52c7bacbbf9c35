import { z } from 'zod';
import type { Immutable } from '../immutable.ts';
import { clamp, mean } from '../statistics.ts';
import { DAY_HOURS, HOUR_MS, WEEK_HOURS } from '../time.ts';
import { meanAround, numberIn, numberList, withFaded, withNumber, zeros } from './number-list.ts';
import { hourOfDay, hourOfWeek } from './slot.ts';

const DRIFT_BUCKET_MS = 600_000;
/** A day: a run may come half a day late, and what was known at its tick goes back some hours more. */
const DRIFT_BUCKETS = 144;

/**
 * GitHub's own lateness, pooled over everything a deployment sees, in log minutes: a slow profile by UTC hour, a
 * weekly pattern, and how the last few hours differ from what was expected. It holds no names and stays the
 * same size for ever.
 */
export const LatenessPool = z.object({
  version: z.literal(1),
  /** Common level, and the observations behind it. */
  level: z.number(),
  count: z.number().int().nonnegative(),
  /** Deviation from the level by UTC hour of the tick, and how many schedules were seen there. */
  hourSums: numberList(DAY_HOURS),
  hourWeights: numberList(DAY_HOURS),
  hourSchedules: numberList(DAY_HOURS),
  /** Deviation from a schedule's own level by UTC hour of the week. */
  weekSums: numberList(WEEK_HOURS),
  weekWeights: numberList(WEEK_HOURS),
  /** Residuals of the last day in buckets of ten minutes by when they became known: bucket number, sum, count. */
  driftBuckets: numberList(DRIFT_BUCKETS),
  driftSums: numberList(DRIFT_BUCKETS),
  driftCounts: numberList(DRIFT_BUCKETS),
  /** Ticks that left a run, and ticks that left none, by UTC hour; slowly forgotten. */
  kept: numberList(DAY_HOURS),
  dropped: numberList(DAY_HOURS),
});
export type LatenessPool = Immutable<z.infer<typeof LatenessPool>>;

/**
 * Median minutes late by UTC hour in 2026, measured on public schedules; 0 where hardly any schedule was seen. Few
 * schedules stand behind each hour, so only the half of it is believed (`PRIOR_BELIEF`).
 */
const SHIPPED_MEDIANS: readonly number[] = [
  120, 168, 158, 91, 104, 81, 89, 0, 0, 47, 46, 35, 56, 0, 0, 43, 0, 53, 38, 0, 0, 30, 0, 33,
];
const PRIOR_BELIEF = 0.5;
/** The shipped profile weighs as much as so many schedules seen at an hour. */
const PRIOR_SCHEDULES = 3;
const PRIOR_LEVEL = logMean(SHIPPED_MEDIANS);
const PRIOR_PROFILE = shippedProfile();

const LEVEL_RATE = 0.01;
const LEVEL_PRIOR_COUNT = 5;
const HOUR_MEMORY = 0.995;
const WEEK_MEMORY = 0.97;
const WEEK_SHRINK = 4;
/** Weight of an hour, its neighbours and theirs in the weekly pattern. */
const WEEK_KERNEL = [1, 0.6, 0.3] as const;

/** News of lateness is old after three hours. */
const DRIFT_FADES_MS = 3 * HOUR_MS;
const DRIFT_LOOKS_BACK_MS = 4 * DRIFT_FADES_MS;
const DRIFT_SHRINK = 1;
/** Share of the others' surprise that a tick takes over. */
const DRIFT_TAKEN = 0.7;
const LARGEST_SURPRISE = 0.5;

/** Drops: 2 % of daily ticks, worth fifty of them. */
const PRIOR_DROP = 0.02;
const PRIOR_TICKS = 50;
const DROP_MEMORY = 0.995;

/** The shipped weak prior: what 2026's lateness by hour looked like, shrunk. */
export function emptyLatenessPool(): LatenessPool {
  return {
    version: 1,
    level: PRIOR_LEVEL,
    count: 0,
    hourSums: zeros(DAY_HOURS),
    hourWeights: zeros(DAY_HOURS),
    hourSchedules: zeros(DAY_HOURS),
    weekSums: zeros(WEEK_HOURS),
    weekWeights: zeros(WEEK_HOURS),
    driftBuckets: zeros(DRIFT_BUCKETS),
    driftSums: zeros(DRIFT_BUCKETS),
    driftCounts: zeros(DRIFT_BUCKETS),
    kept: zeros(DAY_HOURS),
    dropped: zeros(DAY_HOURS),
  };
}

/** Log minutes by which an hour differs from the common level: what was seen, shrunk to the shipped prior. */
export function hourProfile(pool: LatenessPool, hour: number): number {
  const schedules = numberIn(pool.hourSchedules, hour);
  const weight = numberIn(pool.hourWeights, hour);
  const seen = weight > 0 ? numberIn(pool.hourSums, hour) / weight : 0;
  return (schedules * seen + PRIOR_SCHEDULES * numberIn(PRIOR_PROFILE, hour)) / (schedules + PRIOR_SCHEDULES);
}

/** Log minutes by which a tick's hour of the week differs from its schedule's own level. */
export function weekPattern(pool: LatenessPool, tick: number): number {
  return meanAround(pool.weekSums, pool.weekWeights, hourOfWeek(tick), WEEK_KERNEL, WEEK_SHRINK);
}

/** Log minutes by which the runs of the hours before `now` (epoch ms) were later than had been forecast. */
export function drift(pool: LatenessPool, now: number): number {
  const last = Math.floor(now / DRIFT_BUCKET_MS) - 1;
  const first = Math.floor((now - DRIFT_LOOKS_BACK_MS) / DRIFT_BUCKET_MS);
  let sum = 0;
  let weight = DRIFT_SHRINK;
  for (let bucket = first; bucket <= last; bucket++) {
    const place = bucket % DRIFT_BUCKETS;
    if (numberIn(pool.driftBuckets, place) !== bucket) continue;
    const share = Math.exp((-(last - bucket) * DRIFT_BUCKET_MS) / DRIFT_FADES_MS);
    sum += share * numberIn(pool.driftSums, place);
    weight += share * numberIn(pool.driftCounts, place);
  }
  return DRIFT_TAKEN * (sum / weight);
}

/** One observed tick, as the pool learns it; all values in log minutes. */
export interface PooledObservation {
  readonly tick: number;
  /** When it was known: the run's creation, epoch ms. */
  readonly knownAt: number;
  readonly value: number;
  /** First tick that this schedule shows at this hour of the day. */
  readonly newAtHour: boolean;
  /** Value less the schedule's own fast level; `null` for its first. */
  readonly deviation: number | null;
  /** Value less what was forecast; `null` for its first. */
  readonly surprise: number | null;
}

/** The pool with one observed tick. */
export function updatePool(pool: LatenessPool, seen: PooledObservation): LatenessPool {
  const hour = hourOfDay(seen.tick);
  const count = pool.count + 1;
  const rate = Math.max(LEVEL_RATE, 1 / (LEVEL_PRIOR_COUNT + count));
  const level = pool.level + rate * (seen.value - hourProfile(pool, hour) - pool.level);
  const { hourSums, hourWeights, hourSchedules, kept, dropped } = pool;
  const { surprise } = seen;
  const bucket = Math.floor(seen.knownAt / DRIFT_BUCKET_MS);
  return {
    ...pool,
    count,
    level,
    hourSums: withFaded(hourSums, hour, HOUR_MEMORY, seen.value - level),
    hourWeights: withFaded(hourWeights, hour, HOUR_MEMORY, 1),
    hourSchedules: seen.newAtHour
      ? withNumber(hourSchedules, hour, numberIn(hourSchedules, hour) + 1)
      : hourSchedules,
    ...(seen.deviation === null ? {} : weekAfter(pool, clamp(seen.deviation, LARGEST_SURPRISE), seen.tick)),
    ...(surprise === null
      ? {}
      : withDrift(pool, bucket, 1, (sum) => sum + clamp(surprise, LARGEST_SURPRISE))),
    kept: withFaded(kept, hour, DROP_MEMORY, 1),
    dropped: withFaded(dropped, hour, DROP_MEMORY, 0),
  };
}

/** The pool with a tick at this instant that left no run. */
export function updatePoolMissed(pool: LatenessPool, tick: number): LatenessPool {
  const hour = hourOfDay(tick);
  const { kept, dropped } = pool;
  return {
    ...pool,
    kept: withFaded(kept, hour, DROP_MEMORY, 0),
    dropped: withFaded(dropped, hour, DROP_MEMORY, 1),
  };
}

/** Probability that a tick at this UTC hour leaves no run. */
export function pooledDropRate(pool: LatenessPool, hour: number): number {
  const kept = numberIn(pool.kept, hour);
  const dropped = numberIn(pool.dropped, hour);
  return (dropped + PRIOR_DROP * PRIOR_TICKS) / (kept + dropped + PRIOR_TICKS);
}

/** The drift's lists with so many observations more in a bucket, the sum of which `add` brings up to date. */
export function withDrift(
  { driftBuckets, driftSums, driftCounts }: LatenessPool,
  bucket: number,
  count: number,
  add: (sum: number) => number,
): Partial<LatenessPool> {
  const place = bucket % DRIFT_BUCKETS;
  const held = numberIn(driftBuckets, place);
  // The place has moved on to a later hour: what was learned of this one is too old to matter.
  if (held > bucket) return {};
  const isSame = held === bucket;
  return {
    driftBuckets: withNumber(driftBuckets, place, bucket),
    driftSums: withNumber(driftSums, place, add(isSame ? numberIn(driftSums, place) : 0)),
    driftCounts: withNumber(driftCounts, place, (isSame ? numberIn(driftCounts, place) : 0) + count),
  };
}

function weekAfter(
  { weekSums, weekWeights }: LatenessPool,
  deviation: number,
  tick: number,
): Pick<LatenessPool, 'weekSums' | 'weekWeights'> {
  const slot = hourOfWeek(tick);
  return {
    weekSums: withFaded(weekSums, slot, WEEK_MEMORY, deviation),
    weekWeights: withFaded(weekWeights, slot, WEEK_MEMORY, 1),
  };
}

function logMean(minutes: readonly number[]): number {
  const known = minutes.filter((value) => value > 0).map(Math.log);
  return mean(known);
}

/** Shipped deviations by hour; an hour that was not seen stands on the line between its neighbours. */
function shippedProfile(): readonly number[] {
  const deviation = (hour: number): number | null => {
    const minutes = numberIn(SHIPPED_MEDIANS, (hour + DAY_HOURS) % DAY_HOURS);
    return minutes === 0 ? null : PRIOR_BELIEF * (Math.log(minutes) - PRIOR_LEVEL);
  };
  /** Hours to the nearest one that was seen, in steps of `step`, and its deviation. */
  const nearest = (hour: number, step: number): { readonly away: number; readonly value: number } => {
    for (let away = 0; away < DAY_HOURS; away++) {
      const value = deviation(hour + step * away);
      if (value !== null) return { away, value };
    }
    throw new RangeError('No hour of the shipped profile has a median.');
  };
  return Array.from({ length: DAY_HOURS }, (_, hour) => {
    const before = nearest(hour, -1);
    const after = nearest(hour, 1);
    const span = before.away + after.away;
    if (span === 0) return before.value;
    return before.value + ((after.value - before.value) * before.away) / span;
  });
}
