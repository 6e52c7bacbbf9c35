import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppOrder } from './app-process.ts';
import { benchDatabase } from './bench-database.ts';
import { Child } from './child.ts';
import { type Traffic, WORKFLOWS_PER_REPOSITORY } from './deliveries.ts';
import { type Figure, median, whole } from './figures.ts';
import type { LoadOrder, LoadResult } from './load-process.ts';

const CONNECTIONS = 32;
const WARM_UP_SECONDS = 2;
const MOST_P99_MS = 25;
const RUNS_A_ROUND = 1_000_000;

const TRAFFIC: Traffic = {
  repositories: 1_000,
  workflowsPerRepository: WORKFLOWS_PER_REPOSITORY,
  burst: 1,
  from: 0,
};

interface Contestant {
  readonly name: string;
  /** The least ratio to Probot that is wanted of it. */
  readonly leastRatio: number;
  readonly child: Child;
  readonly url: string;
  readonly perSecond: number[];
  /** Of the server's own processor time, microseconds. */
  readonly cpuMicroseconds: number[];
  readonly p99Ms: number[];
  from: number;
}

/**
 * How many deliveries a second are taken, each durable before it is answered, beside Probot with a handler that does
 * nothing: in turns, so that a busy neighbour slows both down, and compared round by round.
 */
export async function benchAccept(options: {
  readonly rounds: number;
  readonly seconds: number;
}): Promise<readonly Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-bench-'));
  const database = await benchDatabase();
  if (database === null) console.log('  No PostgreSQL: set BENCH_DATABASE_URL to measure it too.');
  const load = new Child('load-process.ts');
  const contestants: Contestant[] = [];
  try {
    contestants.push(await enter('probot', 1, { kind: 'probot' }));
    contestants.push(
      await enter('lowdb', 0.9, { kind: 'lowdb', directory, learn: 'nothing', repositories: 0 }),
    );
    if (database !== null) {
      contestants.push(await enter('postgres', 0.5, { kind: 'postgres', url: database.url }));
    }
    for (const contestant of contestants) await measure(load, contestant, { seconds: WARM_UP_SECONDS });
    for (const { perSecond, cpuMicroseconds } of contestants) perSecond.length = cpuMicroseconds.length = 0;
    for (let round = 0; round < options.rounds; round += 1) {
      // Whoever goes first this time goes last the next.
      const order = round % 2 === 0 ? contestants : contestants.toReversed();
      for (const contestant of order) await measure(load, contestant, { seconds: options.seconds });
    }
    for (let round = 0; round < options.rounds; round += 1) {
      for (const contestant of contestants) {
        const rate = Math.floor(median(contestant.perSecond) / 2);
        await measure(load, contestant, { seconds: options.seconds, rate });
      }
    }
    return figuresOf(contestants);
  } finally {
    load.end();
    for (const { child } of contestants) child.end();
    await database?.drop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function enter(name: string, leastRatio: number, order: AppOrder): Promise<Contestant> {
  const child = new Child('app-process.ts');
  const port = await child.ask<number>(order);
  return {
    name,
    leastRatio,
    child,
    url: `http://127.0.0.1:${port}/api/github/webhooks`,
    perSecond: [],
    cpuMicroseconds: [],
    p99Ms: [],
    from: 0,
  };
}

async function measure(
  load: Child,
  contestant: Contestant,
  how: { readonly seconds: number; readonly rate?: number },
): Promise<void> {
  const order: LoadOrder = {
    url: contestant.url,
    traffic: { ...TRAFFIC, from: contestant.from },
    connections: CONNECTIONS,
    ...how,
  };
  const cpuBefore = await contestant.child.ask<number>('cpu');
  const result = await load.ask<LoadResult>(order);
  contestant.from += RUNS_A_ROUND;
  if (result.failures > 0)
    throw new Error(`${contestant.name} left ${result.failures} deliveries unanswered.`);
  await contestant.child.ask('idle');
  if (how.rate !== undefined) {
    contestant.p99Ms.push(result.p99Ms);
    return;
  }
  const cpu = (await contestant.child.ask<number>('cpu')) - cpuBefore;
  contestant.perSecond.push(result.perSecond);
  contestant.cpuMicroseconds.push(cpu / result.sent);
}

function figuresOf(contestants: readonly Contestant[]): readonly Figure[] {
  const [probot, ...ours] = contestants;
  if (probot === undefined) return [];
  const figures: Figure[] = [
    {
      name: 'Probot, handler that does nothing: deliveries/s',
      value: whole(median(probot.perSecond)),
      bar: '',
      met: null,
    },
    {
      name: 'Probot: processor time a delivery',
      value: `${whole(median(probot.cpuMicroseconds))} µs`,
      bar: '',
      met: null,
    },
    {
      name: 'Probot: p99 at half of its maximum',
      value: `${median(probot.p99Ms).toFixed(1)} ms`,
      bar: '',
      met: null,
    },
  ];
  for (const { name, leastRatio, perSecond, cpuMicroseconds, p99Ms } of ours) {
    const ratio = median(perSecond.map((own, round) => own / (probot.perSecond[round] ?? Number.NaN)));
    const p99 = median(p99Ms);
    figures.push(
      { name: `${name}, durable: deliveries/s`, value: whole(median(perSecond)), bar: '', met: null },
      {
        name: `${name}: processor time a delivery`,
        value: `${whole(median(cpuMicroseconds))} µs`,
        bar: '',
        met: null,
      },
      {
        name: `${name}: median ratio to Probot, round by round`,
        value: ratio.toFixed(2),
        bar: `≥ ${leastRatio}`,
        met: ratio >= leastRatio,
      },
      {
        name: `${name}: p99 at half of its maximum`,
        value: `${p99.toFixed(1)} ms`,
        bar: `≤ ${MOST_P99_MS} ms`,
        met: p99 <= MOST_P99_MS,
      },
    );
  }
  return figures;
}
