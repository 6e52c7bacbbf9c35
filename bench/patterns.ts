/**
 * Scores duration forecasts on made series that have a pattern by weekday, day of the month or hour, beside peers:
 *   npm run bench:patterns [-- --seeds 20 --first-seed 1]
 * Prints the mean relative error on days of the pattern and on others, and how many runs our interval of 90 % holds.
 */
import { parseArgs } from 'node:util';
import { type Forecast, METHODS, type Method } from './patterns/methods.ts';
import { type MadeRun, madeRuns, PATTERNS, type Pattern } from './patterns/series.ts';
import { printSuccess } from './patterns/success.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '20' }, 'first-seed': { type: 'string', default: '1' } },
});
const FIRST_SEED = Number(values['first-seed']);
const SEEDS = Array.from({ length: Number(values.seeds) }, (_, place) => FIRST_SEED + place);
const NOISE = 0.05;

/** Spans of a series that are scored, in days. */
const STAGES = [
  { name: 'after a year (days 360 to 540)', from: 360, until: 540, monthly: true, weekly: true },
  {
    name: 'weekdays and hours from the tenth week (days 63 to 182)',
    from: 63,
    until: 182,
    monthly: false,
    weekly: true,
  },
  {
    name: 'days of the month from the sixth month (days 152 to 365)',
    from: 152,
    until: 365,
    monthly: true,
    weekly: false,
  },
] as const;

for (const stage of STAGES) {
  console.log(`\n${stage.name}: error on days of the pattern · on others · coverage on days of the pattern`);
  for (const pattern of PATTERNS.filter((one) => (one.monthly ? stage.monthly : stage.weekly))) {
    console.log(`  ${pattern.name}`);
    for (const method of METHODS)
      console.log(`    ${method.name.padEnd(36)} ${scored(pattern, method, stage)}`);
  }
}
printSuccess(SEEDS);

function scored(pattern: Pattern, method: Method, stage: (typeof STAGES)[number]): string {
  const pairs = SEEDS.flatMap((seed) => {
    const runs = madeRuns(pattern, seed, stage.until, NOISE);
    const made = method.forecast(runs, pattern.hours?.length ?? 1);
    return runs.flatMap((run, place) => {
      const forecast = made[place];
      return run.place < stage.from || !forecast ? [] : [{ run, forecast }];
    });
  });
  const on = pairs.filter(({ run }) => run.ofPattern);
  const off = pairs.filter(({ run }) => !run.ofPattern);
  return `${percent(meanError(on))} · ${percent(meanError(off))} · ${coverage(on.length > 0 ? on : off)}`;
}

interface Pair {
  readonly run: MadeRun;
  readonly forecast: Forecast;
}

function meanError(pairs: readonly Pair[]): number {
  const errors = pairs.map(({ run, forecast }) => Math.abs(Math.exp(forecast.middle) / run.seconds - 1));
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

function coverage(pairs: readonly Pair[]): string {
  const judged = pairs.flatMap(({ run, forecast: { interval } }) => {
    if (interval === null) return [];
    const value = Math.log(run.seconds);
    return [value >= interval[0] && value <= interval[1] ? 1 : 0];
  });
  if (judged.length === 0) return '–';
  return (judged.reduce((sum: number, one) => sum + one, 0) / judged.length).toFixed(3);
}

function percent(share: number): string {
  return Number.isNaN(share) ? '   –  ' : `${(100 * share).toFixed(1).padStart(4)} %`;
}
