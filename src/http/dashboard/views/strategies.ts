import type { Genes } from '../../../genes/genes.ts';
import { mean } from '../../../statistics.ts';
import { leadingStrategy } from '../../../strategy/choose.ts';
import { DEFAULT_STRATEGY, type Strategy } from '../../../strategy/strategy.ts';
import { accuracyScore, performance, scoreOf } from '../../../strategy/track-record.ts';
import type { RepositoryState } from '../../../usecases/ports.ts';

/** Forecasts that are averaged for one point of the track record. */
export const WINDOW = 12;

export const GENE_NAMES = ['success_weight', 'failure_penalty', 'recency_bias', 'exploration_rate'] as const;

/** A strategy in the tree of its parents. Of strategies outside the population, only the name is known. */
export interface Descent {
  readonly name: string;
  readonly known: boolean;
  readonly children: readonly Descent[];
}

/** The population with the record of each strategy. `wanted` is the one that is shown in detail. */
export function strategiesView(state: RepositoryState, wanted: string | null) {
  const { population, learningLog } = state;
  const active = leadingStrategy(population);
  const strategies = population.strategies
    .map((strategy) => lineOf(strategy, strategy.name === active.name))
    .sort((a, b) => Number(b.active) - Number(a.active) || b.performance - a.performance);
  const selected = strategies.find(({ name }) => name === wanted) ?? strategies[0] ?? lineOf(active, true);
  const events = learningLog.filter(({ strategy }) => strategy === selected.name);
  const first = events.find(({ before }) => before !== null);
  const path: { readonly at: number; readonly genes: Genes }[] = [
    ...(first?.before == null ? [] : [{ at: first.at, genes: first.before }]),
    ...events.flatMap(({ at, after, kind }) =>
      after === null || kind === 'refused' ? [] : [{ at, genes: after }],
    ),
  ];
  const newest = path.at(-1);
  if (newest === undefined || newest.at < selected.updatedAt) {
    path.push({ at: selected.updatedAt, genes: selected.genes });
  }
  return {
    strategies,
    selected,
    /** How the genes of the selected strategy have changed. */
    path,
    lineage: lineageOf(population.strategies),
    runsLearned: population.runsLearned,
    runsAtLastEvolution: population.runsAtLastEvolution,
    mutationStep: population.mutationStep,
  };
}

export type StrategiesView = ReturnType<typeof strategiesView>;

function lineOf(strategy: Strategy, active: boolean) {
  const record = strategy.performance_history;
  return {
    name: strategy.name,
    generation: strategy.generation,
    parents: strategy.parents,
    genes: strategy.parameters,
    /** 0–1. */
    performance: performance(record),
    /** 0–100. */
    accuracy: accuracyScore(record),
    coverage: record.coverage,
    forecasts: record.total,
    trend: strategy.trend,
    updatedAt: strategy.last_updated,
    active,
    /** Mean score (0–1) of each `WINDOW` forecasts, the newest last. */
    record: rolling(record.recent.map(scoreOf)),
  };
}

export type StrategyLine = ReturnType<typeof lineOf>;

function rolling(values: readonly number[]): readonly number[] {
  if (values.length < WINDOW) return [];
  return Array.from({ length: values.length - WINDOW + 1 }, (_, from) => {
    return mean(values.slice(from, from + WINDOW));
  });
}

/** The population as trees. A child of two parents is placed under the first; the page names both. */
function lineageOf(strategies: readonly Strategy[]): readonly Descent[] {
  const known = new Map(strategies.map((strategy) => [strategy.name, strategy]));
  const childrenOf = Map.groupBy(
    strategies.filter(({ parents }) => parents.length > 0),
    ({ parents }) => parents[0] ?? DEFAULT_STRATEGY,
  );
  // Each name is used once. Otherwise parents that name each other, in a damaged record, would never end.
  const placed = new Set<string>();
  const descents = (names: readonly string[]): readonly Descent[] =>
    names.flatMap((name) => {
      if (placed.has(name)) return [];
      placed.add(name);
      const children = (childrenOf.get(name) ?? []).map((child) => child.name);
      return [{ name, known: known.has(name), children: descents(children) }];
    });
  const roots = strategies.filter(({ parents }) => parents.length === 0).map(({ name }) => name);
  const gone = [...childrenOf.keys()].filter((name) => !known.has(name));
  return descents([...roots, ...gone, ...known.keys()]);
}
