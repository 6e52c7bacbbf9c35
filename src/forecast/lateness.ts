import { z } from 'zod';
import { consultExperts, Experts, newExperts, teachExperts } from './experts.ts';
import { newView, View } from './forecaster.ts';
import { LATENESS_INTERVAL, spreadAround, teachInterval } from './interval.ts';
import { drift, hourProfile, type LatenessPool, teachPool, weekPattern } from './lateness-pool.ts';
import { heaviestExpert, type MixSettings, mix, settle } from './mixture.ts';
import { HOURS_PER_DAY, hourOfDay, weekday } from './slot.ts';
import type { Quantiles } from './types.ts';

/**
 * Lateness of one schedule in log minutes: its level, followed by the experts after the hour and the day of the
 * week have been taken out; and its own effects of both, shrunk to the pool's. Mutated in place.
 */
export const LatenessTrack = z.object({
  experts: Experts,
  view: View,
  daySums: z.array(z.number()).length(7),
  dayWeights: z.array(z.number()).length(7),
  /** The newest value of each day of the week, less the hour's effect. */
  dayLevels: z.array(z.number().nullable()).length(7),
  /** The pool's profile as it was when the schedule was first seen at the hour: it must not move the level. */
  hourBases: z.array(z.number().nullable()).length(HOURS_PER_DAY),
  hourSums: z.array(z.number()).length(HOURS_PER_DAY),
  hourWeights: z.array(z.number()).length(HOURS_PER_DAY),
});
export type LatenessTrack = z.infer<typeof LatenessTrack>;

/** Log units; lateness below half a minute is the scheduler's granularity. */
const LEAST_MINUTES = 0.5;
const DAY_MEMORY = 0.9;
/** A weekday's own effect counts fully after a few weeks; until then the pool's pattern stands in. */
const DAY_SHRINK = 3;
/** For a tick days ahead the same day of last week says as much as the level of today. */
const FAR_MS = 2 * 86_400_000;
const SAME_DAY_SHARE = 0.5;
const HOUR_MEMORY = 0.95;
const HOUR_SHRINK = 3;
const LARGEST_DEVIATION = 0.5;
/** Index of "loose smoothing, fast" among the experts: the level from which effects are deviations. */
const FAST_LEVEL = 9;

/** Standard deviations in log minutes: of a lateness of which nothing, or only the pool, is known. */
const SPREAD_UNSEEN = 0.8;
const SPREAD_POOLED = 0.6;
/** How much schedules of one hour differ in what the hour does to them. */
const SPREAD_OF_HOURS = 0.35;
/** Part of the difference between two hours that is believed: a quarter at first, more with each schedule seen. */
const BELIEF_LEAST = 1;
const BELIEF_SHRINK = 4;
/** Standard normal quantiles at 95 and 75 %. */
const Z95 = 1.645;
const Z75 = 0.674;

/** The mean follows a drifting level better than the median does (2 % on the benchmark's ticks). */
export const LATENESS_MIX: MixSettings = {
  discount: 0.985,
  rate: 0.5,
  share: 0.01,
  meanShare: 1,
  adapts: false,
};

export function newLatenessTrack(): LatenessTrack {
  return {
    experts: newExperts(),
    view: newView(),
    daySums: new Array<number>(7).fill(0),
    dayWeights: new Array<number>(7).fill(0),
    dayLevels: new Array<number | null>(7).fill(null),
    hourBases: new Array<number | null>(HOURS_PER_DAY).fill(null),
    hourSums: new Array<number>(HOURS_PER_DAY).fill(0),
    hourWeights: new Array<number>(HOURS_PER_DAY).fill(0),
  };
}

/** Log of the minutes, with a floor of half a minute. */
export function logMinutes(minutes: number): number {
  return Math.log(Math.max(LEAST_MINUTES, minutes));
}

/**
 * Nested quantiles (log minutes) of the lateness of a tick (epoch ms), as known at `now`; `null` where this
 * schedule was never seen.
 */
