import { BETWEEN_REQUESTS_MS } from '../../src/on-time/order.ts';
import { indexDraw, seededRandom } from '../../src/plan/random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/time.ts';
import type { LatenessReplay } from '../plan/lateness-replay.ts';
import { quantile } from '../plan/realised.ts';
import { FAILED_SHARE, type Faults } from './hub.ts';
import { fatesOf, type TickFate } from './served.ts';
import { AFTERMATH_MS, createWorld, type MadeFile, type MadeRepository, type World } from './world.ts';

export const WALK_FROM = Date.UTC(2026, 6, 1);
/** Within which a tick counts as begun on time. */
export const ON_TIME_MS = 5 * MINUTE_MS;
const RUN_MS = 4 * MINUTE_MS;
const HOOK_MS = SECOND_MS;
/** Most ticks that are due in one minute of one installation. */
const MOST_DUE = 20;
const BROWN_OUT_MS = 20 * MINUTE_MS;
const RESTARTS = 10;
const DOWN_MS = 20 * SECOND_MS;

export const NO_FAULTS: Faults = { failing: () => 0, lostHooks: 0 };

/** Repositories of ten schedules each time: crons as people write them, in installations of one to ten repositories. */
export function madeRepositories(count: number, seed: number): readonly MadeRepository[] {
  const random = seededRandom(seed);
  const repositories: MadeRepository[] = [];
  for (let installationId = 1; repositories.length < count; installationId += 1) {
    const size = 1 + indexDraw(random, MOST_DUE / 2);
    for (let one = 0; one < size && repositories.length < count; one += 1) {
      const daily = `${minuteOf(random)} ${indexDraw(random, 24)} * * *`;
      const files: readonly MadeFile[] = [
        { name: 'often.yml', cron: random() < 0.5 ? '*/15 * * * *' : `${minuteOf(random)} * * * *` },
        { name: 'daily.yml', cron: daily },
      ];
      repositories.push({ installationId, net: 'own', files, durationMs: RUN_MS, hookMs: HOOK_MS });
    }
  }
  return repositories;
}

/** A third of all crons name the full hour. */
function minuteOf(random: () => number): number {
  return random() < 1 / 3 ? 0 : indexDraw(random, 60);
}

/** Ticks that so many of one installation share a minute with, themselves counted. */
export const DUE_TOGETHER = [
  [1, 1],
  [2, 5],
  [6, MOST_DUE],
] as const;

export interface WalkFigures {
  readonly ticks: number;
  /** Ms from the tick to its first request, and to its first run; without ticks of which there is none. */
  readonly begun: readonly number[];
  readonly created: readonly number[];
  /**
   * What one request a second alone makes of `begun`, with answers at once: crons tick at whole minutes, so that of
   * those that are due in a minute the nth waits n - 1 seconds. By how many are due together, as in `DUE_TOGETHER`.
   */
  readonly together: readonly { readonly begun: readonly number[]; readonly floor: readonly number[] }[];
  /** Ticks with a server up from the tick on, and outside of the brown-out. */
  readonly fair: number;
  /** Of those: whose request was sent, and whose run was made, within five minutes. */
  readonly fairBegun: number;
  readonly fairCreated: number;
  /** Of all ticks: whose run was made within five minutes. */
  readonly createdInTime: number;
  /** Ticks without any run until half the period after them. */
  readonly missed: number;
  /** Ticks for which the App has started two runs. */
  readonly startedTwice: number;
  /** Ticks with two runs, by whomever, that ran to the end. */
  readonly ranTwice: number;
  readonly github: readonly number[];
  readonly githubNever: number;
  /**
   * Daily ticks of a dispatcher that asks once, beside `schedule` with a step that ends where a run of the day has
   * succeeded.
   */
  readonly guarded: { readonly ticks: number; readonly twice: number };
  /** Ticks that a crontab starts, which asks once and looks for nothing. */
  readonly crontab: number;
  readonly net: World['bill'];
  readonly served: { readonly net: number };
}

export interface WalkOptions {
  readonly ticks: number;
  readonly seed: number;
  readonly lateness: LatenessReplay;
  readonly troubled: boolean;
  /** Whether each repository has a run of something else every two minutes, which tells that a request was lost. */
  readonly busy?: boolean;
  readonly days?: number;
}

/** Ticks of one walk, and its days: what is known of a repository grows with both. */
const WALK_TICKS = 4_000;
const WALK_DAYS = 3;

/** One walk after another, with a seed each, until so many ticks are served; `onWalk` is given the sum so far. */
export async function walks(
  options: WalkOptions,
  onWalk: (sum: WalkFigures) => void = () => undefined,
): Promise<WalkFigures> {
  if (options.ticks <= WALK_TICKS) return walk(options);
  let sum: WalkFigures | null = null;
  for (let { seed } = options; sum === null || sum.ticks < options.ticks; seed += 1) {
    const one = await walk({ ...options, seed, ticks: WALK_TICKS, days: WALK_DAYS });
    sum = sum === null ? one : (added(sum, one) as WalkFigures);
    onWalk(sum);
  }
  return sum;
}

/** Two figures of the same shape: numbers are summed, lists of numbers joined, the rest part by part. */
function added(one: unknown, other: unknown): unknown {
  if (typeof one === 'number' && typeof other === 'number') return one + other;
  if (Array.isArray(one) && Array.isArray(other)) {
    if (typeof (one[0] ?? other[0] ?? 0) === 'number') return [...one, ...other];
    return one.map((part, at) => added(part, other[at]));
  }
  const parts = Object.entries(one as object);
  return Object.fromEntries(parts.map(([name, part]) => [name, added(part, Object(other)[name])]));
}

