/**
 * Scores the duration forecaster on recorded series, strictly online, beside the simple peers:
 *   npm run bench:forecast -- --data runs.csv [--out ours.csv] [--updates 10000000]
 * `--out` writes our forecasts in the peers' format, to be scored by their own code; `--updates` learns one series so
 * many values and tells the memory before and after.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { confidence, forecastValue, newForecaster, updateForecaster } from '../src/forecast/forecaster.ts';
import { DEFAULT_MIX } from '../src/forecast/mixture.ts';
import type { Quantiles } from '../src/forecast/types.ts';
import { PEERS } from './forecast/peers.ts';
import { calibrationError, type Forecasts, type Score, score } from './forecast/score.ts';
import { readSeries, type Series } from './forecast/series.ts';
import { scoreSuccess } from './forecast/success.ts';

const { values } = parseArgs({
  options: { data: { type: 'string' }, out: { type: 'string' }, updates: { type: 'string' } },
});
if (values.data === undefined) {
  console.error('Name the data: npm run bench:forecast -- --data runs.csv');
  process.exit(2);
}
const series = readSeries(values.data);
const halves = [
  { name: 'tuned on (even)', series: series.filter((one) => one.place % 2 === 0) },
  { name: 'held out (odd)', series: series.filter((one) => one.place % 2 === 1) },
  { name: 'all', series },
];

const ours = new Map<string, Forecasts>();
const said: { said: number; happened: boolean }[] = [];
const rows: string[] = ['series_id,index,method,q05,q25,q50,q75,q95,ms'];
for (const one of series) ours.set(one.id, forecastAll(one));

for (const half of halves) {
  console.log(`\n${half.name}: ${half.series.length} series`);
  console.log('method            MASE  <=25%  pinball  cov90  p10    cov50  first ten');
  print('offbeat', score(half.series, ours));
  for (const peer of PEERS) {
    print(peer.name, score(half.series, new Map(half.series.map((one) => [one.id, peer.forecast(one)]))));
  }
}
console.log(`\nconfidence, calibration error (ECE, from index 10): ${calibrationError(said).toFixed(4)}`);
for (const half of halves) {
  console.log(`\nsuccess, ${half.name}, series with failures: log loss, ECE`);
  for (const one of scoreSuccess(half.series)) {
    console.log(`${one.name.padEnd(18)} ${one.logLoss.toFixed(4)} ${one.calibrationError.toFixed(4)}`);
  }
}
const spent = microseconds(series);
console.log(
  `\nforecast + update: ${spent.wall.toFixed(2)} µs a run, ${spent.cpu.toFixed(2)} µs of it on the processor`,
);
if (values.updates !== undefined) tellMemory(Number(values.updates));
if (values.out !== undefined) writeFileSync(values.out, `${rows.join('\n')}\n`);

function forecastAll(one: Series): Forecasts {
  let forecaster = newForecaster();
  return one.seconds.map((seconds, t) => {
    const at = (one.starts[t] ?? 0) * 1000;
    const begun = performance.now();
    const made = forecastValue(forecaster, forecaster.view, DEFAULT_MIX, at);
    const trust = confidence(forecaster.view);
    forecaster = updateForecaster(forecaster, DEFAULT_MIX, Math.log(seconds), at).forecaster;
    const ms = performance.now() - begun;
    if (made === null) return null;
    const quantiles = exponentials(made);
    if (t >= 10) said.push({ said: trust, happened: Math.abs(quantiles.q50 - seconds) <= 0.25 * seconds });
    const { q05, q25, q50, q75, q95 } = quantiles;
    rows.push([one.id, t, 'offbeat', q05, q25, q50, q75, q95, ms].join(','));
    return quantiles;
  });
}

function exponentials(log: Quantiles): Quantiles {
  return {
    q05: Math.exp(log.q05),
    q25: Math.exp(log.q25),
    q50: Math.exp(log.q50),
    q75: Math.exp(log.q75),
    q95: Math.exp(log.q95),
  };
}

/** Mean time of a forecast and an update together, over all runs of all series, warm; best of three. */
function microseconds(all: readonly Series[]): { readonly wall: number; readonly cpu: number } {
  const best = { wall: Number.POSITIVE_INFINITY, cpu: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 3; round++) {
    let count = 0;
    const begun = performance.now();
    const before = process.cpuUsage();
    for (const one of all) {
      let forecaster = newForecaster();
      for (let t = 0; t < one.seconds.length; t++) {
        const at = (one.starts[t] ?? 0) * 1000;
        forecastValue(forecaster, forecaster.view, DEFAULT_MIX, at);
        forecaster = updateForecaster(forecaster, DEFAULT_MIX, Math.log(one.seconds[t] ?? 1), at).forecaster;
        count++;
      }
    }
    const { user, system } = process.cpuUsage(before);
    best.wall = Math.min(best.wall, ((performance.now() - begun) * 1000) / count);
    best.cpu = Math.min(best.cpu, (user + system) / count);
  }
  return best;
}

/** One series that never ends: its state and the heap stay as they were after the first thousand values. */
function tellMemory(updates: number): void {
  let forecaster = newForecaster();
  const HOUR_MS = 3_600_000;
  const WARM = 1_000;
  for (let t = 0; t < updates; t++) {
    if (t === WARM || t === updates - 1) {
      globalThis.gc?.();
      const heap = (process.memoryUsage().heapUsed / 2 ** 20).toFixed(1);
      console.log(`after ${t} updates: state ${JSON.stringify(forecaster).length} bytes, heap ${heap} MiB`);
    }
    forecastValue(forecaster, forecaster.view, DEFAULT_MIX, t * HOUR_MS);
    // A level that wanders, with a run in seven that takes twice as long.
    const value = 6 + Math.sin(t / 97) + (t % 7 === 0 ? 0.7 : 0);
    forecaster = updateForecaster(forecaster, DEFAULT_MIX, value, t * HOUR_MS).forecaster;
  }
}

function print(name: string, one: Score): void {
  const f = (value: number, digits = 3): string => value.toFixed(digits).padStart(6);
  console.log(
    `${name.padEnd(16)}${f(one.mase, 4)} ${f(one.within25)} ${f(one.pinball, 4)}   ${f(one.coverage)} ` +
      `${f(one.coverageP10)} ${f(one.coverage50)} ${f(one.firstTen)}`,
  );
}
