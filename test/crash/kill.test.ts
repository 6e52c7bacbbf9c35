import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAll } from './open-all.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-crash-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Runs the acceptor and kills it after `count` acknowledgements; returns what was acknowledged. */
async function acceptThenKill(from: number, count: number): Promise<readonly number[]> {
  const program = join(import.meta.dirname, 'accept-until-killed.ts');
  const child = spawn(process.execPath, [program, directory, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(Number(line));
    if (acknowledged.length === count) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  return acknowledged;
}

describe('a process that is killed with SIGKILL', () => {
  it('loses no accepted delivery and applies none twice', async () => {
    const acknowledged: number[] = [];
    // From before the first checkpoint to the middle of the third compaction.
    for (const count of [1, 150, 400, 777]) {
      const from = acknowledged.length === 0 ? 0 : Math.max(...acknowledged) + 100;
      acknowledged.push(...(await acceptThenKill(from, count)));
    }
    const { store, queue } = await openAll(directory);
    await queue.idle();
    const kept: number[] = [];
    for (const { id } of await store.profiles()) {
      const state = await store.load(id);
      kept.push(...(state?.runs ?? []).map((run) => run.id));
      expect(state?.damage).toEqual([]);
      // The first run of a repository finds no population yet, and so counts nothing.
      expect(state?.population.runsLearned).toBe((state?.runs.length ?? 0) - 1);
      const learned = state?.learningLog.map(({ at }) => at) ?? [];
      expect(new Set(learned).size).toBe(learned.length);
    }
    const keptIds = new Set(kept);
    expect(acknowledged.filter((id) => !keptIds.has(id))).toEqual([]);
    await queue.drain();
    await store.close();
  });
});
