import { Octokit } from '@octokit/rest';
import { type Emulated, startEmulator } from '../../src/demo/emulator.ts';
import { installationPayload } from '../../src/demo/installation.ts';
import type { Env } from '../../src/env.ts';
import type { TickProgress } from '../../src/on-time/served-tick.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/time.ts';
import { HEAD_AHEAD_MS } from '../../src/usecases/on-time/heads-ahead.ts';
import { ContractWatch } from '../contract/contract-watch.ts';
import { FIRST_DAY, serverEnv, WEBHOOK_SECRET } from '../e2e/harness.ts';
import { CONFIG_PATH, NIGHTLY, workflow } from '../e2e/on-time-cases.ts';
import { ON_TIME_PERMISSIONS } from '../e2e/on-time-life.ts';
import { SimulatedTime } from '../walk/simulated-time.ts';
import { KillableApp } from './killable-app.ts';
import type { Backend } from './replayed-life.ts';

/** Where in the serving of a tick the process dies, and what is left when another has gone on. */
interface Death {
  readonly at: 'head read' | 'request not heard' | 'request heard' | 'answered' | 'looked for' | 'running';
  /** Runs of the tick. */
  readonly starts: 0 | 1;
  readonly left: TickProgress['state'];
}

/** One a day. */
export const DEATHS: readonly Death[] = [
  { at: 'head read', starts: 1, left: 'done' },
  // Whoever finds the intent does not know whether the request was sent, and no list shows anything newer.
  { at: 'request not heard', starts: 0, left: 'lost' },
  { at: 'request heard', starts: 1, left: 'done' },
  { at: 'answered', starts: 1, left: 'done' },
  { at: 'looked for', starts: 1, left: 'done' },
  { at: 'running', starts: 1, left: 'done' },
];

const FIRST_TICK = FIRST_DAY + DAY_MS + 3 * HOUR_MS;
const LONGEST_STEP_MS = 15 * MINUTE_MS;
const HEAD = /\/contents\/.*nightly\.yml$/;
const REQUEST = /\/dispatches$/;
const LIST = /\/actions\/runs$/;

interface LeftOnTime {
  /** Runs that the App has started, by death. */
  readonly started: readonly number[];
  readonly states: readonly (TickProgress['state'] | undefined)[];
  readonly kills: number;
}

/** Serves a tick a day with SIGKILL at each step of one, and another process on the same data each time. */
export async function liveAndDieOnTime(backend: Backend, deaths: readonly Death[]): Promise<LeftOnTime> {
  const life = await Life.begin(backend);
  try {
    for (const [day, { at }] of deaths.entries()) await life.dieAt(at, FIRST_TICK + day * DAY_MS);
    return await life.end(deaths.length);
  } finally {
    await life.takeDown();
  }
}

class Life {
  readonly #backend: Backend;
  readonly #emulated: Emulated;
  readonly #clock: SimulatedTime;
  readonly #contract: ContractWatch;
  readonly #app: KillableApp;
  #kills = 0;

  private constructor(parts: {
    readonly backend: Backend;
    readonly emulated: Emulated;
    readonly clock: SimulatedTime;
    readonly contract: ContractWatch;
  }) {
    const { backend, emulated } = parts;
    this.#backend = backend;
    this.#emulated = emulated;
    this.#clock = parts.clock;
    this.#contract = parts.contract;
    const env: Env = {
      ...backend.env,
      ...serverEnv(emulated),
    };
    this.#app = new KillableApp(env, { waitsByClock: true });
  }

  static async begin(backend: Backend): Promise<Life> {
    const contract = new ContractWatch();
    // Tokens are good by the machine's clock, which has to be the same on both sides.
    const clock = new SimulatedTime(FIRST_TICK - HOUR_MS);
    const emulated = await startEmulator({
      repositories: [{ name: 'site', private: true, files: [{ path: NIGHTLY, text: workflow() }] }],
      webhookSecret: WEBHOOK_SECRET,
      clock,
      observe: contract.observe,
      permissions: ON_TIME_PERMISSIONS,
    });
    const life = new Life({ backend, emulated, clock, contract });
    await life.#start();
    emulated.hooks.raise('installation', installationPayload(emulated));
    await life.#quiet();
    const { owner, name: repo } = emulated.repository;
    const maintainer = new Octokit({ baseUrl: emulated.url, auth: emulated.people.maintainer.token });
    await maintainer.rest.repos.createOrUpdateFileContents({
      owner,
      repo,
      path: CONFIG_PATH,
      message: 'Start it on time',
      content: Buffer.from('mode: suggest\non-time: punctual\nnet: cron\n').toString('base64'),
    });
    await life.#quiet();
    return life;
  }

