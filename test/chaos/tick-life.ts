import { itemAt } from '../../src/checked.ts';
import type { ServedTick } from '../../src/on-time/served-tick.ts';
import { ON_TIME_MS } from '../../src/on-time/shares.ts';
import { seededRandom } from '../../src/plan/random.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/time.ts';
import type { RepositoryState } from '../../src/usecases/ports.ts';
import { isOfServed, type Served, servedIn, TICKS } from './on-time-repositories.ts';
import type { FaultSchedule } from './schedule.ts';
import type { Supervised } from './supervised.ts';
import { meddlingOf, type TickTrouble, tickRequestOf } from './tick-troubles.ts';
import type { World } from './world.ts';

/** When the time stops after a tick: at each of these the dispatcher may do what is due. */
const STOPS_MS: readonly number[] = [
  ...[0, 16 * SECOND_MS, 50 * SECOND_MS, 2 * MINUTE_MS, 6 * MINUTE_MS, 15 * MINUTE_MS],
  ...[30, 30.3, 31, 33, 37, 60, 90, 120].map((minutes) => minutes * MINUTE_MS),
];
const STOPS: readonly number[] = TICKS.flatMap((tick) => STOPS_MS.map((afterMs) => tick + afterMs));
const WINDOW_MS = 2 * HOUR_MS;
/** Longest that a dispatcher is waited for at a stop, of the machine's time. */
const IDLE_WITHIN_MS = 5_000;
const UP_WITHIN_MS = 10_000;
/** Share of the stops at which a process that is down is waited for. */
const WAITED_FOR_SHARE = 0.5;
/** A run is looked for this often where nobody tells of it. */
const LAST_STOP_MS = 16 * MINUTE_MS;
const LAST_STOPS = 3;
/** Calm for so long, a tick is served or told, whatever was before. */
const CALM_MS = 25 * MINUTE_MS;

/** What the life of the other repositories does for this one. */
export interface TickSurroundings {
  readonly world: World;
  readonly schedule: FaultSchedule;
  /** The process that starts workflows. */
  readonly dispatcher: Supervised;
  /** Where webhooks go now. */
  hookUrl(): string;
  setClocks(trueNow: number): Promise<void>;
  bring(trouble: TickTrouble): void;
  /** Troubles that are under way. */
  underWay(): number;
}

/** After failures the App lets GitHub or its store rest for half a minute, by the machine's clock. */
const RESTS_MS = 31_000;

interface Stop {
  readonly at: number;
  /** The dispatcher was up, has done what was due, and nothing went wrong since the stop before, or makes it rest. */
  readonly isCalm: boolean;
}

/** The life of the repositories whose workflows are on time, beside that of the one that is compared. */
export class TickLife {
  readonly #around: TickSurroundings;
  readonly #random: () => number;
  readonly #served: readonly Served[];
  readonly #requests = { head: 0, ask: 0, list: 0 };
  readonly #stops: Stop[] = [];
  #wasTroubled = false;
  /** By the machine's clock, ms. */
  #troubledAt = Number.NEGATIVE_INFINITY;

