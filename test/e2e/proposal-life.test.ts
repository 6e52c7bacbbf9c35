import { describe, expect, it } from 'vitest';
import { PROPOSAL_BRANCH } from '../../src/render/pull-request.ts';
import { VERDICT_MARK } from '../../src/render/verdict.ts';
import { type RunningApp, withApp } from './harness.ts';
import {
  asCommitted,
  commitOnBranch,
  DAILY_WORKFLOWS,
  DAYS_TO_PROPOSAL,
  filesOf,
  merge,
  openPull,
  pullFrom,
  saidOn,
  statesOf,
  stepsOf,
  textOf,
  turn,
} from './story.ts';

/** Weeks are lived here, each a few seconds of work; a busy machine takes its time. */
const SLOWEST_MS = 300_000;

const ONE_MOVE = { workflows: DAILY_WORKFLOWS, config: 'mode: suggest\n' };
const THREE_MOVES = { workflows: DAILY_WORKFLOWS, config: 'mode: suggest\nmax-change-share: 0.5\n' };

/** Lives until the first proposal is open. */
async function proposed(app: RunningApp) {
  await app.live(DAYS_TO_PROPOSAL);
  return openPull(app);
}

/** The App's writes that notify people: comments, and pull requests and issues opened or closed. */
function notifying(app: RunningApp): readonly string[] {
  return app.writes().filter((write) => /^POST .*\/(comments|pulls|issues)$/.test(write));
}

