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
const FEW = 5;
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

export interface WalkFigures {
  readonly ticks: number;
  /** Ms from the tick to the request that began its run, and to its run; without ticks that nobody has asked for. */
  readonly begun: readonly number[];
  readonly created: readonly number[];
  /** As `begun`, of ticks that at most four others of their installation share the minute with. */
  readonly begunOfFew: readonly number[];
  /**
   * What one request a second alone makes of `begun`: crons tick at whole minutes, so that of those that are due in a minute the nth
   * waits n - 1 seconds. And what was longer than that.
   */
  readonly line: readonly number[];
  readonly beyondLine: readonly number[];
  readonly onTime: number;
  /** Ticks with a server up from the tick on, and outside of the brown-out. */
  readonly fair: number;
  readonly fairOnTime: number;
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
}

/** Serves about so many ticks; in a troubled walk with restarts, failing calls and a brown-out. */
export async function walk({
  ticks,
  seed,
  lateness,
  troubled,
  busy = false,
}: WalkOptions): Promise<WalkFigures> {
  const days = ticks > 20_000 ? 7 : 1;
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
  const askedAt = ({ asked }: TickFate): number =>
    asked.find(({ run }) => run !== null)?.at ?? Number.POSITIVE_INFINITY;
  const isOnTime = (fate: TickFate): boolean => askedAt(fate) - fate.tick <= ON_TIME_MS;
  const isDown = (tick: number): boolean =>
    world.down.some(({ from, to: end }) => tick < end && tick >= from);
  const minuteOfTick = ({ schedule, tick }: TickFate): string =>
    `${schedule.repository.installationId} ${tick}`;
  const due = Map.groupBy(fates, minuteOfTick);
  const ofFew = fates.filter((fate) => (due.get(minuteOfTick(fate))?.length ?? 1) <= FEW);
  const inLine = [...due.values()].flatMap((together) =>
    together
      .map((fate) => askedAt(fate) - fate.tick)
      .filter(Number.isFinite)
      .sort((one, other) => one - other)
      .map((begun, place) => ({ line: place * BETWEEN_REQUESTS_MS, begun })),
  );
  const fair = fates.filter(({ tick }) => !isBrownOut(tick) && !isDown(tick));
  const catchUpMs = ({ tick, next }: TickFate): number =>
    Math.min((Math.min(next, to) - tick) / 2, 6 * HOUR_MS);
  const github = world.schedules.flatMap((schedule) => schedule.github);
  return {
    ticks: fates.length,
    begun: fates.map((fate) => askedAt(fate) - fate.tick).filter(Number.isFinite),
    created: fates.map((fate) => firstRun(fate) - fate.tick).filter(Number.isFinite),
    begunOfFew: ofFew.map((fate) => askedAt(fate) - fate.tick).filter(Number.isFinite),
    line: inLine.map(({ line }) => line),
    beyondLine: inLine.map(({ line, begun }) => begun - line),
    onTime: fates.filter(isOnTime).length,
    fair: fair.length,
    fairOnTime: fair.filter(isOnTime).length,
    missed: fates.filter((fate) => firstRun(fate) - fate.tick > Math.max(ON_TIME_MS, catchUpMs(fate))).length,
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
