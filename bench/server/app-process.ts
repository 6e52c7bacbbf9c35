import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeMiddleware, Probot } from 'probot';
import { openDatabase } from '../../src/database/connect.ts';
import { migrate } from '../../src/database/migrate.ts';
import { seenRepository, seenRun } from '../../src/events/from-payload.ts';
import { parseEvent } from '../../src/events/payloads.ts';
import { createInProcessQueue } from '../../src/queue/in-process.ts';
import { startBoss } from '../../src/queue/pg-boss/boss.ts';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { noteRun } from '../../src/usecases/observe-run.ts';
import { createFrontDoor } from '../../src/webhook/front-door.ts';
import { openAccepting } from './accepting.ts';
import { benchContext, benchLog, benchRepository, systemClock } from './context.ts';
import { SECRET } from './deliveries.ts';
import { benchJobHandler } from './process-job.ts';

/** One server of the bench, told over IPC what to be; answers questions about itself. */
export type AppOrder =
  | { readonly kind: 'probot' }
  /**
   * `all` with the handler of production; `thin` with one that knows the repository and keeps the run, and forecasts nothing;
   * `nothing` with one that does nothing.
   */
  | {
      readonly kind: 'lowdb';
      readonly directory: string;
      readonly learn: 'all' | 'thin' | 'nothing';
      readonly repositories: number;
    }
  /** Accepts only: the work is that of other processes. */
  | { readonly kind: 'postgres'; readonly url: string };

/** `cpu`: processor time spent so far, microseconds. */
export type AppQuestion = 'idle' | 'memory' | 'cpu' | 'stop';

export interface MemoryUse {
  readonly rssBytes: number;
  /** The most since the last question. */
  readonly peakRssBytes: number;
}

const SAMPLE_EVERY_MS = 5;

interface Running {
  readonly port: number;
  idle(): Promise<void>;
  stop(): Promise<void>;
}

async function start(order: AppOrder): Promise<Running> {
  switch (order.kind) {
    case 'probot':
      return startProbot();
    case 'lowdb':
      return startFiles(order);
    case 'postgres':
      return startTables(order.url);
  }
}

/** Probot as it comes, with a handler that does nothing. */
async function startProbot(): Promise<Running> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const probot = new Probot({ appId: 1, privateKey, secret: SECRET, logLevel: 'fatal' });
  const middleware = await createNodeMiddleware(
    (app) => {
      app.on('workflow_run', () => undefined);
    },
    { probot, webhooksPath: '/api/github/webhooks' },
  );
  const server = createServer((request, response) => void middleware(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    idle: async () => undefined,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function startFiles(order: Extract<AppOrder, { kind: 'lowdb' }>): Promise<Running> {
  const store = await openLowdbStore({ directory: order.directory, log: benchLog, clock: systemClock });
  const context = benchContext(store);
  const handle = benchJobHandler(context);
  if (order.learn !== 'nothing') {
    for (let index = 0; index < order.repositories; index += 1) {
      const { id, change } = benchRepository(index, systemClock.now());
      await store.apply(id, change);
    }
  }
  const queue = await createInProcessQueue({
    directory: `${order.directory}/queue`,
    ledger: store,
    async handle(job) {
      if (order.learn === 'all') return handle(job);
      const atItsTime = { ...context, clock: { now: () => job.acceptedAt } };
      const event = order.learn === 'thin' ? parseEvent('workflow_run', job.payload) : null;
      if (event?.name !== 'workflow_run') return;
      const seen = seenRepository(event.payload);
      if (seen !== null) await noteRun(atItsTime, seen, seenRun(event.payload));
    },
    log: benchLog,
    clock: systemClock,
    random: Math.random,
  });
  const door = createFrontDoor({ secrets: [SECRET], queue, routes: [], log: benchLog, clock: systemClock });
  return {
    port: await door.listen(0, '127.0.0.1'),
    idle: () => queue.idle(),
    async stop() {
      door.server.closeAllConnections();
      await door.drain();
      await queue.drain();
      await store.close();
    },
  };
}

async function startTables(url: string): Promise<Running> {
  const database = openDatabase({ url, poolSize: 10, onError: (error) => console.error(error) });
  await migrate(database);
  const store = openPostgresStore({ database, log: benchLog, clock: systemClock });
  const boss = await startBoss({ connection: { url }, log: benchLog });
  const queue = await openAccepting(database, boss, store);
  const door = createFrontDoor({ secrets: [SECRET], queue, routes: [], log: benchLog, clock: systemClock });
  return {
    port: await door.listen(0, '127.0.0.1'),
    idle: async () => undefined,
    async stop() {
      door.server.closeAllConnections();
      await door.drain();
      await queue.drain();
      await boss.stop({ graceful: false });
      await store.close();
      await database.destroy();
    },
  };
}

let running: Running | undefined;
let peakRssBytes = 0;
/** Begins with the first question: looking costs a few percent of what the other sections measure. */
let sampler: NodeJS.Timeout | undefined;

async function answer(message: AppOrder | AppQuestion): Promise<unknown> {
  if (typeof message === 'object') {
    running = await start(message);
    return running.port;
  }
  if (message === 'idle') return running?.idle().then(() => null);
  if (message === 'cpu') {
    const { user, system } = process.cpuUsage();
    return user + system;
  }
  if (message === 'memory') {
    globalThis.gc?.();
    sampler ??= setInterval(() => {
      peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss());
    }, SAMPLE_EVERY_MS);
    const memory = { rssBytes: process.memoryUsage.rss(), peakRssBytes };
    peakRssBytes = 0;
    return memory;
  }
  clearInterval(sampler);
  await running?.stop();
  return null;
}

process.on('message', (message: AppOrder | AppQuestion) => {
  void answer(message).then(
    (reply) => {
      process.send?.(reply ?? null);
      if (message === 'stop') process.disconnect();
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
