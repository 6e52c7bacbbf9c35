import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { settableClock } from '../../src/demo/clock.ts';
import { type Emulated, startEmulator } from '../../src/demo/emulator.ts';
import { ContractWatch } from '../contract/contract-watch.ts';
import { keepingOutput } from './checkout.ts';

const MINUTE_MS = 60_000;
const TICK = Date.UTC(2026, 10, 2, 3, 0);
const PATH = '.github/workflows/nightly.yml';
const TEXT =
  "on:\n  schedule:\n    - cron: '0 3 * * *'\n  workflow_dispatch:\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n";

const contract = new ContractWatch();
const clock = settableClock(TICK - 30 * MINUTE_MS);
let emulated: Emulated;
let directory: string;
const before = { token: process.env.GITHUB_TOKEN, url: process.env.GITHUB_API_URL };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-tick-'));
  emulated = await startEmulator({
    webhookSecret: 'secret',
    repositories: [
      {
        name: 'octo-repo',
        files: [
          { path: PATH, text: TEXT },
          { path: '.github/offbeat.yml', text: 'mode: suggest\non-time: punctual\nnet: cron\n' },
        ],
      },
      {
        name: 'quiet-repo',
        files: [
          { path: PATH, text: TEXT },
          { path: '.github/offbeat.yml', text: 'on-time: punctual\nnet: cron\n' },
        ],
      },
    ],
    clock,
    observe: contract.observe,
  });
  process.env.GITHUB_TOKEN = emulated.people.maintainer.token;
  process.env.GITHUB_API_URL = emulated.url;
});

afterAll(async () => {
  Object.assign(process.env, { GITHUB_TOKEN: before.token ?? '', GITHUB_API_URL: before.url ?? '' });
  await emulated.stop();
  await rm(directory, { recursive: true, force: true });
  contract.assertKept(emulated.hooks.all);
});

async function tick(at: number) {
  clock.set(at);
  const kept = keepingOutput();
  const state = join(directory, 'ticks.json');
  const code = await runCli(['tick', 'octo-org/octo-repo', '--once', '--state', state], kept.output, clock);
  const asked = emulated.requests.filter(
    ({ path, method }) => method === 'POST' && path.endsWith('/dispatches'),
  );
  return { code, err: kept.err(), asked: asked.length, out: kept.out() };
}

it('reads no text a second time that it knows', async () => {
  const state = join(directory, 'texts.json');
  const queries = async () => {
    const before = emulated.requests.length;
    await runCli(['tick', 'octo-org/quiet-repo', '--once', '--state', state], keepingOutput().output, clock);
    return emulated.requests.slice(before).filter(({ path }) => /graphql|git\/blobs/.test(path)).length;
  };
  clock.set(TICK - 30 * MINUTE_MS);
  const first = await queries();
  expect(await queries()).toBe(first - 1);
});

it('starts a workflow once its tick has come, and no second time', async () => {
  const first = await tick(TICK - 20 * MINUTE_MS);
  expect(first).toMatchObject({ code: 0, err: '', asked: 0 });
  expect(first.out).toBe('nightly.yml: watched from now on; a tick that comes due is started.\n');
  const started = await tick(TICK + MINUTE_MS / 2);
  expect(started).toMatchObject({ code: 0, err: '', asked: 1 });
  expect(started.out).toMatch(
    /^nightly\.yml, tick of 2026-11-02 03:00.*: (GitHub was asked|run \d+ was started)/,
  );
  expect(await tick(TICK + MINUTE_MS)).toMatchObject({ code: 0, err: '', asked: 1 });
  expect(await tick(TICK + 5 * MINUTE_MS)).toMatchObject({ code: 0, err: '', asked: 1, out: '' });
});

it('says that nothing is started in observe mode, and of each tick that was not', async () => {
  const name = { owner: 'octo-org', repo: 'quiet-repo' };
  const next = TICK + 24 * 60 * MINUTE_MS;
  const quiet = await quietly(next - 20 * MINUTE_MS, name);
  expect(quiet).toMatch(/^nightly\.yml: watched, but nothing is started: .*observe/);
  expect(await quietly(next + MINUTE_MS / 2, name)).toMatch(
    /^nightly\.yml, tick of 2026-11-03 03:00.*: not started \(observed\)\. .*observe/,
  );
});

async function quietly(
  at: number,
  { owner, repo }: { owner: string; repo: string },
  ...flags: readonly string[]
): Promise<string> {
  clock.set(at);
  const kept = keepingOutput();
  const state = join(directory, 'quiet.json');
  const words = ['tick', `${owner}/${repo}`, '--once', '--state', state, ...flags];
  expect(await runCli(words, kept.output, clock)).toBe(0);
  return kept.out();
}

it('answers in JSON with --json, whatever has come of it', async () => {
  const name = { owner: 'octo-org', repo: 'quiet-repo' };
  const next = TICK + 2 * 24 * 60 * MINUTE_MS;
  const observing = expect.stringContaining('observe');
  const workflows = [{ path: PATH, mode: 'punctual', net: 'cron', why: observing }];
  const repository = 'octo-org/quiet-repo';
  expect(JSON.parse(await quietly(next - 20 * MINUTE_MS, name, '--json'))).toEqual({
    repository,
    workflows,
    ticks: [],
  });
  expect(JSON.parse(await quietly(next + MINUTE_MS / 2, name, '--json'))).toEqual({
    repository,
    workflows,
    ticks: [
      {
        path: PATH,
        cron: '0 3 * * *',
        timezone: 'UTC',
        tick: new Date(next).toISOString(),
        state: 'skipped',
        why: 'observed',
        runId: null,
        message: expect.stringMatching(/^not started \(observed\)\. .*observe/),
      },
    ],
  });
});

it('says of a state that cannot be read what to do', async () => {
  await writeFile(join(directory, 'ticks.json'), '{');
  expect(await tick(TICK + 6 * MINUTE_MS)).toMatchObject({
    code: 2,
    err: expect.stringContaining('The file is not what was written. Restore it, or remove it'),
  });
});
