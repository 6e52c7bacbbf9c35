import { parseConfig } from '../../src/config/parse.ts';
import { candidatesAround } from '../../src/cron/candidates.ts';
import { ticksPerWeek } from '../../src/cron/gaps.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { ticksBetween } from '../../src/cron/ticks.ts';
import { forecastSchedule, runsSeen } from '../../src/forecast/forecast-schedule.ts';
import { learnTick, newLatenessTrack } from '../../src/forecast/lateness.ts';
import { emptyLatenessPool, type LatenessPool } from '../../src/forecast/lateness-pool.ts';
import { type Learning, learnNext } from '../../src/forecast/learn.ts';
import { emptyLearned, type LearnedRepository } from '../../src/forecast/learned.ts';
import { DEFAULT_GENES } from '../../src/genes/genes.ts';
import { type Run, scheduleKey } from '../../src/history/run.ts';
import type { PlanInput, PlannedSchedule } from '../../src/plan/input.ts';
import { indexDraw, seededRandom } from '../../src/plan/random.ts';
import { planSettings } from '../../src/plan/settings.ts';
import { mixedSeed, textSeed } from '../../src/simulate/draw.ts';
import type { SimulatedSchedule, World } from '../../src/simulate/world.ts';
import type { Series } from '../forecast/series.ts';
import type { LatenessReplay } from './lateness-replay.ts';
import type { CronSet } from './sets.ts';

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** What the planner has seen ends with June, and what it is judged by begins with July. */
export const KNOWN_FROM = Date.UTC(2026, 0, 1);
/** Rounds are held when a moved schedule may move again. */
export const ROUND_EVERY_DAYS = 14;
export const ROUNDS = 3;
export const JUDGED_FROM = Date.UTC(2026, 6, 1);
/** The first round. */
export const FIRST_ROUND = JUDGED_FROM - ROUNDS * ROUND_EVERY_DAYS * DAY_MS;
/** Seven weeks of later months. */
export const JUDGED_DAYS = 49;
/** Days of own history: schedules are seldom older when a repository installs something. */
export const HISTORY_DAYS = 60;
/** A run that is longer than this share of its period would never end. */
const LONGEST_OF_PERIOD = 0.4;
/** Share of a duration series that the planner has seen; the rest is played. */
const SEEN_SHARE = 0.6;
const MOST_WIDE = 8;
const DROPPED = 0.015;
/** Hourly crons lost 29–54 % of their ticks when most runs were more than an hour late. */
const MERGED = 0.4;

/** One schedule with the recorded ones that stand for its lateness and its durations. */
export interface CastSchedule {
  readonly key: string;
  readonly path: string;
  readonly index: number;
  readonly cron: string;
  readonly width: number;
  readonly lateName: string;
  readonly known: readonly number[];
  readonly later: readonly number[];
  readonly failureShare: number;
}

/** A set as it is planned and judged: fixed by the set and a seed. */
export interface Case {
  readonly name: string;
  readonly tuned: boolean;
  readonly cast: readonly CastSchedule[];
  readonly learned: LearnedRepository;
  readonly pool: LatenessPool;
  readonly replay: LatenessReplay;
  readonly seed: number;
}

