import { type Match, matchRun } from '../history/match.ts';
import { emptyMatchState, type ScheduleEntry } from '../history/match-state.ts';
import { type Run, succeeded, taughtSeconds } from '../history/run.ts';
import { teachBackground } from './background.ts';
import { forecastDuration } from './duration.ts';
import { expectedLateness } from './expected-lateness.ts';
import { teachExperts } from './experts.ts';
import { teachView, type View } from './forecaster.ts';
import { teachTick } from './lateness.ts';
import { type LatenessPool, teachPoolMissed } from './lateness-pool.ts';
import {
  isNewlyFinished,
  type LearnedRepository,
  type ScheduleTrack,
  type Stream,
  streamName,
  streamOf,
  trackOf,
} from './learned.ts';
import { becameStale, DEFAULT_MIX, type MixSettings } from './mixture.ts';
import { teachSuccess } from './success.ts';
import type { DurationForecast, Quantiles } from './types.ts';

/** A strategy that forecasts each run beside the default one. */
export interface ShadowStrategy {
  readonly name: string;
  readonly settings: MixSettings;
}

/** How one forecast fared against the run. */
export interface JudgedForecast {
  readonly predictedSeconds: number;
  /** |predicted − actual| / actual. */
  readonly relativeError: number;
  readonly insideInterval: boolean;
}

/** What learning one run brought to light. */
export interface LearnedRun {
  /** The run with `scheduleKey`, `tick` and `ambiguous` filled; without its jobs where it has ended. */
  readonly run: Run;
  /** The duration forecast as it stood before this run was learned. */
  readonly predicted: DurationForecast | null;
  readonly actualSeconds: number | null;
  /** |predicted − actual| / actual. */
  readonly relativeError: number | null;
  readonly insideInterval: boolean | null;
  /** True where the run showed the weights of the series' experts to be stale, and failing ones lost their head start. */
  readonly patternChanged: boolean;
  /** `null` where no tick explains the run, or more than one does. */
  readonly latenessMinutes: number | null;
  /** Ticks of the same schedule since its run before that left no run. */
  readonly missedTicks: number;
  /** The same for each shadow strategy, by name; empty where nothing was learned. */
  readonly shadows: Readonly<Record<string, JudgedForecast>>;
}

/** How a run is learned, where otherwise than by the default strategy alone. */
export interface LearnOptions {
  readonly shadows?: readonly ShadowStrategy[];
  /** The mixture of the default strategy. */
  readonly own?: MixSettings;
  /** Jobs side by side where none were seen: by the job graph, else 1. */
  readonly width?: number;
}

const MS_PER_MINUTE = 60_000;

/**
 * Learns one run: mutates both states in place. A run may be given while it is in progress, to learn its lateness,
 * and again when it has ended; what was learned already changes nothing. Later attempts teach nothing. A run that
 * `tellsLateness` needs the pool.
 */
export function learnRun(
  learned: LearnedRepository,
  pool: LatenessPool | null,
  run: Run,
  entries: readonly (ScheduleEntry & { readonly path: string })[],
  options: LearnOptions = {},
): LearnedRun {
  const match = pool === null ? null : matchTick(learned, pool, run, entries);
  const lateness = match === null || match.ambiguous ? null : (run.createdAt - match.tick) / MS_PER_MINUTE;
  if (pool !== null && match !== null && !match.repeated) learnTick(learned, pool, run, match, lateness);
  const known: Run =
    match === null
      ? run
      : { ...run, scheduleKey: match.scheduleKey, tick: match.tick, ambiguous: match.ambiguous };
  const outcome = learnOutcome(learned, known, options);
  const { jobs: _, ...rest } = known;
  return {
    // Of a run that has ended nothing is asked of its jobs any more.
    run: known.endedAt === null ? known : rest,
    predicted: outcome?.predicted ?? null,
    actualSeconds: outcome?.seconds ?? null,
    relativeError: outcome?.judged?.relativeError ?? null,
    insideInterval: outcome?.judged?.insideInterval ?? null,
    patternChanged: outcome?.patternChanged ?? false,
    latenessMinutes: lateness,
    missedTicks: match?.missed.length ?? 0,
    shadows: outcome?.shadows ?? {},
  };
}

