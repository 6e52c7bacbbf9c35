import { expect, it } from 'vitest';
import { withApp } from './harness.ts';
import { DAILY_WORKFLOWS, DAYS_TO_PROPOSAL, openPull } from './story.ts';

/** Weeks are lived here. */
const SLOWEST_MS = 300_000;

const WISHES =
  'mode: suggest\npull-request: { branch: chore/offbeat, title-prefix: "chore:", labels: [ci], reviewers: [maintainer], assignees: [maintainer] }\n';

it('opens the pull request as it is configured', { timeout: SLOWEST_MS }, async () => {
  await withApp({ workflows: DAILY_WORKFLOWS, config: WISHES }, async (app) => {
    await app.as('maintainer').rest.repos.createOrUpdateFileContents({
      ...app.where,
      path: 'docs/schedules.md',
      message: 'docs: name the schedules',
      content: Buffer.from(DAILY_WORKFLOWS.map(({ text }) => text).join('\n')).toString('base64'),
    });
    await app.live(DAYS_TO_PROPOSAL);
    const { number, body } = await openPull(app);
    expect(body).toMatch(/The old crons stand in other files too: `docs\/schedules\.md` line \d+ \(`/);
    const { data } = await app.as('maintainer').rest.pulls.get({ ...app.where, pull_number: number });
    expect(data).toMatchObject({
      head: { ref: 'chore/offbeat' },
      title: expect.stringMatching(/^chore: move /),
    });
    const sent = app.emulated.requests.filter(({ method }) => method === 'POST').map(({ path }) => path);
    for (const end of ['labels', 'assignees', 'requested_reviewers'])
      expect(sent.filter((path) => path.endsWith(`/${number}/${end}`))).toHaveLength(1);
  });
});

it('goes on without what GitHub refuses, and names each with its sentence', {
  timeout: SLOWEST_MS,
}, async () => {
  const refused = [
    [/\/labels$/, 422, 'Label ci is reserved'],
    [/\/assignees$/, 403, 'Assignees are limited to members'],
    [/\/requested_reviewers$/, 422, 'Reviews may only be requested from collaborators'],
    [/\/reactions$/, 403, 'Unable to react on a locked conversation'],
  ] as const;
  await withApp({ workflows: DAILY_WORKFLOWS, config: WISHES }, async (app) => {
    for (const [path, status, message] of refused) {
      app.emulated.faults.failNext({ method: 'POST', path, status, body: { message }, times: 99 });
    }
    await app.live(DAYS_TO_PROPOSAL);
    const { number, labels, assignees } = await openPull(app);
    expect({ labels, assignees }).toEqual({ labels: [], assignees: [] });
    expect(await app.command('stranger', number, '/report')).toBe('');
    const health = await app.command('writer', number, '/health');
    const report = await app.command('writer', number, '/report');
    for (const [, , message] of refused) {
      expect(health).toContain(`${message}.`);
      expect(report).toContain(`${message}.`);
    }
    const tried = app.emulated.requests.filter(({ status, method }) => method === 'POST' && status >= 400);
    // Each of them once: what GitHub refuses for good is not asked for again.
    expect(tried.map(({ path }) => path.split('/').at(-1)).toSorted()).toEqual([
      'assignees',
      'labels',
      'reactions',
      'requested_reviewers',
    ]);
    const metrics = await (await fetch(`${app.server.url}/metrics`)).text();
    expect(metrics).toMatch(/^offbeat_dead_letters 0$/m);
  });
});
