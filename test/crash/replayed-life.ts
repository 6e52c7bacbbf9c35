import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Octokit } from '@octokit/rest';
import { settableClock } from '../../src/demo/clock.ts';
import { type Emulated, startEmulator } from '../../src/demo/emulator.ts';
import { generateHistory, type HistoryEvent } from '../../src/demo/history.ts';
import { hookHeaders } from '../../src/demo/hook-deliveries.ts';
import { HookPipe } from '../../src/demo/hook-pipe.ts';
import { installationPayload } from '../../src/demo/installation.ts';
import type { Json } from '../../src/demo/json.ts';
import type { PayloadContext } from '../../src/demo/payloads.ts';
import { webhookOf } from '../../src/demo/replay.ts';
import { demoFiles } from '../../src/demo/workflows.ts';
import type { Env } from '../../src/env.ts';
import type { RepositoryState, Store } from '../../src/usecases/ports.ts';
import { ContractWatch } from '../contract/contract-watch.ts';
import { FIRST_DAY, serverEnv, TEST_WORKFLOWS, WEBHOOK_SECRET } from '../e2e/harness.ts';
import { sampled } from '../sampled.ts';
import { KillableApp } from './killable-app.ts';

/** Few enough that a life is short: the first of the daily ones, without the pushes of `ci.yml`. */
const WORKFLOWS = TEST_WORKFLOWS.slice(0, sampled(6, 3));
/** Enough for a pull request and some rounds after it. */
const DAYS = 20;
/**
 * Sent before the next is waited for: of these a kill finds some answered and some not. As few as that no job is there
 * at many kills: one that was begun eight times is taken for what kills its process, and given up.
 */
const BATCH = 6;
const FIRST_RUN_ID = 9_000_000_000;

/**
 * When the App dies: after so many answered deliveries, or in the middle of its so many-th request to GitHub, or of the
 * first with which it writes something new (how often it repeats a write differs from one store to the other).
 */
export type KillPoint =
  | { readonly kind: 'delivery'; readonly number: number; readonly delayMs: number }
  | { readonly kind: 'request'; readonly number: number }
  | { readonly kind: 'new write'; readonly number: number };

export interface Backend {
  readonly env: Pick<Env, 'dataDirectory' | 'database'>;
  open(): Promise<Pick<Store, 'load' | 'close'>>;
  /** Lets go of what a dead process held, where that takes its time. */
  buryTheDead?(): Promise<void>;
  drop(): Promise<void>;
}

/** What is left of a life, with whatever differs from one emulator to the next named the same. */
export interface Remains {
  readonly kept: unknown;
  readonly pulls: readonly {
    readonly state: string;
    readonly author: string;
    readonly title: string;
    readonly commits: number;
  }[];
  readonly branches: number;
  readonly kills: number;
}

interface Sent {
  readonly guid: string;
  readonly event: string;
  readonly body: string;
}

/** Lives twenty days before an emulated GitHub, dies at each of the points and is started again on the same data. */
export async function liveAndDie(backend: Backend, points: readonly KillPoint[]): Promise<Remains> {
  const clock = settableClock(FIRST_DAY);
  const contract = new ContractWatch();
  const emulated = await startEmulator({
    repositories: [{ name: 'octo-repo', files: demoFiles(WORKFLOWS) }],
    webhookSecret: WEBHOOK_SECRET,
    clock,
    observe: contract.observe,
  });
  const app = new KillableApp({ ...backend.env, ...serverEnv(emulated) });
  try {
    const fate = new Fate(app, points);
    fate.watch(emulated);
    await app.start(FIRST_DAY);
    const where = { owner: emulated.repository.owner, repo: emulated.repository.name };
    const maintainer = new Octokit({ baseUrl: emulated.url, auth: emulated.people.maintainer.token });
    const { data: branch } = await maintainer.rest.repos.getBranch({ ...where, branch: 'main' });
    const { data: repository } = await maintainer.rest.repos.get(where);
    const context: PayloadContext = {
      repository: repository as unknown as Json,
      installationId: emulated.app.installationId,
      apiUrl: repository.url,
      sender: { login: emulated.people.maintainer.login, id: 1, type: 'User' },
    };
    const events = historyOf(branch.commit.sha, emulated);
    const sender = new Sender(app, fate, async () => backend.buryTheDead?.());
    await sender.send([asSent('installation', installationPayload(emulated), 'installation')], FIRST_DAY);
    for (let from = 0; from < events.length; from += BATCH) {
      const batch = events.slice(from, from + BATCH);
      const now = Math.floor(batch[0]?.at ?? FIRST_DAY);
      clock.set(now);
      const webhooks = batch.map((event, index) => {
        const { name, payload } = webhookOf(event, context);
        return asSent(name, payload, String(from + index));
      });
      await sender.send(webhooks, now);
    }
    await app.stop();
    const { data: pulls } = await maintainer.rest.pulls.list({ ...where, state: 'all' });
    const { data: branches } = await maintainer.rest.repos.listBranches(where);
    const commits = await Promise.all(
      pulls.map(
        async ({ number }) =>
          (await maintainer.rest.pulls.listCommits({ ...where, pull_number: number })).data.length,
      ),
    );
    const store = await backend.open();
    const state = await store.load(emulated.repository.id);
    await store.close();
    contract.assertKept(emulated.hooks.all);
    const names = new Map([
      [emulated.url, 'GITHUB'],
      [branch.commit.sha, 'MAIN'],
      ...pulls.map((pull) => [pull.head.sha, 'HEAD'] as const),
    ]);
    return {
      kept: named(withoutAlarms(state), names),
      pulls: pulls.map((pull, index) => ({
        state: pull.state,
        author: pull.user?.login ?? '',
        title: pull.title,
        commits: commits[index] ?? 0,
      })),
      branches: branches.length,
      kills: fate.kills,
    };
  } finally {
    app.kill();
    await app.gone();
    await emulated.stop();
    await backend.drop();
  }
}

