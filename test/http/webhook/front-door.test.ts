import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import { isKnownEvent, parseEvent } from '../../../src/events/payloads.ts';
import { createFrontDoor, type FrontDoor, WEBHOOK_PATH } from '../../../src/http/webhook/front-door.ts';
import { operatorRoutes } from '../../../src/http/webhook/operator-routes.ts';
import { MAX_BODY_BYTES } from '../../../src/http/webhook/read-body.ts';
import type { Job } from '../../../src/queue/queue.ts';
import type { Condition } from '../../../src/telemetry/conditions.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { keepingLog } from '../../store/sample.ts';
import { everyExample, examplesOf, PREVIOUS_SECRET, SECRET, scheduledRun, sign } from './sample.ts';

let door: FrontDoor;
let port = 0;
let accepted: Job[] = [];
let rejected: object[] = [];
let accept: (job: Job) => Promise<'accepted' | 'duplicate'>;
let reject: (word: object) => Promise<void>;
let log = keepingLog();
let isReady = true;
let amiss: readonly Condition[] = [];
let counted: string[] = [];

beforeEach(async () => {
  accepted = [];
  rejected = [];
  counted = [];
  log = keepingLog();
  isReady = true;
  amiss = [];
  accept = async (job) => {
    accepted.push(job);
    return 'accepted';
  };
  reject = async (word) => {
    rejected.push(word);
  };
  door = createFrontDoor({
    secrets: [SECRET, PREVIOUS_SECRET],
    queue: { accept: (job) => accept(job), reject: (word) => reject(word) },
    routes: [
      ...operatorRoutes({
        problems: async () => (isReady ? [] : ['Not yet.']),
        conditions: async () => amiss,
        metrics: createMetrics(),
        mayReadMetrics: async () => true,
      }),
      { method: 'GET', path: '/broken', handle: () => Promise.reject(new Error('boom')) },
      { method: '*', path: '/api/v1/*', handle: (incoming, response) => void response.end(incoming.url) },
    ],
    log,
    clock: { now: () => 42 },
    count: (outcome, event) => counted.push(`${outcome} ${event}`.trim()),
  });
  port = await door.listen(0, '127.0.0.1');
});

afterEach(async () => {
  door.server.closeAllConnections();
  await door.drain();
});

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

interface Delivery {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Buffer;
  readonly method?: string;
  readonly path?: string;
}

