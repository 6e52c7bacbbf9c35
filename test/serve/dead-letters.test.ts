import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { Env } from '../../src/env.ts';
import { OffbeatError } from '../../src/errors.ts';
import { openStorage } from '../../src/serve/storage.ts';
import { cli } from '../cli/checkout.ts';
import { dropTemplate, missingServer, serverDatabase } from '../database/test-database.ts';
import { clock, keepingLog } from '../store/sample.ts';
import { startTestServer, type TestServer } from './server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(dropTemplate);

/** An earlier process gives up one delivery, and cannot read another one. */
async function leaveDeadLetters(env: Pick<Env, 'dataDirectory' | 'database'>): Promise<void> {
  const { queue, close } = await openStorage({
    env,
    log: keepingLog(),
    clock,
    handler: () => async () => {
      throw new OffbeatError('payload-invalid', 'A fault that is mended since.');
    },
  });
  await queue.accept({
    deliveryId: 'given-up',
    event: 'ping',
    group: 'installation:1',
    repositoryId: null,
    payload: {},
    keys: [],
    acceptedAt: clock.now(),
  });
  await queue.idle();
  await queue.reject({ deliveryId: 'unreadable', event: 'push', reason: 'It has no repository.' });
  await close();
}

async function onFiles(): Promise<TestServer> {
  const app = await startTestServer({}, (dataDirectory) => leaveDeadLetters({ dataDirectory }));
  cleanups.push(() => app.close());
  return app;
}

async function onPostgres(): Promise<TestServer> {
  const { url, destroy } = await serverDatabase();
  cleanups.push(destroy);
  const database = { url, poolSize: 4 };
  const app = await startTestServer({ database }, (dataDirectory) =>
    leaveDeadLetters({ dataDirectory, database }),
  );
  cleanups.push(() => app.close());
  return app;
}

interface Listed {
  readonly id: string;
  readonly delivery_id: string;
  readonly can_be_redriven: boolean;
}

const listed = async (app: TestServer) =>
  (await app.ask('/admin/dead-letters')).data as unknown as readonly Listed[];

function contract(name: string, start: () => Promise<TestServer>): void {
  it(`dead letters are listed, redriven and dropped while the server runs, by an admin of all with a code (${name})`, async () => {
    const app = await start();
    const letters = await listed(app);
    expect(letters.map(({ delivery_id, can_be_redriven }) => [delivery_id, can_be_redriven])).toEqual([
      ['given-up', true],
      ['unreadable', false],
    ]);
    expect((await app.ask('/health')).data).toMatchObject({
      status: 'degraded',
      problems: expect.arrayContaining([
        expect.stringMatching(/^2 deliveries were given up \(dead letters\): GET /),
      ]),
    });
    expect((await fetch(`${app.server.url}/readyz`)).status).toBe(200);
    const post = { why: 'it is mended' };
    for (const repositories of [['acme/site'], ['acme/*']])
      expect((await app.ask('/admin/dead-letters/redrive', { post, repositories })).status).toBe(403);
    expect((await app.ask('/admin/dead-letters', { role: 'operator' })).status).toBe(403);
    expect((await app.ask('/admin/dead-letters/redrive', { post })).status).toBe(409);
    expect((await listed(app)).length).toBe(2);

    const done = await app.confirm('/admin/dead-letters/redrive', 'it is mended');
    expect([done.status, done.data]).toEqual([200, { redriven: 1 }]);
    await app.server.idle();
    expect((await listed(app)).map(({ delivery_id }) => delivery_id)).toEqual(['unreadable']);
    expect(done.text).not.toContain(app.directory);

    expect((await app.ask('/admin/dead-letters/drop', { post })).status).toBe(409);
    expect((await app.confirm('/admin/dead-letters/drop', 'seen')).data).toEqual({ dropped: 1 });
    expect(await listed(app)).toEqual([]);
    await app.server.idle();
    expect((await app.ask('/health')).text).not.toContain('dead letters');
  });
}

contract('files', onFiles);
const missing = await missingServer();
describe.skipIf(missing !== undefined)(missing ?? 'a real server', () => contract('PostgreSQL', onPostgres));

it('the command line names the way through the server that runs', async () => {
  const app = await onFiles();
  vi.stubEnv('DATA_DIR', app.directory);
  const { code, err } = await cli('queue', 'redrive', '--all');
  expect(code).not.toBe(0);
  expect(err).toContain('POST /api/v1/admin/dead-letters/redrive');
});
