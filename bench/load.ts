/**
 * Scores the expected load by five minutes of the week: at the end of each week of a repository the next one is
 * forecast, from what had ended by then.
 *   npm run bench:load -- --data runs.csv
 */
import { parseArgs } from 'node:util';
import { expectedBackground, newBackground, updateBackground } from '../src/forecast/background.ts';
import { BINS_PER_WEEK, binOfWeek } from '../src/forecast/slot.ts';
import { readSeries } from './forecast/series.ts';
import { plainMeans } from './load/plain-means.ts';
import {
  dealtRepositories,
  madeRepository,
  type Repository,
  recordedRepositories,
  type Span,
  WEEK_MS,
} from './load/repositories.ts';

const { values } = parseArgs({ options: { data: { type: 'string' } } });
const BIN_MS = 300_000;
/** Nothing is impossible: a forecast of no load is scored as this much. */
const LEAST_LOAD = 0.001;
const DEALT = 20;
const SEEDS = [1, 2, 3, 4, 5];

/** 2016 expected loads from what has ended. */
type Method = (ended: readonly Span[]) => readonly number[];

const learned = (ended: readonly Span[]) => {
  return ended.reduce((background, span) => updateBackground(background, span, [], 1), newBackground());
};
/** One view alone, however it has fared: 0 tells hours apart, 2 every five minutes. */
const viewAlone = (view: number): Method => {
  return (ended) => {
    const background = learned(ended);
    const losses = background.losses.map((_, at) => (at === view ? 0 : 1e9));
    return expectedBackground({ ...background, losses });
  };
};
const methods: readonly (readonly [string, Method])[] = [
  ['offbeat', (ended) => expectedBackground(learned(ended))],
  ['hours alone, shrunk', viewAlone(0)],
  ['five minutes, shrunk', viewAlone(1)],
  ['five minutes, shrunk less', viewAlone(2)],
  ['mean of each hour', (ended) => plainMeans(ended, 60)],
  ['mean of each five minutes', (ended) => plainMeans(ended, 5)],
];

const cases: (readonly [string, readonly Repository[]])[] = [];
if (values.data !== undefined) {
  const series = readSeries(values.data);
  for (const [half, parity] of [
    ['even', 0],
    ['odd', 1],
  ] as const) {
    const own = series.filter(({ place }) => place % 2 === parity);
    cases.push([`recorded projects, ${half}`, recordedRepositories(own)]);
    cases.push([`dealt repositories, ${half}`, dealtRepositories(own, DEALT)]);
  }
}
for (const kind of ['people', 'clock'] as const) {
  cases.push([`made, ${kind}`, SEEDS.map((seed) => madeRepository(kind, seed))]);
}

console.log('jobs in progress, by five minutes of the week to come: Poisson log loss · MAE');
for (const [name, repositories] of cases) {
  console.log(`\n${name}`);
  for (const [method, forecast] of methods) {
    const { loss, error, weeks } = scoreAll(repositories, forecast);
    console.log(`${method.padEnd(26)} ${loss.toFixed(4)} ${error.toFixed(4)}   (${weeks} weeks)`);
  }
}

function scoreAll(
  repositories: readonly Repository[],
  forecast: Method,
): { readonly loss: number; readonly error: number; readonly weeks: number } {
  let [loss, error, weeks] = [0, 0, 0];
  for (const spans of repositories) {
    const from = spans[0]?.startedAt ?? 0;
    const to = spans.at(-1)?.startedAt ?? 0;
    for (let week = from + WEEK_MS; week + WEEK_MS <= to; week += WEEK_MS) {
      const said = forecast(spans.filter(({ endedAt }) => endedAt <= week));
      const loads = loadsOf(spans, week);
      weeks += 1;
      for (let bin = 0; bin < BINS_PER_WEEK; bin++) {
        const expected = Math.max(LEAST_LOAD, said[bin] ?? 0);
        const load = loads[bin] ?? 0;
        loss += (expected - load * Math.log(expected)) / BINS_PER_WEEK;
        error += Math.abs(expected - load) / BINS_PER_WEEK;
      }
    }
  }
  return { loss: loss / weeks, error: error / weeks, weeks };
}

/** Mean jobs in progress in each five minutes of the week that begins at `week`, in the order of the UTC week. */
function loadsOf(spans: readonly Span[], week: number): readonly number[] {
  const loads = new Array<number>(BINS_PER_WEEK).fill(0);
  for (const { startedAt, endedAt } of spans) {
    const end = Math.min(endedAt, week + WEEK_MS);
    for (let from = Math.max(startedAt, week); from < end; ) {
      const to = Math.min(end, (Math.floor(from / BIN_MS) + 1) * BIN_MS);
      const bin = binOfWeek(from);
      loads[bin] = (loads[bin] ?? 0) + (to - from) / BIN_MS;
      from = to;
    }
  }
  return loads;
}