/** Serves about so many ticks; in a troubled walk with restarts, failing calls and a brown-out. */
export async function walk({
  ticks,
  seed,
  lateness,
  troubled,
  busy = false,
  days = 1,
}: WalkOptions): Promise<WalkFigures> {
  const repositories = madeRepositories(Math.ceil(ticks / (days * 61)), seed);
  const to = WALK_FROM + days * DAY_MS;
  const span = to - WALK_FROM;
  const brownOut = WALK_FROM + 0.4 * span;
  const inBrownOut = (at: number): boolean => at >= brownOut && at < brownOut + BROWN_OUT_MS;
  const faults: Faults = troubled
    ? { failing: (at) => (inBrownOut(at) ? 0.8 : 0.01), lostHooks: 0.01 }
    : NO_FAULTS;
  const world = await createWorld({
    repositories,
    from: WALK_FROM,
    to,
    seed,
    faults,
    lateness,
    ...(busy ? { pushEveryMs: 2 * MINUTE_MS } : {}),
  });
  // Killed seconds after a full quarter: in the midst of the work.
  const kills = troubled
    ? Array.from({ length: RESTARTS }, (_, at) => {
        const quarter = Math.round(((at + 0.5) * span) / RESTARTS / (15 * MINUTE_MS));
        return WALK_FROM + quarter * 15 * MINUTE_MS + 200 + at * 700;
      })
    : [];
  await world.run(to + AFTERMATH_MS, kills, DOWN_MS);
  const figures = figuresOf(world, to, {
    isBrownOut: (tick) => inBrownOut(tick) || inBrownOut(tick + ON_TIME_MS),
    failing: faults.failing,
  });
  world.end();
  return figures;
}

function figuresOf(
  world: World,
  to: number,
  {
    isBrownOut,
    failing,
  }: { readonly isBrownOut: (tick: number) => boolean; readonly failing: (at: number) => number },
): WalkFigures {
  const fates = fatesOf(world).filter(({ tick }) => tick < to);
  const firstRun = ({ runs }: TickFate): number => runs[0]?.createdAt ?? Number.POSITIVE_INFINITY;
  const begunAfter = ({ sentAt, tick }: TickFate): number => (sentAt[0] ?? Number.POSITIVE_INFINITY) - tick;
  const createdAfter = (fate: TickFate): number => firstRun(fate) - fate.tick;
  const isBegun = (fate: TickFate): boolean => begunAfter(fate) <= ON_TIME_MS;
  const isCreated = (fate: TickFate): boolean => createdAfter(fate) <= ON_TIME_MS;
  const isDown = (tick: number): boolean =>
    world.down.some(({ from, to: end }) => tick < end && tick >= from);
  const due = Map.groupBy(fates, ({ schedule, tick }) => `${schedule.repository.installationId} ${tick}`);
  const together = DUE_TOGETHER.map(([least, most]) => {
    const those = [...due.values()].filter(({ length }) => length >= least && length <= most);
    return {
      begun: those.flatMap((minute) => minute.map(begunAfter).filter(Number.isFinite)),
      floor: those.flatMap((minute) => minute.map((_, place) => place * BETWEEN_REQUESTS_MS)),
    };
  });
  const fair = fates.filter(({ tick }) => !isBrownOut(tick) && !isDown(tick));
  const catchUpMs = ({ tick, next }: TickFate): number =>
    Math.min((Math.min(next, to) - tick) / 2, 6 * HOUR_MS);
  const github = world.schedules.flatMap((schedule) => schedule.github);
  return {
    ticks: fates.length,
    begun: fates.map(begunAfter).filter(Number.isFinite),
    created: fates.map(createdAfter).filter(Number.isFinite),
    together,
    fair: fair.length,
    fairBegun: fair.filter(isBegun).length,
    fairCreated: fair.filter(isCreated).length,
    createdInTime: fates.filter(isCreated).length,
    missed: fates.filter((fate) => createdAfter(fate) > Math.max(ON_TIME_MS, catchUpMs(fate))).length,
    startedTwice: fates.filter(({ asked }) => asked.filter(({ run }) => run !== null).length > 1).length,
    ranTwice: fates.filter(({ runs }) => runs.length > 1).length,
    github: github.flatMap(({ tick, createdAt }) => (createdAt === null ? [] : [createdAt - tick])),
    githubNever: github.filter(({ createdAt }) => createdAt === null).length,
    guarded: guardedTwice(world, failing),
    crontab: fates.filter(({ tick }) => !isDown(tick) && world.hub.random() >= failing(tick) / 2).length,
    net: world.bill,
    served: { net: fates.filter(({ asked, runs }) => asked.length === 0 && runs.length > 0).length },
  };
}

/** The guard sees a run that failed as none, one that is not over as none, and none of yesterday. */
function guardedTwice({ schedules, hub }: World, failing: (at: number) => number): WalkFigures['guarded'] {
  const daily = schedules.filter(({ path }) => path.endsWith('daily.yml')).flatMap(({ github }) => github);
  const twice = daily.filter(({ tick, createdAt }) => {
    const isStarted = hub.random() >= failing(tick) / 2;
    if (createdAt === null || !isStarted) return false;
    const isGreen = hub.random() >= FAILED_SHARE;
    const isToday = Math.floor(createdAt / DAY_MS) === Math.floor(tick / DAY_MS);
    return !isGreen || !isToday || createdAt - tick < RUN_MS;
  });
  return { ticks: daily.length, twice: twice.length };
}

export function seconds(values: readonly number[], share: number): string {
  return values.length === 0 ? '–' : `${(quantile(values, share) / SECOND_MS).toFixed(1)} s`;
}
