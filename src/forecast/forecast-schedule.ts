import { DAY_HOURS } from '../time.ts';
import { expectedBackground } from './background.ts';
import { forecastDuration, forecastWeek, guessDuration } from './duration.ts';
import type { View } from './forecaster.ts';
import { forecastHours } from './lateness.ts';
import { type LatenessPool, pooledDropRate } from './lateness-pool.ts';
import type { ShadowStrategy } from './learn.ts';
import { type LearnedRepository, type ScheduleTrack, type Stream, streamsOf } from './learned.ts';
import { DEFAULT_MIX } from './mixture.ts';
import { numberIn } from './number-list.ts';
import { mapQuantiles } from './quantile.ts';
import { newSuccess, type Success, successAt, successLater, successWhy } from './success.ts';
import type {
  DurationForecast,
  LatenessForecast,
  Quantiles,
  ScheduleForecast,
  SuccessForecast,
} from './types.ts';

/** Below so many scheduled runs, the runs of other events tell the duration better. */
const SCHEDULED_RUNS_NEEDED = 3;
/** The pool's drop rate weighs as much as so many ticks of the schedule itself. */
const POOLED_DROP_TICKS = 20;
/** What another schedule of the repository shows at an hour: the largest share it may have, and its half way. */
const NEIGHBOUR_SHARE = 0.7;
const NEIGHBOUR_HALF_WAY = 10;

const HOURS = Array.from({ length: DAY_HOURS }, (_, hour) => hour);

/** The default strategy as it was tuned. */
const AS_TUNED: ShadowStrategy = { name: '', settings: DEFAULT_MIX };

/** A schedule entry that is asked about. */
export interface AskedSchedule {
  readonly key: string;
  readonly path: string;
  readonly timezone: string;
}

/** What is asked of a whole repository: the same for all of its schedules. */
export interface ScheduleForecaster {
  readonly learned: LearnedRepository;
  readonly pool: LatenessPool;
  /** Epoch ms. */
  readonly now: number;
  readonly strategy: ShadowStrategy;
  /** What all schedules have seen at a UTC hour. */
  readonly seenAt: (hour: number) => SeenHour;
}

/** Ticks seen at an hour, and the sum of their schedules' median lateness then, in log minutes. */
interface SeenHour {
  readonly ticks: number;
  readonly latenessSum: number;
}

/** Duration, lateness and success of one schedule, by UTC hour of the tick. `now` is epoch milliseconds. */
export function forecastSchedule(
  learned: LearnedRepository,
  pool: LatenessPool,
  schedule: AskedSchedule,
  now: number,
): ScheduleForecast {
  return forecastOf(scheduleForecaster(learned, pool, now), schedule);
}

/**
 * Readies forecasts for all schedules of a repository: each schedule's lateness by hour is worked out once, however
 * many others learn from it. Durations are told as `strategy` sees them; one that has no view of its own sees what the
 * default one does. Good until a run is learned.
 */
export function scheduleForecaster(
  learned: LearnedRepository,
  pool: LatenessPool,
  now: number,
  strategy: ShadowStrategy = AS_TUNED,
): ScheduleForecaster {
  const forecasts = new Map<ScheduleTrack, (hour: number) => Quantiles>();
  // Who asks for one hour alone does not wait for all that was seen at others.
  const medianAt = (track: ScheduleTrack, hour: number): number => {
    const ask = forecasts.get(track) ?? forecastHours(track.lateness, pool, now);
    forecasts.set(track, ask);
    return ask(hour).q50;
  };
  const known = new Array<SeenHour | undefined>(DAY_HOURS);
  const seenAt = (hour: number): SeenHour => {
    known[hour] ??= seenBy(learned, medianAt, hour);
    return known[hour];
  };
  return { learned, pool, now, strategy, seenAt };
}

function seenBy(
  { schedules }: LearnedRepository,
  medianAt: (track: ScheduleTrack, hour: number) => number,
  hour: number,
): SeenHour {
  let [ticks, latenessSum] = [0, 0];
  for (const key in schedules) {
    const track = schedules[key];
    const weight = track === undefined ? 0 : numberIn(track.lateness.hourWeights, hour);
    if (track === undefined || weight === 0) continue;
    latenessSum += weight * medianAt(track, hour);
    ticks += weight;
  }
  return { ticks, latenessSum };
}

/** Lateness of one schedule of the repository, were its tick in that UTC hour. */
export function latenessOf(
  { learned, pool, now, seenAt }: ScheduleForecaster,
  { key }: AskedSchedule,
  hour: number,
): LatenessForecast {
  const track = learned.schedules[key] ?? null;
  return latenessAt(track, seenAt, pool, hour, forecastHours(track?.lateness ?? null, pool, now)(hour));
}

