import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { StepOptions, World } from './harness.ts';

const RUNNER_TIME = new URL('./runner-time.mjs', import.meta.url).href;
const Failed = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

export interface Spawned {
  readonly code: number;
  readonly stdout: string;
  readonly outputs: ReadonlyMap<string, string>;
  readonly summary: string;
}

/** Starts a bundle as a runner does: nothing in the environment but what the runner sets, and no home. */
export async function spawnStep(world: World, bundle: string, options: StepOptions = {}): Promise<Spawned> {
  const env = await world.environment(options);
  const args = ['--import', RUNNER_TIME, fileURLToPath(bundle)];
  const told = await promisify(execFile)(process.execPath, args, {
    cwd: env.RUNNER_TEMP,
    env: { ...env, RUNNER_NOW: String(world.clock.now()) },
  }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: unknown) => Failed.parse(error),
  );
  const outputs = outputsOf(await readFile(env.GITHUB_OUTPUT ?? '', 'utf8'));
  return { ...told, outputs, summary: await readFile(env.GITHUB_STEP_SUMMARY ?? '', 'utf8') };
}

/** `name<<delimiter`, the value, and the delimiter: as @actions/core writes outputs. */
function outputsOf(text: string): ReadonlyMap<string, string> {
  const written = text.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n?\2$/gm);
  return new Map([...written].map(([, name = '', , value = '']) => [name, value]));
}