export function forecastTick(
  track: LatenessTrack,
  pool: LatenessPool,
  tick: number,
  now: number,
): Quantiles | null {
  if (track.experts.count === 0) return null;
  const effect = effectOf(track, pool, tick);
  const predictions = consultExperts(track.experts, tick);
  const level = mix(track.view.mixture, LATENESS_MIX, predictions) + drift(pool, now);
  const around = spreadAround(track.view.interval, LATENESS_INTERVAL, level, track.experts.recent);
  const made = shifted(around, effect);
  if (tick - now < FAR_MS) return made;
  const sameDay = track.dayLevels[weekday(tick)] ?? null;
  if (sameDay === null) return made;
  return shifted(made, SAME_DAY_SHARE * (sameDay + hourEffect(track, pool, hourOfDay(tick)) - made.q50));
}

/**
 * Learns that the tick (epoch ms) was so many minutes late, in track and pool; returns what would have been
 * forecast for it at the tick itself.
 */
export function teachTick(
  track: LatenessTrack,
  pool: LatenessPool,
  tick: number,
  minutes: number,
): Quantiles | null {
  const { experts, view } = track;
  const hour = hourOfDay(tick);
  const value = logMinutes(minutes);
  const newAtHour = track.hourBases[hour] === null;
  if (newAtHour) track.hourBases[hour] = hourProfile(pool, hour);
  const effect = effectOf(track, pool, tick);
  const adjusted = value - effect;
  let forecast: Quantiles | null = null;
  let deviation: number | null = null;
  if (experts.count > 0) {
    const predictions = consultExperts(experts, tick);
    const mixed = mix(view.mixture, LATENESS_MIX, predictions);
    const level = spreadAround(view.interval, LATENESS_INTERVAL, mixed + drift(pool, tick), experts.recent);
    forecast = shifted(level, effect);
    deviation = value - baseOf(track, pool, hour) - (predictions[FAST_LEVEL] ?? 0);
    settle(view.mixture, LATENESS_MIX, predictions, mixed, adjusted);
    teachInterval(view.interval, LATENESS_INTERVAL, level, adjusted);
    teachEffects(track, tick, Math.max(-LARGEST_DEVIATION, Math.min(LARGEST_DEVIATION, deviation)));
    teachPool(pool, {
      tick,
      knownAt: tick + minutes * 60_000,
      value,
      newAtHour,
      deviation,
      surprise: adjusted - mixed,
    });
  } else {
    teachPool(pool, {
      tick,
      knownAt: tick + minutes * 60_000,
      value,
      newAtHour,
      deviation,
      surprise: null,
    });
  }
  teachExperts(experts, adjusted, tick);
  track.dayLevels[weekday(tick)] = value - hourEffect(track, pool, hour);
  return forecast;
}

/**
 * What is known of the lateness at a UTC hour of the day, in log minutes, for a tick some days ahead: weekday and
 * drift left out and counted into the spread. An hour at which the schedule was never seen stands on its own level
 * plus a part of the pool's difference between the hours, the larger the more schedules show it.
 */
export function forecastHour(
  track: LatenessTrack | null,
  pool: LatenessPool,
  hour: number,
  now: number,
): Quantiles {
  return forecastHours(track, pool, now)(hour);
}

/** The same for any hour: what all hours share, the schedule's level and spread, is worked out once. */
export function forecastHours(
  track: LatenessTrack | null,
  pool: LatenessPool,
  now: number,
): (hour: number) => Quantiles {
  if (track === null || track.experts.count === 0) {
    const spread = pool.count === 0 ? SPREAD_UNSEEN : SPREAD_POOLED;
    return (hour) => normal(pool.level + hourProfile(pool, hour), spread);
  }
  const predictions = consultExperts(track.experts, now);
  const level = mix(track.view.mixture, LATENESS_MIX, predictions);
  const around = spreadAround(track.view.interval, LATENESS_INTERVAL, level, track.experts.recent);
  const ofWeekdays = weekdaySpread(track);
  return (hour) => {
    const seenHere = track.hourBases[hour] !== null;
    const effect = seenHere ? hourEffect(track, pool, hour) : elsewhere(track, pool, hour);
    const doubt = seenHere ? ofWeekdays : Math.hypot(ofWeekdays, SPREAD_OF_HOURS);
    return widened(shifted(around, effect), doubt);
  };
}

/** Name of the expert that weighs most in the level, for people. */
export function latenessExpert(track: LatenessTrack): string {
  return heaviestExpert(track.view.mixture, LATENESS_MIX);
}

