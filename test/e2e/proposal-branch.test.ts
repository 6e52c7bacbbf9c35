import { describe, expect, it } from 'vitest';
import { asJson, type Json } from '../../src/demo/json.ts';
import type { RunningApp } from './harness.ts';
import { livedOnce } from './lived-once.ts';
import {
  asCommitted,
  commitOn,
  DAILY_WORKFLOWS,
  DAYS_TO_PROPOSAL,
  filesOf,
  openPull,
  saidOn,
  statesOf,
  stepsOf,
  textOf,
} from './story.ts';

/** Weeks are lived here, each a few seconds of work; a busy machine takes its time. */
const SLOWEST_MS = 300_000;

/** Starts where the first proposal is open. */
const withProposal = livedOnce({ workflows: DAILY_WORKFLOWS, config: 'mode: suggest\n' }, DAYS_TO_PROPOSAL);

const NOTE = '\n# Ask the maintainers before changing this.\n';

/** Somebody adds a note to a file on the default branch. */
async function noteOnBase(app: RunningApp, path: string): Promise<void> {
  await commitOn(app, 'main', path, `${await textOf(app, path, 'main')}${NOTE}`);
}

/** A day of runs, with the maintenance that comes of them. */
async function nextDay(app: RunningApp): Promise<void> {
  await app.live(1, { fromDay: DAYS_TO_PROPOSAL, seed: 2 });
}

async function mergeable(app: RunningApp, pull_number: number): Promise<boolean | null> {
  return (await app.as('maintainer').rest.pulls.get({ ...app.where, pull_number })).data.mergeable;
}

/** Commits of the branch that the default branch does not have. */
async function ahead(app: RunningApp, branch: string): Promise<number> {
  const basehead = `main...${branch}`;
  return (await app.as('maintainer').rest.repos.compareCommitsWithBasehead({ ...app.where, basehead })).data
    .ahead_by;
}

/** The proposal, the file that it changes, and one that it does not. */
async function proposed(app: RunningApp) {
  const pull = await openPull(app);
  const [path = ''] = await filesOf(app, pull.number);
  const other = DAILY_WORKFLOWS.find((workflow) => workflow.path !== path)?.path ?? '';
  return { pull, path, other, branch: pull.head.ref };
}

describe('a proposal whose base was edited where it moves a cron', { timeout: SLOWEST_MS }, () => {
  it('has its branch made anew from the new base, with the same move in one commit', async () => {
    await withProposal(async (app) => {
      const { pull, path, branch } = await proposed(app);
      const moved = await textOf(app, path, branch);
      await noteOnBase(app, path);
      await nextDay(app);
      expect((await openPull(app)).number).toBe(pull.number);
      expect(await textOf(app, path, branch)).toBe(`${moved}${NOTE}`);
      expect(await ahead(app, branch)).toBe(1);
      expect(await mergeable(app, pull.number)).toBe(true);
    });
  });

  it('is left alone, and says so, where somebody else has committed to the branch', async () => {
    await withProposal(async (app) => {
      const { pull, path, branch } = await proposed(app);
      const theirs = `${await textOf(app, path, branch)}# A change of somebody else.\n`;
      await commitOn(app, branch, path, theirs);
      await noteOnBase(app, path);
      await nextDay(app);
      expect(await textOf(app, path, branch)).toBe(theirs);
      expect(await mergeable(app, pull.number)).toBe(false);
      expect((await saidOn(app, pull.number)).filter((said) => said.includes('maintainer'))).toHaveLength(1);
    });
  });
});

describe('the button "Update branch"', { timeout: SLOWEST_MS }, () => {
  it('takes nothing over: the proposal goes on, and its branch is made anew where the base conflicts later', async () => {
    await withProposal(async (app) => {
      const { pull, path, other, branch } = await proposed(app);
      const moved = await textOf(app, path, branch);
      await noteOnBase(app, other);
      await app.as('maintainer').rest.pulls.updateBranch({ ...app.where, pull_number: pull.number });
      await app.idle();
      expect(await textOf(app, other, branch)).toContain(NOTE);
      expect(await saidOn(app, pull.number)).toEqual([]);
      await noteOnBase(app, path);
      await nextDay(app);
      expect(await textOf(app, path, branch)).toBe(`${moved}${NOTE}`);
      expect(await ahead(app, branch)).toBe(1);
      expect((await openPull(app)).number).toBe(pull.number);
    });
  });
});