describe('a proposal that is merged', { timeout: SLOWEST_MS }, () => {
  it('is watched over restarts, taken back where it got worse, and ends rolled back', async () => {
    await withApp(ONE_MOVE, async (app) => {
      const pull = await proposed(app);
      expect(await statesOf(app)).toEqual(new Map([[pull.number, 'open']]));
      await app.restart();
      await merge(app, pull.number);
      await app.restart();
      expect((await statesOf(app)).get(pull.number)).toBe('watching');

      const [moved = ''] = await filesOf(app, pull.number);
      const failing = (await asCommitted(app, DAILY_WORKFLOWS)).map((workflow) =>
        workflow.path === moved ? { ...workflow, failureShare: 0.75 } : workflow,
      );
      const before = notifying(app).length;
      await app.live(12, { fromDay: DAYS_TO_PROPOSAL, seed: 2, workflows: failing });
      await app.restart();
      await app.live(8, { fromDay: DAYS_TO_PROPOSAL + 12, seed: 3, workflows: failing });
      expect((await statesOf(app)).get(pull.number)).toBe('worse');
      const verdicts = (await saidOn(app, pull.number)).filter((said) => said.includes(VERDICT_MARK));
      expect(verdicts).toHaveLength(1);
      expect(verdicts[0]).toMatch(/takes back what got worse/);

      const opened = await app.proposals();
      const revert = await pullFrom(app, `offbeat/undo-${pull.number}`);
      // Each pull request is opened once, and one comment tells the verdict.
      expect(notifying(app).length - before).toBe(opened.length + 1);
      await app.restart();
      await merge(app, revert.number);
      expect(await textOf(app, moved)).toBe(DAILY_WORKFLOWS.find(({ path }) => path === moved)?.text);
      // The revert is a proposal of its own, merged before the first one is rolled back.
      expect((await stepsOf(app)).filter((step) => /merged|watching|worse/.test(step))).toEqual([
        'proposed → merged',
        'merged → watching',
        'watching → worse',
        'proposed → merged',
        'worse → rolled-back',
      ]);
    });
  });

  it('made no difference or improved, is said so once after a fortnight, and `/undo` takes it back all the same', async () => {
    await withApp(ONE_MOVE, async (app) => {
      const pull = await proposed(app);
      await merge(app, pull.number);
      const lived = await asCommitted(app, DAILY_WORKFLOWS);
      await app.live(30, { fromDay: DAYS_TO_PROPOSAL, seed: 2, workflows: lived });
      expect((await statesOf(app)).get(pull.number)).toMatch(/^(improved|no-difference)$/);
      expect((await saidOn(app, pull.number)).filter((said) => said.includes(VERDICT_MARK))).toHaveLength(1);
      expect(await app.command('writer', pull.number, '/undo')).toMatch(/#\d+/);
      await pullFrom(app, `offbeat/undo-${pull.number}`);
    });
  });
});

describe('a proposal that waits for an answer', { timeout: SLOWEST_MS }, () => {
  it('loses one move to /pin, all to the last, and is not made again', async () => {
    await withApp(THREE_MOVES, async (app) => {
      const pull = await proposed(app);
      const [first = '', ...rest] = await filesOf(app, pull.number);
      expect(rest.length).toBeGreaterThan(0);
      expect(await app.command('writer', pull.number, `/pin ${first.split('/').at(-1)}`)).toMatch(/\S/);
      expect(await filesOf(app, pull.number)).toEqual(rest);
      expect((await openPull(app)).body).not.toContain(`\`${first.split('/').at(-1)}\` `);
      for (const path of rest) await app.command('writer', pull.number, `/pin ${path.split('/').at(-1)}`);
      expect(await app.proposals()).toEqual([]);
      expect((await statesOf(app)).get(pull.number)).toBe('superseded');
      const closed = await app.as('maintainer').rest.pulls.get({ ...app.where, pull_number: pull.number });
      expect(closed.data.body).toMatch(/Closed by Offbeat/);
    });
  });

  it('expires where nobody answers, without a write until then', async () => {
    await withApp(ONE_MOVE, async (app) => {
      const pull = await proposed(app);
      const before = app.writes().length;
      await app.live(28, { fromDay: DAYS_TO_PROPOSAL, seed: 2 });
      expect(app.writes().slice(before)).toEqual([]);
      await app.live(4, { fromDay: DAYS_TO_PROPOSAL + 28, seed: 3 });
      expect((await statesOf(app)).get(pull.number)).toBe('expired');
      expect(
        app
          .writes()
          .slice(before)
          .filter((write) => write === `PATCH /pulls/${pull.number}`),
      ).toHaveLength(1);
    });
  });

  it('is left to whoever commits to its branch, and taken up again when that is taken back', async () => {
    await withApp(ONE_MOVE, async (app) => {
      const pull = await proposed(app);
      const [path = ''] = await filesOf(app, pull.number);
      await commitOnBranch(app, path, `# by hand\n${await textOf(app, path, PROPOSAL_BRANCH)}`);
      const { data: theirs } = await app
        .as('maintainer')
        .rest.git.getRef({ ...app.where, ref: `heads/${PROPOSAL_BRANCH}` });
      expect(await saidOn(app, pull.number)).toEqual([
        expect.stringContaining('has committed to this branch'),
      ]);
      expect(await app.command('writer', pull.number, '/optimize')).toMatch(/left to them/);
      expect(await app.command('writer', pull.number, `/pin ${path.split('/').at(-1)}`)).toMatch(/\S/);
      const head = async () =>
        (await app.as('maintainer').rest.git.getRef({ ...app.where, ref: `heads/${PROPOSAL_BRANCH}` })).data
          .object.sha;
      expect(await head()).toBe(theirs.object.sha);

      // A force-push back to the App's own commit.
      await app.as('maintainer').rest.git.updateRef({
        ...app.where,
        ref: `heads/${PROPOSAL_BRANCH}`,
        sha: pull.head.sha,
        force: true,
      });
      await app.idle();
      expect(await app.command('writer', pull.number, '/optimize')).not.toMatch(/left to them/);
    });
  });

  it('follows closing and reopening, and believes no marker that somebody writes into it', async () => {
    await withApp(ONE_MOVE, async (app) => {
      const pull = await proposed(app);
      await turn(app, pull.number, 'closed');
      expect((await statesOf(app)).get(pull.number)).toBe('closed');
      await turn(app, pull.number, 'open');
      expect((await statesOf(app)).get(pull.number)).toBe('open');
      const forged = (pull.body ?? '').replace(/"decisionId":"[^"]*"/, '"decisionId":"forged"');
      expect(forged).toContain('forged');
      await app
        .as('maintainer')
        .rest.pulls.update({ ...app.where, pull_number: pull.number, body: `${forged}\n${pull.body}` });
      await app.idle();
      await app.restart();
      expect(await statesOf(app)).toEqual(new Map([[pull.number, 'open']]));
      expect((await stepsOf(app)).filter((step) => step.includes('closed'))).toEqual([
        'proposed → closed',
        'closed → proposed',
      ]);
    });
  });
});
