import { describe, expect, it } from 'vitest';
import { type DemoRun, workflowJobPayload, workflowRunPayload } from '../../src/demo/payloads.ts';
import { DEMO_WORKFLOWS } from '../../src/demo/workflows.ts';
import { VERDICT_MARK } from '../../src/render/verdict.ts';
import { type RunningApp, withApp } from './harness.ts';
import { merge, pullFrom, saidOn, statesOf, stepsOf, textOf } from './story.ts';

const [BUILD] = DEMO_WORKFLOWS;
if (BUILD === undefined) throw new Error('The demo has no workflow.');
const PATH = BUILD.path;
/** Enough runs within two days that the tail of its jobs is known. */
const WORKFLOWS = [{ ...BUILD, medianSeconds: 600, failureShare: 0, pushesPerWorkday: 30 }];
const DAYS = 2;
const MINUTE_MS = 60_000;

/** One more run, whose jobs GitHub ends at their limit. */
async function cutOff(app: RunningApp, id: number, minutes: number): Promise<void> {
  const context = await app.payloadContext();
  const startedAt = app.clock.now() + MINUTE_MS;
  const endedAt = startedAt + minutes * MINUTE_MS;
  const jobs = WORKFLOWS[0]?.jobs.map((name, at) => ({ id: id + 1 + at, name, startedAt, endedAt })) ?? [];
  const run: DemoRun = {
    id,
    attempt: 1,
    number: 999,
    workflowId: 101,
    name: 'Nightly build',
    path: PATH,
    event: 'push',
    headSha: 'a'.repeat(40),
    headBranch: 'main',
    actor: 'mona',
    createdAt: startedAt,
    startedAt,
    endedAt,
    conclusion: 'cancelled',
    jobs,
  };
  const send = (event: string, payload: ReturnType<typeof workflowRunPayload>) =>
    app.send({ event, payload });
  await send('workflow_run', workflowRunPayload('requested', run, context));
  app.clock.set(endedAt);
  await app.idle();
  for (const job of jobs) await send('workflow_job', workflowJobPayload(run, job, context));
  await send('workflow_run', workflowRunPayload('completed', run, context));
  await app.idle();
}

describe('a key of a job', { timeout: 120_000 }, () => {
  it('is proposed on `/apply`, measured after its merge, and taken back by a pull request where it did harm', async () => {
    await withApp({ workflows: WORKFLOWS, config: 'mode: suggest\n' }, async (app) => {
      await app.live(DAYS);
      const before = await textOf(app, PATH);
      const { data: issue } = await app.as('maintainer').rest.issues.create({ ...app.where, title: 'Talk' });
      const suggested = await app.command('writer', issue.number, '/bottlenecks');
      const [, number, minutes] =
        /\*\*(\d+)\.\*\* Give `compile` a timeout of (\d+) minutes/.exec(suggested) ?? [];
      expect(await app.command('stranger', issue.number, `/apply ${number}`)).toBe('');
      expect(await app.command('writer', issue.number, `/apply ${number}`)).toContain(
        'Give `compile` a timeout',
      );
      const pull = await pullFrom(app, 'offbeat/jobs');
      await merge(app, pull.number);
      expect(await textOf(app, PATH)).toBe(
        before?.replace('  compile:\n', `  compile:\n    timeout-minutes: ${minutes}\n`),
      );
      await app.restart();
      for (const id of [70, 80]) {
        app.clock.set(app.clock.now() + 7 * 60 * MINUTE_MS);
        await cutOff(app, id, Number(minutes));
      }
      expect((await statesOf(app)).get(pull.number)).toBe('worse');
      const verdicts = (await saidOn(app, pull.number)).filter((said) => said.includes(VERDICT_MARK));
      expect(verdicts).toEqual([expect.stringContaining('cut off at the limit')]);
      const back = await pullFrom(app, `offbeat/undo-${pull.number}`);
      await merge(app, back.number);
      expect(await textOf(app, PATH)).toBe(before);
      expect(await stepsOf(app)).toEqual(
        expect.arrayContaining([
          'proposed → merged',
          'merged → watching',
          'watching → worse',
          'worse → rolled-back',
        ]),
      );
    });
  });
});
