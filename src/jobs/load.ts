import { mean, median } from '../statistics.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, WEEK_MS } from '../time.ts';

/** How far ahead jobs are forecast, and in what steps the past is counted for that. */
export const LOAD_HORIZONS = {
  '5m': 5 * MINUTE_MS,
  '1h': HOUR_MS,
  '24h': DAY_MS,
  '7d': WEEK_MS,
} as const;
export type LoadHorizon = keyof typeof LOAD_HORIZONS;

/** Jobs expected in the span ahead. */
export interface LoadForecast {
  readonly expected: number;
  /** Nine spans in ten have between so many and so many. */
  readonly low: number;
  readonly high: number;
  /** The model that made it: the one with the best record, or the mean of the best three where that has done better. */
  readonly model: string;
  readonly accuracy: number;
  /** Whether the accuracy reaches the least that one may rely on. */
  readonly isReliable: boolean;
  /** Every model's record, the best first. */
  readonly models: readonly Pick<TriedModel, 'name' | 'accuracy'>[];
}

/** 1 − WAPE from which a forecast may be relied on. */
export const LEAST_ACCURACY = 0.7;
/** Steps that are scored: the newest, as models are retrained at every step. */
const SCORED = 200;
const LEAST_SCORED = 8;
const INTERVAL_SHARE = 0.05;

/** Jobs by step of so many milliseconds until `now`, oldest first, from the instants (epoch ms) of queueing. */
export function countSteps(
  jobs: Iterable<{ readonly at: number; readonly jobs: number }>,
  stepMs: number,
  { from, now }: { readonly from: number; readonly now: number },
): number[] {
  const steps = new Array<number>(Math.max(0, Math.floor((now - from) / stepMs))).fill(0);
  for (const { at, jobs: count } of jobs) {
    const place = steps.length - 1 - Math.floor((now - 1 - at) / stepMs);
    if (at < now && place >= 0) steps[place] = (steps[place] ?? 0) + count;
  }
  return steps;
}

/** Says the next value of a series from those before it. */
type Model = (past: readonly number[]) => number;

/** Steps of a day and of a week; `null` where the step is as long, or the series holds too few of them. */
interface Seasons {
  readonly day: number | null;
  readonly week: number | null;
}

type NamedModel = readonly [name: string, model: Model];

function modelsFor({ day, week }: Seasons): readonly NamedModel[] {
  const by = (
    season: number | null,
    name: string,
    model: (past: readonly number[], season: number) => number,
  ): readonly NamedModel[] => (season === null ? [] : [[name, (past) => model(past, season)]]);
  return [
    ['mean of the last eight', (past) => mean(past.slice(-8))],
    // Half of the errors are on either side of a median: of rare jobs it says none, where a mean always says a few.
    ['median of the last 24', (past) => median(past.slice(-24))],
    ['median of the same times', (past) => seasonalMedian(past, week ?? day)],
    ['last value', (past) => past.at(-1) ?? 0],
    ['exponential smoothing', (past) => smoothed(past, 0.2)],
    ...by(day, 'same time yesterday', seasonal),
    ...by(week, 'same time last week', seasonal),
    ...by(day, 'daily pattern and level', patternAndLevel),
    ...by(week, 'weekly pattern and level', patternAndLevel),
    ...by(day, 'daily smoothing', seasonalSmoothing),
    ...by(week, 'weekly smoothing', seasonalSmoothing),
  ];
}

/** So many of the best models are averaged: their errors differ, and cancel in part. */
const AVERAGED = 3;

/** The next step of a series of counts, by the model that forecast its newest best; `null` of under ten steps. */
export function forecastLoad(counts: readonly number[], stepMs: number): LoadForecast | null {
  const scored = Math.min(SCORED, Math.floor(counts.length / 2));
  if (scored < LEAST_SCORED) return null;
  const first = counts.length - scored;
  const seasonOf = (span: number): number | null =>
    span > stepMs && first >= span / stepMs ? span / stepMs : null;
  const seasons = { day: seasonOf(DAY_MS), week: seasonOf(WEEK_MS) };
  const values = counts.slice(first);
  const tried = modelsFor(seasons)
    .map(([name, model]) => {
      const errors = values.map((value, at) => value - model(windowOf(counts, first + at, seasons)));
      return { name, model, errors, accuracy: accuracyOf(errors, values) };
    })
    .sort((a, b) => b.accuracy - a.accuracy);
  const several = averageOf(tried.slice(0, AVERAGED), values);
  const [best] = tried;
  if (best === undefined) return null;
  const used = several.accuracy >= best.accuracy ? several : best;
  const expected = Math.max(0, used.model(windowOf(counts, counts.length, seasons)));
  const errors = used.errors.toSorted((a, b) => a - b);
  // Of a few errors the outermost ones are less far out than those to come.
  const stretch = 1 + 4 / scored;
  const errorAt = (share: number): number => errors[Math.round(share * (errors.length - 1))] ?? 0;
  return {
    expected,
    low: Math.max(0, Math.min(expected, expected + stretch * errorAt(INTERVAL_SHARE))),
    high: Math.max(expected, expected + stretch * errorAt(1 - INTERVAL_SHARE)),
    model: used.name,
    accuracy: used.accuracy,
    isReliable: used.accuracy >= LEAST_ACCURACY,
    models: [used, ...tried.filter((one) => one !== used)].map(({ name, accuracy }) => ({ name, accuracy })),
  };
}

