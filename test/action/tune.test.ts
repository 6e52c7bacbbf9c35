import { describe, expect, it } from 'vitest';
import { DIFF_ISSUE_TITLE } from '../../src/render/diff-issue.ts';
import { DAYS_TO_PROPOSAL } from '../e2e/story.ts';
import { DAY_MS, FIRST_DAY, HOUR_MS, type Ran, type World, withWorld } from './harness.ts';

const CONFIG = 'mode: suggest\nmin-confidence: 0.3\n';
/** What a step may send besides one request for each new scheduled run. */
const MOST_CALLS = 30;

/** Lets days of runs pass, with a step every six hours in the last of them. */
async function lived(world: World, days: number, stepDays: number): Promise<readonly Ran[]> {
  const events = await world.history(days);
  const ran: Ran[] = [];
  for (let at = FIRST_DAY + (days - stepDays) * DAY_MS; at <= FIRST_DAY + days * DAY_MS; at += 6 * HOUR_MS) {
    world.clock.set(at);
    world.live(events);
    ran.push(await world.run());
  }
  return ran;
}

function learnedIn({ said }: Ran): number {
  return Number(/^(\d+) runs were learned/m.exec(said.join('\n'))?.[1] ?? 0);
}

describe('tune', () => {
  it('learns what was before, plans, and opens a pull request with few requests', async () => {
    await withWorld({ config: CONFIG }, async (world) => {
      const [first, ...others] = await lived(world, DAYS_TO_PROPOSAL + 1, 2);
      expect(first?.said.join()).toContain('There is no branch offbeat-data');
      expect(first?.outputs.get('pull-request')).toMatch(/\/pull\/1$/);
      expect(first?.summary).toMatch(/\d+ runs? (?:have been )?learned|[Ll]earned/);
      expect(first?.summary).toContain('```mermaid');
      for (const ran of others) {
        expect(ran.failure).toBeNull();
        expect(Number(ran.outputs.get('calls'))).toBeLessThanOrEqual(MOST_CALLS + learnedIn(ran));
      }
      const { data } = await world.maintainer.rest.pulls.list(world.where);
      expect(data).toMatchObject([{ number: 1, user: { login: 'offbeat[bot]' } }]);
      const commits = await world.maintainer.rest.repos.listCommits({ ...world.where, sha: 'offbeat-data' });
      expect(commits.data).toHaveLength(1);
      for (const name of ['learned_strategies.json', 'learning_log.json', 'report_latest.json']) {
        expect(JSON.parse((await world.document(name)) ?? '')).toMatchObject({ version: 1 });
      }
    });
  });

  it('tells as its uptime the share of its own ticks that a run came for', async () => {
    await withWorld({ config: CONFIG }, async (world) => {
      await lived(world, 6, 1);
      const uptime = async (workflow: string) => {
        const { owner, repo } = world.where;
        const env = { GITHUB_WORKFLOW_REF: `${owner}/${repo}/.github/workflows/${workflow}@refs/heads/main` };
        const { outputs } = await world.run({ inputs: { command: 'scorecard' }, env });
        return JSON.parse(outputs.get('answer') ?? '').own.uptime as unknown;
      };
      expect(await uptime('nightly-build.yml')).toBeGreaterThan(0.5);
      expect(await uptime('of-another-name.yml')).toBeNull();
    });
  });

  it('warns where GitHub lets its token start nothing that is on time', async () => {
    const permissions = { metadata: 'read', contents: 'write', issues: 'write', actions: 'read' } as const;
    const config = 'mode: suggest\non-time: rescue\nrescue-after: 10m\n';
    await withWorld({ config, permissions, workflows: [] }, async (world) => {
      const text =
        "on:\n  schedule:\n    - cron: '0 3 * * *'\n  workflow_dispatch:\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: make }]\n";
      await world.maintainer.rest.repos.createOrUpdateFileContents({
        ...world.where,
        path: '.github/workflows/served.yml',
        message: 'Add it',
        content: Buffer.from(text).toString('base64'),
      });
      await world.run();
      world.clock.set(FIRST_DAY + DAY_MS + 4 * HOUR_MS);
      const { said } = await world.run();
      expect(said).toContain(
        'warning: .github/workflows/served.yml cannot be started: Resource not accessible by ' +
          'integration. Starting workflows takes `actions: write`.',
      );
    });
  });

  it('keeps one issue with the diff where the token may not write workflows', async () => {
    await withWorld({ config: CONFIG, appSlug: 'github-actions' }, async (world) => {
      world.emulated.faults.withhold('workflows');
      await lived(world, DAYS_TO_PROPOSAL + 1, 2);
      const { data: pulls } = await world.maintainer.rest.pulls.list(world.where);
      expect(pulls).toEqual([]);
      const { data: issues } = await world.maintainer.rest.issues.listForRepo(world.where);
      expect(issues).toMatchObject([{ title: DIFF_ISSUE_TITLE, user: { login: 'github-actions[bot]' } }]);
      expect(issues[0]?.body).toMatch(/```diff\n--- a\/\.github\/workflows\//);
      expect(issues[0]?.body).toContain('git apply');
    });
  });
});