  constructor(around: TickSurroundings) {
    this.#around = around;
    const { world, schedule } = around;
    this.#random = seededRandom(schedule.seed + 8_000);
    this.#served = servedIn(world.emulated);
    const { hooks, faults } = world.emulated;
    hooks.loseWhere(
      (payload) => !isOfServed(payload) || (this.#isInWindow() && this.#random() < schedule.way.dropped),
    );
    faults.meddleWith(({ method, path, caller }) => {
      const request = tickRequestOf(method, path);
      const isServed = this.#served.some(({ fullName }) => path.startsWith(`/repos/${fullName}/`));
      if (caller.kind !== 'installation' || request === null || !isServed || !this.#isInWindow())
        return undefined;
      const nth = this.#requests[request];
      this.#requests[request] += 1;
      const trouble = schedule.ticks.find((one) => one.at === request && one.nth === nth);
      if (trouble === undefined) return undefined;
      this.noteTrouble();
      around.bring(trouble);
      return meddlingOf(trouble);
    });
  }

  /** Something went wrong: what is due now may be late. */
  noteTrouble(): void {
    this.#wasTroubled = true;
    this.#troubledAt = performance.now();
  }

  /** Lets the time pass until then, with a stop wherever ticks have something to do. */
  async passTo(end: number): Promise<void> {
    const { clock, emulated } = this.#around.world;
    for (;;) {
      const runs = this.#isInWindow() ? emulated.actions.nextAt() : Number.POSITIVE_INFINITY;
      const stop = STOPS.find((at) => at > clock.now()) ?? Number.POSITIVE_INFINITY;
      const next = Math.max(Math.min(runs, stop), clock.now());
      if (next > end) return;
      await this.#stopAt(next);
    }
  }

  /** Lets what is left be looked for, once nothing goes wrong any more. */
  async end(): Promise<void> {
    const { clock } = this.#around.world;
    for (let stops = 0; stops < LAST_STOPS; stops += 1) await this.#stopAt(clock.now() + LAST_STOP_MS);
  }

  #isInWindow(): boolean {
    const now = this.#around.world.clock.now();
    return TICKS.some((tick) => now >= tick && now <= tick + WINDOW_MS);
  }

  async #stopAt(at: number): Promise<void> {
    const { world, dispatcher } = this.#around;
    const isNoted = STOPS.includes(at);
    if (!dispatcher.isUp) {
      this.noteTrouble();
      if (this.#random() < WAITED_FOR_SHARE) await dispatcher.comesUp(UP_WITHIN_MS);
    }
    const { emulated, clock } = world;
    emulated.hooks.target(this.#around.hookUrl());
    clock.set(at);
    emulated.actions.advance();
    await this.#around.setClocks(at);
    await emulated.hooks.settled();
    const isIdle = await dispatcher.ticksIdle(IDLE_WITHIN_MS);
    if (!isIdle || this.#around.underWay() > 0) this.noteTrouble();
    if (!isNoted) return;
    const isRested = performance.now() - this.#troubledAt > RESTS_MS;
    this.#stops.push({ at, isCalm: !this.#wasTroubled && isRested });
    this.#wasTroubled = false;
  }

  /** What did not hold of ticks; empty where everything did. */
  async broken(
    stateOf: (repositoryId: number) => Promise<RepositoryState | undefined>,
  ): Promise<readonly string[]> {
    const sentences: string[] = [];
    for (const repository of this.#served) {
      const state = await stateOf(repository.id);
      sentences.push(...this.#brokenIn(repository, state?.ticks ?? []));
    }
    return sentences;
  }

  #brokenIn({ name, fullName, delayMs }: Served, records: readonly ServedTick[]): readonly string[] {
    const runs = this.#around.world.emulated.actions.started.filter(
      ({ run }) => run.repository === fullName && run.event === 'workflow_dispatch',
    );
    const known = new Set(records.flatMap(({ progress }) => ('runId' in progress ? [progress.runId] : [])));
    const unknown = runs
      .filter(({ run }) => !known.has(run.id))
      .map(({ run }) => `run ${run.id} serves no tick`);
    const ofTicks = TICKS.flatMap((tick, at) => {
      const next = TICKS[at + 1] ?? Number.POSITIVE_INFINITY;
      const own = runs.filter(({ run }) => run.createdAt >= tick && run.createdAt < next);
      const record = records.find((one) => one.tick === tick);
      const due = tick + delayMs;
      const first = own[0]?.run.createdAt ?? Number.POSITIVE_INFINITY;
      const what = record === undefined ? 'is not known' : toldOf(record);
      return [
        ...(own.length > 1 ? [`has ${own.length} runs`] : []),
        ...(record === undefined || !isTold(record) ? [what] : []),
        ...(this.#wasCalm(tick, due + ON_TIME_MS) && first - due > ON_TIME_MS
          ? [`is not on time: ${what}`]
          : []),
        ...(this.#hadTime(due) && isGivenUp(record) ? [`was given up: ${what}`] : []),
      ].map((sentence) => `tick ${at} of ${name} ${sentence}`);
    });
    return [...unknown.map((sentence) => `${name}: ${sentence}`), ...ofTicks];
  }

  /** Nothing went wrong from the tick until then. */
  #wasCalm(tick: number, until: number): boolean {
    return this.#stops
      .filter(({ at }) => at >= tick && at <= until + MINUTE_MS)
      .every(({ isCalm }) => isCalm);
  }

  /** The dispatcher was left in peace for long enough before the tick was too old. */
  #hadTime(due: number): boolean {
    const after = this.#stops.filter(({ at }) => at >= due && at <= due + WINDOW_MS);
    return after.some(({ at: end }, place) => {
      const inPeace = after.slice(0, place + 1).findLastIndex(({ isCalm }) => !isCalm) + 1;
      return inPeace <= place && end - itemAt(after, inPeace).at >= CALM_MS;
    });
  }
}

function toldOf({ progress }: ServedTick): string {
  return progress.state === 'skipped'
    ? `is skipped: ${progress.why} ${progress.sentence}`
    : `is ${progress.state}`;
}

function isTold({ progress: { state } }: ServedTick): boolean {
  return state === 'done' || state === 'lost' || state === 'skipped';
}

function isGivenUp(record: ServedTick | undefined): boolean {
  return record?.progress.state === 'skipped' && ['superseded', 'too-late'].includes(record.progress.why);
}
