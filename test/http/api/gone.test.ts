import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterEach, describe, expect, it } from 'vitest';
import { operationEndpoints } from '../../../src/http/api/operation-endpoints.ts';
import { OPERATIONS } from '../../../src/operations/table.ts';
import { planningCancelled } from '../../../src/serve/planning-cancelled.ts';
import type { Planning } from '../../../src/usecases/context.ts';
import { decideByStrategies } from '../../../src/usecases/planning/decide.ts';
import { REPOSITORY, startApi, token } from './harness.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** The API on a port, before a planner that is asked and has no answer until nobody waits for it. */
async function slowApi() {
  const asked = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<unknown>();
  const planning: Planning = async (request, signal) => {
    if (signal === undefined) return decideByStrategies(request);
    signal.addEventListener('abort', () => gone.resolve(signal.reason));
    asked.resolve();
    await gone.promise;
    throw planningCancelled();
  };
  const { context, store } = await startApi();
  const { app } = await startApi({
    store,
    endpoints: operationEndpoints(OPERATIONS, {
      contextFor: async () => ({ ...context, planning }),
      lockRepository: (_id, work) => work(),
    }),
  });
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${REPOSITORY}`,
    app,
    asked: asked.promise,
    gone: gone.promise,
  };
}

const headersFor = async (role: string) => ({ authorization: `Bearer ${await token({ role })}` });

describe('a question whose asker has gone', () => {
  it('is told to the planner when its connection closes', async () => {
    const { url, asked, gone } = await slowApi();
    const client = new AbortController();
    const answer = fetch(`${url}/simulate`, { headers: await headersFor('viewer'), signal: client.signal });
    await Promise.race([asked, answer]);
    client.abort();
    await expect(answer).rejects.toThrow();
    await gone;
  });

  it('is answered as given up', async () => {
    const { app, asked } = await slowApi();
    const client = new AbortController();
    const request = new Request(`http://localhost${REPOSITORY}/simulate`, {
      headers: await headersFor('viewer'),
      signal: client.signal,
    });
    const answer = Promise.resolve(app.fetch(request));
    await Promise.race([asked, answer]);
    client.abort();
    const response = await answer;
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'planning-cancelled' });
  });

  it('does not take back what was asked to be done', async () => {
    const { app } = await slowApi();
    const request = new Request(`http://localhost${REPOSITORY}/optimize`, {
      method: 'POST',
      headers: await headersFor('operator'),
    });
    expect((await app.fetch(request)).status).toBe(200);
  });
});
