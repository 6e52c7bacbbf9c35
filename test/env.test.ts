import { describe, expect, it } from 'vitest';
import { readEnv, readStorageEnv } from '../src/env.ts';
import { OffbeatError } from '../src/errors.ts';

// Put together at run time, so that no scanner takes the test for a leaked key.
const PEM = ['-----BEGIN RSA ', 'PRIVATE KEY-----\nMIIB\n-----END RSA ', 'PRIVATE KEY-----\n'].join('');
const GOOD = { APP_ID: '12', PRIVATE_KEY: PEM, WEBHOOK_SECRET: 'a secret nobody guesses' };

function problemsOf(environment: Readonly<Record<string, string>>): string {
  try {
    readEnv(environment);
  } catch (error) {
    if (error instanceof OffbeatError && error.code === 'env-invalid') return error.message;
    throw error;
  }
  return '';
}

describe('readEnv', () => {
  it('reads what the pages for people need', () => {
    const { pages } = readEnv({
      ...GOOD,
      PUBLIC_URL: 'https://offbeat.example.com/',
      GITHUB_CLIENT_ID: 'Iv1.a',
      GITHUB_CLIENT_SECRET: 'client-secret',
      DASHBOARD: 'false',
    });
    expect(pages).toEqual({
      publicUrl: 'https://offbeat.example.com',
      clientId: 'Iv1.a',
      clientSecret: 'client-secret',
      on: false,
    });
    expect(() => readEnv({ ...GOOD, PUBLIC_URL: 'ftp://x' })).toThrow(/PUBLIC_URL/);
  });

  it('fills in what is not set; an empty variable is not set', () => {
    expect(readEnv({ ...GOOD, PORT: '', DATA_DIR: '' })).toEqual({
      appId: 12,
      metrics: { port: null, token: null },
      trustedProxies: [],
      privateKey: PEM,
      secrets: [GOOD.WEBHOOK_SECRET],
      githubApiUrl: 'https://api.github.com',
      githubTimeoutSeconds: 20,
      host: '0.0.0.0',
      port: 3000,
      dataDirectory: './data',
      logLevel: 'info',
      emergencyStop: false,
      pages: { publicUrl: null, clientId: null, clientSecret: null, on: true },
      api: { audience: 'offbeat' },
    });
  });

  it('takes an action for the net by full hash only', () => {
    const pinned = `OWNER/offbeat@${'a'.repeat(40)}`;
    expect(readEnv({ ...GOOD, NET_ACTION: pinned }).netAction).toBe(pinned);
    expect(problemsOf({ ...GOOD, NET_ACTION: 'OWNER/offbeat@v1' })).toMatch(/^NET_ACTION: .*40 digits/m);
  });

  it.each([
    ['line breaks written out', PEM.replaceAll('\n', '\\n')],
    ['base64', Buffer.from(PEM).toString('base64')],
  ])('reads a key with %s', (_how, text) => {
    expect(readEnv({ ...GOOD, PRIVATE_KEY: text }).privateKey).toBe(PEM);
  });

  it('takes two secrets while one is being retired', () => {
    const env = readEnv({ ...GOOD, WEBHOOK_SECRET_PREVIOUS: 'the secret before this one' });
    expect(env.secrets).toEqual([GOOD.WEBHOOK_SECRET, 'the secret before this one']);
  });

  it.each([
    ['APP_ID', { APP_ID: 'twelve' }],
    ['APP_ID', { APP_ID: '' }],
    ['WEBHOOK_SECRET', { WEBHOOK_SECRET: '' }],
    ['WEBHOOK_SECRET', { WEBHOOK_SECRET: 'development' }],
    ['WEBHOOK_SECRET', { WEBHOOK_SECRET: 'short' }],
    ['WEBHOOK_SECRET_PREVIOUS', { WEBHOOK_SECRET_PREVIOUS: 'development' }],
    ['PRIVATE_KEY', { PRIVATE_KEY: '' }],
    ['PRIVATE_KEY', { PRIVATE_KEY: 'no key' }],
    ['PRIVATE_KEY', { PRIVATE_KEY_PATH: '/nowhere.pem' }],
    ['PRIVATE_KEY_PATH', { PRIVATE_KEY: '', PRIVATE_KEY_PATH: '/nowhere.pem' }],
    ['PORT', { PORT: '70000' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['GITHUB_API_URL', { GITHUB_API_URL: 'ghe' }],
    ['EMERGENCY_STOP', { EMERGENCY_STOP: 'perhaps' }],
  ])('names %s when it is wrong', (name, change) => {
    expect(problemsOf({ ...GOOD, ...change })).toMatch(new RegExp(`^${name}: `));
  });

  it('names every problem, and quotes no value', () => {
    const problems = problemsOf({ APP_ID: 'x', WEBHOOK_SECRET: 'hunter2', PRIVATE_KEY: 'my key' });
    expect(problems.split('\n')).toHaveLength(3);
    expect(problems).not.toMatch(/hunter2|my key/);
  });
});

describe('where everything is kept', () => {
  it('is a database where one is named', () => {
    const env = readEnv({ ...GOOD, DATABASE_URL: 'postgres://db.example.com/offbeat', WORKERS: '0' });
    expect(env.database).toEqual({ url: 'postgres://db.example.com/offbeat', poolSize: 10 });
    expect(env.workers).toBe(0);
    expect(
      readStorageEnv({
        DATABASE_URL: 'postgresql://u:p@h:1/d',
        DATABASE_POOL_SIZE: '3',
        KEEP_RUN_MONTHS: '24',
      }),
    ).toEqual({
      dataDirectory: './data',
      database: { url: 'postgresql://u:p@h:1/d', poolSize: 3 },
      keepRunMonths: 24,
    });
    expect(readStorageEnv({ DATABASE_URL: '', DATA_DIR: 'there' })).toEqual({ dataDirectory: 'there' });
  });

  it.each([
    [
      'another kind of database',
      { DATABASE_URL: 'mysql://root:secret@db/offbeat' },
      /^DATABASE_URL: Write an address/,
    ],
    ['no address', { DATABASE_URL: 'secret' }, /^DATABASE_URL: Write an address/],
    ['half a worker', { WORKERS: '0.5' }, /^WORKERS: Write a whole number/],
    ['no worker and no database', { WORKERS: '0' }, /^WORKERS: .*DATABASE_URL/],
    ['one connection', { DATABASE_POOL_SIZE: '1' }, /^DATABASE_POOL_SIZE: Write a whole number, 2–200/],
  ])('refuses %s, and quotes no value', (_what, variables, sentence) => {
    const problems = problemsOf({ ...GOOD, ...variables });
    expect(problems).toMatch(sentence);
    expect(problems).not.toContain('secret');
  });
});
