import { mixOf } from '../../src/forecast/mixture.ts';
import { type ErrorWindows, prepareReplay, type Replay } from '../../src/forecast/replay.ts';
import { DEFAULT_GENES, equalGenes, type Genes } from '../../src/genes/genes.ts';
import { homeOf } from '../../src/strategy/adapt.ts';
import { evolve, type ReplayedErrors } from '../../src/strategy/evolve.ts';
import { emptyPopulation } from '../../src/strategy/population.ts';
import type { StrategyPopulation } from '../../src/strategy/strategy.ts';
import { pairedP } from '../../src/strategy/student.ts';
import { scoreOf } from '../../src/strategy/track-record.ts';
import type { DrawnRepository } from './repositories.ts';
import { mean } from './score.ts';

/** The worst genes found on a grid: they follow whatever expert was best last time. */
export const BAD_GENES: Genes = {
  success_weight: 1,
  failure_penalty: 0.2,
  recency_bias: 0.8,
  exploration_rate: 0.1,
};
const MOST_ROUNDS = 10;
/** As where a strategy comes into use. */
const SIGNIFICANCE = 0.05;
const BACK_PERCENT = 1;

export interface Recovery {
  /** Percent of the default's unseen performance that is lacking, at first and after at most 24 replays. */
  readonly before: number;
  readonly after24: number;
  /** Genomes replayed until it is within 1 %; `null` where it never is. */
  readonly replays: number | null;
}

/**
 * Evolves a population of nothing but bad genes: parents are chosen on one set of histories, children proven on
 * another, and the best then judged on a third. Every genome is replayed once.
 */
export function recover(
  replay: (genes: Genes) => ReplayedErrors,
  unseen: (genes: Genes) => number,
  random: () => number,
): Recovery {
  const start = emptyPopulation(0);
  let population: StrategyPopulation = {
    ...start,
    strategies: start.strategies.map((one) => ({ ...one, parameters: BAD_GENES, home: BAD_GENES })),
  };
  const known = new Map<string, ReplayedErrors>();
  const replayOnce = (genes: Genes): ReplayedErrors => {
    const name = JSON.stringify(genes);
    const errors = known.get(name) ?? replay(genes);
    known.set(name, errors);
    return errors;
  };
  const lacking = (genes: Genes): number => 100 * (1 - unseen(genes) / unseen(DEFAULT_GENES));
  const before = lacking(BAD_GENES);
  let after24 = before;
  let replays = before <= BACK_PERCENT ? 0 : null;
  for (let round = 0; round < MOST_ROUNDS && replays === null; round++) {
    population = evolve(population, { replay: replayOnce, random, now: round }).population;
    const now = lacking(bestOf(population, replayOnce));
    if (known.size <= 24) after24 = now;
    if (now <= BACK_PERCENT) replays = known.size;
  }
  return { before, after24, replays };
}

/** Within one repository: older windows choose, newer windows prove, what comes after them is unseen. */
export function recoverAlone(repository: DrawnRepository, seen: number, random: () => number): Recovery {
  const past = prepareReplay(repository.runs.slice(0, Math.floor(repository.runs.length * seen)));
  const whole = prepareReplay(repository.runs);
  return recover(
    (genes) => past.errors(mixOf(genes)),
    (genes) => worthOf(whole.errors(mixOf(genes)).heldOut),
    random,
  );
}

/** Over many: ten repositories choose, ten others prove, the rest is unseen. */
export function recoverTogether(repositories: readonly DrawnRepository[], random: () => number): Recovery {
  const replays = repositories.map(({ runs }) => prepareReplay(runs));
  const windows = (of: readonly Replay[], genes: Genes): ErrorWindows =>
    of.flatMap((replay) => {
      const { chosenOn, heldOut } = replay.errors(mixOf(genes));
      return [...chosenOn, ...heldOut];
    });
  const unseen = replays.slice(20);
  return recover(
    (genes) => ({
      chosenOn: windows(replays.slice(0, 10), genes),
      heldOut: windows(replays.slice(10, 20), genes),
    }),
    (genes) => mean(unseen.map((replay) => worthOf(windows([replay], genes)))),
    random,
  );
}

function worthOf(windows: ErrorWindows): number {
  return mean(windows.flat().map(scoreOf));
}

/**
 * The genes in use, by the rule of `leadingStrategy` on replayed windows: the shipped ones where they are there, until
 * others are better beyond chance.
 */
function bestOf({ strategies }: StrategyPopulation, replay: (genes: Genes) => ReplayedErrors): Genes {
  const losses = (genes: Genes): readonly number[] => {
    const { chosenOn, heldOut } = replay(genes);
    return [...chosenOn, ...heldOut].map((errors) => mean(errors.map((error) => Math.min(1, error))));
  };
  const all = strategies.map(homeOf);
  const shipped = all.find((genes) => equalGenes(genes, DEFAULT_GENES));
  const bar = shipped === undefined ? null : losses(shipped);
  const better = all.filter(
    (genes) =>
      bar === null ||
      pairedP(losses(genes).map((loss, window) => (bar[window] ?? loss) - loss)) < SIGNIFICANCE,
  );
  const least = (best: Genes, genes: Genes): Genes =>
    mean(losses(genes)) < mean(losses(best)) ? genes : best;
  return better.length === 0 ? (shipped ?? DEFAULT_GENES) : better.reduce(least);
}
