import { describe, expect, it } from 'vitest';
import { DIFF_ISSUE_TITLE } from '../../src/render/diff-issue.ts';
import { DAYS_TO_PROPOSAL } from '../e2e/story.ts';
import { comment, DAY_MS, FIRST_DAY, HOUR_MS, type World, withWorld } from './harness.ts';

const CONFIG = 'mode: suggest\nmin-confidence: 0.3\n';
const FIRST_STEP = FIRST_DAY + (DAYS_TO_PROPOSAL + 1) * DAY_MS;

/** A world whose token is a workflow's own, in which the issue with the diff was opened. */
async function withDiffIssue(
  test: (world: World, at: (hours: number) => void, moved: readonly string[]) => Promise<void>,
): Promise<void> {
  await withWorld({ config: CONFIG, appSlug: 'github-actions' }, async (world) => {
    world.emulated.faults.withhold('workflows');
    const events = await world.history(DAYS_TO_PROPOSAL + 10);
    const at = (hours: number) => {
      world.clock.set(FIRST_STEP + hours * HOUR_MS);
      world.live(events);
    };
    at(0);
    await world.run();
    const [issue] = await diffIssues(world);
    await test(world, at, movedFiles(issue?.body ?? ''));
  });
}

async function diffIssues({ maintainer, where }: World) {
  const { data } = await maintainer.rest.issues.listForRepo({ ...where, state: 'all' });
  return data.filter(({ title }) => title === DIFF_ISSUE_TITLE);
}

function movedFiles(body: string): readonly string[] {
  return [...body.matchAll(/^\+\+\+ b\/\.github\/workflows\/(.+)$/gm)].map(([, file = '']) => file);
}

async function closeIssue({ maintainer, where }: World, number: number): Promise<void> {
  await maintainer.rest.issues.update({ ...where, issue_number: number, state: 'closed' });
}

async function commentOn(world: World, body: string): Promise<string> {
  await comment(world, 'maintainer', body);
  const { data } = await world.maintainer.rest.issues.listForRepo({ ...world.where, state: 'all' });
  const talks = data.filter(({ title }) => title === 'Talk').map(({ number }) => number);
  const { data: comments } = await world.maintainer.rest.issues.listComments({
    ...world.where,
    issue_number: Math.max(...talks),
  });
  return comments.at(-1)?.body ?? '';
}

describe('the issue with the diff, of the token of a workflow', () => {
  it('says how to get a pull request, and of no App to grant anything', async () => {
    await withDiffIssue(async (world, at) => {
      const text = async () => {
        const { summary } = await world.run({ inputs: { command: 'report' } });
        return `${(await diffIssues(world))[0]?.body} ${summary}`;
      };
      expect(await text()).toContain('GitHub lets the token of a workflow change no workflow file');
      expect(await text()).toContain('docs/action.md');
      for (const hours of [30, 54]) {
        expect(await text()).not.toMatch(/Grant the App|installation (settings|lacks)/);
        at(hours);
        await world.run();
      }
    });
  });

  it('is not opened again after somebody has closed it', async () => {
    await withDiffIssue(async (world, at) => {
      await closeIssue(world, 1);
      for (const hours of [30, 54, 78]) {
        at(hours);
        await world.run();
      }
      expect(await diffIssues(world)).toMatchObject([{ number: 1, state: 'closed' }]);
      const { outputs, summary } = await world.run({ inputs: { command: 'report' } });
      expect(JSON.parse(outputs.get('answer') ?? '').proposals).toMatchObject([
        { pullNumber: 1, state: 'closed', isIssue: true },
      ]);
      expect(summary).toContain('Issue #1: closed');
      expect(summary).toContain('A maintainer has closed a proposal');
    });
  });

  it('is opened again for somebody who asks for it', async () => {
    await withDiffIssue(async (world, at) => {
      await closeIssue(world, 1);
      at(30);
      await world.run();
      await comment(world, 'maintainer', '/optimize');
      at(36);
      await world.run();
      expect((await diffIssues(world)).map(({ state }) => state)).toEqual(['open', 'closed']);
    });
  });

  it('does not count as refused where the change was made', async () => {
    await withDiffIssue(async (world, at, moved) => {
      for (const file of moved) {
        const path = `.github/workflows/${file}`;
        const { data } = await world.maintainer.rest.repos.getContent({ ...world.where, path });
        if (!('content' in data)) throw new Error(path);
        const text = Buffer.from(data.content, 'base64').toString('utf8');
        const content = Buffer.from(text.replace(/cron: .*/, "cron: '17 5 * * *'")).toString('base64');
        await world.maintainer.rest.repos.createOrUpdateFileContents({
          ...world.where,
          path,
          message: 'Move it',
          content,
          sha: data.sha,
        });
      }
      await closeIssue(world, 1);
      at(6);
      await world.run();
      const { outputs } = await world.run({ inputs: { command: 'report' } });
      expect(JSON.parse(outputs.get('answer') ?? '').proposals).toEqual([]);
    });
  });

  it('loses a pinned workflow at once, and is closed with the last one', async () => {
    await withDiffIssue(async (world, at, moved) => {
      expect(moved.length).toBeGreaterThan(0);
      for (const [done, file] of moved.entries()) {
        const left = moved.slice(done + 1);
        const answer = await commentOn(world, `/pin ${file}`);
        expect(answer).toContain(
          left.length === 0 ? '#1 had nothing else to propose and is closed' : '#1 is up to date without it',
        );
        const [issue] = await diffIssues(world);
        expect(movedFiles(issue?.body ?? '')).toEqual(left);
        expect(issue?.state).toBe(left.length === 0 ? 'closed' : 'open');
        at(6 * (done + 1));
        await world.run();
        expect(movedFiles((await diffIssues(world))[0]?.body ?? '')).toEqual(left);
      }
      expect(await diffIssues(world)).toHaveLength(1);
      const { outputs } = await world.run({ inputs: { command: 'report' } });
      expect(JSON.parse(outputs.get('answer') ?? '').proposals).toEqual([]);
    });
  });
});