describe('a branch that people treat as any other', { timeout: SLOWEST_MS }, () => {
  it.each(['squash', 'rebase'] as const)('is watched after a merge by %s', async (merge_method) => {
    await withProposal(async (app) => {
      const { number: pull_number } = await openPull(app);
      await app.as('maintainer').rest.pulls.merge({ ...app.where, pull_number, merge_method });
      await app.idle();
      expect((await statesOf(app)).get(pull_number)).toBe('watching');
    });
  });

  it('ends the proposal where it is deleted, and takes it up again where it is restored', async () => {
    await withProposal(async (app) => {
      const { pull, branch } = await proposed(app);
      const { git, pulls } = app.as('maintainer').rest;
      const pull_number = pull.number;
      await git.deleteRef({ ...app.where, ref: `heads/${branch}` });
      await nextDay(app);
      expect(await statesOf(app)).toEqual(new Map([[pull_number, 'closed']]));
      expect(await app.proposals()).toEqual([]);
      await git.createRef({ ...app.where, ref: `refs/heads/${branch}`, sha: pull.head.sha });
      await pulls.update({ ...app.where, pull_number, state: 'open' });
      await app.idle();
      expect(await statesOf(app)).toEqual(new Map([[pull_number, 'open']]));
      expect(await saidOn(app, pull_number)).toEqual([]);
    });
  });
});