/** Duration, lateness and success of one schedule of the repository, by UTC hour of the tick. */
export function forecastOf(forecaster: ScheduleForecaster, schedule: AskedSchedule): ScheduleForecast {
  const { learned, pool, now, strategy, seenAt } = forecaster;
  const track = learned.schedules[schedule.key] ?? null;
  const ownAt = forecastHours(track?.lateness ?? null, pool, now);
  return {
    duration: durationOf(
      learned,
      schedule.path,
      (stream, view) => forecastWeek(stream, view, strategy.settings, now),
      strategy.name,
    ),
    lateness: HOURS.map((hour) => latenessAt(track, seenAt, pool, hour, ownAt(hour))),
    success: successOf(learned, schedule.path),
  };
}

/** Expected jobs in progress that no schedule starts, per five minutes of the UTC week from Monday: 2016 values. */
export function backgroundLoad(learned: LearnedRepository): number[] {
  return expectedBackground(learned.background);
}

/** Whether a run of a workflow file that succeeded or failed was learned: a cancelled or skipped one is no such run. */
export function hasOutcome(learned: LearnedRepository, path: string): boolean {
  const { scheduled, others } = streamsOf(learned, path);
  return (scheduled ?? others) !== undefined;
}

/** Whether a run of a workflow file had a duration to learn from. */
export function hasDuration(learned: LearnedRepository, path: string): boolean {
  const { scheduled, others } = streamsOf(learned, path);
  return [scheduled, others].some((stream) => (stream?.duration.experts.count ?? 0) > 0);
}

/** Scheduled runs learned for one schedule entry. */
export function runsSeen(learned: LearnedRepository, key: string): number {
  return learned.schedules[key]?.runs ?? 0;
}

/** What is expected of the run of one tick, its lateness apart. */
export interface WorkForecast {
  readonly duration: DurationForecast;
  readonly success: SuccessForecast;
  /** What stands behind the success and how much, for people. */
  readonly successWhy: string;
}

/** Duration and success of a workflow file's run whose tick is at `tick` (epoch ms). */
export function forecastWork(learned: LearnedRepository, path: string, tick: number): WorkForecast {
  const success = learnedSuccess(learned, path);
  return {
    duration: durationOf(learned, path, (stream, view) => forecastDuration(stream, view, DEFAULT_MIX, tick)),
    success: { probability: successAt(success, tick), observations: success.count },
    successWhy: successWhy(success),
  };
}

function durationOf(
  learned: LearnedRepository,
  path: string,
  forecast: (stream: Stream, view: View) => DurationForecast | null,
  name: string = AS_TUNED.name,
): DurationForecast {
  const { scheduled, others } = streamsOf(learned, path);
  const enough = (scheduled?.duration.experts.count ?? 0) >= SCHEDULED_RUNS_NEEDED;
  const order = enough ? [scheduled] : [others, scheduled];
  for (const stream of order) {
    if (stream === undefined) continue;
    const made = forecast(stream, stream.shadows[name] ?? stream.duration.view);
    if (made !== null) return made;
  }
  return guessDuration(learned, path);
}

function learnedSuccess(learned: LearnedRepository, path: string): Success {
  const { scheduled, others } = streamsOf(learned, path);
  return (scheduled ?? others)?.success ?? newSuccess();
}

function successOf(learned: LearnedRepository, path: string): readonly SuccessForecast[] {
  const success = learnedSuccess(learned, path);
  return HOURS.map((hour) => ({
    probability: successLater(success, hour),
    observations: success.count,
  }));
}

function latenessAt(
  track: ScheduleTrack | null,
  seenAt: ScheduleForecaster['seenAt'],
  pool: LatenessPool,
  hour: number,
  own: Quantiles,
): LatenessForecast {
  const seenHere = track === null ? 0 : numberIn(track.lateness.hourWeights, hour);
  const { shift, observations } =
    seenHere > 0 ? { shift: 0, observations: seenHere } : fromNeighbours(seenAt(hour), own);
  const dropped = track?.missed ?? 0;
  const ticks = dropped + (track?.runs ?? 0);
  return {
    minutes: mapQuantiles(own, (log) => Math.exp(log + shift)),
    dropProbability: (dropped + POOLED_DROP_TICKS * pooledDropRate(pool, hour)) / (ticks + POOLED_DROP_TICKS),
    observations: Math.round(observations > 0 ? observations : numberIn(pool.hourWeights, hour)),
  };
}

/** How the repository's schedules that were seen at an hour move the forecast of one that was not, in log minutes. */
function fromNeighbours(
  { ticks, latenessSum }: SeenHour,
  own: Quantiles,
): { readonly shift: number; readonly observations: number } {
  if (ticks === 0) return { shift: 0, observations: 0 };
  const share = (NEIGHBOUR_SHARE * ticks) / (ticks + NEIGHBOUR_HALF_WAY);
  return { shift: share * (latenessSum / ticks - own.q50), observations: ticks };
}
