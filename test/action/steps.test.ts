import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { comment, DAY_MS, FIRST_DAY, withWorld } from './harness.ts';

describe('a comment', () => {
  it('is answered once where its author may write, and what it changes is kept', async () => {
    await withWorld({}, async (world) => {
      world.clock.set(FIRST_DAY + DAY_MS);
      world.live(await world.history(1));
      await world.run();
      const { ran, answers } = await comment(world, 'maintainer', '/suggest');
      expect(ran.failure).toBeNull();
      expect(answers).toHaveLength(1);
      expect(await world.document('profile.json')).toContain('"commandedMode":"suggest"');
    });
  });

  it.each(['reader', 'stranger'] as const)('of a %s gets no word', async (who) => {
    await withWorld({}, async (world) => {
      const { ran, answers, commentId } = await comment(world, who, '/suggest');
      expect(ran.failure).toBeNull();
      expect(answers).toEqual([]);
      expect((await world.document('profile.json')) ?? '').not.toContain('"commandedMode":"suggest"');
      const { data } = await world.maintainer.rest.reactions.listForIssueComment({
        ...world.where,
        comment_id: commentId,
      });
      expect(data).toMatchObject([{ content: 'confused' }]);
    });
  });

  it('without a command changes nothing', async () => {
    await withWorld({}, async (world) => {
      const { ran, answers } = await comment(world, 'maintainer', 'Thanks! `/suggest`');
      expect([ran.failure, answers]).toEqual([null, []]);
    });
  });
});

describe('a command', () => {
  it('is answered in the summary, and as JSON', async () => {
    await withWorld({}, async (world) => {
      world.clock.set(FIRST_DAY + DAY_MS);
      world.live(await world.history(1));
      await world.run();
      const ran = await world.run({ inputs: { command: 'history nightly-build.yml --per-page 1' } });
      expect(ran.failure).toBeNull();
      expect(JSON.parse(ran.outputs.get('answer') ?? '')).toMatchObject({ per_page: 1, runs: [{}] });
      expect(ran.summary).not.toBe('');
    });
  });

  it.each([
    ['dance', /There is no command "dance"/],
    ['predict', /workflow/],
  ])('%s fails with a sentence', async (command, sentence) => {
    await withWorld({}, async (world) => {
      expect((await world.run({ inputs: { command } })).failure).toMatch(sentence);
    });
  });
});

describe('what GitHub refuses', () => {
  it('says of a token that has expired what to do, and asks nothing more', async () => {
    await withWorld({}, async (world) => {
      const before = world.emulated.requests.length;
      const ran = await world.run({ env: { INPUT_TOKEN: 'ghp_expired' } });
      expect(ran.failure).toContain('GitHub does not accept the token: it is wrong, or has expired.');
      expect(world.emulated.requests.length - before).toBe(1);
    });
  });

  it.each([
    [429, { 'retry-after': '60' }, 'GitHub asks this installation to wait.'],
    [502, {}, 'GitHub could not be reached, or has failed: Nothing here'],
    [404, {}, 'octo-org/octo-repo: Nothing here.'],
  ])(
    'says so at the first request, and fails no workflow that reports a run: %i',
    async (status, headers, sentence) => {
      await withWorld({}, async (world) => {
        const fail = () => {
          const path = /^\/repos\/octo-org\/octo-repo$/;
          world.emulated.faults.failNext({
            path,
            status,
            headers,
            body: { message: 'Nothing here' },
            times: 4,
          });
        };
        fail();
        const start = new Date(FIRST_DAY).toISOString();
        const inputs = { command: 'record', 'start-time': start, duration: '9', success: 'true' };
        const recorded = await world.run({ inputs });
        expect(recorded.failure).toBeNull();
        expect(recorded.said.join()).toContain(`warning: The run was not recorded. ${sentence}`);
        fail();
        expect((await world.run()).failure).toContain(sentence);
      });
    },
  );

  it('keeps what was learned before a limit was met, and goes on next time', async () => {
    await withWorld({}, async (world) => {
      await world.run();
      world.clock.set(FIRST_DAY + DAY_MS);
      world.live(await world.history(1));
      world.emulated.faults.failNext({
        path: /\/attempts\/1\/jobs$/,
        status: 429,
        headers: { 'retry-after': '60' },
        body: { message: 'You have exceeded a secondary rate limit.' },
      });
      const limited = await world.run();
      expect(limited.failure).toBeNull();
      expect(limited.said.join()).toContain('The next run goes on from here.');
      const next = await world.run();
      expect(next.said.join()).toMatch(/[1-9]\d* runs were learned/);
    });
  });
});

describe('check', () => {
  const FILE = '.github/workflows/often.yml';
  const TEXT = 'on:\n  schedule:\n    - cron: "*/2 * * * *"\n    - cron: "0 0 30 2 *"\n';

  it('annotates the lines of the checkout, writes SARIF and fails by level', async () => {
    await withWorld({}, async (world) => {
      const workspace = join(world.directory, 'checkout');
      await mkdir(join(workspace, '.github/workflows'), { recursive: true });
      await writeFile(join(workspace, FILE), TEXT);
      const env = { GITHUB_WORKSPACE: workspace };
      const inputs = { command: 'check', sarif: 'offbeat.sarif' };
      const ran = await world.run({ event: 'pull_request', inputs, env });
      expect(ran.failure).toContain('1 finding is at the level error');
      expect(ran.annotations).toMatchObject([
        { level: 'warning', file: FILE, startLine: 3, title: 'Offbeat: too-often' },
        { level: 'error', file: FILE, startLine: 4, title: 'Offbeat: never-fires' },
      ]);
      expect(JSON.parse(await readFile(join(workspace, 'offbeat.sarif'), 'utf8'))).toMatchObject({
        version: '2.1.0',
      });
      const never = await world.run({ inputs: { ...inputs, 'fail-on': 'never' }, env });
      expect(never.failure).toBeNull();
      expect(never.outputs.get('findings')).toBe('2');
    });
  });

  it('reads the files of the commit where there is no checkout', async () => {
    await withWorld({}, async (world) => {
      const ran = await world.run({ inputs: { command: 'check' } });
      expect(ran.failure).toBeNull();
      expect(ran.annotations.some(({ title }) => title === 'Offbeat: crowd')).toBe(true);
    });
  });
});