/** Effect of an hour at which the schedule was never seen. */
function elsewhere(track: LatenessTrack, pool: LatenessPool, hour: number): number {
  const home = homeHour(track);
  const schedules = Math.min(pool.hourSchedules[hour] ?? 0, pool.hourSchedules[home] ?? 0);
  const belief = (schedules + BELIEF_LEAST) / (schedules + BELIEF_SHRINK);
  return hourEffect(track, pool, home) + belief * (hourProfile(pool, hour) - hourProfile(pool, home));
}

/** The UTC hour at which the schedule was seen most of late. */
function homeHour(track: LatenessTrack): number {
  let home = track.hourBases.findIndex((base) => base !== null);
  for (let hour = 0; hour < HOURS_PER_DAY; hour++) {
    if ((track.hourWeights[hour] ?? 0) > (track.hourWeights[home] ?? 0)) home = hour;
  }
  return Math.max(0, home);
}

/** Standard deviation of the weekdays' effects. */
function weekdaySpread(track: LatenessTrack): number {
  let squares = 0;
  for (let day = 0; day < 7; day++) {
    const effect = (track.daySums[day] ?? 0) / ((track.dayWeights[day] ?? 0) + DAY_SHRINK);
    squares += effect * effect;
  }
  return Math.sqrt(squares / 7);
}

function normal(centre: number, spread: number): Quantiles {
  return widened({ q05: centre, q25: centre, q50: centre, q75: centre, q95: centre }, spread);
}

/** Adds an independent normal doubt: distances from the median grow in quadrature. */
function widened(quantiles: Quantiles, spread: number): Quantiles {
  const { q50 } = quantiles;
  const out = (value: number, z: number): number => Math.hypot(value - q50, z * spread);
  return {
    q05: q50 - out(quantiles.q05, Z95),
    q25: q50 - out(quantiles.q25, Z75),
    q50,
    q75: q50 + out(quantiles.q75, Z75),
    q95: q50 + out(quantiles.q95, Z95),
  };
}

/** Hour, day of the week and the schedule's own deviations from both, in log minutes. */
function effectOf(track: LatenessTrack, pool: LatenessPool, tick: number): number {
  const day = weekday(tick);
  const own = track.daySums[day] ?? 0;
  const weight = track.dayWeights[day] ?? 0;
  const byDay = (own + DAY_SHRINK * weekPattern(pool, tick)) / (weight + DAY_SHRINK);
  return hourEffect(track, pool, hourOfDay(tick)) + byDay;
}

function hourEffect(track: LatenessTrack, pool: LatenessPool, hour: number): number {
  return baseOf(track, pool, hour) + ownHourEffect(track, hour);
}

function baseOf(track: LatenessTrack, pool: LatenessPool, hour: number): number {
  return track.hourBases[hour] ?? hourProfile(pool, hour);
}

/**
 * What this schedule's ticks of one UTC hour have shown against its ticks of all hours, shrunk to nothing; 0 for
 * a schedule of a single hour, whose level holds it already.
 */
function ownHourEffect(track: LatenessTrack, hour: number): number {
  let sum = 0;
  let weight = 0;
  for (let other = 0; other < HOURS_PER_DAY; other++) {
    const seen = track.hourWeights[other] ?? 0;
    if (seen === 0) continue;
    sum += (seen * (track.hourSums[other] ?? 0)) / (seen + HOUR_SHRINK);
    weight += seen;
  }
  if (weight === 0) return 0;
  const here = track.hourWeights[hour] ?? 0;
  return here === 0 ? 0 : (track.hourSums[hour] ?? 0) / (here + HOUR_SHRINK) - sum / weight;
}

function teachEffects(track: LatenessTrack, tick: number, deviation: number): void {
  const day = weekday(tick);
  track.daySums[day] = DAY_MEMORY * (track.daySums[day] ?? 0) + deviation;
  track.dayWeights[day] = DAY_MEMORY * (track.dayWeights[day] ?? 0) + 1;
  const hour = hourOfDay(tick);
  track.hourSums[hour] = HOUR_MEMORY * (track.hourSums[hour] ?? 0) + deviation;
  track.hourWeights[hour] = HOUR_MEMORY * (track.hourWeights[hour] ?? 0) + 1;
}

function shifted(quantiles: Quantiles, by: number): Quantiles {
  return {
    q05: quantiles.q05 + by,
    q25: quantiles.q25 + by,
    q50: quantiles.q50 + by,
    q75: quantiles.q75 + by,
    q95: quantiles.q95 + by,
  };
}
