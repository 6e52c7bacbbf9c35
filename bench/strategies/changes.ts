import { newForecaster, updateForecaster } from '../../src/forecast/forecaster.ts';
import { DEFAULT_MIX } from '../../src/forecast/mixture.ts';
import { DEFAULT_GENES } from '../../src/genes/genes.ts';
import { normalDraw, seededRandom } from '../../src/plan/random.ts';
import { scoreOf } from '../../src/strategy/track-record.ts';
import { adaptUpAndDown, meansForecast } from './original.ts';
import { mean, runsToRecover } from './score.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2026, 0, 5);
const CHANGE = 200;
const SETTLED = CHANGE + 80;
const RUNS = CHANGE + 150;
const WARM = 50;
const DRAWS = 300;
const SECONDS = 300;
/** A weekend's runs take half as long; the pattern ends in the middle of both. */
const WEEKEND = Math.log(0.5);

interface Draw {
  readonly at: number;
  readonly log: number;
}
type Pattern = (place: number, random: () => number) => Draw;

const isWeekend = (at: number): boolean => [0, 6].includes(new Date(at).getUTCDay());
const daily = (place: number): number => START + place * DAY_MS;

interface Made {
  readonly name: string;
  readonly pattern: Pattern;
  /** Of a level shift: standard deviation of the noise, log units. */
  readonly spread?: number;
}

function levelShift(name: string, factor: number, spread: number): Made {
  const pattern: Pattern = (place, random) => ({
    at: daily(place),
    log: Math.log(SECONDS) + (place < CHANGE ? 0 : Math.log(factor)) + spread * normalDraw(random),
  });
  return { name, pattern, spread };
}

function weekdayEnds(after: number, everyMs: number): Pattern {
  return (place, random) => {
    const at = place < CHANGE ? daily(place) : daily(CHANGE) + (place - CHANGE) * everyMs;
    const effect = place >= CHANGE ? after : isWeekend(at) ? WEEKEND : 0;
    return { at, log: Math.log(SECONDS) + effect + 0.1 * normalDraw(random) };
  };
}

export const PATTERNS: readonly Made[] = [
  levelShift('level × 2, spread 10 %', 2, 0.1),
  levelShift('level × 2, spread 20 %', 2, 0.2),
  levelShift('level ÷ 2, spread 15 %', 0.5, 0.15),
  { name: 'weekday → continuous, daily', pattern: weekdayEnds(0, DAY_MS) },
  { name: 'weekday → continuous, its mean', pattern: weekdayEnds(WEEKEND / 2, DAY_MS) },
  { name: 'weekday → continuous, six a day', pattern: weekdayEnds(0, 4 * HOUR_MS) },
];

interface Recovered {
  /** Runs until the error stays within 1.2 × its floor. */
  readonly runs: number;
  /** Error above the floor, summed over the runs after the change. */
  readonly excess: number;
  /** Mean error of all runs after the first few, before the change and after. */
  readonly meanError: number;
}

type Method = (draws: readonly Draw[]) => readonly number[];

/** Relative error of each forecast of a series. */
function byMixture(adapts: boolean): Method {
  return (draws) => {
    let forecaster = newForecaster();
    return draws.map(({ at, log }) => {
      const next = updateForecaster(forecaster, { ...DEFAULT_MIX, adapts }, log, at);
      forecaster = next.forecaster;
      const made = next.forecast;
      return made === null ? 1 : Math.abs(Math.exp(made.q50 - log) - 1);
    });
  };
}

const byOriginal: Method = (draws) => {
  const history: number[] = [];
  const worths: number[] = [];
  let genes = DEFAULT_GENES;
  return draws.map(({ log }) => {
    const seconds = Math.exp(log);
    const made = meansForecast(history, genes);
    history.push(seconds);
    const error = made === null ? 1 : Math.abs(made - seconds) / seconds;
    worths.push(scoreOf(error));
    genes = adaptUpAndDown(genes, error, worths);
    return error;
  });
};

/** A change comes once in so many runs: it is no surprise to the bound, and no news before it comes. */
const HAZARD = 1 / CHANGE;
/** Standard deviation of a new level about the old one, log units. */
const LEVEL_SPREAD = 1;

/**
 * What no forecaster can beat: exact Bayes for one change of level, told beforehand the old level, the noise, the
 * hazard and how far levels move. Each time at which the change may have come keeps its posterior, and the forecast is
 * the weighted median of their levels (Adams and MacKay 2007, "Bayesian online changepoint detection").
 */
const byBound = (spread: number): Method => {
  const noise = spread * spread;
  return (draws) => {
    const old = Math.log(SECONDS);
    const changes: { log: number; mean: number; variance: number }[] = [];
    let unchanged = 0;
    const density = (value: number, centre: number, variance: number): number =>
      -0.5 * ((value - centre) ** 2 / variance + Math.log(variance));
    return draws.map(({ log }) => {
      // The change may come with this very run, of which nothing is known yet.
      const components = [{ log: unchanged, mean: old }, ...changes].sort((a, b) => a.mean - b.mean);
      const top = Math.max(...components.map((one) => one.log));
      const weights = components.map((one) => Math.exp(one.log - top));
      const half = weights.reduce((sum, weight) => sum + weight, 0) / 2;
      let below = 0;
      const at = weights.findIndex((weight) => {
        below += weight;
        return below >= half;
      });
      const forecast = components[at]?.mean ?? old;
      changes.push({ log: unchanged + Math.log(HAZARD), mean: old, variance: LEVEL_SPREAD ** 2 });
      for (const change of changes) {
        change.log += density(log, change.mean, change.variance + noise);
        const gain = change.variance / (change.variance + noise);
        change.mean += gain * (log - change.mean);
        change.variance *= 1 - gain;
      }
      unchanged += Math.log(1 - HAZARD) + density(log, old, noise);
      return Math.abs(Math.exp(forecast - log) - 1);
    });
  };
};

