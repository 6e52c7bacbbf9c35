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

interface Rounds {
  readonly rounds: number;
  /** Of one round. */
  readonly runs: number;
}

/** From the first byte of a delivery to the last effect of its run, in one process on files. */
export async function benchWholePath(options: {
  readonly thin: Rounds;
  readonly all: Rounds;
}): Promise<readonly Figure[]> {
  const thin = await ratesOf('thin', options.thin);
  const all = await ratesOf('all', options.all);
  return [
    {
      name: 'lowdb, accept to kept, thin learner: runs/s, one process',
      value: told(thin),
      bar: `≥ ${whole(LEAST_PER_SECOND)}`,
      met: median(thin) >= LEAST_PER_SECOND,
    },
    {
      name: 'lowdb, accept to learned, with forecasts and strategies: runs/s, one process',
      value: told(all),
      bar: '',
      met: null,
    },
  ];
}

function told(rates: readonly number[]): string {
  return `${whole(median(rates))} (${whole(Math.min(...rates))}–${whole(Math.max(...rates))})`;
}

/** Runs a second of each round but the first, which warms up. */
async function ratesOf(learn: 'thin' | 'all', { rounds, runs }: Rounds): Promise<readonly number[]> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-bench-'));
  const load = new Child('load-process.ts');
  const app = new Child('app-process.ts');
  try {
    const port = await app.ask<number>({ kind: 'lowdb', directory, learn, repositories: REPOSITORIES });
    const rates: number[] = [];
    let from = 0;
    for (let round = 0; round <= rounds; round += 1) {
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
        amount: runs,
      };
      const result = await load.ask<LoadResult>(order);
      await app.ask('idle');
      if (result.failures > 0) throw new Error(`${result.failures} deliveries were left unanswered.`);
      from += runs;
      if (round > 0) rates.push(runs / ((performance.now() - started) / 1_000));
    }
    return rates;
  } finally {
    load.end();
    app.end();
    await rm(directory, { recursive: true, force: true });
  }
}
