import { jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
      'credentials',
      'clock',
      'permissions',
      'events',
      'webhook',
    ]);
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
