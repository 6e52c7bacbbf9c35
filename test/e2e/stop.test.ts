import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { type RunningApp, TEST_WORKFLOWS, withApp } from './harness.ts';

/** More than are planned without a thread. */
const MANY = 41;
const [sample = expect.fail('no workflow')] = TEST_WORKFLOWS;
const workflows = Array.from({ length: MANY }, (_, at) => ({
  ...sample,
  id: 1_000 + at,
  name: `Job ${at}`,
  path: `.github/workflows/job-${at}.yml`,
}));

async function answers(app: RunningApp, issue_number: number): Promise<readonly string[]> {
  const { data } = await app.as('maintainer').rest.issues.listComments({ ...app.where, issue_number });
  return data.filter(({ user }) => user?.type === 'Bot').map(({ body = '' }) => body);
}

describe('an App that gets SIGTERM', () => {
  it('cancels a large plan that is under way, and makes it after the next start', async () => {
    await withApp({ workflows }, async (app) => {
      const { data: issue } = await app.as('maintainer').rest.issues.create({ ...app.where, title: 'Talk' });
      await app.idle();
      const stopped = new Promise<void>((resolve, reject) => {
        process.once('worker', (worker: Worker) => {
          // Before anything that the thread says can be heard.
          worker.once('online', () => app.server.stop().then(resolve, reject));
        });
      });
      await app.as('maintainer').rest.issues.createComment({
        ...app.where,
        issue_number: issue.number,
        body: '/optimize',
      });
      await stopped;
      expect(await answers(app, issue.number)).toEqual([]);
      await app.restart();
      await app.idle();
      expect(await answers(app, issue.number)).toHaveLength(1);
    });
  });
});
