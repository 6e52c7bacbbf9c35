import { z } from 'zod';
import { HOURS_PER_DAY, HOURS_PER_WEEK, hourOfDay, hourOfWeek } from './slot.ts';

const DRIFT_BUCKET_MS = 600_000;
/** A day: a run may come half a day late, and what was known at its tick goes back some hours more. */
const DRIFT_BUCKETS = 144;

/**
 * GitHub's own lateness, pooled over everything a deployment sees, in log minutes: a slow profile by UTC hour, a
 * weekly pattern, and how the last few hours differ from what was expected. It holds no names and stays the
 * same size for ever. Mutated in place.
 */
export const LatenessPool = z.object({
  version: z.literal(1),
  /** Common level, and the observations behind it. */
  level: z.number(),
  count: z.number().int().nonnegative(),
  /** Deviation from the level by UTC hour of the tick, and how many schedules were seen there. */
  hourSums: z.array(z.number()).length(HOURS_PER_DAY),
  hourWeights: z.array(z.number()).length(HOURS_PER_DAY),
  hourSchedules: z.array(z.number()).length(HOURS_PER_DAY),
  /** Deviation from a schedule's own level by UTC hour of the week. */
  weekSums: z.array(z.number()).length(HOURS_PER_WEEK),
  weekWeights: z.array(z.number()).length(HOURS_PER_WEEK),
  /**
   * Forecast residuals of the last day in buckets of ten minutes by when they became known, so that what was
   * known at an earlier instant can still be told: bucket number, sum, count.
   */
  driftBuckets: z.array(z.number()).length(DRIFT_BUCKETS),
  driftSums: z.array(z.number()).length(DRIFT_BUCKETS),
  driftCounts: z.array(z.number()).length(DRIFT_BUCKETS),
  /** Ticks that left a run, and ticks that left none, by UTC hour; slowly forgotten. */
  kept: z.array(z.number()).length(HOURS_PER_DAY),
  dropped: z.array(z.number()).length(HOURS_PER_DAY),
});
export type LatenessPool = z.infer<typeof LatenessPool>;

/**
 * Median minutes late by UTC hour in 2026, measured on public schedules; `null` where hardly any schedule was
 * seen. Few schedules stand behind each hour, so only the half of it is believed (`PRIOR_BELIEF`).
 */
const SHIPPED_MEDIANS: readonly (number | null)[] = [
  120,
  168,
  158,
  91,
  104,
  81,
  89,
  null,
  null,
  47,
  46,
  35,
  56,
  null,
  null,
  43,
  null,
  53,
  38,
  null,
  null,
  30,
  null,
  33,
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
const DRIFT_FADES_MS = 3 * 3_600_000;
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
  const zeros = (length: number): number[] => new Array<number>(length).fill(0);
  return {
    version: 1,
    level: PRIOR_LEVEL,
    count: 0,
    hourSums: zeros(HOURS_PER_DAY),
    hourWeights: zeros(HOURS_PER_DAY),
    hourSchedules: zeros(HOURS_PER_DAY),
    weekSums: zeros(HOURS_PER_WEEK),
    weekWeights: zeros(HOURS_PER_WEEK),
    driftBuckets: zeros(DRIFT_BUCKETS),
    driftSums: zeros(DRIFT_BUCKETS),
    driftCounts: zeros(DRIFT_BUCKETS),
    kept: zeros(HOURS_PER_DAY),
    dropped: zeros(HOURS_PER_DAY),
  };
}

/** Log minutes by which an hour differs from the common level: what was seen, shrunk to the shipped prior. */
export function hourProfile(pool: LatenessPool, hour: number): number {
  const schedules = pool.hourSchedules[hour] ?? 0;
  const weight = pool.hourWeights[hour] ?? 0;
  const seen = weight > 0 ? (pool.hourSums[hour] ?? 0) / weight : 0;
  return (schedules * seen + PRIOR_SCHEDULES * (PRIOR_PROFILE[hour] ?? 0)) / (schedules + PRIOR_SCHEDULES);
}

/** Log minutes by which a tick's hour of the week differs from its schedule's own level. */
export function weekPattern(pool: LatenessPool, tick: number): number {
  const slot = hourOfWeek(tick);
  let sum = 0;
  let weight = WEEK_SHRINK;
  for (let distance = -2; distance <= 2; distance++) {
    const share = WEEK_KERNEL[Math.abs(distance)] ?? 0;
    const near = (slot + distance + HOURS_PER_WEEK) % HOURS_PER_WEEK;
    sum += share * (pool.weekSums[near] ?? 0);
    weight += share * (pool.weekWeights[near] ?? 0);
  }
  return sum / weight;
}

