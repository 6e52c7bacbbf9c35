import { DEFAULT_GENES, equalGenes } from '../genes/genes.ts';
import { indexDraw } from '../plan/random.ts';
import { Z95 } from '../statistics.ts';
import { homeOf } from './adapt.ts';
import { defaultStrategy } from './population.ts';
import { DEFAULT_STRATEGY, type Objectives, type Strategy, type StrategyPopulation } from './strategy.ts';
import { pairedP } from './student.ts';
import { scoreOf } from './track-record.ts';

/** What a maintainer's config says each objective is worth. */
export type ObjectiveWeights = Readonly<Objectives>;

const OBJECTIVES = ['success', 'lateness', 'overlap', 'cost'] as const;

/** One strategy as it stood for a decision. */
export interface Contender {
  readonly strategy: Strategy;
  /** 95 % one-sided lower bound of what its newest forecasts were worth, 0–1. */
  readonly lowerBound: number;
  /** `lowerBound`, raised by the share of today's costs that its plan takes away. */
  readonly value: number;
  readonly objectives: Objectives | null;
  readonly dominated: boolean;
}

export interface StrategyChoice {
  readonly strategy: Strategy;
  /** Probability with which it was chosen, given what was known; 1 where nothing was drawn. */
  readonly propensity: number;
  /** Best first. */
  readonly contenders: readonly Contender[];
}

/** Forecasts before a record says more than the default's habit of being there. */
const FEWEST_FORECASTS = 20;
/** Worths that a record is thought to have beside its own, half good and half not: a short one proves little. */
const PRIOR_WORTHS = 2;
/** A value within so many percent of the best is as good: which of the two is better is yet to be learned. */
const NEAR_SHARE = 0.02;

/** 95 % one-sided lower bound of the mean worth of a strategy's newest forecasts, 0–1; 0 without any. */
export function performanceBound(strategy: Strategy): number {
  const { recent } = strategy.performance_history;
  if (recent.length === 0) return 0;
  const count = recent.length + PRIOR_WORTHS;
  let sum = 0;
  let squares = 0;
  for (const error of recent) {
    const value = scoreOf(error);
    sum += value;
    squares += value * value;
  }
  sum += PRIOR_WORTHS / 2;
  squares += PRIOR_WORTHS / 2;
  const mean = sum / count;
  const variance = Math.max(0, squares / count - mean * mean);
  return Math.max(0, mean - Z95 * Math.sqrt(variance / count));
}

/** True where `one` is nowhere worse than `other`, and somewhere better. Objectives are costs. */
export function dominates(one: Objectives, other: Objectives): boolean {
  return (
    OBJECTIVES.every((name) => one[name] <= other[name] + ROUNDING) &&
    OBJECTIVES.some((name) => one[name] < other[name] - ROUNDING)
  );
}
const ROUNDING = 1e-9;

/**
 * Chooses the strategy of one decision. A planned gain counts as far as the forecasts behind it can be trusted: the
 * lower bound of a strategy's performance, times one plus the weighted share of today's costs that its plan takes
 * away. Dominated plans are out. With the best one's `exploration_rate` as probability one of those nearly as good
 * is drawn on purpose, so that later replays can tell how it would have been.
 */
export function chooseStrategy(
  population: StrategyPopulation,
  plans: ReadonlyMap<string, Objectives>,
  weights: ObjectiveWeights,
  random: () => number,
): StrategyChoice {
  const contenders = contend(population, plans, weights);
  const open = contenders.filter((one) => !one.dominated);
  const best = open[0];
  if (best === undefined) return { strategy: defaultStrategy(population), propensity: 1, contenders };
  const near = open.filter((one) => one.value >= (1 - NEAR_SHARE) * best.value);
  if (near.length < 2) return { strategy: best.strategy, propensity: 1, contenders };
  const rate = best.strategy.parameters.exploration_rate;
  const drawn = random() < rate ? (near[indexDraw(random, near.length)] ?? best) : best;
  const propensity = (drawn === best ? 1 - rate : 0) + rate / near.length;
  return { strategy: drawn.strategy, propensity, contenders };
}

/** Chance that a strategy leads which is no better than the one with the shipped genes. */
const SIGNIFICANCE = 0.05;

/**
 * The strategy in use, whatever it would plan: the one born with the shipped genes, which were proven on many
 * repositories, until another has forecast the same runs better beyond chance (paired, one-sided 95 %); of several the
 * one with the best lower bound.
 */
export function leadingStrategy(population: StrategyPopulation): Strategy {
  const others = provenOthers(population);
  const home = defaultStrategy(population);
  const shipped = [home, ...others].find((strategy) => hasShippedGenes(strategy)) ?? home;
  const better = [home, ...others].filter(
    (strategy) => strategy !== shipped && pairedP(gainsOver(shipped, strategy)) < SIGNIFICANCE,
  );
  return better.reduce(
    (best, one) => (best === shipped || performanceBound(one) > performanceBound(best) ? one : best),
    shipped,
  );
}

function hasShippedGenes(strategy: Strategy): boolean {
  return equalGenes(homeOf(strategy), DEFAULT_GENES);
}

/** What each of the newest forecasts of `other` was worth more than that of `one` for the same run. */
function gainsOver(one: Strategy, other: Strategy): readonly number[] {
  const [errors, others] = [one.performance_history.recent, other.performance_history.recent];
  const both = Math.min(errors.length, others.length);
  const newest = errors.slice(errors.length - both);
  return others.slice(others.length - both).map((error, at) => scoreOf(error) - scoreOf(newest[at] ?? error));
}

/** Those beside `default` that have forecast enough. */
function provenOthers({ strategies }: StrategyPopulation): readonly Strategy[] {
  return strategies.filter(
    ({ name, performance_history }) =>
      name !== DEFAULT_STRATEGY && performance_history.total >= FEWEST_FORECASTS,
  );
}

/** Those with enough forecasts, and `default`, best first; `default` first among equals. */
function contend(
  population: StrategyPopulation,
  plans: ReadonlyMap<string, Objectives>,
  weights: ObjectiveWeights,
): readonly Contender[] {
  const rows = [defaultStrategy(population), ...provenOthers(population)].map((strategy) => {
    const objectives = plans.get(strategy.name) ?? null;
    const lowerBound = performanceBound(strategy);
    return { strategy, lowerBound, value: lowerBound * (1 + gainOf(objectives, weights)), objectives };
  });
  return rows
    .map((row) => ({
      ...row,
      dominated: rows.some(
        (other) =>
          row.objectives !== null &&
          other.objectives !== null &&
          dominates(other.objectives, row.objectives) &&
          other.lowerBound >= row.lowerBound,
      ),
    }))
    .sort((a, b) => b.value - a.value);
}

/** Weighted share of today's costs that a plan takes away. */
function gainOf(objectives: Objectives | null, weights: ObjectiveWeights): number {
  const total = OBJECTIVES.reduce((sum, name) => sum + weights[name], 0);
  if (objectives === null || total === 0) return 0;
  const saved = OBJECTIVES.reduce((sum, name) => sum + weights[name] * (1 - objectives[name]), 0);
  return Math.max(-1, saved / total);
}
