import { DEFAULT_GENES, equalGenes, type Genes } from '../genes/genes.ts';
import { mean } from '../statistics.ts';
import { homeOf } from './adapt.ts';
import { cross, mutate } from './offspring.ts';
import { MOST_STRATEGIES } from './population.ts';
import { DEFAULT_STRATEGY, type LearningEvent, type Strategy, type StrategyPopulation } from './strategy.ts';
import { pairedP } from './student.ts';
import { emptyRecord, performance, scoreOf } from './track-record.ts';

/** Relative errors of replayed forecasts, window by window. */
export type ErrorWindows = readonly (readonly number[])[];

/** What a replay says of genes: errors to choose parents by, and errors of later windows to prove children on. */
export interface ReplayedErrors {
  readonly chosenOn: ErrorWindows;
  readonly heldOut: ErrorWindows;
}

export interface EvolveTools {
  /** Replays the history under these genes: the same windows in the same order at every call. */
  readonly replay: (genes: Genes) => ReplayedErrors;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Epoch ms. */
  readonly now: number;
  /** Genes that did well in other repositories; each takes the place of a crossing, once. */
  readonly guests?: readonly Genes[];
}

/** The best strategies, from which the next generation comes, and the children of each. */
const PARENTS = 3;
const CHILDREN_EACH = 2;
/** Every one more makes the proof for each of them harder. */
const CHILDREN = PARENTS * CHILDREN_EACH;
/** Fewer windows than this prove nothing. */
const FEWEST_WINDOWS = 5;
/** Chance to keep a child that is no better, over all children of a round together. */
const SIGNIFICANCE = 0.05;
/** A child that predicts worse than this is not kept, however bad its parents are. */
const LEAST_PERFORMANCE = 0.3;
/** One run that goes wrong must not decide a window. */
const LARGEST_ERROR = 1;
/** One fifth of children better than their parent is the sign of a fitting step (Rechenberg 1973). */
const SUCCESS_RATE = 0.2;
const STEP_GROWTH = 1.2;
const SMALLEST_STEP = 0.02;
const LARGEST_STEP = 0.3;

interface Judged {
  readonly strategy: Strategy;
  readonly errors: ReplayedErrors;
  /** Mean loss of the windows that parents are chosen on. */
  readonly chosenOnLoss: number;
}

interface Child {
  readonly strategy: Strategy;
  /** In words: `mutated from default`. */
  readonly origin: string;
  readonly parent: Genes;
}

/**
 * One round of evolution. The three best strategies on the older windows have two children each, by mutation and by
 * crossover. A child stays only where it beats the best parent on the later, held-out windows with 95 % one-sided
 * confidence, shared among all children tried (Bonferroni), and has a performance of at least 0.3. A full population
 * makes room by its worst, never by `default`. The events say what was tried, kept and refused, with the figures.
 */