/** A model with its record on the steps that were scored. */
interface TriedModel {
  readonly name: string;
  readonly model: Model;
  /** Of each scored step, the value less what was said. */
  readonly errors: readonly number[];
  /** 1 − WAPE: one less the sum of errors over the sum of values; below 0: worse than saying nothing. */
  readonly accuracy: number;
}

/** The average of the best models, with its own record on the same values. */
function averageOf(models: readonly TriedModel[], values: readonly number[]): TriedModel {
  const errors = values.map((_, at) => mean(models.map((one) => one.errors[at] ?? 0)));
  return {
    name: `average of the best three (${models.map(({ name }) => name).join('; ')})`,
    model: (past) => mean(models.map(({ model }) => Math.max(0, model(past)))),
    errors,
    accuracy: accuracyOf(errors, values),
  };
}

/** As much of the past as any model looks back on. */
function windowOf(counts: readonly number[], until: number, { day, week }: Seasons): readonly number[] {
  const reach = Math.max(60, PATTERN_SEASONS * (week ?? 0), PATTERN_SEASONS * (day ?? 0));
  return counts.slice(Math.max(0, until - reach), until);
}

function accuracyOf(errors: readonly number[], values: readonly number[]): number {
  const total = values.reduce((sum, value) => sum + Math.abs(value), 0);
  const missed = errors.reduce((sum, error) => sum + Math.abs(error), 0);
  if (total === 0) return missed === 0 ? 1 : 0;
  return 1 - missed / total;
}

function smoothed(past: readonly number[], rate: number): number {
  const [first = 0, ...rest] = past.slice(-60);
  return rest.reduce((level, value) => level + rate * (value - level), first);
}

/** The value so many seasons before the next. */
function seasonal(past: readonly number[], season: number): number {
  return past[past.length - season] ?? 0;
}

function seasonalMedian(past: readonly number[], season: number | null): number {
  if (season === null) return median(past.slice(-8));
  const same = Array.from({ length: PATTERN_SEASONS }, (_, back) => past[past.length - (back + 1) * season]);
  return median(same.flatMap((value) => value ?? []));
}

const SMOOTHING_LEVEL = 0.05;
const SMOOTHING_SEASON = 0.2;

/** Additive level and season, each smoothed: ETS(A,N,A) at fixed rates. */
function seasonalSmoothing(past: readonly number[], season: number): number {
  const begin = past.slice(0, season);
  let level = mean(begin);
  const seasons = begin.map((value) => value - level);
  for (let at = season; at < past.length; at += 1) {
    const place = at % season;
    const own = seasons[place] ?? 0;
    const error = (past[at] ?? 0) - level - own;
    level += SMOOTHING_LEVEL * error;
    seasons[place] = own + SMOOTHING_SEASON * error;
  }
  return Math.max(0, level + (seasons[past.length % season] ?? 0));
}

const PATTERN_SEASONS = 6;
/** Weight of the last season's level against the pattern's own, and of a season against the next one. */
const LEVEL_SHARE = 0.5;
const SEASON_MEMORY = 0.8;

/** Mean of the same steps of the last seasons, newer ones weighing more, scaled to how the newest differ. */
function patternAndLevel(past: readonly number[], season: number): number {
  const at = (place: number): number => {
    let [sum, weight] = [0, 0];
    for (let back = 1; back <= PATTERN_SEASONS; back += 1) {
      const value = past[place - back * season];
      if (value === undefined) break;
      sum += SEASON_MEMORY ** back * value;
      weight += SEASON_MEMORY ** back;
    }
    return weight === 0 ? 0 : sum / weight;
  };
  const recent = Math.max(3, Math.min(season, 24));
  let [seen, expected] = [0, 0];
  for (let place = Math.max(season, past.length - recent); place < past.length; place += 1) {
    seen += past[place] ?? 0;
    expected += at(place);
  }
  const level = expected <= 0 ? 1 : Math.max(0.2, Math.min(5, seen / expected));
  return at(past.length) * (1 - LEVEL_SHARE + LEVEL_SHARE * level);
}
