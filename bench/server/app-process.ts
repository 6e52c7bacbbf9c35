import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeMiddleware, Probot } from 'probot';
import { createFrontDoor } from '../../src/http/webhook/front-door.ts';
import { benchLog, benchRepository, systemClock } from './context.ts';
import { SECRET } from './deliveries.ts';
import { openBenchStorage } from './open-storage.ts';

/** One server of the bench, told over IPC what to be; answers questions about itself. */
export type AppOrder =
  | { readonly kind: 'probot' }
  /** Accepts and, with `learns`, handles as in production. On PostgreSQL where `url` is given. */
  | {
      readonly kind: 'whole';
      readonly directory: string;
      readonly url?: string;
      readonly learns: boolean;
      readonly repositories: number;
    }
  /** Accepts only: the work is that of other processes. */
  | { readonly kind: 'door'; readonly directory: string; readonly url: string };

/** `cpu`: processor time spent so far, microseconds. `memory`: resident bytes. */
export type AppQuestion = 'idle' | 'memory' | 'cpu' | 'stop';

interface Running {
  readonly port: number;
  idle(): Promise<void>;
  stop(): Promise<void>;
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

async function startOurs(order: Exclude<AppOrder, { kind: 'probot' }>): Promise<Running> {
  const handles = order.kind === 'whole';
  const { store, queue, close } = await openBenchStorage({
    directory: order.directory,
    learns: handles && order.learns,
    url: order.url,
    ...(handles ? {} : { workers: 0 }),
  });
  if (handles) {
    for (let index = 0; index < order.repositories; index += 1) {
      const { id, change } = benchRepository(index, systemClock.now());
      await store.apply(id, change);
    }
  }
  const door = createFrontDoor({ secrets: [SECRET], queue, routes: [], log: benchLog, clock: systemClock });
  return {
    port: await door.listen(0, '127.0.0.1'),
    // What is accepted for others is never idle here.
    idle: () => (handles ? queue.idle() : Promise.resolve()),
    async stop() {
      door.server.closeAllConnections();
      await door.drain();
      await close();
    },
  };
}

let running: Running | undefined;

async function answer(message: AppOrder | AppQuestion): Promise<unknown> {
  if (typeof message === 'object') {
    running = await (message.kind === 'probot' ? startProbot() : startOurs(message));
    return running.port;
  }
  switch (message) {
    case 'idle':
      return running?.idle().then(() => null);
    case 'cpu': {
      const { user, system } = process.cpuUsage();
      return user + system;
    }
    case 'memory':
      globalThis.gc?.();
      return process.memoryUsage.rss();
    case 'stop':
      await running?.stop();
      return null;
  }
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
// The bench may have been stopped.
process.on('disconnect', () => process.exit());
