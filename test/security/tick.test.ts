import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { type SettableClock, settableClock } from '../../src/demo/clock.ts';
import { type Emulated, startEmulator } from '../../src/demo/emulator.ts';
import { STATE_FOLDER } from '../../src/store/state-files.ts';
import { keepingOutput } from '../cli/checkout.ts';
import { ContractWatch } from '../contract/contract-watch.ts';

const MINUTE_MS = 60_000;
const TICK = Date.UTC(2026, 10, 2, 3, 0);
const TEXT =
  "on:\n  schedule:\n    - cron: '0 3 * * *'\n  workflow_dispatch:\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n";

const contract = new ContractWatch();
let emulated: Emulated;
let directory: string;
let state: string;
let clock: SettableClock;
const before = { token: process.env.GITHUB_TOKEN, url: process.env.GITHUB_API_URL };

beforeEach(async () => {
  clock = settableClock(TICK - 20 * MINUTE_MS);
  directory = await mkdtemp(join(tmpdir(), 'offbeat-tick-'));
  state = join(directory, 'state', 'ticks.json');
  await mkdir(join(directory, 'state'));
  const files = [
    { path: '.github/workflows/nightly.yml', text: TEXT },
    { path: '.github/offbeat.yml', text: 'mode: suggest\non-time: punctual\nnet: cron\n' },
  ];
  emulated = await startEmulator({
    webhookSecret: 'secret',
    repositories: [{ name: 'octo-repo', files }],
    clock,
    observe: contract.observe,
  });
  process.env.GITHUB_TOKEN = emulated.people.maintainer.token;
  process.env.GITHUB_API_URL = emulated.url;
  expect(await tick()).toBe(0);
  clock.set(TICK + MINUTE_MS / 2);
});

afterEach(async () => {
  Object.assign(process.env, { GITHUB_TOKEN: before.token ?? '', GITHUB_API_URL: before.url ?? '' });
  await emulated.stop();
  contract.assertKept(emulated.hooks.all);
  await rm(directory, { recursive: true, force: true });
});

function tick(): Promise<number> {
  const args = ['tick', 'octo-org/octo-repo', '--once', '--state', state];
  return runCli(args, keepingOutput().output, clock);
}

function asked(): number {
  return emulated.writes.filter(({ path, method }) => method === 'POST' && path.endsWith('/dispatches'))
    .length;
}

it('starts a tick once where two processes use the file at once', async () => {
  const codes = await Promise.all([tick(), tick()]);
  expect(codes).toContain(0);
  expect(asked()).toBe(1);
});

it('starts a tick once where the process before died when it had asked', async () => {
  let atRequest = '';
  const { fetch } = globalThis;
  globalThis.fetch = async (...request) => {
    if (String(request[0]).endsWith('/dispatches')) atRequest = await readFile(state, 'utf8');
    return fetch(...request);
  };
  try {
    expect(await tick()).toBe(0);
  } finally {
    globalThis.fetch = fetch;
  }
  expect(asked()).toBe(1);
  await writeFile(state, atRequest);
  clock.set(TICK + MINUTE_MS);
  expect(await tick()).toBe(0);
  expect(asked()).toBe(1);
});

it('writes documents of the state alone, whatever names the file holds', async () => {
  const { documents } = JSON.parse(await readFile(state, 'utf8'));
  const victim = join(directory, 'victim');
  const names = [`${STATE_FOLDER}/../../../../../../../..${victim}`, `${STATE_FOLDER}/../../../victim`];
  const hostile = Object.fromEntries(names.map((name) => [name, 'x']));
  await writeFile(state, JSON.stringify({ version: 1, documents: { ...documents, ...hostile } }));
  expect(await tick()).toBe(0);
  expect(await readdir(directory)).toEqual(['state']);
});

it('follows no link that somebody has put beside the file', async () => {
  const victim = join(directory, 'victim');
  await writeFile(victim, 'mine');
  await symlink(victim, `${state}.tmp`);
  expect(await tick()).toBe(0);
  expect(await readFile(victim, 'utf8')).toBe('mine');
});
