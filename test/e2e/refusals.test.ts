import { describe, expect, it } from 'vitest';
import type { RunningApp } from './harness.ts';
import { livedOnce } from './lived-once.ts';
import { DAILY_WORKFLOWS, DAYS_BEFORE_PROPOSAL, DAYS_TO_PROPOSAL, openPull, statesOf } from './story.ts';

/** Weeks are lived here, each a few seconds of work; a busy machine takes its time. */
const SLOWEST_MS = 300_000;

/** Starts some days before the first proposal. */
const withoutProposal = livedOnce(
  { workflows: DAILY_WORKFLOWS, config: 'mode: suggest\n' },
  DAYS_BEFORE_PROPOSAL,
);

const RULES = 'Repository rule violations found';
const BRANCHES = /\/git\/refs$/;

/** The answer to `/health`, and how many runs it says are learned. */
async function healthOf(app: RunningApp, issueNumber: number) {
  const answer = await app.command('writer', issueNumber, '/health');
  return { answer, runsLearned: Number(/(\d+)\sruns\slearned/.exec(answer)?.[1]) };
}

function branchesAskedFor(app: RunningApp): number {
  return app.emulated.requests.filter(
    ({ method, path, caller }) => caller === 'installation' && method === 'POST' && BRANCHES.test(path),
  ).length;
}

async function deadLetters(app: RunningApp): Promise<number> {
  const metrics = await (await fetch(`${app.server.url}/metrics`)).text();
  return Number(/^offbeat_dead_letters (\d+)$/m.exec(metrics)?.[1]);
}

describe('a rule of the repository that forbids the branch of the proposals', { timeout: SLOWEST_MS }, () => {
  it('ends the proposal alone: later runs are learned, /health names it, and it is made once it may be', async () => {
    await withoutProposal(async (app) => {
      const { data: issue } = await app.as('maintainer').rest.issues.create({ ...app.where, title: 'Talk' });
      app.emulated.faults.failNext({
        method: 'POST',
        path: BRANCHES,
        status: 422,
        body: { message: `${RULES}\n\nCannot create ref due to creations being restricted.\n\n` },
        times: 2,
      });
      await app.live(3, { fromDay: DAYS_BEFORE_PROPOSAL, seed: 2 });
      const refusedOnce = branchesAskedFor(app);
      expect(refusedOnce).toBeGreaterThan(0);
      expect(await app.proposals()).toEqual([]);
      expect(await deadLetters(app)).toBe(0);
      const { answer, runsLearned } = await healthOf(app, issue.number);
      expect(answer).toContain(`${RULES}. Cannot create ref due to creations being restricted.`);
      expect(await app.command('writer', issue.number, '/report')).toContain(RULES);

      await app.live(1, { fromDay: DAYS_TO_PROPOSAL, seed: 2 });
      expect((await healthOf(app, issue.number)).runsLearned).toBeGreaterThan(runsLearned);

      await app.live(3, { fromDay: DAYS_TO_PROPOSAL + 1, seed: 3 });
      expect(await statesOf(app)).toEqual(new Map([[(await openPull(app)).number, 'open']]));
      // Refused on two days, granted on the third.
      expect(branchesAskedFor(app)).toBe(3);
      expect((await healthOf(app, issue.number)).answer).not.toContain(RULES);
      expect(await deadLetters(app)).toBe(0);
    });
  });
});
