import { describe, expect, it } from 'vitest';
import { installationPayload } from '../../src/demo/installation.ts';
import type { RunningApp } from './harness.ts';
import { livedOnce } from './lived-once.ts';
import {
  DAILY_WORKFLOWS,
  DAYS_BEFORE_PROPOSAL,
  DAYS_TO_PROPOSAL,
  filesOf,
  openPull,
  statesOf,
  textOf,
  WRITES_OF_A_PROPOSAL,
} from './story.ts';

/** No limit is waited out for less, whatever it states. */
const LEAST_PAUSE_MS = 1_000;
const MOST_DAYS = 8;

/** Weeks are lived here, each a few seconds of work; a busy machine takes its time. */
const SLOWEST_MS = 300_000;

const SUGGEST = { workflows: DAILY_WORKFLOWS, config: 'mode: suggest\n' };

/** Starts where the first proposal is open. */
const withProposal = livedOnce(SUGGEST, DAYS_TO_PROPOSAL);
/** Starts some days before there is one. */
const withoutProposal = livedOnce(SUGGEST, DAYS_BEFORE_PROPOSAL);

/** Every attempt of the App to write, whatever came of it. */
function attempts(app: RunningApp): number {
  return app.emulated.requests.filter(
    ({ method, caller, path }) =>
      caller === 'installation' && method !== 'GET' && !path.endsWith('/access_tokens'),
  ).length;
}

/** What some actions say of what was there before. */
const CHANGES: Readonly<Record<string, object>> = {
  edited: { changes: {} },
  renamed: { changes: { repository: { name: { from: 'octo-repo' } } } },
  transferred: { changes: { owner: { from: {} } } },
};

/** What GitHub says when the repository itself changes. */
async function tellOfRepository(app: RunningApp, action: string, over: object = {}): Promise<void> {
  const { repository, installationId, sender } = await app.payloadContext();
  app.emulated.hooks.raise('repository', {
    action,
    repository: { ...repository, ...over },
    installation: { id: installationId, node_id: 'demo' },
    sender,
    ...(CHANGES[action] ?? {}),
  } as never);
  await app.idle();
}

async function allOfTheApp(app: RunningApp) {
  const { data } = await app.as('maintainer').rest.pulls.list({ ...app.where, state: 'all', per_page: 100 });
  return data.filter(({ user }) => user?.type === 'Bot');
}

describe('one pull request is opened', { timeout: SLOWEST_MS }, () => {
  it('when GitHub fails or limits the rate at every write', async () => {
    await withoutProposal(async (app) => {
      for (const [method, path] of WRITES_OF_A_PROPOSAL) {
        app.emulated.faults.failNext({
          method,
          path,
          status: 403,
          body: { message: 'You have exceeded a secondary rate limit.' },
          headers: { 'retry-after': '0' },
        });
      }
      app.emulated.faults.failNext({ method: 'POST', path: /\/git\/trees$/, status: 502 });
      app.emulated.faults.failNext({ method: 'GET', path: /\/pulls$/, status: 500 });
      await app.live(3, { fromDay: DAYS_BEFORE_PROPOSAL, seed: 2 });
      // Each limit is waited out for a second; the next runs of the repository bring the next try.
      for (let days = 1, day = DAYS_TO_PROPOSAL; days < MOST_DAYS; days += 1) {
        if ((await app.proposals()).length > 0) break;
        await new Promise((resolve) => setTimeout(resolve, LEAST_PAUSE_MS));
        // Days of another number: a replay of as many events as before would have the same deliveries.
        await app.live(days, { fromDay: day });
        day += days;
      }
      const pull = await openPull(app);
      expect(await statesOf(app)).toEqual(new Map([[pull.number, 'open']]));
      expect(await allOfTheApp(app)).toHaveLength(1);
    });
  });

  it('when a permission is lost between branch and pull request and the App restarts', async () => {
    await withoutProposal(async (app) => {
      app.emulated.faults.withhold('pull_requests');
      await app.live(3, { fromDay: DAYS_BEFORE_PROPOSAL, seed: 2 });
      expect(await app.proposals()).toEqual([]);
      await app.restart();
      app.emulated.faults.restore('pull_requests');
      app.emulated.hooks.raise('installation', {
        ...installationPayload(app.emulated),
        action: 'new_permissions_accepted',
      });
      await app.idle();
      await app.live(2, { fromDay: DAYS_TO_PROPOSAL, seed: 2 });
      expect(await statesOf(app)).toEqual(new Map([[(await openPull(app)).number, 'open']]));
    });
  });

  it('when a second process starts without the data of the first', async () => {
    await withProposal(async (app) => {
      const { number } = await openPull(app);
      await app.restart({ empty: true });
      // It learns the past from GitHub, and comes to the same pull request.
      await app.live(3, { fromDay: DAYS_TO_PROPOSAL, seed: 2 });
      expect((await openPull(app)).number).toBe(number);
      expect(await statesOf(app)).toEqual(new Map([[number, 'open']]));
      expect(await allOfTheApp(app)).toHaveLength(1);
    });
  });
});

