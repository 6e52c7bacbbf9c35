import { z } from 'zod';
import { Priors } from '../../forecast/priors.ts';
import { priorsOf, summarise } from '../../forecast/summarise.ts';
import { homeOf } from '../../strategy/adapt.ts';
import { MOST_STRATEGIES } from '../../strategy/population.ts';
import { DEFAULT_STRATEGY, type LearningEvent, Strategy } from '../../strategy/strategy.ts';
import { emptyRecord } from '../../strategy/track-record.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';

/** Names that evolution gives look like this; an export may come from anybody. */
const STRATEGY_NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** What one repository has learned, for another or for another deployment: no names, paths or runs. */
export const ExportedLearning = z.object({
  version: z.literal(1),
  /** Strategies with their records; `default` among them. */
  strategies: z.array(Strategy.extend({ name: z.string().regex(STRATEGY_NAME) })).max(MOST_STRATEGIES),
  /** How its forecasts err and its runs succeed; `null` where it has learned too little to say. */
  priors: Priors.nullable(),
});
export type ExportedLearning = z.infer<typeof ExportedLearning>;

export interface Imported {
  /** Strategies taken in. */
  readonly added: readonly string[];
  /** Strategies left out, with the reason. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
  /** Whether its priors were taken: only a repository that has none of its own begins with them. */
  readonly priors: boolean;
}

/** What a repository has learned, as a value to be kept elsewhere. */
export async function exportLearning(context: Context, repositoryId: number): Promise<ExportedLearning> {
  const { population, learned } = await knownRepository(context, repositoryId);
  const summary = summarise(learned);
  return {
    version: 1,
    strategies: [...population.strategies],
    priors: summary === null ? null : priorsOf([summary], []),
  };
}

/** Takes in the strategies of an export. Their records stay behind: they were earned on other runs. */
export async function importLearning(
  context: Context,
  repositoryId: number,
  imported: ExportedLearning,
): Promise<Imported> {
  const { population, learned } = await knownRepository(context, repositoryId);
  const now = context.clock.now();
  const added: Strategy[] = [];
  const left: { name: string; why: string }[] = [];
  for (const stranger of imported.strategies) {
    const why = whyLeft(stranger, [...population.strategies, ...added]);
    if (why !== null) {
      left.push({ name: stranger.name, why });
      continue;
    }
    const { name, generation } = stranger;
    const genes = homeOf(stranger);
    added.push({
      name,
      generation,
      parents: [],
      parameters: genes,
      home: genes,
      performance_history: emptyRecord(),
      trend: 'stable',
      last_updated: now,
    });
  }
  const takesPriors = imported.priors !== null && (learned.priors ?? null) === null;
  await context.store.apply(repositoryId, {
    population: { ...population, strategies: [...population.strategies, ...added] },
    ...(takesPriors ? { learned: { priors: imported.priors } } : {}),
    learningEvents: added.map((strategy) => createdEvent(strategy, now)),
  });
  return { added: added.map(({ name }) => name), left, priors: takesPriors };
}

function whyLeft(stranger: Strategy, there: readonly Strategy[]): string | null {
  if (stranger.name === DEFAULT_STRATEGY) return 'every repository has its own';
  if (there.some(({ name }) => name === stranger.name)) return 'there is one of that name';
  return there.length >= MOST_STRATEGIES ? `there are ${MOST_STRATEGIES} already` : null;
}

function createdEvent({ name, parameters }: Strategy, at: number): LearningEvent {
  return {
    at,
    kind: 'created',
    strategy: name,
    before: null,
    after: parameters,
    why: 'Imported from another repository; it forecasts in shadow until it has proved itself.',
  };
}
