import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { DispatchMishap } from '../../src/demo/emulated-actions.ts';
import { type Emulated, startEmulator } from '../../src/demo/emulator.ts';
import { JOB_TOKEN } from '../../src/demo/github-proxy.ts';
import { asJson } from '../../src/demo/json.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/time.ts';
import { type NetWorkflow, netFile } from '../../src/workflow/net-file.ts';
import { NET_PATH } from '../../src/workflow/paths.ts';
import { ContractWatch } from '../contract/contract-watch.ts';

/*
 * The step of the net as a runner runs it, against the emulated GitHub. Its clock is the emulator's, and waiting moves
 * both on.
 */

const REPOSITORY = 'octo-org/octo-repo';
const TICK = Date.parse('2026-11-02T03:00:00Z');
const LATE = TICK + 104 * MINUTE_MS;
const JOBS = 'jobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n';
const DISPATCHED = `on:\n  workflow_dispatch:\n${JOBS}`;
const path = (name: string) => `.github/workflows/${name}`;

const nightly: NetWorkflow = {
  path: path('nightly.yml'),
  schedules: [{ cron: '0 3 * * *', timezone: 'UTC' }],
  inputs: {},
  manualServes: false,
};

let now = TICK;
let emulated: Emulated;
const watch = new ContractWatch();

beforeAll(async () => {
  const files = {
    'nightly.yml': DISPATCHED,
    'other.yml': DISPATCHED,
    'push.yml': `on: push\n${JOBS}`,
    'inputs.yml': `on:\n  workflow_dispatch:\n    inputs:\n      level: { required: true }\n${JOBS}`,
    'offbeat-net.yml': netFile([nightly], { appSlug: 'offbeat' }) ?? '',
  };
  emulated = await startEmulator({
    webhookSecret: 'secret',
    repositories: [
      { name: 'octo-repo', files: Object.entries(files).map(([name, text]) => ({ path: path(name), text })) },
    ],
    clock: { now: () => now },
    permissions: { metadata: 'read', contents: 'write', actions: 'write' },
    observe: watch.observe,
  });
});

afterAll(() => emulated.stop());

/** Every test has days of its own: runs of others lie before them. */
let day = 0;
beforeEach(() => {
  day += 3 * 24 * HOUR_MS;
  emulated.actions.pace({ creationMs: 2000, listLagMs: 1000, durationMs: MINUTE_MS });
});

/** Time of the day's story. */
const onDay = (time: number) => time + day;

