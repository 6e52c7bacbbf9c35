import { setTimeout as sleep } from 'node:timers/promises';
import { hookHeaders } from '../../src/demo/hook-deliveries.ts';
import { STALE_AFTER_MS } from '../../src/disk/directory-lock.ts';
import type { Env } from '../../src/env.ts';
import { seededRandom } from '../../src/plan/random.ts';
import { FIRST_DAY, WEBHOOK_SECRET } from '../e2e/harness.ts';
import type { Backend } from './backends.ts';
import { putOnTime } from './on-time-repositories.ts';
import type { PrivatePostgres } from './private-postgres.ts';
import type { FaultSchedule, Role, Trouble } from './schedule.ts';
import { Supervised } from './supervised.ts';
import { TickLife } from './tick-life.ts';
import type { TickTrouble } from './tick-troubles.ts';
import type { Delivery, World } from './world.ts';

/** Sent at once; of these a kill finds some answered and some not. */
const BATCH = 20;
const SEND_AGAIN_AFTER_MS = 100;
/** GitHub gives a receiver ten seconds. */
const ANSWER_WITHIN_MS = 10_000;
/** One in so many batches waits until everything is worked off. */
const IDLE_SHARE = 0.3;

/** Signed and not what GitHub sends. */
const POISON: readonly string[] = [
  '{"action":"completed","workflow_run":{"id":"not a number"},"repository":{"id":1}}',
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  'not json',
  '[]',
  'null',
  `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
  `{"action":"completed","repository":{"id":1e400}}`,
];

export interface Lived {
  /** Longest time from the end of a trouble to the next delivery that was accepted, ms. */
  readonly recoveredMs: number;
  /** From the last accepted delivery until everything was worked off, ms. */
  readonly workedOffMs: number;
  /** Delivery ids of payloads that nobody can read. */
  readonly poisoned: readonly string[];
  readonly starts: number;
  /** What did not hold of ticks. */
  readonly brokenTicks: readonly string[];
}

/** Has the App live through a schedule in the given world. Throws what no trouble explains. */
export async function live(
  world: World,
  backend: Backend,
  schedule: FaultSchedule,
  server?: PrivatePostgres,
): Promise<Lived> {
  const life = new Life(world, backend, schedule, server);
  try {
    return await life.run();
  } finally {
    await life.end();
  }
}

class Life {
  readonly #world: World;
  readonly #backend: Backend;
  readonly #schedule: FaultSchedule;
  readonly #server: PrivatePostgres | undefined;
  readonly #random: () => number;
  readonly #processes: ReadonlyMap<Role, Supervised>;
  #troubles: readonly Trouble[];
  readonly #ticks: TickLife;
  readonly #underWay = new Set<Promise<void>>();
  readonly #poisoned: string[] = [];
  #failure: unknown;
  #answered = 0;
  #clockOffsetMs = 0;
  #troubleEndedAt: number | undefined;
  #recoveredMs = 0;

  constructor(world: World, backend: Backend, schedule: FaultSchedule, server: PrivatePostgres | undefined) {
    this.#world = world;
    this.#backend = backend;
    this.#schedule = schedule;
    this.#server = server;
    this.#random = seededRandom(schedule.seed + 1);
    this.#troubles = schedule.troubles;
    const env: Env = { ...world.env, ...backend.env };
    const bury = () => backend.buryTheDead();
    this.#processes =
      schedule.store === 'files'
        ? new Map([['web', new Supervised(env, { accepts: true }, bury)]])
        : new Map([
            ['web', new Supervised({ ...env, workers: 0 }, { accepts: true }, bury)],
            ['worker', new Supervised(env, { accepts: false }, bury)],
          ]);
    this.#ticks = new TickLife({
      world,
      schedule,
      dispatcher: this.#processes.get('worker') ?? this.#web,
      hookUrl: () => this.#web.url,
      setClocks: (trueNow) => this.#setClocks(trueNow),
      bring: (trouble) => this.#follow(this.#bringTo(trouble)),
      underWay: () => this.#underWay.size,
    });
  }

  async run(): Promise<Lived> {
    for (const each of this.#processes.values()) await each.start(FIRST_DAY);
    const { deliveries } = this.#world;
    let late: readonly Delivery[] = [];
    // An installation's event has no place in the order of a repository's: on GitHub it comes first.
    for (const first of deliveries.slice(0, 1)) await this.#post(first);
    // Nobody sends what is told of these again: no trouble of the first delivery may be left.
    await Promise.all(this.#underWay);
    await this.#idle();
    this.#world.emulated.hooks.target(this.#web.url);
    await putOnTime(this.#world.emulated);
    await this.#idle();
    for (let from = 1; from < deliveries.length; from += BATCH) {
      const batch = [...late, ...deliveries.slice(from, from + BATCH)];
      const now = batch.at(-1)?.at ?? FIRST_DAY;
      await this.#ticks.passTo(now);
      this.#world.clock.set(now);
      await this.#setClocks(now);
      late = await this.#sendAll(batch);
      if (this.#random() < IDLE_SHARE) await this.#idle();
    }
    while (late.length > 0 && this.#failure === undefined) {
      await sleep(SEND_AGAIN_AFTER_MS);
      late = await this.#sendAll(late);
    }
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    if (this.#failure !== undefined) throw this.#failure;
    const lastAcceptedAt = performance.now();
    await this.#idle();
    const workedOffMs = performance.now() - lastAcceptedAt;
    await this.#ticks.end();
    await this.#idle();
    if (this.#failure !== undefined) throw this.#failure;
    for (const each of this.#processes.values()) await each.stop();
    return {
      recoveredMs: this.#recoveredMs,
      workedOffMs,
      poisoned: this.#poisoned,
      starts: [...this.#processes.values()].reduce((sum, { starts }) => sum + starts, 0),
      brokenTicks: await this.#ticks.broken((id) => this.#backend.state(id)),
    };
  }

  async end(): Promise<void> {
    for (const each of this.#processes.values()) await each.end();
    await Promise.allSettled(this.#underWay);
  }

  get #web(): Supervised {
    const web = this.#processes.get('web');
    if (web === undefined) throw new Error('There is no process that accepts.');
    return web;
  }

  async #setClocks(trueNow: number): Promise<void> {
    for (const each of this.#processes.values()) await each.setClock(trueNow + this.#clockOffsetMs, trueNow);
  }

  async #idle(): Promise<void> {
    for (;;) if (await this.#web.idle()) return;
  }

  /** Sends each over a bad way; returns those that have to come again. */
  async #sendAll(deliveries: readonly Delivery[]): Promise<readonly Delivery[]> {
    const late: Delivery[] = [];
    await Promise.all(
      deliveries.map(async (delivery) => {
        if (!(await this.#sendOverBadWay(delivery))) late.push(delivery);
      }),
    );
    return late;
  }

  async #sendOverBadWay(delivery: Delivery): Promise<boolean> {
    const { way } = this.#schedule;
    const happens = (share: number): boolean => this.#random() < share;
    // Drawn before anything waits: in the same order every time.
    const [dropped, delayed, unanswered, duplicated, replayed] = [
      way.dropped,
      way.delayed,
      way.unanswered,
      way.duplicated,
      way.replayed,
    ].map(happens);
    if (dropped === true || delayed === true) return false;
    const copies = [this.#post(delivery)];
    if (duplicated === true) copies.push(this.#post(delivery));
    if (replayed === true) copies.push(this.#post({ ...delivery, guid: `${delivery.guid}-replayed` }));
    const statuses = await Promise.all(copies);
    return unanswered !== true && statuses.every((status) => status === 202);
  }

  /** The status; `undefined` where no answer came. */
  async #post({ guid, event, body }: Delivery): Promise<number | undefined> {
    const sentAt = performance.now();
    let status: number;
    try {
      const response = await fetch(this.#web.url, {
        method: 'POST',
        headers: hookHeaders({ event, guid, body, secret: WEBHOOK_SECRET }),
        body,
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      await response.arrayBuffer();
      status = response.status;
    } catch {
      return undefined;
    }
    if (status !== 202) {
      // 503: the disk is full, the database away, the process about to end. Anything else no trouble explains.
      if (status !== 503 && status !== 500) this.#failure ??= new Error(`The App answered ${status}.`);
      if (status === 500) this.#failure ??= new Error(`The App answered 500 to ${event} ${guid}.`);
      return status;
    }
    if (this.#troubleEndedAt !== undefined && sentAt >= this.#troubleEndedAt) {
      this.#recoveredMs = Math.max(this.#recoveredMs, performance.now() - this.#troubleEndedAt);
      this.#troubleEndedAt = undefined;
    }
    this.#answered += 1;
    this.#makeTrouble();
    return status;
  }

  #makeTrouble(): void {
    const due = this.#troubles.filter(({ after }) => after <= this.#answered);
    this.#troubles = this.#troubles.slice(due.length);
    for (const trouble of due) {
      this.#ticks.noteTrouble();
      this.#follow(this.#bring(trouble));
    }
  }

  #follow(trouble: Promise<void>): void {
    const under = trouble
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#underWay.delete(under);
        this.#troubleEndedAt ??= performance.now();
      });
    this.#underWay.add(under);
  }

  /** The dispatcher meets it in the midst of a request. */
  async #bringTo(trouble: TickTrouble): Promise<void> {
    const who = this.#schedule.store === 'files' ? 'web' : 'worker';
    switch (trouble.kind) {
      case 'error':
      case 'lost':
        return;
      case 'kill':
        return this.#processes.get(who)?.kill();
      case 'pause':
        return this.#processes.get(who)?.pause(trouble.forMs);
      case 'clock-jump':
        return this.#bring({ kind: trouble.kind, after: 0, byMs: trouble.byMs });
      case 'full-disk':
        return this.#bring({ kind: trouble.kind, after: 0, forMs: trouble.forMs });
      case 'database-pause':
        return this.#bring({ kind: trouble.kind, after: 0, forMs: trouble.forMs });
      case 'database-restart':
        return this.#bring({ kind: trouble.kind, after: 0, mode: trouble.mode });
      case 'database-kill':
        return this.#bring({ kind: trouble.kind, after: 0 });
    }
  }

  async #bring(trouble: Trouble): Promise<void> {
    switch (trouble.kind) {
      case 'kill':
        await sleep(trouble.delayMs);
        this.#processes.get(trouble.who)?.kill();
        return;
      case 'pause':
        return this.#processes.get(trouble.who)?.pause(trouble.forMs);
      case 'clock-jump':
        this.#clockOffsetMs += trouble.byMs;
        return;
      case 'poison':
        return this.#poison(trouble.payload);
      case 'second-process':
        return this.#startSecond();
      case 'full-disk':
        return this.#backend.fillDisk?.(trouble.forMs);
      case 'database-restart':
        await this.#server?.restart(trouble.mode);
        return this.#backend.buryTheDead();
      case 'database-kill':
        await this.#server?.killBackend();
        return this.#backend.buryTheDead();
      case 'database-pause':
        return this.#server?.pause(trouble.forMs);
      case 'database-failover':
        await this.#server?.failover();
        return this.#backend.buryTheDead();
      case 'github':
        return this.#troubleGithub(trouble);
    }
  }

  async #poison(number: number): Promise<void> {
    const body = POISON[number % POISON.length] ?? '';
    const guid = `poison-${number}-${this.#poisoned.length}`;
    this.#poisoned.push(guid);
    for (;;) {
      try {
        const response = await fetch(this.#web.url, {
          method: 'POST',
          headers: hookHeaders({ event: 'workflow_run', guid, body, secret: WEBHOOK_SECRET }),
          body,
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        });
        await response.arrayBuffer();
        if (response.status === 422) return;
        if (response.status !== 503) throw new Refusal(`A poisoned payload was answered ${response.status}.`);
      } catch (error) {
        if (error instanceof Refusal) throw error;
      }
      await sleep(SEND_AGAIN_AFTER_MS);
    }
  }

  /** Another process must not get the data directory while the first lives. */
  async #startSecond(): Promise<void> {
    const second = new Supervised(
      { ...this.#world.env, ...this.#backend.env },
      { accepts: true },
      async () => undefined,
    );
    const { isUp, starts } = this.#web;
    try {
      const began = performance.now();
      const took = await second.tryToStart(FIRST_DAY);
      // On a machine with too much to do the first may be silent for as long as a dead one, and is overtaken then.
      const isProof = performance.now() - began < STALE_AFTER_MS;
      // While the first was down, the directory was anybody's.
      if (took && isProof && isUp && this.#web.isUp && this.#web.starts === starts)
        throw new Error('Two processes hold one data directory.');
    } finally {
      await second.end();
    }
  }

  async #troubleGithub({ answer, times }: Extract<Trouble, { kind: 'github' }>): Promise<void> {
    const { faults } = this.#world.emulated;
    if (answer === 'no-answer' || answer === 'half-closed') return faults.loseAnswers(answer, times);
    const path = /^\/repos\//;
    if (answer === 'secondary-limit') {
      return faults.failNext({
        path,
        status: 403,
        times,
        headers: { 'retry-after': '1' },
        body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' },
      });
    }
    faults.failNext({ path, status: Number(answer), times });
  }
}

class Refusal extends Error {}