export function evolve(
  population: StrategyPopulation,
  { replay, random, now, guests = [] }: EvolveTools,
): { population: StrategyPopulation; events: readonly LearningEvent[] } {
  const judged = population.strategies
    .map((strategy): Judged => {
      const errors = replay(homeOf(strategy));
      return { strategy, errors, chosenOnLoss: mean(lossesOf(errors.chosenOn)) };
    })
    .sort((a, b) => a.chosenOnLoss - b.chosenOnLoss);
  const best = judged[0];
  const evolved = { ...population, runsAtLastEvolution: population.runsLearned };
  const windows = best?.errors.heldOut.length ?? 0;
  if (best === undefined || windows < FEWEST_WINDOWS || best.errors.chosenOn.length === 0) {
    const why = `Not evolved: ${windows} held-out windows, and fewer than ${FEWEST_WINDOWS} prove nothing.`;
    return { population: evolved, events: [eventOf('refused', DEFAULT_STRATEGY, null, null, why, now)] };
  }
  const bar = lossesOf(best.errors.heldOut);
  const children = breed(
    judged.slice(0, PARENTS).map((one) => one.strategy),
    population,
    { random, now, guests },
  );
  const events: LearningEvent[] = [];
  const kept: Strategy[] = [];
  let better = 0;
  for (const { strategy, origin, parent } of children) {
    const { heldOut } = replay(strategy.parameters);
    if (mean(lossesOf(heldOut)) < mean(bar)) better += 1;
    const verdict = equalGenes(strategy.parameters, DEFAULT_GENES)
      ? judgeShipped(heldOut, bar)
      : judge(heldOut, bar, children.length);
    if (verdict.keeps) kept.push(strategy);
    const why = `${verdict.keeps ? 'Kept' : 'Refused'}, ${origin}: ${verdict.why}`;
    const kind = verdict.keeps ? 'evolved' : 'refused';
    events.push(eventOf(kind, strategy.name, parent, strategy.parameters, why, now));
  }
  const { strategies, removed } = makeRoom(population.strategies, kept, judged);
  for (const strategy of removed) {
    const share = performance(strategy.performance_history).toFixed(2);
    const why = `Removed: the weakest of a full population of ${MOST_STRATEGIES} in replay (own performance ${share}).`;
    events.push(eventOf('removed', strategy.name, strategy.parameters, null, why, now));
  }
  return {
    population: {
      ...evolved,
      strategies,
      mutationStep: nextStep(population.mutationStep, better / children.length),
    },
    events,
  };
}

/** Mean error of each window, each error capped. */
function lossesOf(windows: ErrorWindows): readonly number[] {
  return windows.map((errors) => mean(errors.map((error) => Math.min(error, LARGEST_ERROR))));
}

function eventOf(
  kind: LearningEvent['kind'],
  strategy: string,
  before: Genes | null,
  after: Genes | null,
  why: string,
  at: number,
): LearningEvent {
  return { at, kind, strategy, before, after, why };
}

/** Two children of each of three parents, in turn by mutation and by crossover. */
function breed(
  parents: readonly Strategy[],
  population: StrategyPopulation,
  { random, now, guests }: Pick<Required<EvolveTools>, 'random' | 'now' | 'guests'>,
): readonly Child[] {
  const foreignGenes = guests.filter(
    (guest) => !population.strategies.some((one) => equalGenes(homeOf(one), guest)),
  );
  const generation = 1 + Math.max(...population.strategies.map((strategy) => strategy.generation));
  const taken = new Set(population.strategies.map((strategy) => strategy.name));
  let number = 1;
  return Array.from({ length: CHILDREN }, (_, at) => {
    while (taken.has(`gen${generation}-${number}`)) number += 1;
    const name = `gen${generation}-${number}`;
    taken.add(name);
    const parent = parents[at % parents.length] as Strategy;
    const genes = homeOf(parent);
    const { parameters, origin, mate } = makeChild(parent, at, {
      parents,
      population,
      random,
      guests: foreignGenes,
    });
    return {
      origin,
      parent: genes,
      strategy: {
        name,
        generation,
        parents: mate === null ? [parent.name] : [parent.name, mate],
        parameters,
        home: parameters,
        performance_history: emptyRecord(),
        trend: 'stable' as const,
        last_updated: now,
      },
    };
  });
}

interface ChildGenes {
  readonly parameters: Genes;
  readonly origin: string;
  readonly mate: string | null;
}

interface Family {
  readonly parents: readonly Strategy[];
  readonly population: StrategyPopulation;
  readonly random: () => number;
  readonly guests: readonly Genes[];
}

/**
 * The first child of each parent is mutated, the second crossed. Guests take the place of the first crossings, and
 * the shipped genes, where nobody has them any more, that of the last.
 */
function makeChild(
  parent: Strategy,
  at: number,
  { parents, population, random, guests }: Family,
): ChildGenes {
  const { strategies, mutationStep } = population;
  const genes = homeOf(parent);
  if (at === CHILDREN - 1 && !strategies.some((one) => equalGenes(homeOf(one), DEFAULT_GENES))) {
    return { parameters: DEFAULT_GENES, origin: 'born again with the shipped genes', mate: null };
  }
  const guest = guests[at - PARENTS];
  if (guest !== undefined) {
    return { parameters: guest, origin: 'born with genes that did well in other repositories', mate: null };
  }
  const mate = at < PARENTS ? null : mateOf(parent, parents, random);
  if (mate === null) {
    const parameters = mutate(genes, mutationStep, random);
    return { parameters, origin: `mutated from ${parent.name}`, mate: null };
  }
  const parameters = cross(genes, mate.genes, mutationStep, random);
  return { parameters, origin: `crossed from ${parent.name} and ${mate.name}`, mate: mate.name };
}

