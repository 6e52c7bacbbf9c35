import { randomUUID } from 'node:crypto';
import { cp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Octokit } from '@octokit/rest';
import type { Logger } from 'pino';
import { ProbotOctokit } from 'probot';
import { itemAt } from '../../src/checked.ts';
import type { Clock, Waits } from '../../src/clock.ts';
import { leapingTime, type SettableClock, settableClock } from '../../src/demo/clock.ts';
import {
  type Emulated,
  type EmulatedRepository,
  type EmulatorOptions,
  type SeededRepository,
  startEmulator,
} from '../../src/demo/emulator.ts';
import type { WriteRecord } from '../../src/demo/github-proxy.ts';
import { generateHistory } from '../../src/demo/history.ts';
import { hookHeaders } from '../../src/demo/hook-deliveries.ts';
import { installationPayload } from '../../src/demo/installation.ts';
import type { Json } from '../../src/demo/json.ts';
import type { PayloadContext } from '../../src/demo/payloads.ts';
import { replay } from '../../src/demo/replay.ts';
import { RunRegistry } from '../../src/demo/run-registry.ts';
import { DEMO_WORKFLOWS, type DemoWorkflow, demoFiles } from '../../src/demo/workflows.ts';
import type { Env } from '../../src/env.ts';
import type { GuardTime } from '../../src/github/guard.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../src/serve/start.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { ContractWatch } from '../contract/contract-watch.ts';
import { PRIVATE_KEY } from '../private-key.ts';
import { quickDirectory } from '../quick-directory.ts';

export const WEBHOOK_SECRET = 'secret-of-the-tests';
export const API_SECRET = 'secret-of-the-api-of-these-tests';
export const WEBHOOK_PATH = '/api/github/webhooks';

/** A Monday. */
export const FIRST_DAY = Date.UTC(2026, 5, 1);
const DAY_MS = 86_400_000;
const FIRST_RUN_ID = 9_000_000_000;

/** The demo's workflows without those that fire so often that they take most of the time. */
export const TEST_WORKFLOWS: readonly DemoWorkflow[] = DEMO_WORKFLOWS.filter(
  ({ schedules }) => !schedules.some(({ cron }) => /^\S+ \* /.test(cron)),
);

export interface AppOptions {
  readonly workflows?: readonly DemoWorkflow[];
  /** Text of `.github/offbeat.yml`. */
  readonly config?: string;
  readonly permissions?: EmulatorOptions['permissions'];
  /** False: the operator has switched the pages off. */
  readonly dashboard?: boolean;
  /** Where the App logs; nowhere where it is left out. */
  readonly log?: Logger;
  /** Repositories beside the first one. */
  readonly neighbours?: readonly SeededRepository[];
  /**
   * By which everything is dated, and waits; a clock that starts on the first day, and waits that end at once, where
   * left out.
   */
  readonly time?: SettableClock & GuardTime & Waits;
  /** The clock of the App's machine, where it goes wrong; a second process is on another machine. */
  readonly appClock?: Clock;
  /** Where the App keeps everything; files where it is left out. */
  readonly database?: NonNullable<Env['database']>;
  /** A second process works on the same database. */
  readonly second?: boolean;
}

type Who = keyof Emulated['people'];

