import { z } from 'zod';
import { Genes } from '../genes/genes.ts';

export const Trend = z.enum(['improving', 'stable', 'declining']);
export type Trend = z.infer<typeof Trend>;

/** How a strategy's forecasts fared; errors are relative, |predicted − actual| / actual. */
export const TrackRecord = z.object({
  total: z.number().int().nonnegative(),
  excellent: z.number().int().nonnegative(),
  good: z.number().int().nonnegative(),
  fair: z.number().int().nonnegative(),
  poor: z.number().int().nonnegative(),
  /** Mean relative error in percent (each capped at 100 before the mean is taken). */
  meanErrorPercent: z.number().nonnegative(),
  /** The same without the cap: mean absolute percentage error. */
  mapePercent: z.number().nonnegative().default(0),
  /** Mean absolute error in seconds. */
  maeSeconds: z.number().nonnegative(),
  /** Share of actual values inside the 90 % interval. */
  coverage: z.number().min(0).max(1),
  /** Newest relative errors, newest last, bounded. */
  recent: z.array(z.number().nonnegative()),
});
export type TrackRecord = z.infer<typeof TrackRecord>;

/** What a plan of the newest decision leaves of today's failures, lateness, overlap and money; 1: all of it. */
export const Objectives = z.object({
  success: z.number(),
  lateness: z.number(),
  overlap: z.number(),
  cost: z.number(),
});
export type Objectives = z.infer<typeof Objectives>;

/** How a strategy's choices of slots fared, by doubly robust replay of the decisions. */
export const SlotRecord = z.object({
  /** Schedules of decisions that were replayed. */
  choices: z.number().int().nonnegative(),
  /** Estimated hours late plus two for each failure, a tick, above those of the best strategy replayed beside it. */
  regretHours: z.number().nonnegative(),
});
export type SlotRecord = z.infer<typeof SlotRecord>;

/** A named set of learning parameters with its own track record. */
export const Strategy = z.object({
  name: z.string(),
  generation: z.number().int().nonnegative(),
  parents: z.array(z.string()),
  parameters: Genes,
  /** The genes that adaptation returns to: those it was born with. Absent: the shipped ones. */
  home: Genes.optional(),
  /** What the adapted genes have lately been worth above those of `home`, summed over runs; 0 if absent. */
  lead: z.number().optional(),
  performance_history: TrackRecord,
  slots: SlotRecord.optional(),
  objectives: Objectives.optional(),
  /** Another strategy's newest plan was nowhere worse, and somewhere better. */
  dominated: z.boolean().optional(),
  trend: Trend,
  /** Epoch ms. */
  last_updated: z.number(),
});
export type Strategy = z.infer<typeof Strategy>;

/** One line of `learning_log.json`: what changed in a strategy, and why. */
export const LearningEvent = z.object({
  at: z.number(),
  kind: z.enum(['created', 'adapted', 'evolved', 'refused', 'removed']),
  strategy: z.string(),
  before: Genes.nullable(),
  after: Genes.nullable(),
  why: z.string(),
});
export type LearningEvent = z.infer<typeof LearningEvent>;

/** Learning events, oldest first, as a list or in a store's compact form; reading all of it is not free. */
export interface LearningLog extends Iterable<LearningEvent> {
  readonly length: number;
  /** As of a list. */
  slice(from?: number, to?: number): LearningEvent[];
  filter(keep: (event: LearningEvent) => boolean): LearningEvent[];
  map<T>(change: (event: LearningEvent) => T): T[];
}

export const EvolutionRound = z.object({
  at: z.number(),
  runsReplayed: z.number().int().nonnegative(),
  events: z.array(LearningEvent),
});
export type EvolutionRound = z.infer<typeof EvolutionRound>;

export const DEFAULT_STRATEGY = 'default';

/** Contents of `learned_strategies.json`. The strategy named `default` is always there. */
export const StrategyPopulation = z.object({
  version: z.literal(1),
  strategies: z.array(Strategy),
  /** Runs learned from in all, and at the last evolution. */
  runsLearned: z.number().int().nonnegative(),
  runsAtLastEvolution: z.number().int().nonnegative(),
  /** Standard deviation of a gene's mutation; adapts itself to the share of children that succeed. */
  mutationStep: z.number().positive().default(0.1),
  /** What the newest round of evolution tried, kept and refused; it outlives the bounded log. */
  lastEvolution: EvolutionRound.optional(),
  /** `share-learning` of the config, as last read: whether other installations may learn from what was learned here. */
  sharesLearning: z.boolean().optional(),
});
export type StrategyPopulation = z.infer<typeof StrategyPopulation>;
