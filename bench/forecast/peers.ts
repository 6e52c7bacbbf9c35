import type { Forecasts } from './score.ts';
import type { Series } from './series.ts';

/** The simple peers of the comparison, on log durations, as the R script has them. */
export const PEERS: readonly { readonly name: string; readonly forecast: (series: Series) => Forecasts }[] = [
  { name: 'naive', forecast: (series) => withEmpiricalSpread(series, (log) => log.at(-1) ?? 0) },
  {
    name: 'mean of last 2',
    forecast: (series) =>
      withEmpiricalSpread(series, (log) => Math.log(mean(log.slice(-2).map((value) => Math.exp(value))))),
  },
  {
    name: 'median of 10',
    forecast: (series) => withEmpiricalSpread(series, (log) => quantile(log.slice(-10), 0.5, 7)),
  },
  { name: 'SES', forecast: smoothed },
];

const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
const Z = [-1.645, -0.674, 0, 0.674, 1.645] as const;

function withEmpiricalSpread(series: Series, point: (log: readonly number[]) => number): Forecasts {
  const log = series.seconds.map(Math.log);
  const errors: number[] = [];
  return log.map((value, t) => {
    if (t === 0) return null;
    const forecast = point(log.slice(0, t));
    const newest = errors.slice(-50);
    const shape = newest.length < 5 ? [...newest, -0.3, 0.3, -0.1, 0.1, 0] : newest;
    const made = LEVELS.map((level) => (level === 0.5 ? forecast : forecast + quantile(shape, level, 8)));
    errors.push(value - forecast);
    return nested(made);
  });
}

/** Simple exponential smoothing, its rate chosen anew for each forecast by the squared errors so far. */
function smoothed(series: Series): Forecasts {
  const log = series.seconds.map(Math.log);
  const rates = Array.from({ length: 40 }, (_, i) => 0.01 + (0.98 * i) / 39);
  const states = rates.map((rate) => ({ rate, level: log[0] ?? 0, squares: 0 }));
  return log.map((value, t) => {
    if (t === 0) return null;
    const best = states.reduce((a, b) => (b.squares < a.squares ? b : a));
    const sigma = t > 2 ? Math.sqrt(best.squares / Math.max(1, t - 2)) : 0.2;
    const made = Z.map((z) => best.level + z * sigma);
    for (const state of states) {
      const error = value - state.level;
      state.squares += error * error;
      state.level += state.rate * error;
    }
    return nested(made);
  });
}

function nested(log: readonly number[]) {
  const [q05 = 0, q25 = 0, q50 = 0, q75 = 0, q95 = 0] = [...log].sort((a, b) => a - b).map(Math.exp);
  return { q05, q25, q50, q75, q95 };
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

function quantile(values: readonly number[], level: number, type: 7 | 8): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const position = type === 7 ? (n - 1) * level + 1 : (n + 1 / 3) * level + 1 / 3;
  const below = Math.max(1, Math.min(n, Math.floor(position)));
  const above = Math.min(n, below + 1);
  const share = Math.max(0, Math.min(1, position - below));
  return (sorted[below - 1] ?? 0) * (1 - share) + (sorted[above - 1] ?? 0) * share;
}