/** Which recorded schedule and durations play each schedule of a set. */
export function castOf(
  set: CronSet,
  replay: LatenessReplay,
  series: readonly Series[],
  seed: number,
): readonly CastSchedule[] {
  return set.schedules.map(({ path, index, cron, jobs }) => {
    const key = scheduleKey(path, index);
    const random = seededRandom(mixedSeed(seed, textSeed(`${set.name} ${key}`)));
    const period = 604_800 / ticksPerWeek(parseCron(cron));
    const fitting = series.filter(({ seconds }) => median(seconds) < LONGEST_OF_PERIOD * period);
    const durations = fitting[indexDraw(random, fitting.length)]?.seconds ?? [30];
    const cut = Math.max(1, Math.floor(durations.length * SEEN_SHARE));
    return {
      key,
      path,
      index,
      cron,
      width: Math.min(jobs, MOST_WIDE),
      lateName: replay.names[indexDraw(random, replay.names.length)] ?? '',
      known: durations.slice(0, cut),
      later: durations.length > cut ? durations.slice(cut) : durations,
      failureShare: random() < 0.7 ? 0.02 : 0.1,
    };
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** What an installation's other schedules have taught of GitHub's lateness until an instant. */
export function taughtPool(replay: LatenessReplay, until: number): LatenessPool {
  let pool = emptyLatenessPool();
  const tracks = new Map(replay.names.map((name) => [name, newLatenessTrack()]));
  for (const { name, tick, minutes } of replay.seen) {
    const track = tracks.get(name);
    if (track === undefined || tick + minutes * MINUTE_MS >= until) continue;
    const lesson = learnTick(track, pool, tick, minutes);
    tracks.set(name, lesson.track);
    pool = lesson.pool;
  }
  return pool;
}

/** The case of a set at its first round; `pool` is what others have taught. */
export function caseOf(
  set: CronSet,
  replay: LatenessReplay,
  series: readonly Series[],
  pool: LatenessPool,
  seed: number,
  firstRound = FIRST_ROUND,
): Case {
  const bare = {
    name: set.name,
    tuned: set.tuned,
    cast: castOf(set, replay, series, seed),
    learned: emptyLearned(),
    pool,
    replay,
    seed,
  };
  return learnedUntil(bare, new Map(), firstRound - HISTORY_DAYS * DAY_MS, firstRound);
}

/** The case after production code has learned the runs of a span, each schedule where `crons` has it. */
export function learnedUntil(of: Case, crons: ReadonlyMap<string, string>, from: number, to: number): Case {
  const runs = runsBetween(of, from, to, crons);
  const entries = of.cast.map(({ key, path, cron }) => ({
    key,
    path,
    cron: crons.get(key) ?? cron,
    timezone: 'UTC',
  }));
  const byPath = Map.groupBy(entries, ({ path }) => path);
  const { learned, pool } = runs.reduce<Learning>(
    (before, run) => learnNext(before, run, byPath.get(run.path) ?? []),
    of,
  );
  return { ...of, learned, pool };
}

/** All runs of a case that end within a span, each schedule where `crons` has it, in the order in which they end. */
export function runsBetween(
  of: Case,
  from: number,
  to: number,
  crons: ReadonlyMap<string, string> = new Map(),
): readonly Run[] {
  const runs = of.cast.flatMap((one, place) =>
    historyOf({ ...one, cron: crons.get(one.key) ?? one.cron }, place, of, from, to),
  );
  return runs.sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
}

function historyOf(
  one: CastSchedule,
  place: number,
  { replay, seed }: Case,
  from: number,
  to: number,
): Run[] {
  const ticks = ticksBetween(parseCron(one.cron), 'UTC', from, to);
  const runs: Run[] = [];
  ticks.forEach((tick, ordinal) => {
    const random = seededRandom(mixedSeed(seed, textSeed(one.key), tick / MINUTE_MS, 7));
    const created = tick + replay.minutes(one.lateName, tick) * MINUTE_MS;
    const next = ticks[ordinal + 1];
    if (random() < DROPPED || (next !== undefined && created > next && random() < MERGED)) return;
    const seconds = one.known[(place + ordinal) % one.known.length] ?? 60;
    const endedAt = created + seconds * 1000;
    if (endedAt >= to) return;
    runs.push({
      id: place * 100_000_000 + tick / MINUTE_MS,
      attempt: 1,
      workflowId: place,
      path: one.path,
      event: 'schedule',
      headSha: '',
      headBranch: null,
      actor: null,
      createdAt: created,
      startedAt: created,
      endedAt,
      conclusion: random() < one.failureShare ? 'failure' : 'success',
      jobsStartedAt: null,
      jobsEndedAt: null,
      durationSeconds: seconds,
      queueSeconds: null,
      scheduleKey: null,
      tick: null,
      ambiguous: false,
    });
  });
  return runs;
}

/** How the planner sees the case, with each schedule where `crons` has it. */
export function inputOf(
  of: Case,
  now: number,
  settings: Partial<PlanInput['settings']> = {},
  at: {
    readonly crons?: ReadonlyMap<string, string>;
    readonly moved?: ReadonlyMap<string, number>;
    readonly edits?: number;
  } = {},
): PlanInput {
  const schedules = of.cast.map((one): PlannedSchedule => {
    const cron = at.crons?.get(one.key) ?? one.cron;
    return {
      key: one.key,
      path: one.path,
      index: one.index,
      workflowName: one.path,
      cron,
      timezone: 'UTC',
      refusal: null,
      candidates: candidatesAround(parseCron(one.cron), parseCron(cron), 'UTC'),
      forecast: forecastSchedule(of.learned, of.pool, { key: one.key, path: one.path, timezone: 'UTC' }, now),
      width: one.width,
      finishByMinute: null,
      movedAt: at.moved?.get(one.key) ?? null,
      runsSeen: runsSeen(of.learned, one.key),
    };
  });
  return {
    now,
    schedules,
    background: Array.from({ length: 2016 }, () => 0),
    settings: {
      ...planSettings(parseConfig(''), DEFAULT_GENES),
      exploration: 0,
      ...settings,
    },
    recentEdits: at.edits ?? 0,
  };
}

/** The players of the simulator, each schedule where `crons` has it. */
export function playersOf(of: Case, crons: ReadonlyMap<string, string>): readonly SimulatedSchedule[] {
  return of.cast.map(({ key, cron, width }) => ({
    key,
    cron: crons.get(key) ?? cron,
    timezone: 'UTC',
    jobs: [{ needs: [], width, runners: 'standard', pricePerMinute: 0.006 }],
    finishByMinute: null,
    concurrencyGroup: null,
  }));
}

/** The world of later months. Draws belong to a schedule's ticks by day, so that two plans meet the same luck. */
export function worldOf(of: Case): World {
  const seeds = of.cast.map(({ key }) => mixedSeed(of.seed, textSeed(key)));
  return {
    jobLimits: {},
    others: [],
    outcomeOf(place, tick, ordinal) {
      const one = of.cast[place] as CastSchedule;
      const random = seededRandom(mixedSeed(seeds[place] ?? 0, ordinal));
      const [dropped, merged, failed] = [random(), random(), random()];
      return {
        lateMinutes: dropped < DROPPED ? null : of.replay.minutes(one.lateName, tick),
        merges: merged < MERGED,
        seconds: one.later[(place + ordinal) % one.later.length] ?? 60,
        fails: failed < one.failureShare,
      };
    },
  };
}
