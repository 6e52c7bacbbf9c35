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
import { copyLatenessPool } from './lateness-pool-copy.ts';
import {
  isFinished,
  type LearnedRepository,
  newStream,
  newTrack,
  type Stream,
  schedulesToForget,
  streamName,
  streamsToForget,
} from './learned.ts';
import { applyLearnedChange, type LearnedChange } from './learned-change.ts';
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

/** A run learned, as values: what it showed, what is new in the repository, and the pool with what it taught. */
export interface RunLesson {
  readonly outcome: LearnedRun;
  readonly change: LearnedChange;
  /** The pool after the run; the given one where the run says nothing of lateness. */
  readonly pool: LatenessPool | null;
}

const MS_PER_MINUTE = 60_000;

/**
 * Learns one run and returns what is new; nothing given is changed. A run may be given while it is in progress, to learn
 * its lateness, and again when it has ended; what was learned already changes nothing. Of later attempts nothing is
 * learned. A run that `tellsLateness` needs the pool.
 */
export function learnRun(
  learned: LearnedRepository,
  pool: LatenessPool | null,
  run: Run,
  entries: readonly (ScheduleEntry & { readonly path: string })[],
  options: LearnOptions = {},
): RunLesson {
  const lateness = pool === null || !tellsLateness(run) ? null : learnLateness(learned, pool, run, entries);
  const match = lateness?.match ?? null;
  const known: Run =
    match === null
      ? run
      : { ...run, scheduleKey: match.scheduleKey, tick: match.tick, ambiguous: match.ambiguous };
  const ended = learnOutcome(learned, known, options);
  const { jobs: _, ...rest } = known;
  const { outcome } = ended;
  return {
    outcome: {
      // Nothing is asked of the jobs of a run that has ended.
      run: known.endedAt === null ? known : rest,
      predicted: outcome?.predicted ?? null,
      actualSeconds: outcome?.seconds ?? null,
      relativeError: outcome?.evaluated?.relativeError ?? null,
      insideInterval: outcome?.evaluated?.insideInterval ?? null,
      patternChanged: outcome?.patternChanged ?? false,
      latenessMinutes: lateness?.minutes ?? null,
      missedTicks: match?.missed.length ?? 0,
      shadows: outcome?.shadows ?? {},
    },
    change: { ...lateness?.change, ...ended.change },
    pool: lateness?.pool ?? pool,
  };
}

/** What a sequence of runs has taught so far. */
export interface Learning {
  readonly learned: LearnedRepository;
  readonly pool: LatenessPool;
}

/** What is known after one more run of a sequence. */
export function learnNext(
  { learned, pool }: Learning,
  run: Run,
  entries: readonly (ScheduleEntry & { readonly path: string })[],
  options: LearnOptions = {},
): Learning & { readonly outcome: LearnedRun } {
  const lesson = learnRun(learned, pool, run, entries, options);
  return {
    outcome: lesson.outcome,
    learned: applyLearnedChange(learned, lesson.change),
    pool: lesson.pool ?? pool,
  };
}

/** True for the first attempt of a scheduled run: the others have no tick. */
export function tellsLateness({ event, attempt }: Run): boolean {
  return event === 'schedule' && attempt === 1;
}

interface LatenessLesson {
  readonly match: Match | null;
  /** `null` where no tick explains the run, or more than one does. */
  readonly minutes: number | null;
  readonly change: Pick<LearnedChange, 'matches' | 'schedules'>;
  readonly pool: LatenessPool;
}

function learnLateness(
  learned: LearnedRepository,
  pool: LatenessPool,
  run: Run,
  entries: readonly (ScheduleEntry & { readonly path: string })[],
): LatenessLesson {
  const own = entries.filter((entry) => entry.path === run.path);
  const before = learned.matches[run.path];
  const state = before === undefined ? emptyMatchState() : structuredClone(before);
  const match = matchRun(own, run, state, expectedLateness(learned, pool));
  const matches = { changed: { [run.path]: state } };
  if (match === null) return { match, minutes: null, change: { matches }, pool };
  const minutes = match.ambiguous ? null : (run.createdAt - match.tick) / MS_PER_MINUTE;
  if (match.repeated) return { match, minutes, change: {}, pool };
  const after = copyLatenessPool(pool);
  const known = learned.schedules[match.scheduleKey];
  const track = known === undefined ? newTrack(run.path) : structuredClone(known);
  track.runs += 1;
  track.lastAt = Math.max(track.lastAt, run.createdAt);
  track.missed += match.missed.length;
  if (match.recovered) track.missed = Math.max(0, track.missed - 1);
  for (const missed of match.missed) if (missed.kind === 'dropped') teachPoolMissed(after, missed.tick);
  if (minutes !== null) teachTick(track.lateness, after, match.tick, minutes);
  const schedules = {
    changed: { [match.scheduleKey]: track },
    ...(known === undefined ? { removed: [...schedulesToForget(learned.schedules)] } : {}),
  };
  return { match, minutes, change: { matches, schedules }, pool: after };
}

