import { z } from 'zod';
import { itemAt } from '../checked.ts';
import type { Immutable } from '../immutable.ts';
import { clamp } from '../statistics.ts';
import { DAY_HOURS, DAY_MS, MINUTE_MS } from '../time.ts';
import { Experts, newExperts, updateExperts } from './experts.ts';
import { newView, readSeries, type SeriesReading, View } from './forecaster.ts';
import { LATENESS_INTERVAL, spreadAround, updateInterval } from './interval.ts';
import { drift, hourProfile, type LatenessPool, updatePool, weekPattern } from './lateness-pool.ts';
import { heaviestExpert, type MixSettings, mix, updateMixture } from './mixture.ts';
import { numberIn, numberList, withFaded, zeros } from './number-list.ts';
import { mapQuantiles, normalQuantiles } from './quantile.ts';
import { hourOfDay, weekday } from './slot.ts';
import type { Quantiles } from './types.ts';

/**
 * Lateness of one schedule in log minutes: its level, followed by the experts after the hour and the day of the
 * week have been taken out; and its own effects of both, shrunk to the pool's.
 */
export const LatenessTrack = z.object({
  experts: Experts,
  view: View,
  daySums: numberList(7),
  dayWeights: numberList(7),
  /** The newest value of each day of the week, less the hour's effect. */
  dayLevels: z.array(z.number().nullable()).length(7),
  /** The pool's profile as it was when the schedule was first seen at the hour: it must not move the level. */
  hourBases: z.array(z.number().nullable()).length(DAY_HOURS),
  hourSums: numberList(DAY_HOURS),
  hourWeights: numberList(DAY_HOURS),
});
export type LatenessTrack = Immutable<z.infer<typeof LatenessTrack>>;

/** Log units; lateness below half a minute is the scheduler's granularity. */
const LEAST_MINUTES = 0.5;
const DAY_MEMORY = 0.9;
/** A weekday's own effect counts fully after a few weeks; until then the pool's pattern stands in. */
const DAY_SHRINK = 3;
/** For a tick days ahead the same day of last week says as much as the level of today. */
const FAR_MS = 2 * DAY_MS;
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

/** The mean follows a drifting level better than the median does (2 % on the benchmark's ticks). */
export const LATENESS_MIX: MixSettings = {
  discount: 0.985,
  rate: 0.5,
  meanShare: 1,
  adapts: false,
};

export function newLatenessTrack(): LatenessTrack {
  return {
    experts: newExperts(),
    view: newView(),
    daySums: zeros(7),
    dayWeights: zeros(7),
    dayLevels: new Array<number | null>(7).fill(null),
    hourBases: new Array<number | null>(DAY_HOURS).fill(null),
    hourSums: zeros(DAY_HOURS),
    hourWeights: zeros(DAY_HOURS),
  };
}

/** Log of the minutes, with a floor of half a minute. */
export function logMinutes(minutes: number): number {
  return Math.log(Math.max(LEAST_MINUTES, minutes));
}

/** Nested quantiles (log minutes) of a tick's lateness, as known at `now`; `null` for a schedule never seen. */
export function forecastTick(
  track: LatenessTrack,
  pool: LatenessPool,
  tick: number,
  now: number,
): Quantiles | null {
  const reading = readSeries(track.experts, tick);
  if (reading === null) return null;
  const effect = effectOf(track, pool, tick);
  const level = mixedLevel(track, reading) + drift(pool, now);
  const made = shifted(spreadOf(track, reading, level), effect);
  if (tick - now < FAR_MS) return made;
  const sameDay = itemAt(track.dayLevels, weekday(tick));
  if (sameDay === null) return made;
  return shifted(made, SAME_DAY_SHARE * (sameDay + hourEffect(track, pool, hourOfDay(tick)) - made.q50));
}

/** A tick learned: the track and the pool after it, and what would have been forecast for it at the tick itself. */
export interface TickLesson {
  readonly track: LatenessTrack;
  readonly pool: LatenessPool;
  readonly forecast: Quantiles | null;
}

/** Learns that the tick (epoch ms) was so many minutes late. */
export function learnTick(
  before: LatenessTrack,
  pool: LatenessPool,
  tick: number,
  minutes: number,
): TickLesson {
  const hour = hourOfDay(tick);
  const value = logMinutes(minutes);
  const newAtHour = itemAt(before.hourBases, hour) === null;
  const track = newAtHour ? withHourBase(before, hour, hourProfile(pool, hour)) : before;
  const effect = effectOf(track, pool, tick);
  const adjusted = value - effect;
  const observation = { tick, knownAt: tick + minutes * MINUTE_MS, value, newAtHour };
  const experts = updateExperts(track.experts, adjusted, tick);
  const reading = readSeries(track.experts, tick);
  if (reading === null) {
    return {
      track: withDayLevel({ ...track, experts }, pool, tick, value),
      pool: updatePool(pool, { ...observation, deviation: null, surprise: null }),
      forecast: null,
    };
  }
  const mixed = mixedLevel(track, reading);
  const level = spreadOf(track, reading, mixed + drift(pool, tick));
  const deviation = value - baseOf(track, pool, hour) - numberIn(reading.predictions, FAST_LEVEL);
  const { mixture, interval } = track.view;
  const learned = {
    ...withEffects(track, tick, clamp(deviation, LARGEST_DEVIATION)),
    experts,
    view: {
      mixture: updateMixture(mixture, LATENESS_MIX, reading.predictions, mixed, adjusted),
      interval: updateInterval(interval, LATENESS_INTERVAL, level, adjusted),
    },
  };
  return {
    track: withDayLevel(learned, pool, tick, value),
    pool: updatePool(pool, { ...observation, deviation, surprise: adjusted - mixed }),
    forecast: shifted(level, effect),
  };
}

