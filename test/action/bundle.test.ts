import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type ActionBundle, bundleAction } from '../../scripts/action-bundle.ts';
import { INPUT_NAMES } from '../../src/action/inputs.ts';
import { DAY_MS, FIRST_DAY, withWorld } from './harness.ts';
import { spawnStep } from './spawned.ts';

/** Packages of the server, which a step has no use for. */
const SERVER_ONLY = /node_modules\/(?:probot|pg|pg-boss|kysely|hono|@hono|pino|prom-client|emulate|jose)\//;
const MOST_CPU_SECONDS = 2;

let directory: string;
let file: string;
let bundle: ActionBundle;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-bundle-'));
  file = join(directory, 'dist/action/index.mjs');
  bundle = await bundleAction(file);
  await cp('package.json', join(directory, 'package.json'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const Metadata = z.object({
  inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
  outputs: z.record(z.string(), z.object({ description: z.string() })),
  runs: z.object({ using: z.literal('node24'), main: z.literal('dist/action/index.mjs') }),
});

describe('the bundle of the Action', () => {
  it('holds nothing of the server', () => {
    expect(bundle.inputs.filter((path) => SERVER_ONLY.test(path))).toEqual([]);
    expect(bundle.inputs.filter((path) => /^src\/(http|queue|database|demo)\//.test(path))).toEqual([]);
    expect(bundle.inputs).toContain('src/action/main.ts');
  });

  it('starts in less than two seconds of processor time', async () => {
    const measured = `await import(${JSON.stringify(pathToFileURL(file).href)}); const { user, system } = process.cpuUsage(); process.stdout.write(\`\\ncpu=\${(user + system) / 1e6}\\n\`); process.exitCode = 0;`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', measured], {
      env: {},
    });
    expect(stdout).toContain('This is no step of a workflow.');
    expect(Number(/cpu=([\d.]+)/.exec(stdout)?.[1])).toBeLessThan(MOST_CPU_SECONDS);
  });

  it('runs in a clean directory, without a home, and writes its outputs and its summary', async () => {
    await withWorld({}, async (world) => {
      world.clock.set(FIRST_DAY + DAY_MS);
      world.live(await world.history(1));
      const ran = await spawnStep(world, pathToFileURL(file).href);
      expect(ran.code).toBe(0);
      expect(Number(ran.outputs.get('calls'))).toBeGreaterThan(5);
      expect(ran.summary).toContain('## Offbeat');
      expect(await world.document('learned_strategies.json')).not.toBeNull();
      const wrong = await spawnStep(world, pathToFileURL(file).href, { env: { INPUT_TOKEN: 'ghp_expired' } });
      expect(wrong).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/^::error::token: GitHub does not accept/m),
      });
    });
  });
});

describe('action.yml', () => {
  const { inputs, outputs, runs } = Metadata.parse(parse(readFileSync('action.yml', 'utf8')));

  it('names every input that is read, and no other', () => {
    expect(Object.keys(inputs).sort()).toEqual([...INPUT_NAMES].sort());
    expect(runs.using).toBe('node24');
  });

  it.each([...Object.keys(inputs), ...Object.keys(outputs)])('has its %s told in docs/action.md', (name) => {
    expect(readFileSync('docs/action.md', 'utf8')).toContain(`\`${name}\``);
  });
});
