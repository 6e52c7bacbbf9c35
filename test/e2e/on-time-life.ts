import type { RunState } from '../../src/demo/emulated-runs.ts';
import { type Exchange, refusal } from '../../src/demo/exchange.ts';
import type { Meddling } from '../../src/demo/faults.ts';
import { installationPayload } from '../../src/demo/installation.ts';
import { asJson, textAt } from '../../src/demo/json.ts';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { MINUTE_MS } from '../../src/time.ts';
import type { RepositoryState, SourceFile } from '../../src/usecases/ports.ts';
import type { TestDatabase } from '../database/test-database.ts';
import { keepingLog } from '../store/sample.ts';
import type { SimulatedTime } from '../walk/simulated-time.ts';
import type { AppOptions, RunningApp } from './harness.ts';
import { type CaseHub, NIGHTLY, type TickCase, workflow } from './on-time-cases.ts';

const DISPATCHES = /^\/repos\/([^/]+\/[^/]+)\/actions\/workflows\/[^/]+\/dispatches$/;
const RUN_LISTS = /^\/repos\/([^/]+\/[^/]+)\/actions\/runs$/;
const SUSPENDED: Meddling = {
  kind: 'instead',
  answer: refusal(403, 'This installation has been suspended'),
};

/**
 * Two processes on a database take some minutes where a machine has much else to do. A life that is given up goes on
 * beside the next one, and both set the one clock of the process.
 */
export const LIFE_MS = 600_000;
const LONGEST_STEP_MS = 15 * MINUTE_MS;
export const ELSE = '.github/workflows/else.yml';
export const ELSE_TEXT =
  "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: 'true'\n";
export const ON_TIME_PERMISSIONS = {
  metadata: 'read',
  actions: 'write',
  contents: 'write',
  workflows: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
} as const;

/** A workflow at every quarter of an hour. */
export const QUARTER_HOURLY = {
  title: 'every quarter of an hour',
  asked: [],
  started: 0,
  left: null,
  workflow: workflow('*/15 * * * *'),
} as const satisfies TickCase;

/** An App in `time` before one private repository a list of files, beside the demo's own, which has no workflows. */
export function beforeRepositories(
  time: SimulatedTime,
  repositories: readonly (readonly SourceFile[])[],
): AppOptions {
  return {
    workflows: [],
    permissions: ON_TIME_PERMISSIONS,
    time,
    neighbours: repositories.map((files, at) => ({
      owner: `owner-${at}`,
      name: 'site',
      private: true,
      files,
    })),
  };
}

/** The first of these repositories in the store of an App that is stopped; on files where `database` is `null`. */
export async function loadState(
  { dataDirectory, emulated }: RunningApp,
  database: TestDatabase | null,
  clock: SimulatedTime,
): Promise<RepositoryState | undefined> {
  const log = keepingLog();
  const store =
    database === null
      ? await openLowdbStore({ directory: dataDirectory, log, clock })
      : openPostgresStore({ database: database.database, log, clock });
  const state = await store.load(emulated.repositories[1]?.id ?? 0);
  await store.close();
  return state;
}

/** The repositories of some cases before one App, whose time the test moves. */
export class OnTimeLife {
  readonly app: RunningApp;
  readonly #time: SimulatedTime;
  readonly #isOnTables: boolean;
  /** Webhooks that were sent when all was quiet last. */
  #heard = 0;
  readonly #asked = new Map<string, number[]>();
  readonly #answers = new Map<string, Meddling[]>();
  readonly #answersUntil = new Map<string, readonly [number, Meddling]>();
  readonly #lists = new Map<string, Meddling>();
  readonly #suspended = new Set<string>();
  readonly #refused = new Map<string, number>();
  readonly #silent = new Set<string>();
  #outage: Meddling | null = null;
  /** When requests of the App have met the outage, epoch ms. */
  readonly metOutageAt: number[] = [];
  /** False while a delivery waits for a time that is still to come: nobody may wait for it. */
  waitsForDeliveries = true;