/** Log minutes by which the runs of the hours before `now` (epoch ms) were later than had been forecast. */
export function drift(pool: LatenessPool, now: number): number {
  const last = Math.floor(now / DRIFT_BUCKET_MS) - 1;
  const first = Math.floor((now - DRIFT_LOOKS_BACK_MS) / DRIFT_BUCKET_MS);
  let sum = 0;
  let weight = DRIFT_SHRINK;
  for (let bucket = first; bucket <= last; bucket++) {
    const place = bucket % DRIFT_BUCKETS;
    if (pool.driftBuckets[place] !== bucket) continue;
    const share = Math.exp((-(last - bucket) * DRIFT_BUCKET_MS) / DRIFT_FADES_MS);
    sum += share * (pool.driftSums[place] ?? 0);
    weight += share * (pool.driftCounts[place] ?? 0);
  }
  return DRIFT_TAKEN * (sum / weight);
}

/** What one observed tick teaches the pool; all values in log minutes. */
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

/** Learns one observed tick in place. */
export function teachPool(pool: LatenessPool, seen: PooledObservation): void {
  const hour = hourOfDay(seen.tick);
  pool.count += 1;
  const rate = Math.max(LEVEL_RATE, 1 / (LEVEL_PRIOR_COUNT + pool.count));
  pool.level += rate * (seen.value - hourProfile(pool, hour) - pool.level);
  pool.hourSums[hour] = HOUR_MEMORY * (pool.hourSums[hour] ?? 0) + (seen.value - pool.level);
  pool.hourWeights[hour] = HOUR_MEMORY * (pool.hourWeights[hour] ?? 0) + 1;
  if (seen.newAtHour) pool.hourSchedules[hour] = (pool.hourSchedules[hour] ?? 0) + 1;
  if (seen.deviation !== null) {
    const slot = hourOfWeek(seen.tick);
    pool.weekSums[slot] = WEEK_MEMORY * (pool.weekSums[slot] ?? 0) + clamp(seen.deviation);
    pool.weekWeights[slot] = WEEK_MEMORY * (pool.weekWeights[slot] ?? 0) + 1;
  }
  if (seen.surprise !== null) teachDrift(pool, clamp(seen.surprise), seen.knownAt);
  pool.kept[hour] = DROP_MEMORY * (pool.kept[hour] ?? 0) + 1;
  pool.dropped[hour] = DROP_MEMORY * (pool.dropped[hour] ?? 0);
}

/** Learns that a tick at this instant left no run. */
export function teachPoolMissed(pool: LatenessPool, tick: number): void {
  const hour = hourOfDay(tick);
  pool.kept[hour] = DROP_MEMORY * (pool.kept[hour] ?? 0);
  pool.dropped[hour] = DROP_MEMORY * (pool.dropped[hour] ?? 0) + 1;
}

/** Probability that a tick at this UTC hour leaves no run. */
export function pooledDropRate(pool: LatenessPool, hour: number): number {
  const kept = pool.kept[hour] ?? 0;
  const dropped = pool.dropped[hour] ?? 0;
  return (dropped + PRIOR_DROP * PRIOR_TICKS) / (kept + dropped + PRIOR_TICKS);
}

function teachDrift(pool: LatenessPool, surprise: number, knownAt: number): void {
  const bucket = Math.floor(knownAt / DRIFT_BUCKET_MS);
  const place = bucket % DRIFT_BUCKETS;
  const held = pool.driftBuckets[place] ?? 0;
  if (held > bucket) return;
  const same = held === bucket;
  pool.driftBuckets[place] = bucket;
  pool.driftSums[place] = (same ? (pool.driftSums[place] ?? 0) : 0) + surprise;
  pool.driftCounts[place] = (same ? (pool.driftCounts[place] ?? 0) : 0) + 1;
}

function clamp(value: number): number {
  return Math.max(-LARGEST_SURPRISE, Math.min(LARGEST_SURPRISE, value));
}

function logMean(minutes: readonly (number | null)[]): number {
  const known = minutes.filter((value) => value !== null).map(Math.log);
  return known.reduce((total, value) => total + value, 0) / known.length;
}

/** Shipped deviations by hour; an hour that was not seen stands on the line between its neighbours. */
function shippedProfile(): readonly number[] {
  const deviation = (hour: number): number | null => {
    const minutes = SHIPPED_MEDIANS[(hour + HOURS_PER_DAY) % HOURS_PER_DAY] ?? null;
    return minutes === null ? null : PRIOR_BELIEF * (Math.log(minutes) - PRIOR_LEVEL);
  };
  return Array.from({ length: HOURS_PER_DAY }, (_, hour) => {
    let before = 0;
    while (deviation(hour - before) === null) before++;
    let after = 0;
    while (deviation(hour + after) === null) after++;
    const left = deviation(hour - before) ?? 0;
    const right = deviation(hour + after) ?? 0;
    return before + after === 0 ? left : left + ((right - left) * before) / (before + after);
  });
}