/** A directory of files, removed with the test. */
export async function temporaryDirectory(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'offbeat-kill-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

function historyOf(headSha: string, emulated: Emulated): readonly HistoryEvent[] {
  return generateHistory({
    workflows: WORKFLOWS,
    from: FIRST_DAY,
    days: DAYS,
    headSha,
    defaultBranch: 'main',
    actor: emulated.people.maintainer.login,
    seed: 1,
    firstId: FIRST_RUN_ID,
  });
}

function asSent(event: string, payload: Json, guid: string): Sent {
  return { guid: `kill-${guid}`, event, body: JSON.stringify(payload) };
}

/** Kills at the points, each once, in the order in which they come. */
class Fate {
  readonly #app: KillableApp;
  readonly #left: Set<KillPoint>;
  readonly #writes = new Set<string>();
  #answered = 0;
  #requests = 0;
  #doomedLife = 0;
  kills = 0;

  constructor(app: KillableApp, points: readonly KillPoint[]) {
    this.#app = app;
    this.#left = new Set(points);
  }

  /** GitHub has the request and does what it asks; the one who asked is gone before the answer. */
  watch({ faults }: Emulated): void {
    const intercept = faults.intercept.bind(faults);
    faults.intercept = (exchange) => {
      if (exchange.caller.kind === 'installation') {
        this.#requests += 1;
        this.#check('request', this.#requests);
        if (exchange.method !== 'GET') this.#writes.add(`${exchange.method} ${exchange.path}`);
        this.#check('new write', this.#writes.size);
      }
      return intercept(exchange);
    };
  }

  answered(): void {
    this.#answered += 1;
    this.#check('delivery', this.#answered);
  }

  /** Several answers may have come at once; of their deaths only the first was died. */
  restarted(): void {
    this.#check('delivery', this.#answered);
  }

  /** One death a life: a point that comes while the App is already dying waits for the next life. */
  #check(kind: KillPoint['kind'], number: number): void {
    if (this.#app.life === this.#doomedLife) return;
    for (const point of this.#left) {
      if (point.kind !== kind || point.number > number) continue;
      this.#left.delete(point);
      this.kills += 1;
      this.#doomedLife = this.#app.life;
      if (point.kind === 'delivery') setTimeout(() => this.#app.kill(), point.delayMs);
      else this.#app.kill();
      return;
    }
  }
}

/**
 * Sends in order, and again in that order from the first that got no 202: as GitHub's redelivery would, only sooner.
 */
class Sender {
  readonly #app: KillableApp;
  readonly #fate: Fate;
  readonly #bury: () => Promise<void>;

  constructor(app: KillableApp, fate: Fate, bury: () => Promise<void>) {
    this.#app = app;
    this.#fate = fate;
    this.#bury = bury;
  }

  async send(webhooks: readonly Sent[], now: number): Promise<void> {
    let left = webhooks;
    for (;;) {
      if (left.length > 0) left = left.slice(await this.#sendSome(left, now));
      else if (await this.#app.idle()) return;
      if (this.#app.lives) continue;
      await this.#app.gone();
      await this.#bury();
      await this.#app.start(now);
      this.#fate.restarted();
    }
  }

  /** How many of the first were answered with 202. */
  async #sendSome(webhooks: readonly Sent[], now: number): Promise<number> {
    if (!(await this.#app.setClock(now))) return 0;
    const pipe = new HookPipe(this.#app.url);
    const answers: Promise<number>[] = [];
    let accepted = 0;
    try {
      for (const { guid, event, body } of webhooks) {
        const { answered } = await pipe.send(
          hookHeaders({ event, guid, body, secret: WEBHOOK_SECRET }),
          body,
        );
        const counted = answered.then((status) => {
          if (status === 202) this.#fate.answered();
          return status;
        });
        counted.catch(() => undefined);
        answers.push(counted);
      }
      for (const answer of answers) {
        const status = await answer;
        if (status !== 202) throw new Refusal(`The App answered ${status}.`);
        accepted += 1;
      }
    } catch (error) {
      if (error instanceof Refusal) throw error;
      // The App has died: what it had answered before is counted below.
      accepted = await countAccepted(answers);
      await this.#app.gone();
    } finally {
      pipe.close();
    }
    return accepted;
  }
}

/** An answer that no kill explains. */
class Refusal extends Error {}

async function countAccepted(answers: readonly Promise<number>[]): Promise<number> {
  const settled = await Promise.allSettled(answers);
  const firstLost = settled.findIndex((each) => each.status === 'rejected' || each.value !== 202);
  return firstLost === -1 ? settled.length : firstLost;
}

/** Whether a run is overdue depends on when somebody looks, and after every start somebody does. */
function withoutAlarms(state: RepositoryState | undefined): unknown {
  return state && { ...state, audit: state.audit.filter(({ kind }) => kind !== 'alarm') };
}

function named(value: unknown, names: ReadonlyMap<string, string>): unknown {
  let text = JSON.stringify(value) ?? 'null';
  for (const [before, after] of names) text = text.replaceAll(before, after);
  return JSON.parse(text);
}
