import { describe, expect, it } from 'vitest';
import type { DemoWorkflow } from '../../src/demo/workflows.ts';
import { LONGEST_WATCH_DAYS } from '../../src/proposal/verdict/judge-merge.ts';
import { PROPOSAL_BRANCH } from '../../src/render/pull-request.ts';
import { VERDICT_MARK } from '../../src/render/verdict.ts';
import { editWorkflowFile } from '../../src/workflow/edit.ts';
import type { RunningApp } from './harness.ts';
import { livedOnce } from './lived-once.ts';
import {
  asCommitted,
  commitOn,
  DAILY_WORKFLOWS,
  DAYS_BEFORE_PROPOSAL,
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
const THREE_MOVES = {
  workflows: DAILY_WORKFLOWS,
  config: [
    'mode: suggest',
    'max-change-share: 0.5',
    'workflows:',
    '  e2e.yml:',
    '    finish-by: "05:00"',
    '  stale-issues.yml:',
    '    finish-by: "05:00"',
    '',
  ].join('\n'),
};

/** Starts where the first proposal is open. */
const withOneMove = livedOnce(ONE_MOVE, DAYS_TO_PROPOSAL);
const withThreeMoves = livedOnce(THREE_MOVES, DAYS_TO_PROPOSAL);
/** Starts some days before there is one. */
const withoutProposal = livedOnce(ONE_MOVE, DAYS_BEFORE_PROPOSAL);

/** The moved workflow and one beside it, which is enough to judge the move by and less to live through. */
async function movedAndOther(app: RunningApp, moved: string): Promise<readonly DemoWorkflow[]> {
  const committed = await asCommitted(app, DAILY_WORKFLOWS);
  const other = committed.find(({ path }) => path !== moved);
  return committed.filter((workflow) => workflow.path === moved || workflow === other);
}

/** The App's verdicts on a merged pull request. */
async function verdictsOn(app: RunningApp, pullNumber: number): Promise<readonly string[]> {
  return (await saidOn(app, pullNumber)).filter((said) => said.includes(VERDICT_MARK));
}

/** The App's writes that notify people: comments, and pull requests and issues opened or closed. */
function notifying(app: RunningApp): readonly string[] {
  return app.writes().filter((write) => /^POST .*\/(comments|pulls|issues)$/.test(write));
}

describe('a proposal that is merged', { timeout: SLOWEST_MS }, () => {
  it('is watched across restarts, gets a revert when runs got worse, and ends rolled back', async () => {
    await withOneMove(async (app) => {
      const pull = await openPull(app);
      expect(await statesOf(app)).toEqual(new Map([[pull.number, 'open']]));
      await app.restart();
      await merge(app, pull.number);
      await app.restart();
      expect((await statesOf(app)).get(pull.number)).toBe('watching');

      const [moved = ''] = await filesOf(app, pull.number);
      const failing = (await movedAndOther(app, moved)).map((workflow) =>
        workflow.path === moved ? { ...workflow, failureShare: 0.75 } : workflow,
      );
      const before = notifying(app).length;
      await app.live(12, { fromDay: DAYS_TO_PROPOSAL, seed: 2, workflows: failing });
      await app.restart();
      await app.live(8, { fromDay: DAYS_TO_PROPOSAL + 12, seed: 3, workflows: failing });
      expect((await statesOf(app)).get(pull.number)).toBe('worse');
      const verdicts = await verdictsOn(app, pull.number);
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

  it('posts one verdict in 30 days when runs did not get worse, and opens a revert on `/undo`', async () => {
    await withOneMove(async (app) => {
      const pull = await openPull(app);
      const [moved = ''] = await filesOf(app, pull.number);
      await merge(app, pull.number);
      const lived = await movedAndOther(app, moved);
      await app.live(30, { fromDay: DAYS_TO_PROPOSAL, seed: 2, workflows: lived });
      expect((await statesOf(app)).get(pull.number)).toMatch(/^(improved|no-difference)$/);
      expect(await verdictsOn(app, pull.number)).toHaveLength(1);
      expect(await app.command('writer', pull.number, '/undo')).toMatch(/#\d+/);
      await pullFrom(app, `offbeat/undo-${pull.number}`);
    });
  });
});

describe('a merged proposal without enough evidence', { timeout: SLOWEST_MS }, () => {
  it('is inconclusive after a person has changed its cron', async () => {
    await withOneMove(async (app) => {
      const pull = await openPull(app);
      const [path = ''] = await filesOf(app, pull.number);
      await merge(app, pull.number);
      await app.live(1, {
        fromDay: DAYS_TO_PROPOSAL,
        seed: 2,
        workflows: await asCommitted(app, DAILY_WORKFLOWS),
      });
      const text = (await textOf(app, path)) ?? '';
      // Whichever file was moved: some have their cron in quotes and some have not.
      await commitOn(app, 'main', path, editWorkflowFile(path, text, [{ index: 0, to: '41 13 * * *' }]));
      await app.live(2, {
        fromDay: DAYS_TO_PROPOSAL + 1,
        seed: 3,
        workflows: await asCommitted(app, DAILY_WORKFLOWS),
      });
      expect((await statesOf(app)).get(pull.number)).toBe('inconclusive');
      expect(await stepsOf(app)).toContain('watching → inconclusive');
      expect(await verdictsOn(app, pull.number)).toEqual([expect.stringContaining('was changed again')]);
    });
  });

  it('says after 14 days what is missing when its schedule does not run, and is inconclusive after 60 days', async () => {
    await withOneMove(async (app) => {
      const pull = await openPull(app);
      const [moved = ''] = await filesOf(app, pull.number);
      await merge(app, pull.number);
      const workflows = (await asCommitted(app, DAILY_WORKFLOWS)).filter(({ path }) => path !== moved);
      await app.live(16, { fromDay: DAYS_TO_PROPOSAL, seed: 2, workflows, oneDayIn: 5 });
      expect((await statesOf(app)).get(pull.number)).toBe('watching');
      expect(await verdictsOn(app, pull.number)).toEqual([expect.stringContaining('Still missing')]);
      await app.live(LONGEST_WATCH_DAYS - 14, {
        fromDay: DAYS_TO_PROPOSAL + 16,
        seed: 3,
        workflows,
        oneDayIn: 7,
      });
      expect((await statesOf(app)).get(pull.number)).toBe('inconclusive');
      expect(await verdictsOn(app, pull.number)).toEqual([expect.stringContaining('What was missing')]);
    });
  });
});

describe('commands of a maintainer', { timeout: SLOWEST_MS }, () => {
  it('/ignore removes a workflow from the open pull request and lists it, /unignore takes it off the list', async () => {
    await withThreeMoves(async (app) => {
      const pull = await openPull(app);
      const [first = '', ...rest] = await filesOf(app, pull.number);
      const name = first.split('/').at(-1) ?? '';
      const say = (text: string) => app.command('writer', pull.number, text);
      expect(await say('/ignore')).not.toContain(name);
      expect(await say(`/ignore ${name}`)).toContain(name);
      expect(await filesOf(app, pull.number)).toEqual(rest);
      expect(await say('/ignore')).toContain(name);
      expect(await say(`/explain ${name}`)).toMatch(/leave this workflow where it is/);
      await app.restart();
      await say('/optimize');
      expect(await filesOf(app, pull.number)).not.toContain(first);
      expect(await say(`/unignore ${name}`)).not.toContain(name);
      expect(await say('/ignore')).not.toContain(name);
      expect(await app.command('stranger', pull.number, `/ignore ${name}`)).toBe('');
      expect(await say(`/ignore no-such-${name}`)).toMatch(/No workflow named/);
    });
  });

  it('/snooze prevents proposals until /snooze off', async () => {
    await withoutProposal(async (app) => {
      const { data: issue } = await app.as('maintainer').rest.issues.create({ ...app.where, title: 'Talk' });
      expect(await app.command('writer', issue.number, '/snooze soon')).toMatch(/30d/);
      expect(await app.command('writer', issue.number, '/snooze 40d')).toMatch(/\d{4}-\d{2}-\d{2}/);
      await app.live(5, { fromDay: DAYS_BEFORE_PROPOSAL, seed: 2 });
      expect(await app.proposals()).toEqual([]);
      expect(await app.command('writer', issue.number, '/report')).toMatch(/snooze/);
      await app.restart();
      await app.command('writer', issue.number, '/snooze off');
      await app.command('writer', issue.number, '/optimize');
      expect(await statesOf(app)).toEqual(new Map([[(await openPull(app)).number, 'open']]));
    });
  });
});

describe('an open proposal', { timeout: SLOWEST_MS }, () => {
  it('loses a move to each /pin, and is closed as superseded when none is left', async () => {
    await withThreeMoves(async (app) => {
      const pull = await openPull(app);
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

  it('expires after 30 days without an answer, and writes nothing until then', async () => {
    await withOneMove(async (app) => {
      const pull = await openPull(app);
      const before = app.writes().length;
      await app.live(28, { fromDay: DAYS_TO_PROPOSAL, seed: 2, oneDayIn: 4 });
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

  it('is not changed while another person’s commit is on its branch, and is changed again when the commit is gone', async () => {
    await withOneMove(async (app) => {
      const pull = await openPull(app);
      const [path = ''] = await filesOf(app, pull.number);
      await commitOn(app, PROPOSAL_BRANCH, path, `# by hand\n${await textOf(app, path, PROPOSAL_BRANCH)}`);
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

  it('follows closing and reopening, and ignores a marker that a person writes into its body', async () => {
    await withOneMove(async (app) => {
      const pull = await openPull(app);
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
