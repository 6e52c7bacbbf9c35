import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Octokit } from '@octokit/rest';
import type { Logger } from 'pino';
import { type SettableClock, settableClock } from '../../src/demo/clock.ts';
import { type Emulated, type EmulatorOptions, startEmulator } from '../../src/demo/emulator.ts';
import { generateHistory } from '../../src/demo/history.ts';
import { hookHeaders } from '../../src/demo/hook-deliveries.ts';
import { installationPayload } from '../../src/demo/installation.ts';
import type { Json } from '../../src/demo/json.ts';
import type { PayloadContext } from '../../src/demo/payloads.ts';
import { replay } from '../../src/demo/replay.ts';
import { DEMO_WORKFLOWS, type DemoWorkflow, demoFiles } from '../../src/demo/workflows.ts';
import { type RunningServer, startServer } from '../../src/serve/start.ts';
import { createLog } from '../../src/telemetry/log.ts';

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
  readonly where: { readonly owner: string; readonly repo: string };
  readonly as: (who: Who) => Octokit;
  /** Posts one signed webhook; answers the status. */
  readonly send: (webhook: SentWebhook) => Promise<number>;
  /** Resolves when no webhook is under way and nothing waits. */
  readonly idle: () => Promise<void>;
  /** Replays some days of runs from the first day (or later) on. */
  readonly live: (
    days: number,
    options?: {
      readonly fromDay?: number;
      readonly seed?: number;
      /** As they run in these days, where that is not as at the start. */
      readonly workflows?: readonly DemoWorkflow[];
    },
  ) => Promise<void>;
  readonly payloadContext: () => Promise<PayloadContext>;
  /** The App's open pull requests. */
  readonly proposals: () => Promise<Awaited<ReturnType<Octokit['rest']['pulls']['list']>>['data']>;
  /** Comments, and returns what the App answers to it (empty where nothing). */
  readonly command: (who: Who, issueNumber: number, body: string) => Promise<string>;
  /** Stops the App and starts it again on the same data, or as another process that knows nothing yet. */
  readonly restart: (options?: { readonly empty?: boolean }) => Promise<void>;
  /** Successful requests of the App that changed something. */
  readonly writes: () => readonly string[];
}

/** Starts emulator and App in a temporary directory, runs `test`, and takes both down. */
export async function withApp(options: AppOptions, test: (app: RunningApp) => Promise<void>): Promise<void> {
  const clock = settableClock(FIRST_DAY);
  const workflows = options.workflows ?? TEST_WORKFLOWS;
  const emulated = await startEmulator({
    repositories: [{ name: 'octo-repo', files: demoFiles(workflows, options.config) }],
    webhookSecret: WEBHOOK_SECRET,
    clock,
    ...(options.permissions === undefined ? {} : { permissions: options.permissions }),
  });
  const dataDirectory = await mkdtemp(join(tmpdir(), 'offbeat-e2e-'));
  const start = () =>
    startServer({
      env: {
        appId: emulated.app.id,
        privateKey: emulated.app.privateKey,
        secrets: [WEBHOOK_SECRET],
        githubApiUrl: emulated.url,
        host: '127.0.0.1',
        port: 0,
        dataDirectory,
        logLevel: 'silent',
        emergencyStop: false,
        api: { secret: API_SECRET, audience: 'offbeat' },
        pages: {
          publicUrl: null,
          clientId: emulated.app.clientId,
          clientSecret: emulated.app.clientSecret,
          on: options.dashboard ?? true,
        },
      },
      clock,
      log: options.log ?? createLog({ level: 'silent' }),
    });
  let server = await start();
  const arrive = async () => {
    emulated.hooks.target(`${server.url}${WEBHOOK_PATH}`);
  };
  const app = appOf(
    emulated,
    clock,
    workflows,
    () => server,
    async ({ empty = false } = {}) => {
      await server.stop();
      if (empty) await rm(dataDirectory, { recursive: true, force: true });
      server = await start();
      await arrive();
    },
  );
  try {
    await arrive();
    emulated.hooks.raise('installation', installationPayload(emulated));
    await app.idle();
    await test(app);
  } finally {
    await server.stop();
    await emulated.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

function appOf(
  emulated: Emulated,
  clock: SettableClock,
  workflows: readonly DemoWorkflow[],
  running: () => RunningServer,
  restart: RunningApp['restart'],
): RunningApp {
  const where = { owner: emulated.repository.owner, repo: emulated.repository.name };
  const as = (who: Who) =>
    new Octokit({ baseUrl: emulated.url, auth: emulated.people[who].token, log: QUIET });

  const idle = async () => {
    // An answer of the App may raise a webhook, and that one an answer.
    for (let round = 0; round < 2; round += 1) {
      await emulated.hooks.settled();
      await running().idle();
    }
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

  const payloadContext = async () => {
    const { data } = await as('maintainer').rest.repos.get(where);
    return {
      repository: data as unknown as Json,
      installationId: emulated.app.installationId,
      apiUrl: data.url,
      sender: { login: emulated.people.maintainer.login, id: 1, type: 'User' },
    };
  };

  return {
    emulated,
    clock,
    where,
    as,
    send,
    idle,
    payloadContext,
    restart,
    get server() {
      return running();
    },
    async live(days, { fromDay = 0, seed = 1, workflows: lived = workflows } = {}) {
      const { data: repository } = await as('maintainer').rest.repos.get(where);
      const branch = repository.default_branch;
      const { data } = await as('maintainer').rest.repos.getBranch({ ...where, branch });
      const events = generateHistory({
        workflows: lived,
        from: FIRST_DAY + fromDay * DAY_MS,
        days,
        headSha: data.commit.sha,
        defaultBranch: branch,
        actor: emulated.people.maintainer.login,
        seed,
        firstId: FIRST_RUN_ID + fromDay * 1_000_000,
      });
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