  constructor(app: RunningApp, time: SimulatedTime, isOnTables: boolean) {
    this.app = app;
    this.#isOnTables = isOnTables;
    this.#time = time;
    app.emulated.faults.meddleWith((exchange) => this.#meddle(exchange));
    // GitHub sends no news of a suspended installation.
    app.emulated.hooks.loseWhere((payload) => {
      const fullName = textAt(payload, 'repository', 'full_name');
      return this.#silent.has(fullName) || this.#suspended.has(fullName);
    });
  }

  /** The repository of a case, where requests are answered as the case says. */
  begin(repository: number, { answers = [], answersUntil }: TickCase, tick: number): CaseHub {
    const hub = this.#hubOf(repository);
    this.#answers.set(hub.fullName, [...answers]);
    if (answersUntil !== undefined)
      this.#answersUntil.set(hub.fullName, [tick + answersUntil[0], answersUntil[1]]);
    return hub;
  }

  /** From now on no webhook tells of the repository. */
  silence(fullName: string): void {
    this.#silent.add(fullName);
  }

  /** What comes in the place of every answer to the App from now on; `null`: nothing does. */
  answersApp(outage: Meddling | null): void {
    this.#outage = outage;
  }

  /** How many lists of runs, and requests of a suspended installation, for a token too, GitHub has refused. */
  refusals(fullName: string): number {
    return this.#refused.get(fullName) ?? 0;
  }

  /** When GitHub has heard a request for a run, epoch ms. */
  askedAt(fullName: string): readonly number[] {
    return this.#asked.get(fullName) ?? [];
  }

  runs(fullName: string, event: string, path = NIGHTLY): readonly RunState[] {
    return this.app.emulated.actions.started.filter(
      ({ run }) => run.repository === fullName && run.event === event && run.path === path,
    );
  }

  /** Lets the time pass; what is to happen meanwhile happens at its time. */
  async until(
    end: number,
    events: readonly (readonly [at: number, act: () => unknown])[] = [],
  ): Promise<void> {
    const waiting = events.toSorted(([one], [other]) => one - other);
    for (;;) {
      await this.#quiet();
      const due = Math.min(
        this.#time.nextDue() ?? Number.POSITIVE_INFINITY,
        this.#time.now() + LONGEST_STEP_MS,
        this.app.emulated.actions.nextAt(),
        waiting[0]?.[0] ?? Number.POSITIVE_INFINITY,
      );
      if (due > end) break;
      this.#time.set(due);
      this.app.emulated.actions.advance();
      while (waiting[0] !== undefined && waiting[0][0] <= this.#time.now()) await waiting.shift()?.[1]();
      this.#time.fireDue();
      await this.#time.fireRepeated();
    }
    this.#time.set(end);
    this.app.emulated.actions.advance();
    await this.#quiet();
  }

  #meddle(exchange: Exchange): Meddling | undefined {
    const { method, path, caller } = exchange;
    if (this.#outage !== null && (caller.kind === 'installation' || caller.kind === 'app')) {
      this.metOutageAt.push(this.#time.now());
      return this.#outage;
    }
    const suspended = this.#suspendedIn(exchange);
    if (suspended !== undefined) {
      this.#countRefusal(suspended);
      return SUSPENDED;
    }
    if (caller.kind !== 'installation') return undefined;
    const listed = method === 'GET' ? RUN_LISTS.exec(path)?.[1] : undefined;
    const list = listed === undefined ? undefined : this.#lists.get(listed);
    if (listed !== undefined && list !== undefined) this.#countRefusal(listed);
    if (listed !== undefined) return list;
    const fullName = method === 'POST' ? DISPATCHES.exec(path)?.[1] : undefined;
    if (fullName === undefined) return undefined;
    this.#asked.set(fullName, [...this.askedAt(fullName), this.#time.now()]);
    const [until, answer] = this.#answersUntil.get(fullName) ?? [];
    if (until !== undefined && this.#time.now() < until) return answer;
    return this.#answers.get(fullName)?.shift();
  }

  #countRefusal(fullName: string): void {
    this.#refused.set(fullName, this.refusals(fullName) + 1);
  }

  /** The repository of a suspended installation that a request is about. */
  #suspendedIn({ path }: Exchange): string | undefined {
    if (this.#suspended.size === 0) return undefined;
    return this.app.emulated.repositories.find(
      ({ fullName, installationId }) =>
        this.#suspended.has(fullName) &&
        (path.startsWith(`/repos/${fullName}/`) ||
          path === `/app/installations/${installationId}/access_tokens`),
    )?.fullName;
  }

  #tellOfInstallation(owner: string, action: 'suspend' | 'unsuspend'): void {
    const { emulated } = this.app;
    const payload = installationPayload(emulated, owner);
    const by = { login: emulated.people.maintainer.login, id: 1, type: 'User' };
    const suspension =
      action === 'suspend'
        ? { suspended_at: new Date(this.#time.now()).toISOString(), suspended_by: by }
        : { suspended_at: null, suspended_by: null };
    const installation = { ...asJson(payload.installation), ...suspension };
    emulated.hooks.raise('installation', { ...payload, installation, action });
  }

  async #quiet(): Promise<void> {
    const { emulated, idle, ticksIdle } = this.app;
    for (let requests = -1; requests !== emulated.requests.length; ) {
      requests = emulated.requests.length;
      await ticksIdle();
      if (!this.waitsForDeliveries) continue;
      // A database takes long to say that its queue is empty, and no timer of the story fills that.
      if (this.#isOnTables && this.#heard === emulated.hooks.all.length) continue;
      await idle();
      this.#heard = emulated.hooks.all.length;
    }
  }

  #hubOf(index: number): CaseHub {
    const { app } = this;
    const silent = this.#silent;
    const repository = app.emulated.repositories[index];
    if (repository === undefined) throw new RangeError(`There is no repository ${index}.`);
    const { owner, name: repo, fullName } = repository;
    const as = app.as('maintainer');
    const { actions } = app.emulated;
    const scheduled = async (path: string, event: 'schedule' | 'push'): Promise<void> => {
      await actions.startByEvent(fullName, path, event, 'maintainer');
    };
    return {
      app,
      owner,
      repo,
      fullName,
      as,
      githubComes: () => scheduled(NIGHTLY, 'schedule'),
      somethingElseRuns: () => scheduled(ELSE, 'push'),
      async dispatchedBy(who) {
        await app
          .as(who)
          .rest.actions.createWorkflowDispatch({ owner, repo, workflow_id: 'nightly.yml', ref: 'main' });
      },
      suspend: (told) => {
        this.#suspended.add(fullName);
        if (told) this.#tellOfInstallation(owner, 'suspend');
      },
      unsuspend: (told) => {
        this.#suspended.delete(fullName);
        if (told) this.#tellOfInstallation(owner, 'unsuspend');
      },
      listsAnswer: (answer) => {
        if (answer === null) this.#lists.delete(fullName);
        else this.#lists.set(fullName, answer);
      },
      async write(path, text, told = true) {
        await app.idle();
        const isSilent = silent.has(fullName);
        if (!told) silent.add(fullName);
        const found = await as.rest.repos.getContent({ owner, repo, path }).catch(() => null);
        const sha = found !== null && 'sha' in found.data ? { sha: found.data.sha } : {};
        await as.rest.repos.createOrUpdateFileContents({
          owner,
          repo,
          path,
          message: `Change ${path}`,
          content: Buffer.from(text).toString('base64'),
          ...sha,
        });
        await app.emulated.hooks.settled();
        if (!isSilent) silent.delete(fullName);
        await app.idle();
      },
    };
  }
}

export function configOf({ rules = 'net: cron\n' }: TickCase): string {
  const mode = rules.includes('mode: ') ? '' : 'mode: suggest\n';
  const onTime = rules.includes('on-time: ') ? '' : 'on-time: punctual\n';
  return `${mode}${onTime}${rules}`;
}
