import { Octokit } from '@octokit/rest';
import { ProbotOctokit } from 'probot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DispatchMishap } from '../../src/demo/emulated-actions.ts';
import { type Emulated, startEmulator } from '../../src/demo/emulator.ts';
import { JOB_TOKEN } from '../../src/demo/github-proxy.ts';
import { at, textAt } from '../../src/demo/json.ts';
import { ContractWatch } from '../contract/contract-watch.ts';

const where = { owner: 'octo-org', repo: 'octo-repo' };
const REPOSITORY = 'octo-org/octo-repo';
const NIGHTLY = '.github/workflows/nightly.yml';
const START = Date.parse('2026-11-02T03:00:00Z');
const ignore = () => undefined;
const QUIET = { debug: ignore, info: ignore, warn: ignore, error: ignore };

const JOBS = 'jobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n';
const FILES = {
  'nightly.yml': `name: Nightly\non:\n  workflow_dispatch:\n${JOBS}`,
  'grouped.yml': `on:\n  workflow_dispatch:\nconcurrency: one\n${JOBS}`,
  'eager.yml': `on:\n  workflow_dispatch:\nconcurrency: { group: eager, cancel-in-progress: true }\n${JOBS}`,
  'queued.yml': `on:\n  workflow_dispatch:\nconcurrency: { group: queued, queue: max }\n${JOBS}`,
  'push.yml': `on: push\n${JOBS}`,
  'inputs.yml': `on:\n  workflow_dispatch:\n    inputs:\n      level: { required: true }\n      dry: { default: yes }\n${JOBS}`,
};

let now = START;
let emulated: Emulated;
let readOnly: Emulated;
const watch = new ContractWatch();
const repository = {
  name: 'octo-repo',
  files: Object.entries(FILES).map(([name, text]) => ({ path: `.github/workflows/${name}`, text })),
};

function asInstallation({ url, app }: Emulated): Octokit {
  return new ProbotOctokit({
    baseUrl: url,
    auth: { appId: app.id, privateKey: app.privateKey, installationId: app.installationId },
    throttle: { enabled: false },
    retry: { enabled: false },
    log: QUIET,
  }) as unknown as Octokit;
}

async function dispatch(
  file: string,
  more: Readonly<Record<string, unknown>> = {},
  octokit = asInstallation(emulated),
) {
  try {
    const { status, data } = await octokit.request(
      'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
      {
        ...where,
        workflow_id: file,
        ref: 'main',
        ...more,
      },
    );
    return { status: Number(status), id: Number(at(data, 'workflow_run_id')), message: '' };
  } catch (error) {
    return {
      status: Number(at(error, 'status')),
      id: 0,
      message: textAt(at(error, 'response', 'data'), 'message'),
    };
  }
}

const details = { return_run_details: true };

async function runAt(id: number) {
  const { data } = await asInstallation(emulated).rest.actions.getWorkflowRun({ ...where, run_id: id });
  return data;
}

async function listed(file: string, query: Readonly<Record<string, string>> = {}) {
  const { data } = await asInstallation(emulated).rest.actions.listWorkflowRuns({
    ...where,
    workflow_id: file,
    ...query,
  });
  return data.workflow_runs;
}

beforeAll(async () => {
  const options = { webhookSecret: 'secret', repositories: [repository], clock: { now: () => now } };
  const permissions = { metadata: 'read', contents: 'write', actions: 'write' } as const;
  emulated = await startEmulator({ ...options, permissions, observe: watch.observe });
  readOnly = await startEmulator({
    ...options,
    permissions: { ...permissions, actions: 'read' },
    observe: watch.observe,
  });
});

afterAll(async () => {
  await emulated.stop();
  await readOnly.stop();
});

