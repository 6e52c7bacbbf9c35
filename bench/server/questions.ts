import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { type Emulated, startEmulator } from '../../src/demo/emulator.ts';
import { installationPayload } from '../../src/demo/installation.ts';
import type { Env } from '../../src/env.ts';
import { ContractWatch } from '../../test/contract/contract-watch.ts';
import { filesOf } from '../doors/repositories.ts';
import { type BenchDatabase, benchDatabase, NO_DATABASE } from './bench-database.ts';
import { Child } from './child.ts';
import { SECRET, WORKFLOWS_PER_REPOSITORY } from './deliveries.ts';
import { atLeast, atMost, type Figure, milliseconds, shown, whole } from './figures.ts';
import type { LoadOrder, LoadResult } from './load-process.ts';
import type { ProductionOrder } from './production-process.ts';

/** Signed deliveries a second beside the questions. */
const RATE = 50;
const CONNECTIONS = 16;
const REPOSITORIES = 100;
/** The numbers of two rounds' runs are so far apart. */
const RUNS_A_ROUND = 1_000_000;
/** Questions that one viewer asks at once. */
const AT_ONCE = 100;
const BETWEEN_VOLLEYS_MS = 200;
const MOST_P99_MS = 1_000;
/** Connections of one process to PostgreSQL, as in production by default. */
const POOL_SIZE = 10;
const API_SECRET = 'secret-of-the-api-of-the-bench-0';
const AUDIENCE = 'offbeat';

export interface QuestionsOptions {
  /** Workflow files of the repository that is asked about. */
  readonly workflows: number;
  readonly seconds: number;
}

/**
 * How soon deliveries are accepted while a viewer asks the costliest question a hundred times at once, again and again.
 */
export async function benchQuestions(options: QuestionsOptions): Promise<readonly Figure[]> {
  const contract = new ContractWatch();
  const emulated = await startEmulator({
    webhookSecret: SECRET,
    observe: contract.observe,
    repositories: [{ name: 'large', files: filesOf(options.workflows) }],
  });
  const database = await benchDatabase();
  try {
    const files = await onOneStore('files', emulated, null, options);
    const others =
      database === null
        ? [shown('the same on PostgreSQL', NO_DATABASE)]
        : await onOneStore('PostgreSQL', emulated, database, options);
    contract.assertKept();
    return [...files, ...others];
  } finally {
    await database?.drop();
    await emulated.stop();
  }
}

async function onOneStore(
  name: string,
  emulated: Emulated,
  database: BenchDatabase | null,
  { workflows, seconds }: QuestionsOptions,
): Promise<readonly Figure[]> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'offbeat-bench-'));
  const app = new Child('production-process.ts');
  const load = new Child('load-process.ts');
  try {
    const env = {
      ...envOf(emulated, dataDirectory),
      ...(database === null ? {} : { database: { url: database.url, poolSize: POOL_SIZE } }),
    };
    const order: ProductionOrder = { env, repositories: REPOSITORIES };
    const url = await app.ask<string>(order);
    emulated.hooks.target(`${url}/api/github/webhooks`);
    emulated.hooks.raise('installation', installationPayload(emulated));
    await emulated.hooks.settled();
    await app.ask('idle');
    await app.ask('loop');
    const calm = await load.ask<LoadResult>(loadOf(url, 0, seconds));
    await app.ask('idle');
    const heldCalm = await app.ask<number>('loop');
    const done = new AbortController();
    const asking = askUntil(url, emulated.repository.fullName, done.signal);
    const beside = await load.ask<LoadResult>(loadOf(url, RUNS_A_ROUND, seconds));
    done.abort();
    const held = await app.ask<number>('loop');
    const answers = await asking;
    return [
      atMost(
        `p99 while a viewer asks \`batch\` ${AT_ONCE} times at once, ${workflows} workflows, ${name}`,
        beside.p99Ms,
        MOST_P99_MS,
        milliseconds,
      ),
      atLeast(
        'accepted meanwhile',
        1 - beside.failures / beside.sent,
        1,
        (share) => `${(100 * share).toFixed(1)} %`,
      ),
      shown(
        'event loop held at most · without the questions',
        `${milliseconds(held)} · ${milliseconds(heldCalm)}`,
      ),
      shown(
        'p99 without the questions · answers given · put off',
        `${milliseconds(calm.p99Ms)} · ${whole(answers.get(200) ?? 0)} · ${whole(answers.get(429) ?? 0)}`,
      ),
    ];
  } finally {
    for (const child of [load, app]) child.end();
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

function envOf(emulated: Emulated, dataDirectory: string): Env {
  return {
    dataDirectory,
    appId: emulated.app.id,
    privateKey: emulated.app.privateKey,
    secrets: [SECRET],
    githubApiUrl: emulated.url,
    host: '127.0.0.1',
    port: 0,
    logLevel: 'error',
    emergencyStop: false,
    api: { secret: API_SECRET, audience: AUDIENCE },
  };
}

function loadOf(url: string, from: number, seconds: number): LoadOrder {
  return {
    url: `${url}/api/github/webhooks`,
    traffic: { repositories: REPOSITORIES, workflowsPerRepository: WORKFLOWS_PER_REPOSITORY, burst: 1, from },
    connections: CONNECTIONS,
    seconds,
    rate: RATE,
  };
}

/** Asks in volleys, each of another viewer so that no limit of a caller ends them; answers by their status. */
async function askUntil(
  url: string,
  repository: string,
  done: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const statuses = new Map<number, number>();
  for (let viewer = 1; !done.aborted; viewer += 1) {
    const authorization = `Bearer ${await tokenOf(`viewer ${viewer}`)}`;
    const ask = async (): Promise<void> => {
      const response = await fetch(`${url}/api/v1/repositories/${repository}/batch`, {
        headers: { authorization },
      });
      await response.arrayBuffer();
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    await sleep(BETWEEN_VOLLEYS_MS);
  }
  return statuses;
}

function tokenOf(subject: string): Promise<string> {
  return new SignJWT({ role: 'viewer', repositories: ['*'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setAudience(AUDIENCE)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(API_SECRET));
}
