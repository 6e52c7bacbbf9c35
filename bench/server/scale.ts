import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.ts';
import { WORKFLOWS_PER_REPOSITORY } from './deliveries.ts';
import { type Figure, megabytes, whole } from './figures.ts';
import type { Memory, Opened, ScaleOrder, Worked } from './scale-process.ts';

const REPOSITORIES = 1_000;
const MOST_RSS_BYTES = 250 * 1024 * 1024;
const MOST_START_MS = 3_000;
const MOST_GROWTH = 1.2;
/** A push starts all workflows of its repository: runs come ten at a time. */
const BURST = WORKFLOWS_PER_REPOSITORY;
/** Runs over which a cost is taken at each size. */
const SAMPLE = 10_000;

/** As the image and the unit in `deploy/` start the server, and the heap held to what it needs: memory does not spread. */
const NODE_FLAGS = ['--expose-gc', '--max-semi-space-size=4', '--max-old-space-size=136'];
const NODE_ENV = { MALLOC_ARENA_MAX: '1' };

/** What a million runs of ten thousand workflows cost: memory, start, and the price of one more. */
export async function benchScale(options: { readonly runs: number }): Promise<readonly Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-bench-'));
  let child = new Child('scale-process.ts', NODE_FLAGS, NODE_ENV);
  const ask = <Answer>(order: ScaleOrder): Promise<Answer> => child.ask<Answer>(order);
  let from = 0;
  const work = async (runs: number): Promise<Worked> => {
    const traffic = {
      repositories: REPOSITORIES,
      workflowsPerRepository: WORKFLOWS_PER_REPOSITORY,
      burst: BURST,
      from,
    };
    from += runs;
    return ask<Worked>({ kind: 'work', traffic, runs });
  };
  const figures: Figure[] = [];
  const note = (name: string, value: string, bar = '', met: boolean | null = null): void => {
    figures.push({ name, value, bar, met });
  };
  try {
    await ask<Opened>({ kind: 'open', directory, newRepositories: REPOSITORIES });
    const costs: number[] = [];
    for (let size = 1_000; size <= options.runs; size *= 10) {
      // The cost at a size is that of the last runs up to it.
      const sample = Math.min(SAMPLE, size - from);
      await work(size - from - sample);
      const { microsecondsAnEvent, cpuMicrosecondsAnEvent } = await work(sample);
      costs.push(cpuMicrosecondsAnEvent);
      const { rssBytes } = await ask<Memory>({ kind: 'memory' });
      note(
        `${whole(size)} runs: one more, elapsed · processor · RSS`,
        `${whole(microsecondsAnEvent)} · ${whole(cpuMicrosecondsAnEvent)} µs · ${megabytes(rssBytes)}`,
      );
    }
    // The first thousand also warm the compiler up.
    const growth = (costs.at(-1) ?? Number.NaN) / (costs[1] ?? Number.NaN);
    note(
      'processor time of one more, last size against the second',
      `× ${growth.toFixed(2)}`,
      `≤ ${MOST_GROWTH}`,
      growth <= MOST_GROWTH,
    );
    const { rssBytes } = await ask<Memory>({ kind: 'memory' });
    note(
      'RSS with all of it',
      megabytes(rssBytes),
      `≤ ${megabytes(MOST_RSS_BYTES)}`,
      rssBytes <= MOST_RSS_BYTES,
    );
    await ask({ kind: 'close' });
    child = new Child('scale-process.ts', NODE_FLAGS, NODE_ENV);
    const { startMs } = await ask<Opened>({ kind: 'open', directory, newRepositories: 0 });
    note(
      'start on that store',
      `${whole(startMs)} ms`,
      `≤ ${whole(MOST_START_MS)} ms`,
      startMs <= MOST_START_MS,
    );
    return figures;
  } finally {
    child.end();
    await rm(directory, { recursive: true, force: true });
  }
}