describe('a dispatch', () => {
  it('answers 204, or 200 with the run where details are asked for', async () => {
    expect((await dispatch('nightly.yml')).status).toBe(204);
    const { status, id } = await dispatch('nightly.yml', details);
    expect(status).toBe(200);
    now += 5000;
    expect(await runAt(id)).toMatchObject({
      event: 'workflow_dispatch',
      path: NIGHTLY,
      head_branch: 'main',
      run_attempt: 1,
      actor: { login: 'offbeat[bot]', type: 'Bot' },
    });
  });

  it('becomes a run within ten seconds, and lists show it later', async () => {
    emulated.actions.pace({ creationMs: 8000, listLagMs: 5000 });
    const before = (await listed('nightly.yml')).length;
    const { id } = await dispatch('nightly.yml', details);
    now += 7000;
    await expect(runAt(id)).rejects.toMatchObject({ status: 404 });
    now += 2000;
    expect((await runAt(id)).created_at).toBe(new Date(now - 1000).toISOString().replace('.000Z', 'Z'));
    expect(await listed('nightly.yml')).toHaveLength(before);
    now += 5000;
    expect(await listed('nightly.yml')).toHaveLength(before + 1);
    emulated.actions.pace({ creationMs: 2000, listLagMs: 1000 });
  });

  it('goes through its phases, with webhooks', async () => {
    const { id } = await dispatch('nightly.yml', details);
    const phases: string[] = [];
    for (let second = 0; second < 80; second += 1) {
      now += 1000;
      emulated.actions.advance();
      const run = emulated.runs.run(id);
      const status = textAt(run, 'status');
      if (status !== '' && phases.at(-1) !== status) phases.push(status);
    }
    expect(phases).toEqual(['queued', 'in_progress', 'completed']);
    await emulated.hooks.settled();
    const told = emulated.hooks.all
      .filter(({ payload }) => at(payload, 'workflow_run', 'id') === id)
      .map(({ payload }) => textAt(payload, 'action'));
    expect(told).toEqual(['requested', 'in_progress', 'completed']);
  });

  it.each([
    ['push.yml', {}, 422, "Workflow does not have 'workflow_dispatch' trigger"],
    ['gone.yml', {}, 404, 'Not Found'],
    ['nightly.yml', { ref: 'nowhere' }, 422, 'No ref found for: nowhere'],
    ['nightly.yml', { inputs: { level: 'x' } }, 422, 'Unexpected inputs provided: ["level"]'],
    ['inputs.yml', {}, 422, "Required input 'level' not provided"],
  ])('of %s with %j is answered with %i %s', async (file, more, status, message) => {
    expect(await dispatch(file, more)).toEqual({ status, id: 0, message });
  });

  it('takes declared inputs', async () => {
    expect((await dispatch('inputs.yml', { inputs: { level: 'all' } })).status).toBe(204);
  });

  it('needs write access of the installation', async () => {
    const message = 'Resource not accessible by integration';
    expect(await dispatch('nightly.yml', {}, asInstallation(readOnly))).toEqual({
      status: 403,
      id: 0,
      message,
    });
  });

  it('may come from the job of a workflow, whose run is by github-actions', async () => {
    const job = new Octokit({ baseUrl: emulated.url, auth: JOB_TOKEN, log: QUIET });
    const { id } = await dispatch('nightly.yml', details, job);
    now += 5000;
    expect((await runAt(id)).actor?.login).toBe('github-actions[bot]');
  });

  it('is refused while triggers are stale, the workflow is disabled, Actions are off or the repository archived', async () => {
    const { actions } = emulated;
    actions.setWorkflow(REPOSITORY, NIGHTLY, { staleTriggers: true });
    expect((await dispatch('nightly.yml')).message).toBe(
      "Workflow does not have 'workflow_dispatch' trigger",
    );
    actions.setWorkflow(REPOSITORY, NIGHTLY, { staleTriggers: false, state: 'disabled_inactivity' });
    expect((await dispatch('nightly.yml')).message).toBe(
      "Cannot trigger a 'workflow_dispatch' on a disabled workflow",
    );
    const shown = await asInstallation(emulated).rest.actions.getWorkflow({
      ...where,
      workflow_id: 'nightly.yml',
    });
    expect(shown.data.state).toBe('disabled_inactivity');
    actions.setWorkflow(REPOSITORY, NIGHTLY, { state: 'active' });
    actions.setRepository(REPOSITORY, { actionsDisabled: true });
    expect((await dispatch('nightly.yml')).message).toBe('Actions has been disabled for this repository.');
    actions.setRepository(REPOSITORY, { actionsDisabled: false, archived: true });
    expect(await dispatch('nightly.yml')).toMatchObject({
      status: 403,
      message: 'Repository was archived so is read-only.',
    });
    actions.setRepository(REPOSITORY, { archived: false });
    expect((await dispatch('nightly.yml')).status).toBe(204);
  });

  it.each<readonly [DispatchMishap, number, number]>([
    ['started-but-500', 500, 1],
    ['accepted-but-lost', 204, 0],
  ])('can go wrong: %s', async (mishap, status, runs) => {
    now += 60_000;
    const before = (await listed('nightly.yml')).length;
    emulated.actions.spoilNext(mishap);
    expect((await dispatch('nightly.yml')).status).toBe(status);
    now += 60_000;
    expect((await listed('nightly.yml')).length - before).toBe(runs);
  });
});

