import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppOrder } from './app-process.ts';
import { benchDatabase, NO_DATABASE } from './bench-database.ts';
import { Child } from './child.ts';
import { type Traffic, WORKFLOWS_PER_REPOSITORY } from './deliveries.ts';
import { atLeast, atMost, type Figure, median, milliseconds, shown, times, whole } from './figures.ts';
import type { LoadOrder, LoadResult } from './load-process.ts';

const CONNECTIONS = 32;
const WARM_UP_SECONDS = 2;
/** Deliveries a second at which latencies are compared. */
const CALM_RATE = 200;
const MOST_P99_RATIO = 3;
const LEAST_RATIO_FILES = 0.5;
const LEAST_RATIO_POSTGRES = 0.3;
/** The numbers of two rounds' runs are so far apart. */
const RUNS_A_ROUND = 1_000_000;

const TRAFFIC: Traffic = {
  repositories: 1_000,
  workflowsPerRepository: WORKFLOWS_PER_REPOSITORY,
  burst: 1,
  from: 0,
};

interface Contestant {
  readonly name: string;
  /** Least share of Probot's rate that is wanted of it; `null` for Probot. */
  readonly leastRatio: number | null;
  readonly child: Child;
  readonly url: string;
  readonly perSecond: number[];
  /** Of the server's own processor time, microseconds a delivery. */
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
  const load = new Child('load-process.ts');
  const contestants: Contestant[] = [];
  try {
    contestants.push(await enter('Probot, handler that does nothing', null, { kind: 'probot' }));
    contestants.push(
      await enter('files', LEAST_RATIO_FILES, { kind: 'whole', directory, learns: false, repositories: 0 }),
    );
    if (database !== null) {
      const order = { kind: 'door', directory, url: database.url } as const;
      contestants.push(await enter('PostgreSQL', LEAST_RATIO_POSTGRES, order));
    }
    for (const contestant of contestants) await measureRate(load, contestant, WARM_UP_SECONDS);
    for (const { perSecond, cpuMicroseconds } of contestants) perSecond.length = cpuMicroseconds.length = 0;
    for (let round = 0; round < options.rounds; round += 1) {
      // Whoever goes first this time goes last the next.
      const order = round % 2 === 0 ? contestants : contestants.toReversed();
      for (const contestant of order) await measureRate(load, contestant, options.seconds);
      for (const contestant of order) await measureLatency(load, contestant, options.seconds);
    }
    const figures = figuresOf(contestants);
    return database === null ? [...figures, shown('durable accept, PostgreSQL', NO_DATABASE)] : figures;
  } finally {
    load.end();
    for (const { child } of contestants) child.end();
    await database?.drop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function enter(name: string, leastRatio: number | null, order: AppOrder): Promise<Contestant> {
  const child = new Child('app-process.ts');
  const port = await child.ask<number>(order);
  const url = `http://127.0.0.1:${port}/api/github/webhooks`;
  return { name, leastRatio, child, url, perSecond: [], cpuMicroseconds: [], p99Ms: [], from: 0 };
}

async function measureRate(load: Child, contestant: Contestant, seconds: number): Promise<void> {
  const cpuBefore = await contestant.child.ask<number>('cpu');
  const { perSecond, sent } = await fire(load, contestant, { seconds });
  const cpu = (await contestant.child.ask<number>('cpu')) - cpuBefore;
  contestant.perSecond.push(perSecond);
  contestant.cpuMicroseconds.push(cpu / sent);
}

async function measureLatency(load: Child, contestant: Contestant, seconds: number): Promise<void> {
  const { p99Ms } = await fire(load, contestant, { seconds, rate: CALM_RATE });
  contestant.p99Ms.push(p99Ms);
}

async function fire(
  load: Child,
  contestant: Contestant,
  how: { readonly seconds: number; readonly rate?: number },
): Promise<LoadResult> {
  const order: LoadOrder = {
    url: contestant.url,
    traffic: { ...TRAFFIC, from: contestant.from },
    connections: CONNECTIONS,
    ...how,
  };
  const result = await load.ask<LoadResult>(order);
  contestant.from += RUNS_A_ROUND;
  if (result.failures > 0)
    throw new Error(`${contestant.name} left ${result.failures} deliveries unanswered.`);
  await contestant.child.ask('idle');
  return result;
}

function figuresOf(contestants: readonly Contestant[]): readonly Figure[] {
  const [probot, ...ours] = contestants;
  if (probot === undefined) return [];
  const rates = contestants.map(({ name, perSecond, cpuMicroseconds }) =>
    shown(
      `${name}: deliveries/s · processor time of one`,
      `${whole(median(perSecond))} · ${whole(median(cpuMicroseconds))} µs`,
    ),
  );
  const compared = ours.flatMap(({ name, leastRatio, perSecond, p99Ms }) => [
    atLeast(
      `durable accept against Probot, ${name}`,
      byRound(perSecond, probot.perSecond),
      leastRatio ?? 0,
      times,
    ),
    atMost(
      `p99 at ${CALM_RATE}/s against Probot’s, ${name} (${milliseconds(median(p99Ms))} · ` +
        `${milliseconds(median(probot.p99Ms))})`,
      byRound(p99Ms, probot.p99Ms),
      MOST_P99_RATIO,
      times,
    ),
  ]);
  return [...rates, ...compared];
}

/** Median of the rounds' ratios. */
function byRound(own: readonly number[], others: readonly number[]): number {
  return median(own.map((value, round) => value / (others[round] ?? Number.NaN)));
}