/** True for the first attempt of a scheduled run: the others have no tick. */
export function tellsLateness({ event, attempt }: Run): boolean {
  return event === 'schedule' && attempt === 1;
}

function matchTick(
  learned: LearnedRepository,
  pool: LatenessPool,
  run: Run,
  entries: readonly (ScheduleEntry & { readonly path: string })[],
): Match | null {
  if (!tellsLateness(run)) return null;
  const state = learned.matches[run.path] ?? emptyMatchState();
  learned.matches[run.path] = state;
  const own = entries.filter((entry) => entry.path === run.path);
  return matchRun(own, run, state, expectedLateness(learned, pool));
}

function learnTick(
  learned: LearnedRepository,
  pool: LatenessPool,
  run: Run,
  match: Match,
  lateness: number | null,
): void {
  const track: ScheduleTrack = trackOf(learned, match.scheduleKey, run.path);
  track.runs += 1;
  track.lastAt = Math.max(track.lastAt, run.createdAt);
  track.missed += match.missed.length;
  if (match.recovered) track.missed = Math.max(0, track.missed - 1);
  for (const missed of match.missed) if (missed.kind === 'dropped') teachPoolMissed(pool, missed.tick);
  if (lateness !== null) teachTick(track.lateness, pool, match.tick, lateness);
}

interface JudgedDuration {
  readonly predicted: DurationForecast | null;
  readonly judged: JudgedForecast | null;
  readonly patternChanged: boolean;
  readonly shadows: Readonly<Record<string, JudgedForecast>>;
}

interface Outcome extends JudgedDuration {
  readonly seconds: number | null;
}

const NOT_JUDGED: JudgedDuration = { predicted: null, judged: null, patternChanged: false, shadows: {} };

function learnOutcome(
  learned: LearnedRepository,
  run: Run,
  { shadows = [], own = DEFAULT_MIX, width = 1 }: LearnOptions,
): Outcome | null {
  if (run.attempt !== 1 || run.endedAt === null || run.conclusion === null) return null;
  if (!isNewlyFinished(learned, run.id)) return null;
  if (run.event !== 'schedule') {
    const { startedAt, endedAt, jobs = [] } = run;
    teachBackground(learned.background, { startedAt, endedAt }, jobs, width);
  }
  const success = succeeded(run.conclusion);
  if (success === null) return null;
  const stream = streamOf(learned, streamName(run.path, run.event));
  stream.lastAt = Math.max(stream.lastAt, run.startedAt);
  teachSuccess(stream.success, success, run.startedAt);
  const seconds = taughtSeconds(run);
  if (seconds === null) return { seconds, ...NOT_JUDGED };
  return { seconds, ...learnDuration(stream, seconds, run.startedAt, shadows, own) };
}

function learnDuration(
  stream: Stream,
  seconds: number,
  at: number,
  shadows: readonly ShadowStrategy[],
  own: MixSettings,
): JudgedDuration {
  const { duration } = stream;
  const value = Math.log(seconds);
  const judgedShadows: Record<string, JudgedForecast> = {};
  const views: Record<string, View> = {};
  for (const { name, settings } of shadows) {
    // A strategy that is new here begins with what the default one knows of the series.
    const view = stream.shadows[name] ?? structuredClone(duration.view);
    const shadow = judge(teachView(duration.experts, view, settings, value, at), seconds);
    if (shadow !== null) judgedShadows[name] = shadow;
    views[name] = view;
  }
  // A strategy that was not asked this time has left the population; its view goes with it.
  if (shadows.length > 0) stream.shadows = views;
  const predicted = forecastDuration(stream, duration.view, own, at);
  const { staleAt } = duration.view.mixture;
  const judged = judge(teachView(duration.experts, duration.view, own, value, at), seconds);
  const patternChanged = becameStale(duration.view.mixture, staleAt);
  teachExperts(duration.experts, value, at);
  return { predicted, judged, patternChanged, shadows: judgedShadows };
}

/** `forecast` in log seconds. */
function judge(forecast: Quantiles | null, seconds: number): JudgedForecast | null {
  if (forecast === null) return null;
  const predictedSeconds = Math.exp(forecast.q50);
  return {
    predictedSeconds,
    relativeError: Math.abs(predictedSeconds - seconds) / seconds,
    insideInterval: seconds >= Math.exp(forecast.q05) && seconds <= Math.exp(forecast.q95),
  };
}
