/**
 * What is found inside runs, on made workflows whose truth is known:
 *   npm run bench:jobs -- [--tune] [--graphs 200]
 * The makespan of the next run against the forecaster of whole runs and the median of the last twenty; the bottleneck
 * that was planted, and none where none was. `--tune` uses the seeds that constants were chosen on.
 */
import { parseArgs } from 'node:util';
import { scoreBottlenecks } from './jobs/bottlenecks.ts';
import { scoreMakespan } from './jobs/makespan.ts';

const { values } = parseArgs({
  options: { tune: { type: 'boolean', default: false }, graphs: { type: 'string', default: '200' } },
});
/** Spreads (log units) of a job's time around its level: about 4, 8 and 16 % of mean error of one job. */
const NOISES = [0.05, 0.1, 0.2] as const;
const MAKESPAN_GRAPHS = 40;
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

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
