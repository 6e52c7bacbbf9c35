import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createChanges } from '../../../src/http/dashboard/changes.ts';
import { createDashboard } from '../../../src/http/dashboard/dashboard.ts';
import { createSessions } from '../../../src/http/session/sessions.ts';
import { OPERATIONS } from '../../../src/operations/table.ts';
import { fakeContext } from '../../usecases/fakes.ts';
import { memoryKeys } from '../session/memory-keys.ts';
import { emptyState } from './states.ts';

const sessions = createSessions({
  secret: 'a secret for sessions',
  secure: false,
  clock: { now: () => Date.now() },
  ended: memoryKeys(),
});
const server = createServer();
let revoked: string[] = [];
let fake: ReturnType<typeof fakeContext>;
let cookie: string;
let formToken: string;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  revoked = [];
  fake = fakeContext({ permissions: { octocat: 'admin' } });
  fake.store.states.set(1, emptyState());
  cookie = (await sessions.begin({ id: 3, login: 'octocat' }, 'token', null)).split(';', 1)[0] ?? '';
  const session = await sessions.read(cookie);
  if (session === null) throw new Error('no session');
  formToken = sessions.formToken(session);
  const dashboard = await createDashboard({
    context: fake.context,
    operations: OPERATIONS,
    people: {
      sessions,
      access: { rightsOf: async () => new Map([[1, 'admin']]), forget: () => undefined },
      signIn: {
        begin: async () => ({ location: 'https://github.com', setCookie: 'a=b' }),
        finish: () => Promise.reject(new Error('nobody comes back here')),
        forget: () => 'a=',
        revoke: async (token) => void revoked.push(token),
      },
    },
    missing: [],
    webUrl: 'https://github.com',
    publicUrl: 'http://localhost',
    changes: createChanges(),
    lockRepository: (_, work) => work(),
    log: fake.log,
  });
  server.removeAllListeners('request');
  server.on(
    'request',
    getRequestListener((request) => dashboard.fetch(request), { overrideGlobalObjects: false }),
  );
});

/** Posts a body in chunks, without its length. */
function post(path: string, type: string, ...chunks: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const headers = { cookie, 'content-type': type, 'transfer-encoding': 'chunked' };
    const sent = send({ port, host: '127.0.0.1', path, method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    for (const chunk of chunks) sent.write(chunk);
    sent.end();
  });
}

const URLENCODED = 'application/x-www-form-urlencoded';
const COMMAND = '/repositories/1/commands/pause';
const isPaused = () => fake.store.states.get(1)?.profile.commandedMode === 'pause';

describe('a form without Content-Length', () => {
  it('commands', async () => {
    expect(await post(COMMAND, URLENCODED, 'form=', formToken)).toBe(303);
    expect(isPaused()).toBe(true);
  });

  it('signs out', async () => {
    expect(await post('/sign-out', URLENCODED, `form=${formToken}`)).toBe(303);
    expect(revoked).toEqual(['token']);
  });

  it('commands as multipart, too', async () => {
    const edge = '----formboundary7MA4YWxkTrZu0gW';
    const part = `--${edge}\r\ncontent-disposition: form-data; name="form"\r\n\r\n${formToken}\r\n--${edge}--\r\n`;
    expect(await post(COMMAND, `multipart/form-data; boundary=${edge}`, part)).toBe(303);
    expect(isPaused()).toBe(true);
  });

  it.each([
    [
      'broken multipart',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="form"\r\n',
    ],
    ['multipart without a boundary', 'multipart/form-data', 'form=x'],
    ['no form', 'application/json', '{"form":"x"}'],
  ])('is a 400 where it is %s', async (_, type, body) => {
    for (const path of [COMMAND, '/sign-out']) expect(await post(path, type, body)).toBe(400);
    expect(isPaused()).toBe(false);
    expect(revoked).toEqual([]);
  });

  it('is a 413 where it is too long', async () => {
    expect(await post(COMMAND, URLENCODED, 'form=', 'x'.repeat(70_000))).toBe(413);
  });
});
