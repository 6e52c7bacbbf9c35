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
