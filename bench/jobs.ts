/**
 * What is found inside runs, on made workflows whose truth is known:
 *   npm run bench:jobs -- [--tune] [--graphs 200] [--data runs.csv]
 * The makespan of the next run against the forecaster of whole runs and the median of the last twenty; the bottleneck
 * that was planted, and none where none was. `--tune` uses the seeds that constants were chosen on. Waits for a runner
 * by label and hour against those of the label as a whole and of the week before. Last, jobs ahead against a seasonal
 * naive forecast and ETS, on made weeks and, with `--data`, on recorded runs.
 */
import { parseArgs } from 'node:util';
import { DAY_MS, HOUR_MS } from '../src/time.ts';
import { scoreBottlenecks } from './jobs/bottlenecks.ts';
import { type LoadSeries, madeLoad, recordedLoad, scoreLoad } from './jobs/load.ts';
import { scoreMakespan } from './jobs/makespan.ts';
import { scoreQueue } from './jobs/queue.ts';

const { values } = parseArgs({
  options: {
    tune: { type: 'boolean', default: false },
    graphs: { type: 'string', default: '200' },
    data: { type: 'string' },
  },
});
/** Spreads (log units) of a job's time around its level: about 4, 8 and 16 % of mean error of one job. */
const NOISES = [0.05, 0.1, 0.2] as const;
const MAKESPAN_GRAPHS = 40;
const LOAD_SERIES = 20;
const QUEUE_LABELS = 20;
/** Every fifth hour is scored: models are retrained at each, and a week has all hours nevertheless. */
const EVERY_HOUR_SCORED = 5;
const firstSeed = values.tune ? 1_000 : 900_000;

console.log(`Makespan of the next run, ${MAKESPAN_GRAPHS} made graphs a line: mean |error|, ratio to peers`);
console.log('noise   ours    whole run  ratio   median 20  ratio   within 5-95 %');
for (const noise of NOISES) {
  const seeds = Array.from({ length: MAKESPAN_GRAPHS }, (_, at) => firstSeed + at);
  const { ours, wholeRun, median20, covered } = scoreMakespan(seeds, noise);
  const columns = [
    noise.toFixed(2).padEnd(7),
    percent(ours).padEnd(7),
    percent(wholeRun).padEnd(10),
    (ours / wholeRun).toFixed(3).padEnd(7),
    percent(median20).padEnd(10),
    (ours / median20).toFixed(3).padEnd(7),
    percent(covered),
  ];
  console.log(columns.join(' '));
}

console.log('\nBottlenecks: planted and named first, none named where there is none');
for (const noise of NOISES) {
  const score = scoreBottlenecks(Number(values.graphs), firstSeed + 10_000, noise);
  console.log(
    `noise ${noise.toFixed(2)}, ${score.graphs} graphs each: ${percent(score.namedFirst)}, ${percent(score.noneNamed)}`,
  );
}

const queue = scoreQueue(Array.from({ length: QUEUE_LABELS }, (_, at) => firstSeed + 30_000 + at));
console.log(
  `\nWaits by label and hour, ${queue.jobs} jobs of ${QUEUE_LABELS} made labels: pinball loss at 90 %, seconds`,
);
for (const [name, loss] of [
  ['ours', queue.ours],
  ['90 % point of the label', queue.labelPoint],
  ['seasonal naive', queue.seasonalNaive],
  ['mean of the label', queue.labelMean],
] as const) {
  console.log(`${name.padEnd(24)} ${loss.toFixed(1).padEnd(8)} ${(queue.ours / loss).toFixed(3)}`);
}
console.log(`at or below ours: ${percent(queue.below)}`);

console.log('\nJobs ahead, one step: 1 − WAPE on the last third of each series');
console.log('series                 ours     seasonal naive  ETS(A,N,A)  within nine in ten');
const madeSeeds = Array.from({ length: LOAD_SERIES }, (_, at) => firstSeed + 20_000 + at);
tellLoad(`made, hours (${LOAD_SERIES})`, madeLoad(madeSeeds), EVERY_HOUR_SCORED);
if (values.data !== undefined) {
  const recorded = recordedLoad(values.data);
  for (const [name, step, every] of [
    ['hours', HOUR_MS, EVERY_HOUR_SCORED],
    ['days', DAY_MS, 1],
  ] as const) {
    const some = recorded.filter(({ stepMs }) => stepMs === step);
    tellLoad(`recorded, ${name} (${some.length})`, some, every);
  }
}

function tellLoad(name: string, series: readonly LoadSeries[], every: number): void {
  const { ours, seasonalNaive, ets, covered } = scoreLoad(series, every);
  const columns = [
    name.padEnd(22),
    percent(ours).padEnd(8),
    percent(seasonalNaive).padEnd(15),
    percent(ets).padEnd(11),
    percent(covered),
  ];
  console.log(columns.join(' '));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