export interface SentWebhook {
  readonly event: string;
  readonly payload: Json | string;
  readonly guid?: string;
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The App as it runs in production, before an emulated GitHub. */
export interface RunningApp {
  readonly emulated: Emulated;
  readonly server: RunningServer;
  readonly clock: SettableClock;
  /** Where the App keeps what it knows. */
  readonly dataDirectory: string;
  readonly where: { readonly owner: string; readonly repo: string };
  readonly as: (who: Who) => Octokit;
  /** Posts one signed webhook; answers the status. */
  readonly send: (webhook: SentWebhook) => Promise<number>;
  /** Resolves when no webhook is under way and nothing waits. */
  readonly idle: () => Promise<void>;
  /** Resolves when no webhook is under way and no tick is served. */
  readonly ticksIdle: () => Promise<void>;
  /** Replays some days of runs from the first day (or later) on. */
  readonly live: (
    days: number,
    options?: {
      readonly fromDay?: number;
      readonly seed?: number;
      /**
       * Runs are replayed on the first of so many days, and on the last day of all. For weeks of which nothing matters
       * but that they pass: each day with runs is planned anew, which takes most of the time.
       */
      readonly oneDayIn?: number;
      /** As they run in these days, where that is not as at the start. */
      readonly workflows?: readonly DemoWorkflow[];
    },
  ) => Promise<void>;
  /** What payloads tell of a repository, the first one where none is given. */
  readonly payloadContext: (repository?: EmulatedRepository) => Promise<PayloadContext>;
  /** The App's open pull requests. */
  readonly proposals: () => Promise<Awaited<ReturnType<Octokit['rest']['pulls']['list']>>['data']>;
  /** Comments, and returns what the App answers to it (empty where nothing). */
  readonly command: (who: Who, issueNumber: number, body: string) => Promise<string>;
  /** Stops the App; the harness does it at the end in any case. */
  readonly stop: () => Promise<void>;
  /** Stops the App and starts it again on the same data, or as another process that knows nothing yet. */
  readonly restart: (options?: {
    readonly empty?: boolean;
    /** What an operator does meanwhile. */
    readonly meanwhile?: () => Promise<void>;
  }) => Promise<void>;
  /** Successful requests of the App that changed something. */
  readonly writes: () => readonly string[];
}

/** All that a life has left: GitHub as the writes that lead to it, and the App as its data directory. */
export interface Snapshot {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly writes: readonly WriteRecord[];
  readonly runs: RunRegistry;
  readonly privateKey: string;
  /** A copy of the App's data directory; whoever takes the snapshot removes it. */
  readonly dataDirectory: string;
}

/** Starts emulator and App in a temporary directory, runs `test`, and takes both down. */
export async function withApp(options: AppOptions, test: (app: RunningApp) => Promise<void>): Promise<void> {
  await runWorld(options, undefined, async ({ app, emulated }) => {
    for (const owner of new Set(emulated.repositories.map((repository) => repository.owner))) {
      emulated.hooks.raise('installation', installationPayload(emulated, owner));
    }
    await app.idle();
    await test(app);
  });
}

/** Lives as `life` does, stops the App, and keeps what there is then; the App's data is copied to `directory`. */
export async function takeSnapshot(
  options: AppOptions,
  life: (app: RunningApp) => Promise<void>,
  directory: string,
): Promise<Snapshot> {
  let snapshot: Snapshot | undefined;
  await withApp(options, async (app) => {
    await life(app);
    await app.idle();
    await app.server.stop();
    await cp(app.dataDirectory, directory, { recursive: true });
    snapshot = {
      now: app.clock.now(),
      writes: [...app.emulated.writes],
      runs: new RunRegistry(app.emulated.runs),
      privateKey: app.emulated.app.privateKey,
      dataDirectory: directory,
    };
  });
  if (snapshot === undefined) throw new Error('The life ended without a snapshot.');
  return snapshot;
}

/** Starts from a copy of a snapshot, which stays as it is: the same options as when it was taken. */
export async function resume(
  options: AppOptions,
  snapshot: Snapshot,
  test: (app: RunningApp) => Promise<void>,
): Promise<void> {
  await runWorld(options, snapshot, ({ app }) => test(app));
}

interface World {
  readonly app: RunningApp;
  readonly emulated: Emulated;
}

/** What a server before the emulated GitHub is told, but for where it keeps its data. */
export function serverEnv({ app, url }: Emulated): Omit<Env, 'dataDirectory'> {
  return {
    appId: app.id,
    privateKey: app.privateKey,
    secrets: [WEBHOOK_SECRET],
    githubApiUrl: url,
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
    emergencyStop: false,
  };
}

async function runWorld(
  options: AppOptions,
  snapshot: Snapshot | undefined,
  act: (world: World) => Promise<void>,
): Promise<void> {
  const clock = options.time ?? settableClock(FIRST_DAY);
  const contract = new ContractWatch();
  const workflows = options.workflows ?? TEST_WORKFLOWS;
  const emulated = await startEmulator({
    repositories: [
      { name: 'octo-repo', files: demoFiles(workflows, options.config) },
      ...(options.neighbours ?? []),
    ],
    webhookSecret: WEBHOOK_SECRET,
    clock,
    observe: contract.observe,
    privateKey: snapshot?.privateKey ?? PRIVATE_KEY,
    ...(options.permissions === undefined ? {} : { permissions: options.permissions }),
    ...(snapshot === undefined ? {} : { runs: new RunRegistry(snapshot.runs) }),
  });
  const dataDirectory = await quickDirectory('offbeat-e2e-');
  if (snapshot !== undefined) {
    await repeatWrites(emulated, clock, snapshot.writes);
    clock.set(snapshot.now);
    await cp(snapshot.dataDirectory, dataDirectory, { recursive: true });
  }
  const start = (more: Partial<ServerOptions> = {}) =>
    startServer({
      env: {
        ...serverEnv(emulated),
        dataDirectory,
        ...(options.database === undefined ? {} : { database: options.database }),
        api: { secret: API_SECRET, audience: 'offbeat' },
        pages: {
          publicUrl: null,
          clientId: emulated.app.clientId,
          clientSecret: emulated.app.clientSecret,
          on: options.dashboard ?? true,
        },
      },
      clock,
      githubTime: options.time ?? leapingTime(),
      ...(options.time === undefined ? {} : { waits: options.time }),
      log: options.log ?? createLog({ level: 'silent' }),
      ...more,
    });
  const wrong =
    options.appClock === undefined ? {} : { clock: options.appClock, machineClock: options.appClock };
  const startAll = async (): Promise<RunningServer[]> =>
    options.second === true ? [await start(wrong), await start({ accepts: false })] : [await start(wrong)];
  const stopAll = async (): Promise<void> => {
    for (const one of servers.splice(0)) await one.stop();
  };
  let servers = await startAll();
  const listen = () => emulated.hooks.target(`${itemAt(servers, 0).url}${WEBHOOK_PATH}`);
  const app = appOf(
    emulated,
    clock,
    workflows,
    dataDirectory,
    () => servers,
    async ({ empty = false, meanwhile } = {}) => {
      await stopAll();
      await meanwhile?.();
      if (empty) await rm(dataDirectory, { recursive: true, force: true });
      servers = await startAll();
      listen();
    },
    stopAll,
  );
  try {
    listen();
    await act({ app, emulated });
    contract.assertKept(emulated.hooks.all);
  } finally {
    await stopAll();
    await emulated.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

/**
 * Brings a new emulated GitHub to where another one was: the same writes at the same times by the same callers. Its
 * webhooks are answered by nobody in particular, as the App's data holds what came of them.
 */
async function repeatWrites(
  emulated: Emulated,
  clock: SettableClock,
  writes: readonly WriteRecord[],
): Promise<void> {
  const receiver = createServer((request, response) => {
    request.resume();
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  emulated.hooks.target(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`);
  const { id: appId, privateKey } = emulated.app;
  const installations = emulated.repositories.map(({ fullName, installationId }) => ({
    path: `/repos/${fullName}/`,
    octokit: new ProbotOctokit({
      baseUrl: emulated.url,
      auth: { appId, privateKey, installationId },
      throttle: { enabled: false },
      log: QUIET,
    }),
  }));
  const tokens = new Map(Object.values(emulated.people).map(({ login, token }) => [login, token]));
  for (const { at, method, path, caller, body } of writes) {
    // What the App does as itself are tokens, and deliveries that it asks for again. Jobs of workflows only start
    // others.
    if (caller.kind === 'app' || caller.kind === 'job') continue;
    clock.set(at);
    const octokit =
      caller.kind === 'installation'
        ? installations.find((installation) => path.startsWith(installation.path))?.octokit
        : new Octokit({ baseUrl: emulated.url, auth: tokens.get(caller.login), log: QUIET });
    if (octokit === undefined) throw new Error(`No installation has ${path}.`);
    await octokit.request({ method: method as 'POST', url: path, data: body });
  }
  await emulated.hooks.settled();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
}

function appOf(
  emulated: Emulated,
  clock: SettableClock,
  workflows: readonly DemoWorkflow[],
  dataDirectory: string,
  servers: () => readonly RunningServer[],
  restart: RunningApp['restart'],
  stop: RunningApp['stop'],
): RunningApp {
  const where = { owner: emulated.repository.owner, repo: emulated.repository.name };
  const running = () => itemAt(servers(), 0);
  const as = (who: Who) =>
    new Octokit({ baseUrl: emulated.url, auth: emulated.people[who].token, log: QUIET });

  const idle = async () => {
    // An answer of the App may raise a webhook, and that one an answer.
    for (let round = 0; round < 2; round += 1) {
      await emulated.hooks.settled();
      // Processes on one database share a queue.
      await running().idle();
      for (const other of servers().slice(1)) await other.ticksIdle();
    }
  };

  const ticksIdle = async () => {
    await emulated.hooks.settled();
    for (const server of servers()) await server.ticksIdle();
  };

  const send = async ({
    event,
    payload,
    guid = randomUUID(),
    secret = WEBHOOK_SECRET,
    headers,
  }: SentWebhook) => {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const response = await fetch(`${running().url}${WEBHOOK_PATH}`, {
      method: 'POST',
      headers: { ...hookHeaders({ event, guid, body, secret }), ...headers },
      body,
    });
    await response.arrayBuffer();
    return response.status;
  };

  const payloadContext = async ({ owner, name: repo, installationId } = emulated.repository) => {
    const { data } = await as('maintainer').rest.repos.get({ owner, repo });
    return {
      repository: data as unknown as Json,
      installationId,
      apiUrl: data.url,
      sender: { login: emulated.people.maintainer.login, id: 1, type: 'User' },
    };
  };

  return {
    emulated,
    clock,
    dataDirectory,
    where,
    as,
    send,
    idle,
    ticksIdle,
    payloadContext,
    restart,
    stop,
    get server() {
      return running();
    },
    async live(days, { fromDay = 0, seed = 1, oneDayIn, workflows: lived = workflows } = {}) {
      const { data: repository } = await as('maintainer').rest.repos.get(where);
      const branch = repository.default_branch;
      const { data } = await as('maintainer').rest.repos.getBranch({ ...where, branch });
      const history = (from: number, count: number) =>
        generateHistory({
          workflows: lived,
          from: FIRST_DAY + from * DAY_MS,
          days: count,
          headSha: data.commit.sha,
          defaultBranch: branch,
          actor: emulated.people.maintainer.login,
          seed: seed + from - fromDay,
          firstId: FIRST_RUN_ID + from * 1_000_000,
        });
      const daysWithRuns = Array.from({ length: days }, (_, day) => day).filter(
        (day) => oneDayIn !== undefined && (day % oneDayIn === 0 || day === days - 1),
      );
      const events =
        oneDayIn === undefined
          ? history(fromDay, days)
          : daysWithRuns.flatMap((day) => history(fromDay + day, 1));
      await replay({
        events,
        url: `${running().url}${WEBHOOK_PATH}`,
        secret: WEBHOOK_SECRET,
        context: await payloadContext(),
        clock,
        idle,
        runs: emulated.runs,
      });
    },
    async proposals() {
      const { data } = await as('maintainer').rest.pulls.list({ ...where, state: 'open' });
      return data.filter(({ user }) => user?.type === 'Bot');
    },
    async command(who, issue_number, body) {
      const asked = await as(who).rest.issues.createComment({ ...where, issue_number, body });
      await idle();
      const { data } = await as(who).rest.issues.listComments({ ...where, issue_number, per_page: 100 });
      const answers = data.filter((comment) => comment.id > asked.data.id && comment.user?.type === 'Bot');
      return answers.map((comment) => comment.body ?? '').join('\n\n');
    },
    writes: () =>
      emulated.requests
        .filter(({ method, status, caller }) => caller === 'installation' && method !== 'GET' && status < 300)
        .map(({ method, path }) => `${method} ${path.replace(`/repos/${emulated.repository.fullName}`, '')}`),
  };
}

const ignore = () => undefined;
const QUIET = { debug: ignore, info: ignore, warn: ignore, error: ignore };
