import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StorageEnv } from '../../src/env.ts';
import { openDeployments, openStorage } from '../../src/serve/storage.ts';
import { dropTemplate, missingServer, serverDatabase } from '../database/test-database.ts';
import { clock, keepingLog } from '../store/sample.ts';
import { cli } from './checkout.ts';

const SECRET = 'a secret of thirty-two characters';

beforeEach(() => {
  for (const name of ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET', 'DATABASE_URL']) vi.stubEnv(name, '');
  vi.stubEnv('API_JWT_SECRET', SECRET);
  vi.stubEnv('DATA_DIR', '/tmp');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('offbeat doctor', () => {
  it('says what is missing and what to do, and looks no further than it can', async () => {
    const { code, out } = await cli('doctor');
    expect(code).toBe(1);
    expect(out).toMatch(/✗ environment .*APP_ID/);
    expect(out).toMatch(/– credentials/);
    expect(out).toMatch(/✓ store/);
  });

  it('says the same as JSON', async () => {
    const findings = JSON.parse((await cli('doctor', '--json')).out) as { about: string; state: string }[];
    expect(findings.map(({ about }) => about)).toEqual([
      'node',
      'environment',
      'api',
      'store',
      'stop',
      'dead letters',
      'credentials',
      'clock',
      'permissions',
      'events',
      'webhook',
    ]);
  });
});

const missing = await missingServer();

/** What the lines about the stop and the dead letters say. */
async function operatorLines(): Promise<readonly (readonly [state: string, what: string])[]> {
  const findings = JSON.parse((await cli('doctor', '--json')).out) as {
    about: string;
    state: string;
    what: string;
  }[];
  return findings
    .filter(({ about }) => about === 'stop' || about === 'dead letters')
    .map(({ state, what }) => [state, what] as const);
}

describe.each(['files', 'PostgreSQL'])('what doctor says of an operator’s affairs, on %s', (kind) => {
  let env: StorageEnv;
  const cleanups: (() => Promise<unknown>)[] = [];

  beforeEach(async (context) => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'offbeat-doctor-'));
    cleanups.push(() => rm(dataDirectory, { recursive: true }));
    env = { dataDirectory };
    vi.stubEnv('DATA_DIR', dataDirectory);
    if (kind === 'files') return;
    context.skip(missing !== undefined, missing ?? '');
    const { url, destroy } = await serverDatabase();
    cleanups.push(destroy);
    env = { dataDirectory, database: { url, poolSize: 2 } };
    vi.stubEnv('DATABASE_URL', url);
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });
  afterAll(dropTemplate);

  it('finds nothing where nothing happened', async () => {
    expect(await operatorLines()).toEqual([
      ['ok', 'No emergency stop is on.'],
      ['ok', 'No delivery was given up.'],
    ]);
  });

  it('tells the stop and its reason, and that of the environment', async () => {
    const { deployments, close } = await openDeployments({ env, log: keepingLog() });
    const emergencyStop = { at: clock.now(), by: null, why: 'GitHub incident' };
    await deployments.change((deployment) => ({ ...deployment, emergencyStop }));
    await close();
    expect((await operatorLines())[0]).toEqual([
      'warning',
      expect.stringMatching(/^The emergency stop is on since .+ Reason: “GitHub incident”$/),
    ]);
    vi.stubEnv('EMERGENCY_STOP', 'true');
    expect((await operatorLines())[0]).toEqual([
      'warning',
      expect.stringMatching(/^EMERGENCY_STOP is set: /),
    ]);
  });

  it('tells the dead letters while the process that has them runs, and when it has ended', async () => {
    const { queue, close } = await openStorage({
      env,
      log: keepingLog(),
      clock,
      handler: () => async () => undefined,
    });
    await queue.reject({ deliveryId: 'a', event: 'push', reason: 'It has no repository.' });
    await queue.reject({ deliveryId: 'b', event: 'ping', reason: 'It has no zen.' });
    const said = [
      'warning',
      expect.stringMatching(/^2 deliveries were given up; the newest, .+: It has no /),
    ];
    expect((await operatorLines())[1]).toEqual(said);
    await queue.drop('unread-a');
    expect((await operatorLines())[1]?.[1]).toMatch(/^1 delivery was given up/);
    await close();
    expect((await operatorLines())[1]?.[1]).toMatch(/^1 delivery was given up; the newest, ping of /);
  });
});

describe('offbeat token', () => {
  it('makes one that holds for what was asked', async () => {
    const { code, out } = await cli(
      'token',
      '--subject',
      'ci',
      '--role',
      'operator',
      '--repositories',
      'Acme/*',
      'o/r',
    );
    expect(code).toBe(0);
    const { payload } = await jwtVerify(out.trim(), new TextEncoder().encode(SECRET), {
      audience: 'offbeat',
    });
    expect(payload).toMatchObject({ sub: 'ci', role: 'operator', repositories: ['acme/*', 'o/r'] });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(30 * 86_400);
  });

  it.each([
    ['without a subject', ['token']],
    ['of a role that there is not', ['token', '--subject', 'ci', '--role', 'root']],
    ['for no time', ['token', '--subject', 'ci', '--days', '0']],
  ])('makes none %s', async (_, args) => {
    const { code, out } = await cli(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('makes none with a secret that can be guessed', async () => {
    vi.stubEnv('API_JWT_SECRET', 'short');
    const { code, err } = await cli('token', '--subject', 'ci');
    expect(code).toBe(2);
    expect(err).not.toContain('short');
  });
});