describe('a repository that changes while a proposal is open', { timeout: SLOWEST_MS }, () => {
  it('drops a deleted workflow from the pull request, or closes it when nothing is left', async () => {
    await withProposal(async (app) => {
      const pull = await openPull(app);
      const [path = ''] = await filesOf(app, pull.number);
      const { data } = await app.as('maintainer').rest.repos.getContent({ ...app.where, path });
      await app.as('maintainer').rest.repos.deleteFile({
        ...app.where,
        path,
        message: 'Not needed any more',
        sha: 'sha' in data ? data.sha : '',
      });
      await app.idle();
      // What else is worth a move takes its place in the same pull request; where nothing is, that is closed.
      const open = await app.proposals();
      expect((await statesOf(app)).get(pull.number)).toBe(open.length === 0 ? 'superseded' : 'open');
      expect(open.map(({ number }) => number)).toEqual(open.length === 0 ? [] : [pull.number]);
      expect(pull.body).toContain(path);
      for (const { body } of open) expect(body).not.toContain(path);
    });
  });

  it('gets its pull request on the new default branch', async () => {
    await withoutProposal(async (app) => {
      const maintainer = app.as('maintainer');
      const { data: tip } = await maintainer.rest.git.getRef({ ...app.where, ref: 'heads/main' });
      await maintainer.rest.git.createRef({ ...app.where, ref: 'refs/heads/trunk', sha: tip.object.sha });
      await maintainer.rest.repos.update({ ...app.where, default_branch: 'trunk' });
      await tellOfRepository(app, 'edited');
      await app.live(3, { fromDay: DAYS_BEFORE_PROPOSAL, seed: 2 });
      const pull = await openPull(app);
      expect(pull.base.ref).toBe('trunk');
      const [path = ''] = await filesOf(app, pull.number);
      expect(await textOf(app, path, 'trunk')).not.toBe(await textOf(app, path, pull.head.ref));
    });
  });

  it('is not written to after it was archived or transferred to an account without the App', async () => {
    await withProposal(async (app) => {
      const pull = await openPull(app);
      await app.as('maintainer').rest.repos.update({ ...app.where, archived: true });
      await tellOfRepository(app, 'archived');
      const before = attempts(app);
      await app.live(3, { fromDay: DAYS_TO_PROPOSAL, seed: 2 });
      expect(attempts(app)).toBe(before);
      await app.as('maintainer').rest.repos.update({ ...app.where, archived: false });
      await tellOfRepository(app, 'transferred', { owner: { login: 'elsewhere' } });
      const { repositories, ...installed } = installationPayload(app.emulated);
      app.emulated.hooks.raise('installation_repositories', {
        ...installed,
        action: 'removed',
        repository_selection: 'selected',
        repositories_added: [],
        repositories_removed: repositories,
        requester: null,
      });
      await app.idle();
      expect(attempts(app)).toBe(before);
      expect((await openPull(app)).number).toBe(pull.number);
    });
  });
});
