import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.ts';
import { WORKFLOWS_PER_REPOSITORY } from './deliveries.ts';
import { atLeast, atMost, type Figure, milliseconds, shown, whole } from './figures.ts';
import type { FloodOrder, FloodResult } from './flood-process.ts';
import type { LoadOrder, LoadResult } from './load-process.ts';

/** Signed deliveries a second beside the flood. */
const RATE = 50;
const CONNECTIONS = 16;
/** The numbers of two rounds' runs are so far apart. */
const RUNS_A_ROUND = 1_000_000;
const LEAST_ACCEPTED = 0.99;
const MOST_P99_MS = 1_000;

function orderOf(port: number, from: number, seconds: number): LoadOrder {
  return {
    url: `http://127.0.0.1:${port}/api/github/webhooks`,
    traffic: { repositories: 100, workflowsPerRepository: WORKFLOWS_PER_REPOSITORY, burst: 1, from },
    connections: CONNECTIONS,
    seconds,
    rate: RATE,
  };
}

/** How many signed deliveries are taken, and how soon, while strangers send large bodies with made-up signatures. */
export async function benchFlood(options: {
  readonly connections: number;
  readonly seconds: number;
}): Promise<readonly Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-bench-'));
  const app = new Child('app-process.ts');
  const load = new Child('load-process.ts');
  const flood = new Child('flood-process.ts');
  try {
    const port = await app.ask<number>({ kind: 'whole', directory, learns: false, repositories: 0 });
    const calm = await load.ask<LoadResult>(orderOf(port, 0, options.seconds));
    const strangers: FloodOrder = { port, connections: options.connections };
    await flood.ask(strangers);
    const cpuBefore = await app.ask<number>('cpu');
    const { sent, failures, p99Ms, seconds } = await load.ask<LoadResult>(
      orderOf(port, RUNS_A_ROUND, options.seconds),
    );
    const busy = ((await app.ask<number>('cpu')) - cpuBefore) / 1e6 / seconds;
    const { opened, megabytes } = await flood.ask<FloodResult>('how much');
    const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
    return [
      atLeast(
        `accepted beside ${options.connections} strangers`,
        1 - failures / sent,
        LEAST_ACCEPTED,
        percent,
      ),
      atMost('p99 of the signed', p99Ms, MOST_P99_MS, milliseconds),
      shown('what the strangers did', `${whole(opened)} connections, ${whole(megabytes)} MB`),
      shown(
        'p99 without them · processor of the server with them',
        `${milliseconds(calm.p99Ms)} · ${percent(busy)}`,
      ),
    ];
  } finally {
    for (const child of [flood, load, app]) child.end();
    await rm(directory, { recursive: true, force: true });
  }
}