/** Another parent; `null` where there is none. */
function mateOf(
  parent: Strategy,
  parents: readonly Strategy[],
  random: () => number,
): { readonly name: string; readonly genes: Genes } | null {
  const mates = parents.filter((other) => other !== parent);
  const mate = mates[Math.floor(random() * mates.length)];
  return mate === undefined ? null : { name: mate.name, genes: homeOf(mate) };
}

/**
 * The shipped genes were proven on many repositories: where nobody has them any more they come back unless they are
 * proven worse here. A few hundred runs seldom prove a small gain, and a strategy in shadow costs nothing.
 */
function judgeShipped(heldOut: ErrorWindows, bar: readonly number[]): { keeps: boolean; why: string } {
  const losses = lossesOf(heldOut);
  const p = pairedP(bar.map((loss, window) => (losses[window] ?? loss) - loss));
  const figures =
    `p of worse ${p.toFixed(4)}; mean error ${(100 * mean(losses)).toFixed(2)} %, best parent ` +
    `${(100 * mean(bar)).toFixed(2)} %, on ${bar.length} windows held out`;
  return p < SIGNIFICANCE
    ? { keeps: false, why: `proven worse (${figures}).` }
    : { keeps: true, why: `not proven worse (${figures}).` };
}

function judge(
  heldOut: ErrorWindows,
  bar: readonly number[],
  tried: number,
): { keeps: boolean; why: string } {
  const losses = lossesOf(heldOut);
  const gains = bar.map((loss, window) => loss - (losses[window] ?? Number.POSITIVE_INFINITY));
  const p = gains.every(Number.isFinite) ? pairedP(gains) : 1;
  const share = mean(heldOut.flat().map(scoreOf));
  const figures =
    `p ${p.toFixed(4)}, needed ${(SIGNIFICANCE / tried).toFixed(4)}; mean error ` +
    `${(100 * mean(losses)).toFixed(2)} %, best parent ${(100 * mean(bar)).toFixed(2)} %, on ${bar.length} ` +
    `windows held out; performance ${share.toFixed(2)}`;
  if (p >= SIGNIFICANCE / tried) return { keeps: false, why: `not proven better (${figures}).` };
  if (share < LEAST_PERFORMANCE) {
    return {
      keeps: false,
      why: `better, but below the least performance of ${LEAST_PERFORMANCE} (${figures}).`,
    };
  }
  return { keeps: true, why: `${figures}.` };
}

/** Old and new strategies, at most ten: the worst of the old in replay go first, `default` never. */
function makeRoom(
  old: readonly Strategy[],
  kept: readonly Strategy[],
  judged: readonly Judged[],
): { strategies: Strategy[]; removed: Strategy[] } {
  const surplus = Math.max(0, old.length + kept.length - MOST_STRATEGIES);
  const removed = [...judged]
    .reverse()
    .map((one) => one.strategy)
    .filter((strategy) => strategy.name !== DEFAULT_STRATEGY)
    .slice(0, surplus);
  const names = new Set(removed.map((strategy) => strategy.name));
  return { strategies: [...old.filter((strategy) => !names.has(strategy.name)), ...kept], removed };
}

function nextStep(step: number, successShare: number): number {
  // One round is a small sample: growth and shrinking balance where a fifth succeeds.
  const factor =
    successShare > SUCCESS_RATE ? STEP_GROWTH : STEP_GROWTH ** (-SUCCESS_RATE / (1 - SUCCESS_RATE));
  return Math.min(LARGEST_STEP, Math.max(SMALLEST_STEP, step * factor));
}
