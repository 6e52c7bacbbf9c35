import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/usecases/context.ts';
import { knownRepository, meetRepository } from '../../src/usecases/known-repository.ts';
import { observeRun } from '../../src/usecases/learning/observe-run.ts';
import { readVersion } from '../../src/usecases/learning/read-version.ts';
import type { RepositoryState } from '../../src/usecases/ports.ts';
import { predictBatch } from '../../src/usecases/questions/batch.ts';
import { predict } from '../../src/usecases/questions/predict.ts';
import { simulateRepository } from '../../src/usecases/questions/simulate-repository.ts';
import { readFilesInTurns } from '../../src/usecases/read-in-turns.ts';
import { readWorkflowFiles } from '../../src/workflow/read-repository.ts';
import { sampleRun } from '../history/sample-run.ts';
import { fakeContext, SEEN } from './fakes.ts';

const FILES = Array.from({ length: 20 }, (_, at) => ({
  path: `.github/workflows/w${at}.yml`,
  text: `name: W${at}\non:\n  schedule:\n    - cron: "${at} 2 * * *"\njobs:\n  a:\n    runs-on: ubuntu-latest\n`,
}));

/** How often whoever waits for the event loop has a turn while `work` is under way. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let done = false;
  const next = () => {
    turns += 1;
    if (!done) setImmediate(next);
  };
  setImmediate(next);
  await work();
  done = true;
  return turns;
}

describe('reading the workflow files of a repository', () => {
  it('returns what reading them at once returns', async () => {
    expect(await readFilesInTurns(FILES)).toEqual(readWorkflowFiles(FILES));
  });

  it.each<[string, number, (context: Context, state: RepositoryState) => Promise<unknown>]>([
    // Once to find the scripts that they name, once to find other times.
    ['batch', 2, (context) => predictBatch(context, SEEN.id, { workflows: [], minConfidence: 0 })],
    // Once to find the scripts that they name, once to find a workflow by its name.
    ['predict', 2, (context) => predict(context, SEEN.id, { workflow: 'W7', schedule: 0, minConfidence: 0 })],
    // Once to find the scripts that they name, once to play them.
    ['simulate', 2, (context) => simulateRepository(context, SEEN.id, { days: 1, seed: 1 })],
    ['the reading of a commit', 1, (context, state) => readVersion(context, state)],
  ])('gives the event loop back after each file during %s', async (_, readings, work) => {
    const { context } = fakeContext({ files: FILES });
    await meetRepository(context, SEEN);
    await observeRun(context, SEEN, sampleRun(1, '2026-05-03T02:20:00Z'));
    const state = await knownRepository(context, SEEN.id);
    const turns = await turnsDuring(() => work(context, state));
    expect(turns).toBeGreaterThanOrEqual(readings * FILES.length);
  });
});