/** What a level may be: within a factor of five of the first value, in steps that are small beside any noise. */
const GRID_REACH = 1.6;
const GRID_CELLS = 161;
/** What the peer that is told nothing takes to be equally likely at first. */
const NOISES = [0.03, 0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4];
const HAZARDS = [1 / 1000, 1 / 250, 1 / 60, 1 / 15];
const OUTLIERS = [0, 0.01, 0.05, 0.15];
const LAWS = ['normal', 'laplace'] as const;
/** Log odds at which one of them is out of the question. */
const OUT_OF_QUESTION = 14;

/**
 * Exact Bayes that is told nothing: the level, the noise and its law, how often levels move and how often a run says
 * nothing of the level are all learned from the runs before. Each combination filters the level on a grid; the forecast
 * is the median of all, weighed by how well each has forecast so far. Some 400 µs a run.
 */
const byLearningBound: Method = (draws) => {
  const low = (draws[0]?.log ?? 0) - GRID_REACH;
  const step = (2 * GRID_REACH) / (GRID_CELLS - 1);
  const levels = Array.from({ length: GRID_CELLS }, (_, cell) => low + cell * step);
  const worlds = NOISES.flatMap((noise) =>
    LAWS.flatMap((law) =>
      HAZARDS.flatMap((hazard) =>
        OUTLIERS.map((outlier) => ({
          noise,
          law,
          hazard,
          outlier,
          log: 0,
          weights: new Float64Array(GRID_CELLS).fill(1 / GRID_CELLS),
        })),
      ),
    ),
  );
  return draws.map(({ log }, place) => {
    const top = Math.max(...worlds.map((world) => world.log));
    const likely = worlds.filter((world) => place < WARM || top - world.log < OUT_OF_QUESTION);
    const together = new Float64Array(GRID_CELLS);
    for (const world of likely) {
      const share = Math.exp(world.log - top);
      for (let cell = 0; cell < GRID_CELLS; cell++) {
        together[cell] = (together[cell] ?? 0) + share * (world.weights[cell] ?? 0);
      }
    }
    const half = together.reduce((sum, weight) => sum + weight, 0) / 2;
    let below = 0;
    const middle = together.findIndex((weight) => {
      below += weight;
      return below >= half;
    });
    // Within its cell the level is anywhere: the median lies where half of all weight does.
    const forecast = (levels[middle] ?? log) + (0.5 - (below - half) / (together[middle] ?? 1)) * step;
    const densities = new Map<string, Float64Array>();
    for (const world of likely) {
      const { noise, law, hazard, outlier, weights } = world;
      const name = `${law} ${noise}`;
      const density =
        densities.get(name) ??
        Float64Array.from(levels, (level) => densityOf(law, (log - level) / noise) / noise);
      densities.set(name, density);
      const anywhere = outlier / (2 * GRID_REACH);
      let total = 0;
      for (let cell = 0; cell < GRID_CELLS; cell++) {
        const weight = (weights[cell] ?? 0) * ((1 - outlier) * (density[cell] ?? 0) + anywhere);
        weights[cell] = weight;
        total += weight;
      }
      world.log += Math.log(total);
      for (let cell = 0; cell < GRID_CELLS; cell++) {
        weights[cell] = ((1 - hazard) * (weights[cell] ?? 0)) / total + hazard / GRID_CELLS;
      }
    }
    return Math.abs(Math.exp(forecast - log) - 1);
  });
};

/** Density of a law with mean 0 and variance 1; never quite 0. */
function densityOf(law: (typeof LAWS)[number], z: number): number {
  const density =
    law === 'normal'
      ? Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI)
      : Math.exp(-Math.abs(z) * Math.SQRT2) / Math.SQRT2;
  return density + Number.MIN_VALUE;
}

const METHODS = {
  'fixed default': byMixture(false),
  'with adaptation': byMixture(true),
  'original rules': byOriginal,
} as const;

/** How each method gets over a change, from the mean of many draws, against the floor of the fixed default. */
export function recoveries({ pattern, spread }: Made): Readonly<Record<string, Recovered>> {
  const fixed = meanErrors(pattern, METHODS['fixed default']);
  const floor = mean(fixed.slice(SETTLED));
  const of = (errors: readonly number[]): Recovered => ({
    runs: runsToRecover(errors, floor, CHANGE, SETTLED),
    excess: errors.slice(CHANGE, SETTLED).reduce((sum, error) => sum + error - floor, 0),
    meanError: mean(errors.slice(WARM)),
  });
  return {
    'fixed default': of(fixed),
    'with adaptation': of(meanErrors(pattern, METHODS['with adaptation'])),
    'original rules': of(meanErrors(pattern, METHODS['original rules'])),
    ...(spread === undefined
      ? {}
      : {
          'Bayes told nothing': of(meanErrors(pattern, byLearningBound)),
          bound: of(meanErrors(pattern, byBound(spread))),
        }),
  };
}

function meanErrors(pattern: Pattern, method: Method): readonly number[] {
  const sums = new Array<number>(RUNS).fill(0);
  for (let draw = 0; draw < DRAWS; draw++) {
    const random = seededRandom(draw + 1);
    const draws = Array.from({ length: RUNS }, (_, place) => pattern(place, random));
    method(draws).forEach((error, place) => {
      sums[place] = (sums[place] ?? 0) + Math.min(1, error) / DRAWS;
    });
  }
  return sums;
}
