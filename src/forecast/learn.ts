import type { PlacedEntry } from '../history/identity.ts';
import { type Match, matchRun, type Unwatched } from '../history/match.ts';
import { emptyMatchState } from '../history/match-state.ts';
import { type Run, succeeded, tickOrStart, trainingSeconds } from '../history/run.ts';
import { MINUTE_MS } from '../time.ts';
import { updateBackground } from './background.ts';
import { calendarShift, patternEnded, shifted, updateCalendar } from './calendar.ts';
import { durationForecast } from './duration.ts';
import { expectedLateness } from './expected-lateness.ts';
import { updateExperts } from './experts.ts';
import { forecastInView, readSeries, updateView, type View } from './forecaster.ts';
import { learnTick } from './lateness.ts';
import { type LatenessPool, updatePoolMissed } from './lateness-pool.ts';
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
import { updateSuccess } from './success.ts';
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
  /** True where the run showed the experts' weights to be stale, and failing ones lost their head start. */
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
  /** Of its ticks none counts as missed. */
  readonly unwatched?: Unwatched | null;
  /** Jobs side by side where none were seen: by the job graph, else 1. */
  readonly width?: number;
  /** The run was started for a tick by whomever: it counts as a scheduled one, but for GitHub's lateness. */
  readonly servesTick?: boolean;
}

/** A run learned, as values: what it showed, what is new in the repository, and the pool with what it taught. */
export interface RunLesson {
  readonly outcome: LearnedRun;
  readonly change: LearnedChange;
  /** The pool after the run; the given one where the run says nothing of lateness. */
  readonly pool: LatenessPool | null;
}

/**
 * Learns one run and returns what is new; nothing given is changed. A run may be given while it is in progress, to
 * learn its lateness, and again when it has ended; what was learned already changes nothing. Of later attempts nothing
 * is learned. A run that `tellsLateness` needs the pool.
 */
