import { forecastValue, newForecaster, updateForecaster } from '../../src/forecast/forecaster.ts';
import { DEFAULT_MIX } from '../../src/forecast/mixture.ts';
import type { MadeRun } from './series.ts';

/** A forecast of one run in log seconds; the interval holds nine runs in ten, where a method gives one. */
export interface Forecast {
  readonly middle: number;
  readonly interval: readonly [number, number] | null;
}

/** Forecasts each run from those before it; `null` where there is none. */
export interface Method {
  readonly name: string;
  readonly forecast: (runs: readonly MadeRun[], runsADay: number) => readonly (Forecast | null)[];
}

const WEEK = 7;
/** Smoothing rates of which each run's forecast takes the best by squared errors so far. */
const LEVEL_RATES = [0.02, 0.05, 0.1, 0.2, 0.4];
const SEASON_RATES = [0.05, 0.1, 0.2, 0.4];

export const METHODS: readonly Method[] = [
  { name: 'offbeat', forecast: ours },
  { name: 'same weekday and hour of last week', forecast: seasonalNaive },
  { name: 'ETS(A,N,A), a season of a week', forecast: exponentialSmoothing },
];

/** As production does it. */
function ours(runs: readonly MadeRun[]): readonly (Forecast | null)[] {
  let forecaster = newForecaster();
  return runs.map(({ tick, seconds }) => {
    const made = forecastValue(forecaster, forecaster.view, DEFAULT_MIX, tick);
    forecaster = updateForecaster(forecaster, DEFAULT_MIX, Math.log(seconds), tick).forecaster;
    return made === null ? null : { middle: made.q50, interval: [made.q05, made.q95] };
  });
}

function seasonalNaive(runs: readonly MadeRun[], runsADay: number): readonly (Forecast | null)[] {
  return runs.map((_, place) => {
    const before = runs[place - WEEK * runsADay];
    return before === undefined ? null : { middle: Math.log(before.seconds), interval: null };
  });
}

interface Smoother {
  readonly levelRate: number;
  readonly seasonRate: number;
  level: number;
  readonly season: number[];
  squares: number;
}

/** Additive on logs, no trend (Hyndman et al. 2008, "Forecasting with exponential smoothing"). */
function exponentialSmoothing(runs: readonly MadeRun[], runsADay: number): readonly (Forecast | null)[] {
  const period = WEEK * runsADay;
  const first = runs.slice(0, 2 * period).map(({ seconds }) => Math.log(seconds));
  const level = first.reduce((sum, value) => sum + value, 0) / first.length;
  const smoothers: readonly Smoother[] = LEVEL_RATES.flatMap((levelRate) =>
    SEASON_RATES.map((seasonRate) => ({
      levelRate,
      seasonRate,
      level,
      season: Array.from(
        { length: period },
        (_, at) => ((first[at] ?? level) + (first[at + period] ?? level)) / 2 - level,
      ),
      squares: 0,
    })),
  );
  return runs.map(({ seconds }, place) => {
    if (place < 2 * period) return null;
    const at = place % period;
    const best = smoothers.reduce((one, other) => (other.squares < one.squares ? other : one));
    const middle = best.level + (best.season[at] ?? 0);
    for (const one of smoothers) {
      const error = Math.log(seconds) - one.level - (one.season[at] ?? 0);
      one.squares += error * error;
      one.level += one.levelRate * error;
      one.season[at] = (one.season[at] ?? 0) + one.seasonRate * error;
    }
    return { middle, interval: null };
  });
}
