import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { GitHubClient } from '../../src/github/client.ts';
import { createGitHub } from '../../src/github/connect.ts';
import { createGuard } from '../../src/github/guard.ts';
import { appAuthentication, createProbot } from '../../src/github/probot.ts';
import { createLog } from '../../src/telemetry/log.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const WHERE = { owner: 'acme', repo: 'site' };
/** Longest that a test waits for an answer; nothing here answers late. */
const TIMEOUT_MS = 5_000;

/** `status` 0: the connection is cut without an answer. */
interface Answer {
  readonly status: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is answered in the place of JSON. */
  readonly text?: string;
}

const OK: Answer = { status: 200 };
/** What cannot be done without of the answers here. */
const WANTED = { default_branch: 'main', number: 1 };

/** Whose client asks: an installation's by its id, or the App's own. */
type Account = 9 | 10 | null;

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/**
 * The clients that production makes, through Probot, before a server that gives `answers` in turn (the last one for
 * good) and writes down when each request came. Waiting takes no time: it moves the clock.
 */
async function productionClients(...answers: readonly Answer[]) {
  const clock = { at: 0 };
  let held = Promise.resolve();
  let heldAnswers = Promise.resolve();
  const requests: { readonly line: string; readonly at: number }[] = [];
  const server = createServer(async (request, response) => {
    const reply = (status: number, body: object, headers = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    };
    if (request.url?.endsWith('/access_tokens') === true) {
      reply(201, { token: 'ghs_token', expires_at: new Date(Date.now() + 3_600_000), permissions: {} });
    } else if (request.url === '/app') {
      reply(200, { slug: 'offbeat' });
    } else {
      const {
        status,
        message = '',
        headers = {},
        text,
      } = answers[Math.min(requests.length, answers.length - 1)] ?? OK;
      requests.push({ line: `${request.method} ${request.url}`, at: clock.at });
      await heldAnswers;
      if (status === 0) response.destroy();
      else if (text !== undefined) response.writeHead(status, headers).end(text);
      else reply(status, status < 300 ? WANTED : { message }, headers);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const time = {
    now: () => clock.at,
    async wait(ms: number) {
      await held;
      clock.at += ms;
    },
  };
  const guard = createGuard(time);
  const probot = createProbot({
    appId: 7,
    privateKey,
    secret: 'secret-of-the-test',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    timeoutMs: TIMEOUT_MS,
    log: createLog({ level: 'silent' }),
  });
  const clients = new Map<number | null, GitHubClient>();
  const github = createGitHub(
    appAuthentication(probot, time),
    (client, installationId) => clients.set(installationId, client),
    guard,
  );
  for (const installationId of [9, 10]) {
    await github.connect({ id: 1, installationId, owner: WHERE.owner, name: WHERE.repo });
  }
  const restOf = (account: Account) => {
    const client = clients.get(account);
    if (client === undefined) throw new Error('No client was made.');
    return client.rest;
  };
  return {
    clock,
    guard,
    requests,
    read: (account: Account): Promise<unknown> =>
      account === null ? restOf(null).apps.listWebhookDeliveries() : restOf(account).repos.get(WHERE),
    /** A write that notifies nobody. */
    write: (account: Account): Promise<unknown> =>
      account === null
        ? restOf(null).apps.redeliverWebhookDelivery({ delivery_id: 1 })
        : restOf(account).git.createRef({ ...WHERE, ref: 'refs/heads/a', sha: 'abc' }),
    commit: (account: 9 | 10): Promise<unknown> =>
      restOf(account).git.createCommit({ ...WHERE, message: 'Message', tree: 'abc', parents: [] }),
    /** A write that notifies people. */
    notify: (account: 9 | 10): Promise<unknown> =>
      restOf(account).issues.create({ ...WHERE, title: 'Title' }),
    /** Has nobody's wait end before the returned function is called. */
    holdWaits(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    /** Has no request answered before the returned function is called. */
    holdAnswers(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      heldAnswers = promise;
      return resolve;
    },
  };
}

const WAYS = [
  { account: 9, name: 'an installation', act: 'read' },
  { account: 9, name: 'an installation', act: 'write' },
  { account: null, name: 'the App itself', act: 'read' },
  { account: null, name: 'the App itself', act: 'write' },
] as const;

/** A request that met a passing fault is sent again three times. */
const REQUESTS_UNTIL_GIVEN_UP = 4;
const BUSY = { code: 'github-busy' };

describe.each(WAYS)('a limit on $act of $name', ({ account, act }) => {
  const soon = (seconds: number) => String(Math.ceil(Date.now() / 1_000) + seconds);
  it.each([
    {
      title: '429 with retry-after',
      answer: { status: 429, headers: { 'retry-after': '4' } },
      waitMs: 4_000,
    },
    {
      title: 'a secondary limit with retry-after',
      answer: {
        status: 403,
        message: 'You have exceeded a secondary rate limit.',
        headers: { 'retry-after': '30' },
      },
      waitMs: 30_000,
    },
    {
      title: 'a secondary limit without a time',
      answer: { status: 403, message: 'You have exceeded a secondary rate limit.' },
      waitMs: 60_000,
    },
    { title: '429 without a time', answer: { status: 429 }, waitMs: 60_000 },
    {
      title: 'a primary limit',
      answer: { status: 403, headers: { 'x-ratelimit-remaining': '0' } },
      resetSeconds: 600,
      waitMs: 590_000,
    },
    {
      title: '503 with retry-after',
      answer: { status: 503, headers: { 'retry-after': '120' } },
      waitMs: 120_000,
    },
  ])('is waited out without a single request: $title', async ({ answer, waitMs, resetSeconds }) => {
    const reset = resetSeconds === undefined ? {} : { 'x-ratelimit-reset': soon(resetSeconds) };
    const github = await productionClients({ ...answer, headers: { ...answer.headers, ...reset } }, OK);
    await expect(github[act](account)).rejects.toMatchObject(BUSY);
    github.clock.at = waitMs - 1;
    await expect(github[act](account)).rejects.toMatchObject(BUSY);
    await expect(github.read(account)).rejects.toMatchObject(BUSY);
    expect(github.requests).toHaveLength(1);
    // A reset is told in whole seconds of the wall clock, so it may be up to ten seconds later than `waitMs`.
    github.clock.at = waitMs + 11_000;
    await expect(github[act](account)).resolves.toMatchObject({ status: 200 });
  });

  it('is waited out for twice as long each time where no time is stated, until a request is answered', async () => {
    const limit = { status: 429 };
    const github = await productionClients(limit, limit, limit, OK, limit, OK);
    let at = 0;
    for (const minutes of [1, 2, 4]) {
      github.clock.at = at;
      await expect(github[act](account)).rejects.toMatchObject(BUSY);
      at += minutes * 60_000;
      github.clock.at = at - 1;
      await expect(github[act](account)).rejects.toMatchObject(BUSY);
    }
    expect(github.requests).toHaveLength(3);
    github.clock.at = at;
    await expect(github[act](account)).resolves.toMatchObject({ status: 200 });
    github.clock.at = at + 60_000;
    await expect(github[act](account)).rejects.toMatchObject(BUSY);
    github.clock.at = at + 120_000;
    await expect(github[act](account)).resolves.toMatchObject({ status: 200 });
  });

  it('ends at the stated second', async () => {
    const github = await productionClients({ status: 429, headers: { 'retry-after': '4' } }, OK);
    await expect(github[act](account)).rejects.toMatchObject(BUSY);
    github.clock.at = 4_000;
    await expect(github[act](account)).resolves.toMatchObject({ status: 200 });
    expect(github.requests.map(({ at }) => at)).toEqual([0, 4_000]);
  });
});

describe.each(WAYS)('a passing fault on $act of $name', ({ account, act }) => {
  it.each([
    { title: '502', answer: { status: 502 }, status: 502 },
    { title: 'a connection that is cut', answer: { status: 0 }, status: 500 },
  ])('is asked again after 1, 4 and 9 s, then given up: $title', async ({ answer, status }) => {
    const github = await productionClients(answer);
    await expect(github[act](account)).rejects.toMatchObject({ status });
    expect(github.requests.map(({ at }) => at)).toEqual([0, 1_000, 5_000, 14_000]);
  });

  it('is over when GitHub answers again', async () => {
    const github = await productionClients({ status: 502 }, OK);
    await expect(github[act](account)).resolves.toMatchObject({ status: 200 });
    expect(github.requests.map(({ at }) => at)).toEqual([0, 1_000]);
  });

  it('turns into a limit where a later answer states a time', async () => {
    const github = await productionClients({ status: 502 }, { status: 429, headers: { 'retry-after': '4' } });
    await expect(github[act](account)).rejects.toMatchObject(BUSY);
    expect(github.requests.map(({ at }) => at)).toEqual([0, 1_000]);
  });
});

describe('limits', () => {
  const LIMIT = { status: 429, headers: { 'retry-after': '30' } };

  it('of one installation do not hold another', async () => {
    const github = await productionClients(LIMIT, OK);
    await expect(github.write(9)).rejects.toMatchObject(BUSY);
    await expect(github.read(10)).resolves.toMatchObject({ status: 200 });
  });

  it('hold a write that was waiting for its turn when they were met', async () => {
    const github = await productionClients(LIMIT, OK);
    const release = github.holdWaits();
    const first = github.write(9);
    const waiting = [github.write(9), github.notify(9)];
    await expect(first).rejects.toMatchObject(BUSY);
    release();
    for (const write of waiting) await expect(write).rejects.toMatchObject(BUSY);
    expect(github.requests).toHaveLength(1);
  });

  it('for which no time is stated are waited out for sixteen minutes at most', async () => {
    const github = await productionClients({ status: 429 });
    for (const minutes of [1, 2, 4, 8, 16, 16]) {
      await expect(github.read(9)).rejects.toMatchObject({ ...BUSY, retryAfterMs: minutes * 60_000 });
      github.clock.at += minutes * 60_000;
    }
  });

  it('are not what a missing permission is', async () => {
    const github = await productionClients({
      status: 403,
      message: 'Resource not accessible by integration',
    });
    for (let round = 0; round < 3; round += 1)
      await expect(github.write(9)).rejects.toMatchObject({ status: 403 });
    expect(github.requests).toHaveLength(3);
  });
});

describe.each(WAYS)('credentials that GitHub does not accept on $act of $name', ({ account, act }) => {
  const BAD: Answer = { status: 401, message: 'Bad credentials' };
  const NOT_ACCEPTED = { code: 'github-credentials' };
  const TRIES_OF_NEW_TOKEN = 6;
  const OTHER = account === 9 ? 10 : 9;

  it('have the work of that account wait for twice as long each time, until they are accepted', async () => {
    // Each token is a new one, of which a 401 says nothing for five seconds.
    const again = Array.from({ length: account === null ? 1 : TRIES_OF_NEW_TOKEN }, () => BAD);
    const github = await productionClients(OK, BAD, ...again, OK);
    await github[act](account);
    github.clock.at = 10_000;
    for (const minutes of [1, 2]) {
      const waits = { ...NOT_ACCEPTED, retryAfterMs: minutes * 60_000 };
      await expect(github[act](account)).rejects.toMatchObject(waits);
      expect(github.guard.notAccepted()).toEqual([account]);
      const before = github.requests.length;
      github.clock.at += minutes * 60_000 - 1;
      await expect(github[act](account)).rejects.toMatchObject({ ...NOT_ACCEPTED, retryAfterMs: 1 });
      expect(github.requests).toHaveLength(before);
      github.clock.at += 1;
    }
    await expect(github[act](account)).resolves.toMatchObject({ status: 200 });
    expect(github.guard.notAccepted()).toEqual([]);
  });

  it('hold nobody else, and stand for an hour where nobody asks any more', async () => {
    const github = await productionClients(OK, BAD, OK);
    await github[act](account);
    github.clock.at = 10_000;
    await expect(github[act](account)).rejects.toMatchObject(NOT_ACCEPTED);
    await expect(github.read(OTHER)).resolves.toMatchObject({ status: 200 });
    github.clock.at += 3_599_999;
    expect(github.guard.notAccepted()).toEqual([account]);
    github.clock.at += 1;
    expect(github.guard.notAccepted()).toEqual([]);
  });
});

describe('an answer that nobody can read', () => {
  const JSON_TYPE = { 'content-type': 'application/json' };
  it.each([
    ['nothing', '', JSON_TYPE],
    ['null', 'null', JSON_TYPE],
    ['a text', '"words"', JSON_TYPE],
    ['half an object', '{"id": 1, "full_na', JSON_TYPE],
    ['a page', '<!DOCTYPE html><title>Unicorn!</title>', { 'content-type': 'text/html; charset=utf-8' }],
  ])('passes like any fault of a server: %s', async (_, text, headers) => {
    const github = await productionClients({ status: 200, text, headers }, OK);
    await expect(github.read(9)).resolves.toMatchObject({ status: 200, data: {} });
    expect(github.requests).toHaveLength(2);
    const lasting = await productionClients({ status: 200, text, headers });
    await expect(lasting.read(9)).rejects.toMatchObject({ status: 502 });
  });
});

describe('an answer that lacks what the next request is made of', () => {
  it('passes like any fault of a server: a commit without sha makes no branch', async () => {
    const github = await productionClients({
      status: 201,
      text: '{"message":"m"}',
      headers: { 'content-type': 'application/json' },
    });
    await expect(github.commit(9)).rejects.toMatchObject({ status: 502 });
    expect(github.requests).toHaveLength(REQUESTS_UNTIL_GIVEN_UP);
  });
});

describe('an outage', () => {
  it('opens the circuit after failures in a row, and nobody asks any more', async () => {
    const github = await productionClients({ status: 502 });
    for (let round = 0; round < 5; round += 1)
      await expect(github.read(9)).rejects.toMatchObject({ status: 502 });
    expect(github.guard.state).toBe('open');
    const before = github.requests.length;
    await expect(github.read(10)).rejects.toMatchObject({ code: 'github-unreachable' });
    expect(github.requests).toHaveLength(before);
  });

  it('lets one request through after 30 seconds, and all of them once that was answered', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    cleanups.push(() => void vi.useRealTimers());
    const failures = Array.from({ length: 5 * REQUESTS_UNTIL_GIVEN_UP }, () => ({ status: 502 }));
    const github = await productionClients(...failures, OK);
    for (let round = 0; round < 5; round += 1)
      await expect(github.read(9)).rejects.toMatchObject({ status: 502 });
    expect(github.guard.state).toBe('open');
    vi.setSystemTime(Date.now() + 29_999);
    await expect(github.read(9)).rejects.toMatchObject({ code: 'github-unreachable' });
    expect(github.requests).toHaveLength(failures.length);
    vi.setSystemTime(Date.now() + 1);
    await expect(github.read(9)).resolves.toMatchObject({ status: 200 });
    expect(github.guard.state).toBe('closed');
    expect(github.requests).toHaveLength(failures.length + 1);
  });

  it('costs no work a try: what is let through to see whether GitHub is back says to wait as well', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    cleanups.push(() => void vi.useRealTimers());
    const github = await productionClients({ status: 502 });
    await expect(github.read(null)).rejects.toMatchObject({ status: 502 });
    for (let round = 0; round < 3; round += 1)
      await expect(github.read(9)).rejects.toMatchObject({ status: 502 });
    for (let round = 0; round < 3; round += 1) {
      const before = github.requests.length;
      await expect(github.read(9)).rejects.toMatchObject({
        code: 'github-unreachable',
        retryAfterMs: 30_000,
      });
      expect(github.requests.length).toBeGreaterThan(before);
      vi.setSystemTime(Date.now() + 30_000);
    }
  });

  it('is not what one request is that always fails', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    cleanups.push(() => void vi.useRealTimers());
    const github = await productionClients({ status: 502 });
    for (let round = 0; round < 8; round += 1) {
      await expect(github.read(9)).rejects.toMatchObject({ status: 502 });
      vi.setSystemTime(Date.now() + 30_000);
    }
  });

  it('is not what a refusal is', async () => {
    const github = await productionClients({ status: 404 });
    for (let round = 0; round < 10; round += 1)
      await expect(github.read(9)).rejects.toMatchObject({ status: 404 });
    expect(github.guard.state).toBe('closed');
    expect(github.requests).toHaveLength(10);
  });
});

describe('requests under way', () => {
  it('are ten at most for one installation, and the others wait for an answer', async () => {
    const github = await productionClients(OK);
    await github.read(9);
    const before = github.requests.length;
    const release = github.holdAnswers();
    const reads = Array.from({ length: 25 }, () => github.read(9));
    await vi.waitFor(() => expect(github.requests.length - before).toBe(10));
    const other = github.read(10);
    // The other installation's request leaves after all that this one had to send.
    await vi.waitFor(() => expect(github.requests.length - before).toBe(11));
    release();
    await Promise.all([...reads, other]);
    expect(github.requests.length - before).toBe(26);
  });
});

describe('writes', () => {
  it('are a hundred an hour for each installation', async () => {
    const github = await productionClients(OK);
    expect(github.guard.writesLeft(9)).toBe(100);
    for (let write = 1; write <= 101; write += 1) {
      await github.write(9);
      expect(github.guard.writesLeft(9)).toBe(Math.max(0, 100 - write));
    }
  });

  it('are a second apart, three where they notify, and reads do not wait for them', async () => {
    const github = await productionClients(OK);
    for (const ask of ['write', 'write', 'notify', 'notify', 'write', 'read'] as const) await github[ask](9);
    expect(github.requests.map(({ at }) => at)).toEqual([0, 1_000, 2_000, 5_000, 6_000, 6_000]);
  });

  it('of one installation do not wait for those of another', async () => {
    const github = await productionClients(OK);
    for (const account of [9, 10, 9] as const) await github.write(account);
    expect(github.requests.map(({ at }) => at)).toEqual([0, 0, 1_000]);
  });

  it('tell when the next one would be sent at once, and take no place by that', async () => {
    const github = await productionClients(OK);
    await github.guard.writeTurn(9);
    expect(github.clock.at).toBe(0);
    await github.write(9);
    await github.guard.writeTurn(10);
    expect(github.clock.at).toBe(0);
    await github.guard.writeTurn(9);
    await github.guard.writeTurn(9);
    expect(github.clock.at).toBe(1_000);
  });

  it('are counted for each installation, and come back after the hour', async () => {
    const github = await productionClients(OK);
    const full = github.guard.writesLeft(9);
    await github.write(9);
    await github.read(9);
    await github.write(9);
    expect(github.guard.writesLeft(9)).toBe(full - 2);
    expect(github.guard.writesLeft(10)).toBe(full);
    github.clock.at += 3_600_000;
    expect(github.guard.writesLeft(9)).toBe(full);
  });
});
