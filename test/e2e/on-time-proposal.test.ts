import { describe, expect, it } from 'vitest';
import { onTimeBranch } from '../../src/render/on-time-proposal.ts';
import { NET_PATH } from '../../src/workflow/paths.ts';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import { type RunningApp, withApp } from './harness.ts';
import { commitOn, DAILY_WORKFLOWS, filesOf, merge, pullFrom, statesOf, textOf } from './story.ts';

const WORKFLOWS = DAILY_WORKFLOWS.slice(0, 2);
const CONFIG = '.github/offbeat.yml';
const [FIRST, SECOND] = WORKFLOWS;
const BRANCH = onTimeBranch();

/**
 * Some more days of runs: maintenance comes with the first of them after six hours. As many events would be taken for
 * the same.
 */
async function live(app: RunningApp, days: number, fromDay: number): Promise<void> {
  await app.live(days, { fromDay });
  await app.idle();
}

async function texts(app: RunningApp): Promise<readonly (string | null)[]> {
  return Promise.all(WORKFLOWS.map(({ path }) => textOf(app, path)));
}

describe('a workflow that the configuration puts on time', { timeout: 120_000 }, () => {
  it('is put on time by one pull request, and back byte for byte by another', async () => {
    const on = `mode: suggest\nworkflows:\n  ${FIRST?.path.split('/').at(-1)}:\n    on-time: punctual\n`;
    await withApp({ workflows: WORKFLOWS, config: on }, async (app) => {
      const before = await texts(app);
      await live(app, 1, 0);
      const pull = await pullFrom(app, BRANCH);
      expect(pull.title).toBe('Start 1 workflow on time');
      expect((await filesOf(app, pull.number)).toSorted()).toEqual([FIRST?.path, NET_PATH].toSorted());
      const commits = app.writes().length;
      await live(app, 2, 1);
      expect(app.writes()).toHaveLength(commits);
      await merge(app, pull.number);
      expect((await statesOf(app)).get(pull.number)).toBe('merged');
      const served = readWorkflowFile(FIRST?.path ?? '', (await textOf(app, FIRST?.path ?? '')) ?? '');
      expect(served.schedules).toEqual([]);
      expect(served.otherTriggers).toContain('workflow_dispatch');
      expect(await textOf(app, SECOND?.path ?? '')).toBe(before[1]);
      expect(await textOf(app, NET_PATH)).toContain(`# ${FIRST?.path.split('/').at(-1)}\n`);

      await commitOn(app, 'main', CONFIG, 'mode: suggest\n');
      await live(app, 3, 3);
      await merge(app, (await pullFrom(app, BRANCH)).number);
      expect(await texts(app)).toEqual(before);
      expect(await textOf(app, NET_PATH)).toBeNull();
    });
  });
});
