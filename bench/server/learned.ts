import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Child } from './child.ts';
import { WORKFLOWS_PER_REPOSITORY } from './deliveries.ts';
import { atMost, type Figure, median, shown, times, whole } from './figures.ts';
import type { Opened, ScaleOrder, Worked } from './scale-process.ts';

const MOST_RATIO = 1.5;
const REPOSITORIES = 20;
/** Rounds before the comparison begins: the compiler and the stores warm up. */
const WARM_UP_ROUNDS = 2;

/**
 * Processor time of a run that is accepted, learned and kept on files, against that of the code in the checkout
 * `before`: each in a process of its own, the same runs, in turns.
 */
export async function benchLearned(options: {
  readonly before: string | undefined;
  readonly rounds: number;
  readonly runs: number;
}): Promise<readonly Figure[]> {
  const name = 'a run learned, processor time';
  if (options.before === undefined) {
    return [shown(`${name} against the code before`, 'name its checkout: --before DIR')];
  }
  const sides = [
    await openSide(import.meta.dirname),
    await openSide(join(resolve(options.before), 'bench', 'server')),
  ];
  try {
    const costs: number[][] = sides.map(() => []);
    for (let round = 0; round < WARM_UP_ROUNDS + options.rounds; round += 1) {
      const order = round % 2 === 0 ? [0, 1] : [1, 0];
      for (const place of order) {
        const cost = await sides[place]?.work(round * options.runs, options.runs);
        if (round >= WARM_UP_ROUNDS && cost !== undefined) costs[place]?.push(cost);
      }
    }
    const [now = [], before = []] = costs;
    const ratio = median(now.map((cost, round) => cost / (before[round] ?? Number.NaN)));
    return [
      shown(`${name}: now · before`, `${whole(median(now))} · ${whole(median(before))} µs`),
      atMost(`${name} against the code before`, ratio, MOST_RATIO, times),
    ];
  } finally {
    for (const side of sides) await side.end();
  }
}

async function openSide(program: string) {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-bench-'));
  const child = new Child('scale-process.ts', [], {}, program);
  const ask = <Answer>(order: ScaleOrder): Promise<Answer> => child.ask<Answer>(order);
  await ask<Opened>({ kind: 'open', directory, newRepositories: REPOSITORIES });
  return {
    /** Microseconds of processor time a run. */
    async work(from: number, runs: number): Promise<number> {
      const traffic = {
        repositories: REPOSITORIES,
        workflowsPerRepository: WORKFLOWS_PER_REPOSITORY,
        burst: WORKFLOWS_PER_REPOSITORY,
        from,
      };
      return (await ask<Worked>({ kind: 'work', traffic, runs })).cpuMicrosecondsAnEvent;
    },
    async end(): Promise<void> {
      child.end();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
