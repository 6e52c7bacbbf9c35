/**
 * What the server takes and holds, each figure beside its bar, both sides of a comparison in one run:
 *   npm run bench:server -- [--only accept,flood,questions,learned,files,postgres,workers,backlog,idle]
 *     [--before DIR] [--size 0.01]
 * `--before` names a checkout of the earlier code (with its packages) for `learned`; `--size` makes every amount
 * smaller, to try the bench out. PostgreSQL is that of `BENCH_DATABASE_URL`, on which databases are made and dropped.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { benchAccept } from './server/accept.ts';
import { type Figure, table } from './server/figures.ts';
import { benchFlood } from './server/flood.ts';
import { benchLearned } from './server/learned.ts';
import { benchQuestions } from './server/questions.ts';
import { benchFiles, benchTables } from './server/scale.ts';
import { benchBacklog, benchIdle, benchWorkers } from './server/workers.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    before: { type: 'string' },
    size: { type: 'string', default: '1' },
  },
});
const size = Number(values.size);
if (!(size > 0 && size <= 1)) throw new Error('--size takes a share between 0 and 1, for example 0.01.');

/** So many, or fewer where only a share is asked for; never fewer than `least`. */
function sized(count: number, least = 1): number {
  return Math.max(Math.min(count, least), Math.round(count * size));
}

const SECTIONS: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  accept: () => benchAccept({ rounds: sized(5), seconds: sized(4) }),
  flood: () => benchFlood({ connections: sized(1_000, 10), seconds: sized(20, 3) }),
  questions: () => benchQuestions({ workflows: sized(300, 20), seconds: sized(20, 3) }),
  learned: () => benchLearned({ before: values.before, rounds: sized(9, 3), runs: sized(3_000, 200) }),
  files: () =>
    benchFiles({
      repositories: sized(1_000, 20),
      fewRuns: sized(1_000, 100),
      manyRuns: sized(100_000, 1_000),
      sample: sized(1_000, 100),
    }),
  postgres: () =>
    benchTables({
      repositories: sized(1_000, 20),
      fewRuns: sized(10_000, 200),
      manyRuns: sized(1_000_000, 2_000),
      sample: sized(1_000, 100),
    }),
  workers: () =>
    benchWorkers({
      rounds: sized(3),
      warmUp: sized(700, 100),
      measured: sized(2_000, 200),
      waiting: sized(20_000, 500),
    }),
  backlog: () =>
    benchBacklog({
      rounds: sized(3),
      warmUp: sized(700, 100),
      measured: sized(1_000, 200),
      waiting: sized(100_000, 1_000),
      fewWaiting: sized(1_000, 100),
    }),
  idle: () => benchIdle({ deliveries: sized(300, 30) }),
};

const asked = values.only?.split(',') ?? Object.keys(SECTIONS);
const unknown = asked.find((name) => SECTIONS[name] === undefined);
if (unknown !== undefined) {
  throw new Error(`--only knows ${Object.keys(SECTIONS).join(', ')}, not "${unknown}".`);
}
const all: Figure[] = [];
for (const name of asked) {
  const began = performance.now();
  const figures = (await SECTIONS[name]?.()) ?? [];
  all.push(...figures);
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  console.log(`${name}: ${minutes} min, load ${loadavg()[0]?.toFixed(1)}`);
}
console.log(`\n${new Date().toISOString().slice(0, 16)} UTC${size === 1 ? '' : `, size ${size}`}\n`);
console.log(table(all));
