import { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import { createGuard, type Guard } from '../../src/github/guard.ts';

const QUIET = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client whose GitHub answers what the test says, and the guard before it. */
function guarded(answers: (asked: number) => Answer, guard: Guard, installationId = 9) {
  let asked = 0;
  const client = new Octokit({
    log: QUIET,
    request: {
      fetch: async () => {
        asked += 1;
        const { status, body = {}, headers = {} } = answers(asked);
        return new Response(JSON.stringify(body), {
          status,
          headers: { 'content-type': 'application/json', ...headers },
        });
      },
    },
  });
  guard.protect(client.hook, installationId);
  const where = { owner: 'acme', repo: 'site' };
  return {
    asked: () => asked,
    read: () => client.rest.repos.get(where),
    write: () => client.rest.issues.create({ ...where, title: 'Title' }),
  };
}

describe('an outage', () => {
  it('opens the circuit after failures in a row, and nobody asks any more', async () => {
    const guard = createGuard();
    const github = guarded(() => ({ status: 502 }), guard);
    for (let round = 0; round < 5; round += 1)
      await expect(github.read()).rejects.toMatchObject({ status: 502 });
    expect(guard.state).toBe('open');
    await expect(github.read()).rejects.toMatchObject({ code: 'github-unreachable' });
    expect(github.asked()).toBe(5);
  });

  it('is not what a refusal is', async () => {
    const guard = createGuard();
    const github = guarded(() => ({ status: 404 }), guard);
    for (let round = 0; round < 10; round += 1)
      await expect(github.read()).rejects.toMatchObject({ status: 404 });
    expect(guard.state).toBe('closed');
  });
});

describe('a limit', () => {
  const SECONDARY = {
    status: 403,
    body: { message: 'You have exceeded a secondary rate limit.' },
    headers: { 'retry-after': '30' },
  };

  it('has the installation wait as long as it says, and no other', async () => {
    const clock = { at: 0 };
    const guard = createGuard(() => clock.at);
    const github = guarded((asked) => (asked === 1 ? SECONDARY : { status: 200 }), guard);
    const other = guarded(() => ({ status: 200 }), guard, 10);
    await expect(github.write()).rejects.toMatchObject({ code: 'github-busy' });
    clock.at = 29_000;
    await expect(github.read()).rejects.toMatchObject({ code: 'github-busy' });
    expect(github.asked()).toBe(1);
    await expect(other.read()).resolves.toMatchObject({ status: 200 });
    clock.at = 30_000;
    await expect(github.read()).resolves.toMatchObject({ status: 200 });
  });

  it('is not what a missing permission is', async () => {
    const guard = createGuard();
    const answer = { status: 403, body: { message: 'Resource not accessible by integration' } };
    const github = guarded(() => answer, guard);
    for (let round = 0; round < 3; round += 1)
      await expect(github.write()).rejects.toMatchObject({ status: 403 });
    expect(github.asked()).toBe(3);
  });
});

describe('the hour’s writes', () => {
  it('are counted for each installation, and come back after the hour', async () => {
    const clock = { at: 0 };
    const guard = createGuard(() => clock.at);
    const github = guarded(() => ({ status: 201 }), guard);
    const full = guard.writesLeft(9);
    await github.write();
    await github.read();
    await github.write();
    expect(guard.writesLeft(9)).toBe(full - 2);
    expect(guard.writesLeft(10)).toBe(full);
    clock.at = 3_600_000;
    expect(guard.writesLeft(9)).toBe(full);
  });
});