  /** Lives from before a tick until long after it; dies on the way, and another goes on. */
  async dieAt(where: Death['at'], tick: number): Promise<void> {
    await this.#until(tick - 5 * MINUTE_MS);
    let isDoomed = true;
    const die = (): void => {
      isDoomed = false;
      this.#kills += 1;
      this.#app.kill();
    };
    let isAsked = false;
    this.#emulated.faults.meddleWith(({ method, path, caller }) => {
      // The head is read just before the tick.
      if (caller.kind !== 'installation' || !isDoomed || this.#clock.now() < tick - HEAD_AHEAD_MS)
        return undefined;
      const isRequest = method === 'POST' && REQUEST.test(path);
      isAsked ||= isRequest;
      const dies =
        (where === 'head read' && HEAD.test(path)) ||
        (where === 'request not heard' && isRequest) ||
        (where === 'request heard' && isRequest) ||
        (where === 'looked for' && isAsked && LIST.test(path));
      if (!dies) {
        // The answer has left GitHub; how much of it is read and kept is chance.
        if (where === 'answered' && isRequest) setImmediate(die);
        return undefined;
      }
      die();
      return { kind: 'lost', how: 'reset', isCarriedOut: where === 'request heard' };
    });
    // Nobody is told of the run: that would be an earlier end of the wait.
    if (where === 'looked for') this.#emulated.hooks.loseNext(1);
    const isRunning = (): boolean =>
      where === 'running' &&
      isDoomed &&
      this.#emulated.actions.started.some(
        ({ phase, run }) => phase === 'in_progress' && run.createdAt >= tick,
      );
    await this.#until(tick + 40 * MINUTE_MS, () => isRunning() && die());
    this.#emulated.faults.meddleWith(() => undefined);
  }

  async end(days: number): Promise<LeftOnTime> {
    await this.#app.stop();
    const { repository, actions, hooks } = this.#emulated;
    const store = await this.#backend.open();
    const state = await store.load(repository.id);
    await store.close();
    this.#contract.assertKept(hooks.all);
    const ticks = Array.from({ length: days }, (_, day) => FIRST_TICK + day * DAY_MS);
    return {
      started: ticks.map(
        (tick) =>
          actions.started.filter(({ run }) => run.createdAt >= tick && run.createdAt < tick + DAY_MS).length,
      ),
      states: ticks.map((tick) => state?.ticks.find((one) => one.tick === tick)?.progress.state),
      kills: this.#kills,
    };
  }

  async takeDown(): Promise<void> {
    this.#app.kill();
    await this.#app.gone();
    await this.#emulated.stop();
    this.#clock.end();
    await this.#backend.drop();
  }

  async #start(): Promise<void> {
    await this.#app.start(this.#clock.now());
    this.#emulated.hooks.target(this.#app.url);
  }

  /** Lets the time pass, and starts another process wherever the last one has died. */
  async #until(end: number, look: () => unknown = () => undefined): Promise<void> {
    for (;;) {
      const wakesAt = await this.#quiet();
      const { actions } = this.#emulated;
      const next = Math.min(wakesAt, actions.nextAt(), this.#clock.now() + LONGEST_STEP_MS, end);
      this.#clock.set(next);
      actions.advance();
      look();
      await this.#app.setClock(next);
      if (next >= end) break;
    }
    await this.#quiet();
  }

  /** Resolves when nothing is under way; returns when the process wants to go on, epoch ms. */
  async #quiet(): Promise<number> {
    for (;;) {
      const requests = this.#emulated.requests.length;
      await this.#emulated.hooks.settled();
      const wakesAt = await this.#app.idleUntil();
      if (!this.#app.lives) {
        await this.#app.gone();
        await this.#backend.buryTheDead?.();
        await this.#start();
      } else if (this.#emulated.requests.length === requests) return wakesAt;
    }
  }
}