describe('a cancel', () => {
  it('is taken while the run goes on, and stops its steps after ten seconds', async () => {
    const { id } = await dispatch('nightly.yml', details);
    now += 20_000;
    const octokit = asInstallation(emulated);
    const jobs = await octokit.rest.actions.listJobsForWorkflowRunAttempt({
      ...where,
      run_id: id,
      attempt_number: 1,
    });
    expect(jobs.data.jobs[0]?.steps?.[0]?.status).toBe('in_progress');
    expect((await octokit.rest.actions.cancelWorkflowRun({ ...where, run_id: id })).status).toBe(202);
    now += 9000;
    expect((await runAt(id)).status).toBe('in_progress');
    now += 2000;
    expect(await runAt(id)).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
    const again = octokit.rest.actions.cancelWorkflowRun({ ...where, run_id: id });
    await expect(again).rejects.toMatchObject({ status: 409 });
  });

  it('ends a run before its first step at once', async () => {
    const { id } = await dispatch('nightly.yml', details);
    now += 3000;
    await asInstallation(emulated).rest.actions.cancelWorkflowRun({ ...where, run_id: id });
    now += 1000;
    expect((await runAt(id)).conclusion).toBe('cancelled');
  });
});

describe('a concurrency group', () => {
  async function three(file: string) {
    now += 600_000;
    const ids: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      ids.push((await dispatch(file, details)).id);
      now += 10_000;
    }
    const runs = await Promise.all(ids.map(runAt));
    return { ids, phases: runs.map(({ status, conclusion }) => conclusion ?? status) };
  }

  it('replaces the run that waits', async () => {
    const { ids, phases } = await three('grouped.yml');
    expect(phases).toEqual(['in_progress', 'cancelled', 'pending']);
    const grouped = emulated.actions.started.filter(({ run }) => run.group?.name === 'one');
    expect(grouped.filter(({ phase }) => phase !== 'completed')).toMatchObject([
      { run: { id: ids[0] } },
      { run: { id: ids[2] }, phase: 'pending' },
    ]);
    now += 60_000;
    expect((await runAt(ids[2] ?? 0)).status).toBe('in_progress');
  });

  it('ends the run that works with cancel-in-progress', async () => {
    const { phases } = await three('eager.yml');
    expect(phases[0]).toBe('cancelled');
    expect(phases[2]).toMatch(/pending|queued|in_progress/);
  });

  it('lets all wait with queue: max', async () => {
    expect((await three('queued.yml')).phases).toEqual(['in_progress', 'pending', 'pending']);
  });
});

describe('an older server', () => {
  it('does not know return_run_details', async () => {
    emulated.actions.becomeOldServer();
    expect(await dispatch('nightly.yml', details)).toEqual({
      status: 400,
      id: 0,
      message: '"return_run_details" is not a permitted key.',
    });
    expect((await dispatch('nightly.yml')).status).toBe(204);
  });
});

describe('all of it', () => {
  it('is as GitHub describes it', async () => {
    await emulated.hooks.settled();
    expect(() => watch.assertKept(emulated.hooks.all)).not.toThrow();
  });
});