interface EvaluatedDuration {
  readonly predicted: DurationForecast | null;
  readonly evaluated: JudgedForecast | null;
  readonly patternChanged: boolean;
  readonly shadows: Readonly<Record<string, JudgedForecast>>;
}

interface Outcome extends EvaluatedDuration {
  readonly seconds: number | null;
}

interface OutcomeLesson {
  readonly outcome: Outcome | null;
  readonly change: Pick<LearnedChange, 'background' | 'streams' | 'finished'>;
}

const NOT_EVALUATED: EvaluatedDuration = {
  predicted: null,
  evaluated: null,
  patternChanged: false,
  shadows: {},
};

function learnOutcome(
  learned: LearnedRepository,
  run: Run,
  { shadows = [], own = DEFAULT_MIX, width = 1 }: LearnOptions,
): OutcomeLesson {
  if (run.attempt !== 1 || run.endedAt === null || run.conclusion === null || isFinished(learned, run.id)) {
    return { outcome: null, change: {} };
  }
  const change: { -readonly [Name in keyof OutcomeLesson['change']]: OutcomeLesson['change'][Name] } = {
    finished: [run.id],
  };
  if (run.event !== 'schedule') {
    const { startedAt, endedAt, jobs = [] } = run;
    change.background = structuredClone(learned.background);
    teachBackground(change.background, { startedAt, endedAt }, jobs, width);
  }
  const success = succeeded(run.conclusion);
  if (success === null) return { outcome: null, change };
  const name = streamName(run.path, run.event);
  const before = learned.streams[name];
  const stream = before === undefined ? newStream(learned.priors) : structuredClone(before);
  stream.lastAt = Math.max(stream.lastAt, run.startedAt);
  teachSuccess(stream.success, success, run.startedAt);
  change.streams = {
    changed: { [name]: stream },
    ...(before === undefined ? { removed: [...streamsToForget(learned.streams)] } : {}),
  };
  const seconds = taughtSeconds(run);
  if (seconds === null) return { outcome: { seconds, ...NOT_EVALUATED }, change };
  return {
    outcome: { seconds, ...learnDuration(stream, seconds, run.startedAt, shadows, own) },
    change,
  };
}

function learnDuration(
  stream: Stream,
  seconds: number,
  at: number,
  shadows: readonly ShadowStrategy[],
  own: MixSettings,
): EvaluatedDuration {
  const { duration } = stream;
  const value = Math.log(seconds);
  const judgedShadows: Record<string, JudgedForecast> = {};
  const views: Record<string, View> = {};
  for (const { name, settings } of shadows) {
    // A strategy that is new here begins with what the default one knows of the series.
    const view = stream.shadows[name] ?? structuredClone(duration.view);
    const shadow = evaluate(teachView(duration.experts, view, settings, value, at), seconds);
    if (shadow !== null) judgedShadows[name] = shadow;
    views[name] = view;
  }
  // A strategy that was not asked this time has left the population; its view goes with it.
  if (shadows.length > 0) stream.shadows = views;
  const predicted = forecastDuration(stream, duration.view, own, at);
  const { staleAt } = duration.view.mixture;
  const evaluated = evaluate(teachView(duration.experts, duration.view, own, value, at), seconds);
  const patternChanged = becameStale(duration.view.mixture, staleAt);
  teachExperts(duration.experts, value, at);
  return { predicted, evaluated, patternChanged, shadows: judgedShadows };
}

/** `forecast` in log seconds. */
function evaluate(forecast: Quantiles | null, seconds: number): JudgedForecast | null {
  if (forecast === null) return null;
  const predictedSeconds = Math.exp(forecast.q50);
  return {
    predictedSeconds,
    relativeError: Math.abs(predictedSeconds - seconds) / seconds,
    insideInterval: seconds >= Math.exp(forecast.q05) && seconds <= Math.exp(forecast.q95),
  };
}
