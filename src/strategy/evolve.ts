import { itemAt } from '../checked.ts';
import type { ErrorWindows, Replay } from '../forecast/replay.ts';
import { DEFAULT_GENES, equalGenes, type Genes } from '../genes/genes.ts';
import { indexDraw } from '../plan/random.ts';
import { mean } from '../statistics.ts';
import { homeOf } from './adapt.ts';
import { cross, mutate } from './offspring.ts';
import { MOST_STRATEGIES } from './population.ts';
import { DEFAULT_STRATEGY, type LearningEvent, type Strategy, type StrategyPopulation } from './strategy.ts';
import { pairedP } from './student.ts';
import { emptyRecord, performance, scoreOf } from './track-record.ts';

/** What a replay says of genes: errors to choose parents by, and errors of later windows to prove children on. */
export type ReplayedErrors = ReturnType<Replay['errors']>;

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

interface Verdict {
  readonly keeps: boolean;
  readonly why: string;
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
    const strategy = DEFAULT_STRATEGY;
    return {
      population: evolved,
      events: [{ at: now, kind: 'refused', strategy, before: null, after: null, why }],
    };
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
    events.push({
      at: now,
      kind: verdict.keeps ? 'evolved' : 'refused',
      strategy: strategy.name,
      before: parent,
      after: strategy.parameters,
      why: `${verdict.keeps ? 'Kept' : 'Refused'}, ${origin}: ${verdict.why}`,
    });
  }
  const { strategies, removed } = makeRoom(population.strategies, kept, judged);
  for (const strategy of removed) {
    const share = performance(strategy.performance_history).toFixed(2);
    const why = `Removed: the weakest of a full population of ${MOST_STRATEGIES} in replay (own performance ${share}).`;
    const { name, parameters: before } = strategy;
    events.push({ at: now, kind: 'removed', strategy: name, before, after: null, why });
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

/** Two children of each of three parents, in turn by mutation and by crossover. */
function breed(
  parents: readonly Strategy[],
  population: StrategyPopulation,
  { random, now, guests }: Pick<Required<EvolveTools>, 'random' | 'now' | 'guests'>,
): readonly Child[] {
  const { strategies } = population;
  const foreignGenes = guests.filter((guest) => !strategies.some((one) => equalGenes(homeOf(one), guest)));
  const family = { parents, population, random, guests: foreignGenes };
  const generation = 1 + Math.max(...strategies.map((strategy) => strategy.generation));
  const taken = new Set(strategies.map((strategy) => strategy.name));
  let number = 1;
  return Array.from({ length: CHILDREN }, (_, at) => {
    while (taken.has(`gen${generation}-${number}`)) number += 1;
    const name = `gen${generation}-${number}`;
    taken.add(name);
    const parent = itemAt(parents, at % parents.length);
    const { parameters, origin, mate } = makeChild(parent, at, family);
    return {
      origin,
      parent: homeOf(parent),
      strategy: {
        name,
        generation,
        parents: mate === undefined ? [parent.name] : [parent.name, mate.name],
        parameters,
        home: parameters,
        performance_history: emptyRecord(),
        trend: 'stable',
        last_updated: now,
      },
    };
  });
}

interface Family extends Pick<Required<EvolveTools>, 'random' | 'guests'> {
  readonly parents: readonly Strategy[];
  readonly population: StrategyPopulation;
}

/**
 * The first child of each parent is mutated, the second crossed. Guests take the place of the first crossings, and
 * the shipped genes, where nobody has them any more, that of the last.
 */
function makeChild(
  parent: Strategy,
  at: number,
  { parents, population, random, guests }: Family,
): { readonly parameters: Genes; readonly origin: string; readonly mate?: Strategy } {
  const { strategies, mutationStep } = population;
  const genes = homeOf(parent);
  if (at === CHILDREN - 1 && !strategies.some((one) => equalGenes(homeOf(one), DEFAULT_GENES))) {
    return { parameters: DEFAULT_GENES, origin: 'born again with the shipped genes' };
  }
  const guest = guests[at - PARENTS];
  if (guest !== undefined) {
    return { parameters: guest, origin: 'born with genes that did well in other repositories' };
  }
  const mate = at < PARENTS ? undefined : mateOf(parent, parents, random);
  if (mate === undefined) {
    const parameters = mutate(genes, mutationStep, random);
    return { parameters, origin: `mutated from ${parent.name}` };
  }
  const parameters = cross(genes, homeOf(mate), mutationStep, random);
  return { parameters, origin: `crossed from ${parent.name} and ${mate.name}`, mate };
}

/** Another parent; `undefined` where there is none. */
function mateOf(parent: Strategy, parents: readonly Strategy[], random: () => number): Strategy | undefined {
  const mates = parents.filter((other) => other !== parent);
  return mates[indexDraw(random, mates.length)];
}

/**
 * The shipped genes were proven on many repositories: where nobody has them any more they come back unless they are
 * proven worse here. A few hundred runs seldom prove a small gain, and a strategy in shadow costs nothing.
 */
function judgeShipped(heldOut: ErrorWindows, bar: readonly number[]): Verdict {
  const losses = lossesOf(heldOut);
  const p = pairedP(bar.map((loss, window) => (losses[window] ?? loss) - loss));
  const figures =
    `p of worse ${p.toFixed(4)}; mean error ${(100 * mean(losses)).toFixed(2)} %, best parent ` +
    `${(100 * mean(bar)).toFixed(2)} %, on ${bar.length} windows held out`;
  return p < SIGNIFICANCE
    ? { keeps: false, why: `proven worse (${figures}).` }
    : { keeps: true, why: `not proven worse (${figures}).` };
}

function judge(heldOut: ErrorWindows, bar: readonly number[], tried: number): Verdict {
  const losses = lossesOf(heldOut);
  const gains = bar.map((loss, window) => loss - (losses[window] ?? Number.POSITIVE_INFINITY));
  const p = gains.every(Number.isFinite) ? pairedP(gains) : 1;
  const share = mean(heldOut.flat().map(scoreOf));
  const figures =
    `p ${p.toFixed(4)}, needed ${(SIGNIFICANCE / tried).toFixed(4)}; mean error ` +
    `${(100 * mean(losses)).toFixed(2)} %, best parent ${(100 * mean(bar)).toFixed(2)} %, on ${bar.length} ` +
    `windows held out; performance ${share.toFixed(2)}`;
  if (p >= SIGNIFICANCE / tried) return { keeps: false, why: `not proven better (${figures}).` };
  return share < LEAST_PERFORMANCE
    ? { keeps: false, why: `better, but below the least performance of ${LEAST_PERFORMANCE} (${figures}).` }
    : { keeps: true, why: `${figures}.` };
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