describe('a proposal that GitHub merges by itself', { timeout: SLOWEST_MS }, () => {
  const QUEUE = { login: 'github-merge-queue[bot]', id: 118_344_674, type: 'Bot' };

  /** Raises what GitHub tells of a pull request, or of its group in the queue, without a change of either. */
  async function raise(app: RunningApp, event: string, payload: Json): Promise<void> {
    const { repository, installationId, sender } = await app.payloadContext();
    const installation = { id: installationId, node_id: 'demo' };
    app.emulated.hooks.raise(event, { repository, installation, sender, ...payload });
    await app.idle();
  }

  async function raiseOfPull(
    app: RunningApp,
    action: string,
    number: number,
    more: Json = {},
  ): Promise<void> {
    const { data } = await app.as('maintainer').rest.pulls.get({ ...app.where, pull_number: number });
    const { reason, ...fields } = more;
    const pull_request = { ...data, ...fields };
    await raise(app, 'pull_request', {
      ...{ action, number, pull_request },
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** The branch of the group that the queue would merge, with the webhooks that lead there; answers its ref. */
  async function enqueue(app: RunningApp, pull_number: number): Promise<string> {
    const { git, pulls } = app.as('maintainer').rest;
    const { data: pull } = await pulls.get({ ...app.where, pull_number });
    await raiseOfPull(app, 'enqueued', pull_number);
    const { data: head } = await git.getCommit({ ...app.where, commit_sha: pull.head.sha });
    const { data: group } = await git.createCommit({
      ...app.where,
      message: `Merge pull request #${pull_number}`,
      tree: head.tree.sha,
      parents: [pull.base.sha, pull.head.sha],
    });
    const ref = `heads/gh-readonly-queue/main/pr-${pull_number}-${pull.base.sha}`;
    await git.createRef({ ...app.where, ref: `refs/${ref}`, sha: group.sha });
    const { message, author, committer } = group;
    await raise(app, 'merge_group', {
      action: 'checks_requested',
      merge_group: {
        head_sha: group.sha,
        head_ref: `refs/${ref}`,
        base_sha: pull.base.sha,
        base_ref: 'refs/heads/main',
        head_commit: {
          ...{ id: group.sha, tree_id: group.tree.sha, message, timestamp: committer.date },
          author: { name: author.name, email: author.email },
          committer: { name: committer.name, email: committer.email },
        },
      },
    });
    return ref;
  }

  it('is watched after the merge queue has merged it, whose branch is none of ours', async () => {
    await withProposal(async (app) => {
      const { pull, path, branch } = await proposed(app);
      const moved = await textOf(app, path, branch);
      const ref = await enqueue(app, pull.number);
      expect(await statesOf(app)).toEqual(new Map([[pull.number, 'open']]));
      const { hooks } = app.emulated;
      hooks.loseNext(2);
      await app.as('maintainer').rest.pulls.merge({ ...app.where, pull_number: pull.number });
      await hooks.settled();
      for (const { event, payload } of hooks.all.slice(-2)) {
        await raise(app, event, { ...asJson(payload), sender: QUEUE });
      }
      await app.as('maintainer').rest.git.deleteRef({ ...app.where, ref });
      await app.idle();
      expect(await statesOf(app)).toEqual(new Map([[pull.number, 'watching']]));
      expect(await textOf(app, path, 'main')).toBe(moved);
      expect(await saidOn(app, pull.number)).toEqual([]);
      expect((await stepsOf(app)).filter((step) => step.endsWith('merged'))).toEqual(['proposed → merged']);
      await app.live(1, {
        fromDay: DAYS_TO_PROPOSAL,
        seed: 2,
        workflows: await asCommitted(app, DAILY_WORKFLOWS),
      });
      expect((await statesOf(app)).get(pull.number)).toBe('watching');
    });
  });

  it('stays as it is where the queue gives it back, and its branch is made anew where the base conflicts then', async () => {
    await withProposal(async (app) => {
      const { pull, path, branch } = await proposed(app);
      const moved = await textOf(app, path, branch);
      const ref = await enqueue(app, pull.number);
      await raiseOfPull(app, 'dequeued', pull.number, { reason: 'CI_FAILURE' });
      await app.as('maintainer').rest.git.deleteRef({ ...app.where, ref });
      await app.idle();
      expect((await openPull(app)).head.sha).toBe(pull.head.sha);
      expect(await saidOn(app, pull.number)).toEqual([]);
      await noteOnBase(app, path);
      await nextDay(app);
      expect((await openPull(app)).number).toBe(pull.number);
      expect(await textOf(app, path, branch)).toBe(`${moved}${NOTE}`);
    });
  });

  it('waits for the checks with auto-merge on, and is watched once they have let it in', async () => {
    await withProposal(async (app) => {
      const { pull } = await proposed(app);
      const auto_merge = {
        ...{ enabled_by: pull.user, merge_method: 'squash' },
        ...{ commit_title: 'Move', commit_message: '' },
      };
      await raiseOfPull(app, 'auto_merge_enabled', pull.number, { auto_merge, reason: 'AUTO_MERGE' });
      await nextDay(app);
      expect((await openPull(app)).head.sha).toBe(pull.head.sha);
      expect(await saidOn(app, pull.number)).toEqual([]);
      const pull_number = pull.number;
      await app.as('maintainer').rest.pulls.merge({ ...app.where, pull_number, merge_method: 'squash' });
      await app.idle();
      expect(await statesOf(app)).toEqual(new Map([[pull_number, 'watching']]));
    });
  });
});

describe('a push that lists no commits', { timeout: SLOWEST_MS }, () => {
  it.each([
    ['forced', { forced: true }],
    ['of very many commits', { forced: false }],
  ])('is compared by its two ends where it was %s', async (_, { forced }) => {
    await withProposal(async (app) => {
      const compared = () => app.emulated.requests.filter(({ path }) => path.includes('/compare/')).length;
      app.emulated.hooks.loseNext(1);
      await commitOn(app, 'main', '.github/offbeat.yml', 'mode: sometimes\n');
      const lost = app.emulated.hooks.all.findLast(({ event }) => event === 'push');
      const { repository } = asJson(lost?.payload);
      app.emulated.hooks.raise('push', {
        ...asJson(lost?.payload),
        repository: { ...asJson(repository), pushed_at: 1 },
        commits: [],
        forced,
      });
      await app.idle();
      expect(compared()).toBe(2);
      const { data: issues } = await app
        .as('maintainer')
        .rest.issues.listForRepo({ ...app.where, state: 'open' });
      expect(issues.map(({ title }) => title)).toContain('Offbeat cannot read its configuration');
    });
  });
});