export function learnRun(
  learned: LearnedRepository,
  pool: LatenessPool | null,
  run: Run,
  entries: readonly PlacedEntry[],
  options: LearnOptions = {},
): RunLesson {
  const lateness =
    pool === null || !tellsLateness(run)
      ? null
      : learnLateness(learned, pool, run, entries, options.unwatched);
  const match = lateness?.match ?? null;
  const known: Run =
    match === null
      ? run
      : { ...run, scheduleKey: match.scheduleKey, tick: match.tick, ambiguous: match.ambiguous };
  const ended = learnOutcome(learned, known, options);
  const { jobs: _, ...rest } = known;
  return {
    outcome: {
      // Nothing is asked of the jobs of a run that has ended.
      run: known.endedAt === null ? known : rest,
      ...ended.outcome,
      latenessMinutes: lateness?.minutes ?? null,
      missedTicks: match?.missed.length ?? 0,
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
  entries: readonly PlacedEntry[],
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
  entries: readonly PlacedEntry[],
  unwatched: Unwatched | null = null,
): LatenessLesson {
  const own = entries.filter((entry) => entry.path === run.path);
  const before = learned.matches[run.path] ?? emptyMatchState();
  const { match, state } = matchRun(own, run, before, expectedLateness(learned, pool), unwatched);
  const matches = { changed: { [run.path]: state } };
  if (match === null) return { match, minutes: null, change: { matches }, pool };
  const minutes = match.ambiguous ? null : (run.createdAt - match.tick) / MINUTE_MS;
  if (match.repeated) return { match, minutes, change: {}, pool };
  const known = learned.schedules[match.scheduleKey];
  const track = known ?? newTrack(run.path);
  const missed = track.missed + match.missed.length;
  const dropped = match.missed.filter(({ kind }) => kind === 'dropped');
  const withMissed = dropped.reduce((after, { tick }) => updatePoolMissed(after, tick), pool);
  const lesson = minutes === null ? null : learnTick(track.lateness, withMissed, match.tick, minutes);
  const schedules = {
    changed: {
      [match.scheduleKey]: {
        path: track.path,
        lateness: lesson?.track ?? track.lateness,
        runs: track.runs + 1,
        missed: match.recovered ? Math.max(0, missed - 1) : missed,
        lastAt: Math.max(track.lastAt, run.createdAt),
      },
    },
    ...(known === undefined ? { removed: schedulesToForget(learned.schedules) } : {}),
  };
  return { match, minutes, change: { matches, schedules }, pool: lesson?.pool ?? withMissed };
}

type Outcome = Omit<LearnedRun, 'run' | 'latenessMinutes' | 'missedTicks'>;

interface OutcomeLesson {
  readonly outcome: Outcome;
  readonly change: Pick<LearnedChange, 'background' | 'streams' | 'finished'>;
}

const NOTHING_EVALUATED: Outcome = {
  predicted: null,
  actualSeconds: null,
  relativeError: null,
  insideInterval: null,
  patternChanged: false,
  shadows: {},
};

function learnOutcome(
  learned: LearnedRepository,
  run: Run,
  { shadows = [], own = DEFAULT_MIX, width = 1, servesTick = false }: LearnOptions,
): OutcomeLesson {
  if (run.attempt !== 1 || run.endedAt === null || run.conclusion === null || isFinished(learned, run.id)) {
    return { outcome: NOTHING_EVALUATED, change: {} };
  }
  const { startedAt, endedAt, jobs = [] } = run;
  const event = servesTick ? 'schedule' : run.event;
  const finished = [run.id];
  const seen =
    // How long a run of unknown duration took runners is unknown too.
    event === 'schedule' || run.durationSeconds === null
      ? { finished }
      : { finished, background: updateBackground(learned.background, { startedAt, endedAt }, jobs, width) };
  const success = succeeded(run.conclusion);
  if (success === null) return { outcome: NOTHING_EVALUATED, change: seen };
  const name = streamName(run.path, event);
  const known = learned.streams[name];
  const before = known ?? newStream(learned.priors);
  const stream = {
    ...before,
    lastAt: Math.max(before.lastAt, startedAt),
    success: updateSuccess(before.success, success, tickOrStart(run)),
  };
  const seconds = trainingSeconds(run);
  const lesson = seconds === null ? null : learnDuration(stream, seconds, run, shadows, own);
  const streams = {
    changed: { [name]: lesson?.stream ?? stream },
    ...(known === undefined ? { removed: streamsToForget(learned.streams) } : {}),
  };
  const outcome = { ...NOTHING_EVALUATED, actualSeconds: seconds, ...lesson?.evaluated };
  return { outcome, change: { ...seen, streams } };
}

function learnDuration(
  stream: Stream,
  seconds: number,
  run: Run,
  shadows: readonly ShadowStrategy[],
  own: MixSettings,
): { readonly stream: Stream; readonly evaluated?: Omit<Outcome, 'actualSeconds'> } {
  const { calendar, experts, view } = stream.duration;
  const tick = tickOrStart(run);
  const shift = calendarShift(calendar, tick);
  const value = Math.log(seconds) - shift.log;
  // A strategy that is new here begins with what the default one knows of the series.
  const viewOf = (name: string): View => stream.shadows[name] ?? view;
  const duration = {
    ...stream.duration,
    calendar: updateCalendar(calendar, Math.log(seconds), tick),
    experts: updateExperts(experts, value, tick),
  };
  const reading = readSeries(experts, tick);
  if (reading === null) {
    const views = shadows.map(({ name }) => [name, viewOf(name)] as const);
    return { stream: withViews({ ...stream, duration }, views) };
  }
  const learn = (before: View, settings: MixSettings) => {
    const usual = forecastInView(before, settings, reading);
    const forecast = shifted(usual, shift);
    return {
      after: updateView(before, settings, reading, usual, value),
      forecast,
      judged: judge(forecast, seconds),
    };
  };
  const seen = shadows.map(({ name, settings }) => ({ name, ...learn(viewOf(name), settings) }));
  const { after, forecast, judged } = learn(view, own);
  return {
    stream: withViews(
      { ...stream, duration: { ...duration, view: after } },
      seen.map((one) => [one.name, one.after]),
    ),
    evaluated: {
      predicted: durationForecast(forecast, stream.duration, view, own),
      relativeError: judged.relativeError,
      insideInterval: judged.insideInterval,
      patternChanged:
        becameStale(after.mixture, view.mixture.staleAt) || patternEnded(calendar, duration.calendar),
      shadows: Object.fromEntries(seen.map((one) => [one.name, one.judged])),
    },
  };
}

/** A strategy that was not asked this time has left the population; its view goes with it. */
function withViews(stream: Stream, views: readonly (readonly [name: string, view: View])[]): Stream {
  return views.length === 0 ? stream : { ...stream, shadows: Object.fromEntries(views) };
}

/** `forecast` in log seconds. */
function judge(forecast: Quantiles, seconds: number): JudgedForecast {
  const predictedSeconds = Math.exp(forecast.q50);
  return {
    predictedSeconds,
    relativeError: Math.abs(predictedSeconds - seconds) / seconds,
    insideInterval: seconds >= Math.exp(forecast.q05) && seconds <= Math.exp(forecast.q95),
  };
}