function mixedLevel(track: LatenessTrack, { predictions, ascending }: SeriesReading): number {
  return mix(track.view.mixture, LATENESS_MIX, predictions, ascending);
}

function spreadOf(track: LatenessTrack, { values }: SeriesReading, level: number): Quantiles {
  return spreadAround(track.view.interval, LATENESS_INTERVAL, level, values);
}

function withHourBase(track: LatenessTrack, hour: number, base: number): LatenessTrack {
  return { ...track, hourBases: track.hourBases.map((each, at) => (at === hour ? base : each)) };
}

function withDayLevel(track: LatenessTrack, pool: LatenessPool, tick: number, value: number): LatenessTrack {
  const level = value - hourEffect(track, pool, hourOfDay(tick));
  const day = weekday(tick);
  return { ...track, dayLevels: track.dayLevels.map((each, at) => (at === day ? level : each)) };
}

/**
 * What is known of the lateness at a UTC hour of the day, in log minutes, for a tick some days ahead: weekday and
 * drift left out and counted into the spread. An hour at which the schedule was never seen stands on its own level
 * plus a part of the pool's difference between the hours, the larger the more schedules show it. What all hours share,
 * the schedule's level and spread, is worked out once.
 */
export function forecastHours(
  track: LatenessTrack | null,
  pool: LatenessPool,
  now: number,
): (hour: number) => Quantiles {
  const reading = track === null ? null : readSeries(track.experts, now);
  if (track === null || reading === null) {
    const spread = pool.count === 0 ? SPREAD_UNSEEN : SPREAD_POOLED;
    return (hour) => normalQuantiles(pool.level + hourProfile(pool, hour), spread);
  }
  const around = spreadOf(track, reading, mixedLevel(track, reading));
  const ofWeekdays = weekdaySpread(track);
  return (hour) => {
    const seenHere = itemAt(track.hourBases, hour) !== null;
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
  const schedules = Math.min(numberIn(pool.hourSchedules, hour), numberIn(pool.hourSchedules, home));
  const belief = (schedules + BELIEF_LEAST) / (schedules + BELIEF_SHRINK);
  return hourEffect(track, pool, home) + belief * (hourProfile(pool, hour) - hourProfile(pool, home));
}

/** The UTC hour at which the schedule was seen most of late. */
function homeHour({ hourBases, hourWeights }: LatenessTrack): number {
  const first = Math.max(
    0,
    hourBases.findIndex((base) => base !== null),
  );
  return hourWeights.reduce(
    (home, weight, hour) => (weight > numberIn(hourWeights, home) ? hour : home),
    first,
  );
}

/** Standard deviation of the weekdays' effects. */
function weekdaySpread({ daySums, dayWeights }: LatenessTrack): number {
  const squares = daySums.reduce((sum, daySum, day) => {
    const effect = daySum / (numberIn(dayWeights, day) + DAY_SHRINK);
    return sum + effect * effect;
  }, 0);
  return Math.sqrt(squares / 7);
}

/** Adds an independent normal doubt: distances from the median grow in quadrature. */
function widened(quantiles: Quantiles, spread: number): Quantiles {
  const { q50 } = quantiles;
  return mapQuantiles(
    quantiles,
    (value, score) => q50 + Math.sign(score) * Math.hypot(value - q50, score * spread),
  );
}

/** Hour, day of the week and the schedule's own deviations from both, in log minutes. */
function effectOf(track: LatenessTrack, pool: LatenessPool, tick: number): number {
  const day = weekday(tick);
  const own = numberIn(track.daySums, day);
  const weight = numberIn(track.dayWeights, day);
  const byDay = (own + DAY_SHRINK * weekPattern(pool, tick)) / (weight + DAY_SHRINK);
  return hourEffect(track, pool, hourOfDay(tick)) + byDay;
}

function hourEffect(track: LatenessTrack, pool: LatenessPool, hour: number): number {
  return baseOf(track, pool, hour) + ownHourEffect(track, hour);
}

function baseOf(track: LatenessTrack, pool: LatenessPool, hour: number): number {
  return itemAt(track.hourBases, hour) ?? hourProfile(pool, hour);
}

/** What its ticks of one UTC hour have shown against all its ticks, shrunk; 0 for a schedule of a single hour. */
function ownHourEffect(track: LatenessTrack, hour: number): number {
  let sum = 0;
  let weight = 0;
  for (let other = 0; other < DAY_HOURS; other++) {
    const seen = numberIn(track.hourWeights, other);
    if (seen === 0) continue;
    sum += (seen * numberIn(track.hourSums, other)) / (seen + HOUR_SHRINK);
    weight += seen;
  }
  if (weight === 0) return 0;
  const here = numberIn(track.hourWeights, hour);
  return here === 0 ? 0 : numberIn(track.hourSums, hour) / (here + HOUR_SHRINK) - sum / weight;
}

function withEffects(track: LatenessTrack, tick: number, deviation: number): LatenessTrack {
  const day = weekday(tick);
  const hour = hourOfDay(tick);
  return {
    ...track,
    daySums: withFaded(track.daySums, day, DAY_MEMORY, deviation),
    dayWeights: withFaded(track.dayWeights, day, DAY_MEMORY, 1),
    hourSums: withFaded(track.hourSums, hour, HOUR_MEMORY, deviation),
    hourWeights: withFaded(track.hourWeights, hour, HOUR_MEMORY, 1),
  };
}

function shifted(quantiles: Quantiles, by: number): Quantiles {
  return mapQuantiles(quantiles, (value) => value + by);
}
