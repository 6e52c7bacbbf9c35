import { emptyLatenessPool } from '../../src/forecast/lateness-pool.ts';
import { type Learning, learnNext } from '../../src/forecast/learn.ts';
import { emptyLearned } from '../../src/forecast/learned.ts';
import { DEFAULT_MIX } from '../../src/forecast/mixture.ts';
import { leadingStrategy } from '../../src/strategy/choose.ts';
import { emptyPopulation } from '../../src/strategy/population.ts';
import { evolutionDue, evolveOn } from '../../src/usecases/learning/evolve-repository.ts';
import { learnStrategies, mixturesOf } from '../../src/usecases/learning/learn-strategies.ts';
import type { DrawnRepository } from './repositories.ts';
import type { Scored } from './score.ts';

/** Share of a repository's runs on which strategies learn and evolve; the rest is unseen. */
export const SEEN_SHARE = 0.6;
/** The shipped genes, in shadow, never adapted: what everything else is measured against. */
const FIXED = 'fixed';

export interface Played {
  /** Unseen runs as the strategy in use forecast them, and as the fixed default did. */
  readonly inUse: readonly Scored[];
  readonly fixed: readonly Scored[];
  readonly kept: number;
  readonly tried: number;
  readonly evolutions: number;
  readonly evolveMs: number;
}

/** Plays a repository through the production path: learn, record, adapt, and evolve while runs are seen. */
export function play({ runs }: DrawnRepository): Played {
  let learning: Learning = { learned: emptyLearned(), pool: emptyLatenessPool() };
  let population = emptyPopulation(0);
  const boundary = Math.floor(runs.length * SEEN_SHARE);
  const inUse: Scored[] = [];
  const fixed: Scored[] = [];
  const evolution = { kept: 0, tried: 0, evolutions: 0, evolveMs: 0 };
  runs.forEach((run, place) => {
    const leader = leadingStrategy(population).name;
    const { own, shadows } = mixturesOf(population);
    const next = learnNext(learning, run, [], {
      shadows: [...shadows, { name: FIXED, settings: DEFAULT_MIX }],
      own,
    });
    learning = next;
    const learnt = next.outcome;
    const { relativeError, predicted } = learnt;
    const other = learnt.shadows[FIXED];
    if (place >= boundary && relativeError !== null && predicted !== null && other !== undefined) {
      const { confidence } = predicted;
      inUse.push({ error: learnt.shadows[leader]?.relativeError ?? relativeError, confidence });
      fixed.push({ error: other.relativeError, confidence });
    }
    const now = run.endedAt ?? 0;
    population = learnStrategies(population, learnt, now).population;
    if (place >= boundary || !evolutionDue(population)) return;
    const begun = performance.now();
    const round = evolveOn(population, runs.slice(0, place + 1), { now });
    evolution.evolveMs += performance.now() - begun;
    evolution.evolutions += 1;
    evolution.kept += round.events.filter(({ kind }) => kind === 'evolved').length;
    evolution.tried += round.events.filter(({ kind }) => kind !== 'removed').length;
    population = round.population;
  });
  return { inUse, fixed, ...evolution };
}