function deliver({
  headers = {},
  body = '',
  method = 'POST',
  path = WEBHOOK_PATH,
}: Delivery): Promise<Answer> {
  const all = {
    'content-type': 'application/json',
    'x-github-event': 'workflow_run',
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    'x-hub-signature-256': sign(body),
    ...headers,
  };
  const set = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    // A connection that is kept would have the server wait for it when it drains.
    const sent = request(
      { port, host: '127.0.0.1', method, path, headers: set, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            headers: response.headers,
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const BODY = JSON.stringify(scheduledRun(1));

describe('a signed delivery', () => {
  it('is accepted once it is safe, as the fields that are read', async () => {
    const asked = Promise.withResolvers<void>();
    const safe = Promise.withResolvers<'accepted'>();
    accept = (job) => {
      accepted.push(job);
      asked.resolve();
      return safe.promise;
    };
    let answered = false;
    const answer = deliver({ body: BODY }).finally(() => {
      answered = true;
    });
    await asked.promise;
    expect(answered).toBe(false);
    safe.resolve('accepted');
    expect(await answer).toMatchObject({ status: 202, body: '{"status":"accepted"}' });
    expect(accepted).toMatchObject([
      {
        event: 'workflow_run',
        deliveryId: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
        acceptedAt: 42,
        keys: ['workflow_run:1:1:completed'],
      },
    ]);
    expect(accepted[0]?.group).toBe(`repository:${accepted[0]?.repositoryId}`);
  });

  it('may be signed with the secret before', async () => {
    expect(
      await deliver({ body: BODY, headers: { 'x-hub-signature-256': sign(BODY, PREVIOUS_SECRET) } }),
    ).toMatchObject({ status: 202 });
  });

  it('is told that it is a duplicate', async () => {
    accept = async () => 'duplicate';
    expect(await deliver({ body: BODY })).toMatchObject({ status: 202, body: '{"status":"duplicate"}' });
  });

  it('of an event nobody reads is answered and forgotten', async () => {
    const body = JSON.stringify({ zen: 'Keep it logically awesome.' });
    expect(await deliver({ body, headers: { 'x-github-event': 'ping' } })).toMatchObject({
      status: 202,
      body: '{"status":"ignored"}',
    });
    expect(accepted).toEqual([]);
    expect(rejected).toEqual([]);
  });

  it.each([
    ['workflow_job', 'completed'],
    ['push', undefined],
    ['pull_request', 'opened'],
    ['issue_comment', 'created'],
    ['repository', 'created'],
    ['installation', 'created'],
    ['installation_repositories', 'added'],
  ])('of %s %s is taken', async (event, action) => {
    const example = examplesOf(event).find((one) => one.action === action);
    expect(
      await deliver({ body: JSON.stringify(example), headers: { 'x-github-event': event } }),
    ).toMatchObject({ status: 202 });
    expect(accepted).toHaveLength(1);
  });
});

describe('an unsigned delivery', () => {
  it.each([
    ['no signature', undefined],
    ['an empty signature', ''],
    ['SHA-1', 'sha1=7d38cdd689735b008b3c702edd92eea23791c5f6'],
    ['a short signature', 'sha256=abcdef'],
    ['upper case', sign(BODY).toUpperCase()],
    ['two signatures', `${sign(BODY)}, ${sign(BODY)}`],
  ])('with %s is refused before its body is read', async (_what, signature) => {
    // The body is announced and never sent: whoever waited for it would never answer.
    const answer = await new Promise<number>((resolve, reject) => {
      const headers: Record<string, string> = {
        'content-length': '1000000',
        'content-type': 'application/json',
        'x-github-event': 'push',
        'x-github-delivery': 'one',
      };
      if (signature !== undefined) headers['x-hub-signature-256'] = signature;
      const sent = request(
        { port, host: '127.0.0.1', method: 'POST', path: WEBHOOK_PATH, headers },
        (response) => {
          expect(response.headers.connection).toBe('close');
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      sent.on('error', reject);
      sent.write('{');
    });
    expect(answer).toBe(401);
    expect(accepted).toEqual([]);
  });

  it.each([
    ['by another secret', sign(BODY, 'some other secret')],
    ['for another body', sign(`${BODY} `)],
    ['with the secret everybody knows', sign(BODY, 'development')],
  ])('signed %s is refused', async (_what, signature) => {
    expect(await deliver({ body: BODY, headers: { 'x-hub-signature-256': signature } })).toMatchObject({
      status: 401,
    });
    expect(accepted).toEqual([]);
  });
});

describe('a delivery that is too large', () => {
  it('by its own word is refused before its body is read', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = {
        'content-length': String(MAX_BODY_BYTES + 1),
        'content-type': 'application/json',
        'x-github-event': 'push',
        'x-github-delivery': 'one',
        'x-hub-signature-256': sign(''),
      };
      const sent = request(
        { port, host: '127.0.0.1', method: 'POST', path: WEBHOOK_PATH, headers },
        (response) => resolve(response.statusCode),
      );
      sent.on('error', reject);
      sent.write('{');
    });
    expect(status).toBe(413);
  });

  it('in chunks without a length is cut off at the limit', async () => {
    let written = 0;
    const answer = await new Promise((resolve, reject) => {
      const headers = {
        'transfer-encoding': 'chunked',
        'content-type': 'application/json',
        'x-github-event': 'push',
        'x-github-delivery': 'one',
        'x-hub-signature-256': sign(''),
      };
      const sent = request(
        { port, host: '127.0.0.1', method: 'POST', path: WEBHOOK_PATH, headers },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      // A sender that is still writing may see the connection end before it has read the answer.
      sent.on('error', (error) => (written > MAX_BODY_BYTES ? resolve('cut off') : reject(error)));
      const chunk = Buffer.alloc(1024 * 1024, 'a');
      const pump = (): void => {
        while (!sent.destroyed && written < 3 * MAX_BODY_BYTES) {
          written += chunk.length;
          if (!sent.write(chunk)) return void sent.once('drain', pump);
        }
      };
      pump();
    });
    expect([413, 'cut off']).toContain(answer);
    expect(counted).toEqual(['too-large']);
    expect(accepted).toEqual([]);
    expect(written).toBeLessThan(3 * MAX_BODY_BYTES);
  });

  it('is not invited to send its body', async () => {
    const invited = await new Promise((resolve, reject) => {
      const headers = { expect: '100-continue', 'content-length': '10', 'content-type': 'application/json' };
      const sent = request({ port, host: '127.0.0.1', method: 'POST', path: WEBHOOK_PATH, headers }, () =>
        resolve(false),
      );
      sent.on('continue', () => resolve(true));
      sent.on('error', reject);
      sent.flushHeaders();
    });
    expect(invited).toBe(false);
  });
});

describe('a delivery that cannot be read', () => {
  it.each([
    ['is not JSON', 'not json at all', 'body: The payload is not JSON.'],
    [
      'lacks a field',
      JSON.stringify({ ...scheduledRun(1), workflow_run: { id: 1 } }),
      'workflow_run.workflow_run.event: ',
    ],
    [
      'has a time that is none',
      JSON.stringify(scheduledRun(1, { created_at: 'yesterday' })),
      'workflow_run.workflow_run.created_at: ',
    ],
  ])('as it %s is kept as word of it, with the field', async (_what, body, reason) => {
    const answer = await deliver({ body });
    expect(answer.status).toBe(422);
    expect(rejected).toMatchObject([
      { deliveryId: '72d3162e-cc78-11e3-81ab-4c9367dc0958', event: 'workflow_run' },
    ]);
    expect(JSON.stringify(rejected)).toContain(reason.slice(0, 40));
    expect(counted).toEqual(['unreadable workflow_run']);
    expect(JSON.stringify([log.lines, rejected, answer.body])).not.toContain('not json at all');
  });

  it.each([
    ['no delivery id', { 'x-github-delivery': undefined }, 400],
    ['an odd delivery id', { 'x-github-delivery': '../../etc/passwd' }, 400],
    ['no event', { 'x-github-event': undefined }, 400],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ])('with %s is refused', async (_what, headers, status) => {
    expect(await deliver({ body: BODY, headers })).toMatchObject({ status });
    expect(accepted).toEqual([]);
  });

  it('by GET is refused', async () => {
    expect(await deliver({ method: 'GET' })).toMatchObject({ status: 405 });
  });
});

describe('when nothing can be taken', () => {
  it.each(['store-full', 'store-failing', 'store-forbidden', 'queue-closed'] as const)(
    '%s is answered 503, and the next try is taken',
    async (code) => {
      const well = accept;
      accept = () => Promise.reject(new OffbeatError(code, 'Not now.'));
      const answer = await deliver({ body: BODY });
      expect(answer).toMatchObject({ status: 503 });
      expect(answer.headers['retry-after']).toBe('30');
      accept = well;
      expect(await deliver({ body: BODY })).toMatchObject({ status: 202 });
    },
  );

  it('that cannot be read is answered 503 as long as no word of it can be kept', async () => {
    const keep = reject;
    reject = () => Promise.reject(new OffbeatError('store-unreachable', 'Not now.'));
    expect(await deliver({ body: '[]' })).toMatchObject({ status: 503 });
    reject = keep;
    expect(await deliver({ body: '[]' })).toMatchObject({ status: 422 });
    expect(rejected).toHaveLength(1);
    expect(counted).toEqual(['unavailable workflow_run', 'unreadable workflow_run']);
  });

  it('a fault of ours is a 500 without its details', async () => {
    accept = () => Promise.reject(new Error('secret detail'));
    const answer = await deliver({ body: BODY });
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('secret detail');
  });
});

describe('other pages', () => {
  it.each([
    ['/healthz', 200],
    ['/readyz', 200],
    ['/metrics', 200],
    ['/broken', 500],
    ['/nothing', 404],
    ['/api/v1/report?x=1', 200],
  ])('%s answers %i', async (path, status) => {
    expect(await deliver({ method: 'GET', path })).toMatchObject({ status });
  });

  it('answer HEAD as GET, without the body', async () => {
    expect(await deliver({ method: 'HEAD', path: '/healthz' })).toMatchObject({ status: 200, body: '' });
    expect(await deliver({ method: 'HEAD', path: '/nothing' })).toMatchObject({ status: 404 });
  });

  it('says that it is not ready', async () => {
    isReady = false;
    expect(await deliver({ method: 'GET', path: '/readyz' })).toMatchObject({ status: 503 });
    expect(await deliver({ method: 'GET', path: '/healthz' })).toMatchObject({ status: 200 });
  });
});

describe('/readyz', () => {
  it('stays ready and names what is amiss while deliveries are accepted', async () => {
    amiss = [{ name: 'app-refused', sentence: 'A sentence for those who hold a token.' }];
    const { status, body } = await deliver({ method: 'GET', path: '/readyz' });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ status: 'ready', degraded: ['app-refused'] });
  });
});

describe('drain', () => {
  it('answers what is under way and takes no new connection', async () => {
    const asked = Promise.withResolvers<void>();
    const safe = Promise.withResolvers<'accepted'>();
    accept = () => {
      asked.resolve();
      return safe.promise;
    };
    const answer = deliver({ body: BODY });
    await asked.promise;
    const drained = door.drain();
    await expect(deliver({ body: BODY })).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    safe.resolve('accepted');
    expect(await answer).toMatchObject({ status: 202 });
    await drained;
  });
});

describe('the examples that GitHub publishes', () => {
  it('are all taken, and what is read of them reads again', async () => {
    const examples = everyExample();
    expect(examples.length).toBeGreaterThan(700);
    for (const [index, { name, body }] of examples.entries()) {
      const text = JSON.stringify(body);
      const answer = await deliver({
        body: text,
        headers: { 'x-github-event': name, 'x-github-delivery': `example-${index}` },
      });
      expect({ name, ...answer }).toMatchObject({ name, status: 202 });
    }
    expect(rejected).toEqual([]);
    expect(new Set(accepted.map(({ event }) => event)).size).toBe(8);
    for (const { event, payload } of accepted) {
      expect(isKnownEvent(event)).toBe(true);
      if (isKnownEvent(event)) parseEvent(event, JSON.parse(JSON.stringify(payload)));
    }
  });

  it('that nothing is done about are answered and forgotten, whatever they hold', async () => {
    const body = JSON.stringify({ action: 'queued', workflow_job: null });
    const answer = await deliver({ body, headers: { 'x-github-event': 'workflow_job' } });
    expect(answer).toMatchObject({ status: 202, body: expect.stringContaining('ignored') });
    expect(accepted).toEqual([]);
  });
});
