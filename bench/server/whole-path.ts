import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.ts';
import { type Traffic, WORKFLOWS_PER_REPOSITORY } from './deliveries.ts';
import { type Figure, median, whole } from './figures.ts';
import type { LoadOrder, LoadResult } from './load-process.ts';

const CONNECTIONS = 32;
const LEAST_PER_SECOND = 3_000;
/** A push or a tick starts several workflows of a repository at about the same time. */
const BURST = 5;
const REPOSITORIES = 100;

/** From the first byte of a delivery to the last effect of what was learned of it, in one process. */
export async function benchWholePath(options: {
  readonly rounds: number;
  readonly runs: number;
}): Promise<readonly Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-bench-'));
  const load = new Child('load-process.ts');
  const app = new Child('app-process.ts');
  try {
    const port = await app.ask<number>({ kind: 'lowdb', directory, learn: true, repositories: REPOSITORIES });
    const rates: number[] = [];
    let from = 0;
    for (let round = 0; round <= options.rounds; round += 1) {
      const traffic: Traffic = {
        repositories: REPOSITORIES,
        workflowsPerRepository: WORKFLOWS_PER_REPOSITORY,
        burst: BURST,
        from,
      };
      const started = performance.now();
      const order: LoadOrder = {
        url: `http://127.0.0.1:${port}/api/github/webhooks`,
        traffic,
        connections: CONNECTIONS,
        amount: options.runs,
      };
      const result = await load.ask<LoadResult>(order);
      await app.ask('idle');
      if (result.failures > 0) throw new Error(`${result.failures} deliveries were left unanswered.`);
      from += options.runs;
      // The first round warms up.
      if (round > 0) rates.push(options.runs / ((performance.now() - started) / 1_000));
    }
    const rate = median(rates);
    return [
      {
        name: 'lowdb, accept to learned: runs/s, one process',
        value: whole(rate),
        bar: `≥ ${whole(LEAST_PER_SECOND)}`,
        met: rate >= LEAST_PER_SECOND,
      },
      {
        name: '  slowest and fastest round',
        value: `${whole(Math.min(...rates))}–${whole(Math.max(...rates))}`,
        bar: '',
        met: null,
      },
    ];
  } finally {
    load.end();
    app.end();
    await rm(directory, { recursive: true, force: true });
  }
}
