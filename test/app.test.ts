import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import nock from 'nock';
import { Probot, ProbotOctokit } from 'probot';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import app from '../src/app.ts';
import { openStore } from '../src/serve/storage.ts';
import { createLog } from '../src/telemetry/log.ts';
import { deliver, SECRET, scheduledRun } from './http/webhook/sample.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const API = 'https://api.github.com';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-app-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

describe('the App by probot.load, nock and probot.receive', () => {
  let probot: Probot;

  beforeEach(async () => {
    nock.disableNetConnect();
    vi.stubEnv('DATA_DIR', directory);
    vi.stubEnv('LOG_LEVEL', 'silent');
    probot = new Probot({
      appId: 7,
      privateKey,
      logLevel: 'fatal',
      Octokit: ProbotOctokit.defaults((given: object) => ({
        ...given,
        retry: { enabled: false },
        throttle: { enabled: false },
      })),
    });
    await probot.load(app);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    nock.cleanAll();
    nock.enableNetConnect();
  });

  it('answers a command of somebody who may write', async () => {
    const { repository } = scheduledRun(1) as { repository: { full_name: string } };
    const thread = `/repos/${repository.full_name}/issues/3/comments`;
    const posted: string[] = [];
    nock(API).get('/app').reply(200, { slug: 'offbeat' });
    nock(API)
      .persist()
      .post('/app/installations/9/access_tokens')
      .reply(201, {
        token: 'ghs_token',
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
        permissions: {},
      });
    nock(API)
      .get(`/repos/${repository.full_name}/collaborators/mona/permission`)
      .reply(200, { permission: 'write' });
    nock(API)
      .persist()
      .get(/\/contents\/|\/\.github$/)
      .reply(404, {});
    nock(API)
      .persist()
      .get(/\/git\/trees\/HEAD\?recursive=1$/)
      .reply(200, { tree: [] });
    nock(API).persist().get(thread).query(true).reply(200, []);
    nock(API)
      .post(thread, ({ body }: { body: string }) => posted.push(body) > 0)
      .reply(201, { id: 5 });

    await probot.receive({
      id: 'delivery-1',
      name: 'issue_comment',
      payload: {
        action: 'created',
        repository,
        installation: { id: 9 },
        issue: { number: 3, state: 'open' },
        comment: {
          id: 4,
          body: '/help',
          user: { login: 'mona', type: 'User' },
          created_at: '2026-05-04T03:17:00Z',
          updated_at: '2026-05-04T03:17:00Z',
        },
      } as never,
    });

    expect(posted).toEqual([expect.stringContaining('/report')]);
  });

  it('rejects an event whose payload cannot be read, with the code of the failure', async () => {
    const received = probot.receive({
      id: 'delivery-1',
      name: 'push',
      payload: { installation: { id: 9 } } as never,
    });
    await expect(received).rejects.toMatchObject({ errors: [{ code: 'payload-invalid' }] });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address.port;
}

describe('probot run', () => {
  it('starts the App, which handles a signed webhook before it is answered, and refuses an unsigned one', async () => {
    const port = await freePort();
    const probotCli = join(ROOT, 'node_modules/probot/bin/probot.js');
    const child = spawn(process.execPath, [probotCli, 'run', join(ROOT, 'src/app.ts')], {
      cwd: directory,
      env: {
        PATH: process.env.PATH,
        APP_ID: '7',
        PRIVATE_KEY: privateKey,
        WEBHOOK_SECRET: SECRET,
        HOST: '127.0.0.1',
        PORT: String(port),
        DATA_DIR: join(directory, 'data'),
        LOG_FORMAT: 'json',
      },
    });
    children.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
      });
    await vi.waitFor(
      () => {
        if (child.exitCode !== null) throw new Error(`Probot has ended: ${said}`);
        expect(said).toContain('Listening on');
      },
      { timeout: 60_000, interval: 100 },
    );
    const url = `http://127.0.0.1:${port}/api/github/webhooks`;
    expect((await deliver(url, 1)).status).toBe(200);
    const unsigned = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'workflow_run',
        'x-github-delivery': 'unsigned',
      },
      body: JSON.stringify(scheduledRun(2)),
    });
    expect(unsigned.status).toBe(400);
    child.kill('SIGKILL');
    await once(child, 'close');
    const { store, close } = await openStore({
      env: { dataDirectory: join(directory, 'data') },
      log: createLog({ level: 'silent' }),
      clock: { now: () => Date.now() },
    });
    const { repository } = scheduledRun(1) as { repository: { id: number } };
    const state = await store.load(repository.id);
    await close();
    expect([...(state?.runs ?? [])].map(({ id }) => id)).toEqual([1]);
  }, 120_000);
});