interface Step {
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The net's only step, with what a runner puts in. */
function stepOf(workflows: readonly NetWorkflow[], runId: number): Step {
  const file = parse(netFile(workflows, { appSlug: 'offbeat' }) ?? '');
  const step = asJson(asJson(asJson(file).jobs).net).steps as readonly Step[];
  const [{ run, env } = { run: '', env: {} }] = step;
  return {
    run,
    env: {
      ...env,
      GH_TOKEN: JOB_TOKEN,
      GITHUB_API_URL: emulated.url,
      GITHUB_REF_NAME: 'main',
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_RUN_ID: String(runId),
    },
  };
}

/** Runs the step until it has nothing left to do. */
async function runNet(workflows: readonly NetWorkflow[], runId = 1) {
  const { run, env } = stepOf(workflows, runId);
  const lines: string[] = [];
  const process = { env, exitCode: 0 };
  class StoryDate extends Date {
    static override now = () => now;
  }
  const pass = (act: () => void, ms: number) => {
    now += ms;
    emulated.actions.advance();
    setImmediate(act);
  };
  const globals = {
    process,
    fetch,
    Date: StoryDate,
    setTimeout: pass,
    console: { log: (line: string) => lines.push(line) },
  };
  const script = run.replace('main().catch', 'globalThis.done = main().catch');
  const context: Record<string, unknown> = globals;
  runInNewContext(script, context);
  await context.done;
  return { lines, exitCode: process.exitCode };
}

/** Runs of a workflow since the day's tick, as `event by actor`. */
function runsOf(name: string) {
  return emulated.actions.started
    .filter(({ run }) => run.path === path(name) && run.createdAt >= onDay(TICK - HOUR_MS))
    .map(({ run }) => `${run.event} by ${run.actor}`);
}

const MEND = 'Run this job again, or start the workflow by hand if it has not run.';

async function dispatchAs(token: string, name = 'nightly.yml') {
  const answer = await fetch(`${emulated.url}/repos/${REPOSITORY}/actions/workflows/${name}/dispatches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ ref: 'main' }),
  });
  expect(answer.status).toBe(204);
}

const BY_NET = 'workflow_dispatch by github-actions[bot]';

describe('the net', () => {
  it('starts what nobody has started, once', async () => {
    now = onDay(LATE);
    const { lines, exitCode } = await runNet([nightly]);
    expect(lines).toEqual(['::notice::nightly.yml was started by the net']);
    expect(exitCode).toBe(0);
    expect((await runNet([nightly])).lines).toEqual([expect.stringContaining('nightly.yml was started at')]);
    expect(runsOf('nightly.yml')).toEqual([BY_NET]);
  });

  it.each<readonly [string, () => Promise<unknown>]>([
    [
      'GitHub itself',
      () => emulated.actions.startByEvent(REPOSITORY, nightly.path, 'schedule', 'maintainer'),
    ],
    ['the App', () => dispatchAs('ghs_of_the_app')],
    ['another net', () => dispatchAs(JOB_TOKEN)],
  ])('leaves alone what %s has started', async (_, start) => {
    now = onDay(TICK + 2000);
    await start();
    now = onDay(LATE);
    const { lines } = await runNet([nightly]);
    expect(lines).toEqual([expect.stringContaining('nightly.yml was started at')]);
    expect(now).toBe(onDay(LATE));
    expect(runsOf('nightly.yml')).toHaveLength(1);
  });

  it('counts the dispatch of a person only where it is said so', async () => {
    now = onDay(TICK + HOUR_MS);
    await dispatchAs(emulated.people.writer.token);
    now = onDay(LATE);
    expect((await runNet([{ ...nightly, manualServes: true }])).lines).toEqual([
      expect.stringContaining('was started at'),
    ]);
    await runNet([nightly]);
    expect(runsOf('nightly.yml')).toEqual(['workflow_dispatch by writer', BY_NET]);
  });

  it('looks at the newest time of all crons', async () => {
    const twice = { ...nightly, schedules: [...nightly.schedules, { cron: '0 4 * * *', timezone: 'UTC' }] };
    now = onDay(TICK + 2000);
    await dispatchAs('ghs_of_the_app');
    now = onDay(LATE);
    await runNet([twice]);
    expect(runsOf('nightly.yml')).toEqual(['workflow_dispatch by offbeat[bot]', BY_NET]);
  });

  it('waits while it is still for Offbeat to start, and goes when that has happened', async () => {
    now = onDay(TICK + 1000);
    const net = runNet([nightly]);
    await dispatchAs('ghs_of_the_app');
    expect((await net).lines).toEqual([expect.stringContaining('nightly.yml was started at')]);
    expect(now).toBeLessThan(onDay(TICK + 3 * MINUTE_MS));
  });

  it('starts it after ten minutes where Offbeat does not', async () => {
    now = onDay(TICK + 1000);
    await runNet([nightly]);
    const [state] = emulated.actions.started.filter(({ run }) => run.createdAt > onDay(TICK));
    expect(state?.run.actor).toBe('github-actions[bot]');
    expect(state?.run.createdAt).toBeGreaterThanOrEqual(onDay(TICK + 10 * MINUTE_MS));
    expect(state?.run.createdAt).toBeLessThan(onDay(TICK + 12 * MINUTE_MS));
  });

  it('looks again, as lists lag', async () => {
    emulated.actions.pace({ creationMs: 9000, listLagMs: 40_000 });
    now = onDay(LATE - 2000);
    await dispatchAs('ghs_of_the_app');
    now = onDay(LATE);
    expect((await runNet([nightly])).lines).toEqual([expect.stringContaining('was started at')]);
    expect(runsOf('nightly.yml')).toHaveLength(1);
  });

  it('starts it once where two nets come at the same time', async () => {
    emulated.actions.pace({ durationMs: 12 * HOUR_MS });
    now = onDay(LATE);
    const first = await emulated.actions.startByEvent(REPOSITORY, NET_PATH, 'schedule', 'maintainer');
    const second = await emulated.actions.startByEvent(REPOSITORY, NET_PATH, 'schedule', 'maintainer');
    now += 10_000;
    const older = runNet([nightly], first).then(async (result) => {
      const url = `${emulated.url}/repos/${REPOSITORY}/actions/runs/${first}/cancel`;
      await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${JOB_TOKEN}` } });
      return result;
    });
    const [one, other] = await Promise.all([older, runNet([nightly], second)]);
    expect(one.lines).toEqual(['::notice::nightly.yml was started by the net']);
    expect(other.lines).toEqual([expect.stringContaining('nightly.yml was started at')]);
    expect(runsOf('nightly.yml')).toEqual([BY_NET]);
    const cancel = `${emulated.url}/repos/${REPOSITORY}/actions/runs/${second}/cancel`;
    await fetch(cancel, { method: 'POST', headers: { authorization: `Bearer ${JOB_TOKEN}` } });
  });

  it('says what is refused, and starts the others', async () => {
    now = onDay(LATE);
    const { lines, exitCode } = await runNet([{ ...nightly, path: path('push.yml') }, nightly]);
    expect(lines).toEqual([
      '::notice::nightly.yml was started by the net',
      "::error::push.yml was refused: 422 Workflow does not have 'workflow_dispatch' trigger. " +
        'Mend that, then run this job again.',
    ]);
    expect(exitCode).toBe(1);
  });

  it('leaves alone what is disabled', async () => {
    now = onDay(LATE);
    emulated.actions.setWorkflow(REPOSITORY, path('other.yml'), { state: 'disabled_manually' });
    const { lines, exitCode } = await runNet([{ ...nightly, path: path('other.yml') }]);
    emulated.actions.setWorkflow(REPOSITORY, path('other.yml'), { state: 'active' });
    expect(lines).toEqual(['other.yml is disabled_manually']);
    expect(exitCode).toBe(0);
  });

  it('ends red where a workflow is gone, says how to mend it, and starts the others', async () => {
    now = onDay(LATE);
    const { lines, exitCode } = await runNet([{ ...nightly, path: path('gone.yml') }, nightly]);
    expect(lines).toEqual([
      expect.stringMatching(
        /^::error::gone\.yml was not found\. If it was removed or renamed, merge .* by hand\./,
      ),
      '::notice::nightly.yml was started by the net',
    ]);
    expect(exitCode).toBe(1);
  });

  it('finds the run of the App behind a hundred newer ones of a person', async () => {
    now = onDay(TICK + 2000);
    await dispatchAs('ghs_of_the_app');
    now = onDay(TICK + HOUR_MS);
    for (let run = 0; run < 101; run += 1) await dispatchAs(emulated.people.writer.token);
    now = onDay(LATE);
    const { lines } = await runNet([nightly]);
    expect(lines).toEqual([expect.stringContaining('nightly.yml was started at')]);
    expect(runsOf('nightly.yml')).not.toContain(BY_NET);
  });

  it('starts nothing where newer runs fill all that GitHub lists', async () => {
    now = onDay(LATE);
    const others = Array.from({ length: 100 }, (_, at) => ({ id: at + 1, actor: { login: 'writer' } }));
    const full = { total_count: 1000, workflow_runs: others };
    emulated.faults.failNext({ path: /nightly\.yml\/runs/, status: 200, body: full, times: 10 });
    const { lines, exitCode } = await runNet([nightly]);
    expect(lines).toEqual([expect.stringContaining('nightly.yml has a thousand newer runs')]);
    expect(exitCode).toBe(1);
    expect(runsOf('nightly.yml')).toEqual([]);
  });

  it.each<readonly [string, RegExp, number, unknown]>([
    ['404 for the workflow', /nightly\.yml$/, 404, { message: 'Not Found' }],
    ['404 for its runs', /nightly\.yml\/runs/, 404, { message: 'Not Found' }],
    ['404 for its own runs', /offbeat-net\.yml\/runs/, 404, { message: 'Not Found' }],
    ['200 without JSON', /nightly\.yml\/runs/, 200, '<html>'],
    ['200 in another shape', /nightly\.yml\/runs/, 200, { workflow_runs: {} }],
    ['a limit', /nightly\.yml$/, 403, { message: 'You have exceeded a secondary rate limit' }],
  ])('reads again after one wrong answer: %s', async (_, url, status, body) => {
    now = onDay(LATE);
    emulated.faults.failNext({ method: 'GET', path: url, status, body });
    const { lines, exitCode } = await runNet([nightly]);
    expect(lines).toEqual(['::notice::nightly.yml was started by the net']);
    expect(exitCode).toBe(0);
    expect(runsOf('nightly.yml')).toEqual([BY_NET]);
  });

  it.each<readonly [string, string, number, unknown, string]>([
    ['404 for its runs', 'nightly.yml', 404, { message: 'Not Found' }, '404 Not Found'],
    ['200 without JSON', 'nightly.yml', 200, '<html>', '200 (not in the form expected)'],
    ['404 for its own runs', 'offbeat-net.yml', 404, { message: 'Not Found' }, '404 Not Found'],
  ])('starts nothing that it cannot look up, and says so: %s', async (_, file, status, body, words) => {
    now = onDay(LATE);
    const url = new RegExp(`/${file.replace('.', '\\.')}/runs$`);
    emulated.faults.failNext({ method: 'GET', path: url, status, body, times: 5 });
    const { lines, exitCode } = await runNet([nightly]);
    const said = `::error::nightly.yml could not be looked up: GitHub said ${words} to GET ${file}/runs. ${MEND}`;
    expect(lines).toEqual([said]);
    expect(exitCode).toBe(1);
    expect(runsOf('nightly.yml')).toEqual([]);
  });

  it.each([403, 404, 429])('asks again for a start that GitHub refused with %i', async (status) => {
    now = onDay(LATE);
    const headers = { 'retry-after': '90' };
    emulated.faults.failNext({ method: 'POST', path: /dispatches$/, status, headers });
    const { lines, exitCode } = await runNet([nightly]);
    expect(lines).toEqual(['::notice::nightly.yml was started by the net']);
    expect(exitCode).toBe(0);
    expect(now).toBeGreaterThanOrEqual(onDay(LATE) + MINUTE_MS + 90_000);
    expect(runsOf('nightly.yml')).toEqual([BY_NET]);
  });

  it('names each of many refused starts before its job ends', async () => {
    now = onDay(LATE);
    const headers = { 'retry-after': '120' };
    // Five are asked for three times each, the others once.
    emulated.faults.failNext({ method: 'POST', path: /dispatches$/, status: 403, headers, times: 22 });
    const { lines } = await runNet(Array(12).fill(nightly));
    expect(lines).toHaveLength(12);
    expect(lines.every((line) => line.startsWith('::error::nightly.yml was refused: 403'))).toBe(true);
    expect(now - onDay(LATE)).toBeLessThan(30 * MINUTE_MS);
  });

  it('looks before it asks again', async () => {
    emulated.actions.pace({ creationMs: 70_000 });
    now = onDay(LATE);
    await dispatchAs('ghs_of_the_app');
    emulated.faults.failNext({ method: 'POST', path: /dispatches$/, status: 429 });
    const { lines, exitCode } = await runNet([nightly]);
    expect(lines).toEqual([expect.stringContaining('nightly.yml was started at')]);
    expect(exitCode).toBe(0);
    expect(runsOf('nightly.yml')).toEqual(['workflow_dispatch by offbeat[bot]']);
  });

  it.each<readonly [DispatchMishap, string, number]>([
    ['started-but-500', '::notice::nightly.yml was started by the net', 1],
    [
      'accepted-but-lost',
      `::error::nightly.yml was asked for (answer 204), but no run of it appeared. ${MEND}`,
      0,
    ],
  ])('asks once, also where GitHub is unclear: %s', async (mishap, line, runs) => {
    now = onDay(LATE);
    emulated.actions.spoilNext(mishap);
    const before = emulated.requests.filter(({ method }) => method === 'POST').length;
    expect((await runNet([nightly])).lines).toEqual([line]);
    expect(emulated.requests.filter(({ method }) => method === 'POST').length - before).toBe(1);
    expect(runsOf('nightly.yml')).toHaveLength(runs);
  });

  it('reads again while GitHub stumbles, and gives up where that lasts', async () => {
    now = onDay(LATE);
    emulated.faults.failNext({ method: 'GET', path: /nightly\.yml$/, status: 502, times: 4 });
    expect((await runNet([nightly])).exitCode).toBe(0);
    expect(runsOf('nightly.yml')).toEqual([BY_NET]);
    emulated.faults.failNext({ method: 'GET', path: /nightly\.yml$/, status: 502, times: 5 });
    const { lines, exitCode } = await runNet([nightly]);
    expect(lines).toEqual([
      `::error::nightly.yml could not be looked up: GitHub said 502 Planted failure to GET nightly.yml. ${MEND}`,
    ]);
    expect(exitCode).toBe(1);
  });

  it('starts the others where GitHub does not answer for one', async () => {
    now = onDay(LATE);
    emulated.faults.failNext({ method: 'GET', path: /other\.yml$/, status: 502, times: 5 });
    emulated.actions.setWorkflow(REPOSITORY, path('other.yml'), { state: 'active' });
    const { lines, exitCode } = await runNet([{ ...nightly, path: path('other.yml') }, nightly]);
    expect(lines).toEqual([
      `::error::other.yml could not be looked up: GitHub said 502 Planted failure to GET other.yml. ${MEND}`,
      '::notice::nightly.yml was started by the net',
    ]);
    expect(exitCode).toBe(1);
  });

  it('starts the others where the runner does not know a timezone', async () => {
    now = onDay(LATE);
    const elsewhere = { path: path('other.yml'), schedules: [{ cron: '0 3 * * *', timezone: 'Mars/Base' }] };
    const { lines, exitCode } = await runNet([{ ...nightly, ...elsewhere }, nightly]);
    expect(lines).toEqual([
      '::error::other.yml was not looked after: Invalid time zone specified: Mars/Base',
      '::notice::nightly.yml was started by the net',
    ]);
    expect(exitCode).toBe(1);
  });

  it('passes the inputs that were stated', async () => {
    now = onDay(LATE);
    await runNet([{ ...nightly, path: path('inputs.yml'), inputs: { level: "it's all" } }]);
    const [state] = emulated.actions.started.filter(({ run }) => run.path === path('inputs.yml'));
    expect(state?.run.inputs).toEqual({ level: "it's all" });
  });

  it('does nothing for what was not due', async () => {
    now = onDay(LATE);
    const yearly = { ...nightly, schedules: [{ cron: '0 3 29 2 *', timezone: 'UTC' }] };
    expect((await runNet([yearly])).lines).toEqual(['nightly.yml was not due for a day']);
  });

  it('runs under Node as a runner starts it', async () => {
    now = Date.now();
    await emulated.actions.startByEvent(REPOSITORY, nightly.path, 'schedule', 'maintainer');
    now = Date.now() + 5000;
    const minutely = { ...nightly, schedules: [{ cron: '*/5 * * * *', timezone: 'Europe/Berlin' }] };
    const { run, env } = stepOf([minutely], 1);
    const folder = mkdtempSync(join(tmpdir(), 'offbeat-net-'));
    try {
      const script = join(folder, 'step');
      writeFileSync(script, run);
      const { stdout } = await promisify(execFile)(process.execPath, [script], { env: { ...env } });
      expect(stdout).toMatch(/^nightly\.yml was started at \S+ by schedule\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('asks only what GitHub describes', () => {
    expect(() => watch.assertKept()).not.toThrow();
  });
});
