import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { JOB_TOKEN } from '../../src/demo/github-proxy.ts';
import { MINUTE_MS } from '../../src/time.ts';
import { netFile } from '../../src/workflow/net-file.ts';
import { DAY_MS, FIRST_DAY, type World, withWorld } from './harness.ts';

const ACTION = `OWNER/offbeat@${'0123456789abcdef'.repeat(3).slice(0, 40)}`;
const PATH = '.github/workflows/served.yml';
const TICK = FIRST_DAY + DAY_MS + 3 * 60 * MINUTE_MS;
const LATE = TICK + 104 * MINUTE_MS;
const PERMISSIONS = { metadata: 'read', contents: 'write', actions: 'write' } as const;

const Net = z.object({
  permissions: z.unknown(),
  jobs: z.object({
    net: z.object({
      steps: z.tuple([z.object({ uses: z.string(), with: z.record(z.string(), z.string()) })]),
    }),
  }),
});

/** The net's file where the operator has named the Action. */
function net() {
  const schedules = [{ cron: '0 3 * * *', timezone: 'UTC' }];
  const terms = { appSlug: 'offbeat', action: ACTION };
  return Net.parse(parse(netFile([{ path: PATH, schedules, inputs: {}, manualServes: false }], terms) ?? ''));
}

/** Runs the step of the net's file as GitHub's scheduler would have it, with the token of its job. */
function runNet(world: World) {
  const [step] = net().jobs.net.steps;
  const wait = async (ms: number) => {
    world.clock.set(world.clock.now() + ms);
    world.emulated.actions.advance();
  };
  return world.run({
    inputs: step.with,
    env: { INPUT_TOKEN: JOB_TOKEN, GITHUB_REF_NAME: 'main' },
    time: { now: world.clock.now, wait },
  });
}

async function withServedWorkflow(on: string, test: (world: World) => Promise<void>): Promise<void> {
  await withWorld({ permissions: PERMISSIONS }, async (world) => {
    const text = `on: ${on}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: make }]\n`;
    await world.maintainer.rest.repos.createOrUpdateFileContents({
      ...world.where,
      path: PATH,
      message: 'Add it',
      content: Buffer.from(text).toString('base64'),
    });
    world.emulated.actions.pace({ creationMs: 2000, listLagMs: 1000, durationMs: MINUTE_MS });
    world.clock.set(LATE);
    await test(world);
  });
}

describe('command: net', () => {
  it('stands in the file of the net where the operator has named the Action', () => {
    const { permissions, jobs } = net();
    expect(permissions).toEqual({ actions: 'write' });
    expect(jobs.net.steps[0]).toMatchObject({ uses: ACTION, with: { command: 'net', app: 'offbeat[bot]' } });
  });

  it('starts what nobody has started, once', async () => {
    await withServedWorkflow('workflow_dispatch', async (world) => {
      const ran = await runNet(world);
      expect([ran.failure, ran.said]).toEqual([null, ['notice: served.yml was started by the net']]);
      const again = await runNet(world);
      expect([again.failure, again.said]).toEqual([
        null,
        [expect.stringContaining('served.yml was started at')],
      ]);
      const started = world.emulated.actions.started.filter(({ run }) => run.path === PATH);
      expect(started.map(({ run }) => run.actor)).toEqual(['github-actions[bot]']);
    });
  });

  it('fails where a workflow cannot be started, and says why', async () => {
    await withServedWorkflow('push', async (world) => {
      const ran = await runNet(world);
      expect(ran.failure).toBe('Not every workflow could be started.');
      expect(ran.said).toEqual([
        "error: served.yml was refused: 422 Workflow does not have 'workflow_dispatch' trigger. " +
          'Mend that, then run this job again.',
      ]);
    });
  });

  it('asks for a list of workflows', async () => {
    await withWorld({}, async (world) => {
      const ran = await world.run({ inputs: { command: 'net' } });
      expect(ran.failure).toContain('No workflow is listed.');
    });
  });
});
