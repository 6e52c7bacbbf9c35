import { z } from 'zod';
import { itemAt } from '../checked.ts';
import { DEFAULT_GENES, type Genes } from '../genes/genes.ts';
import { type LearningSettings, learningSettings } from '../genes/settings.ts';
import type { Immutable } from '../immutable.ts';
import { EXPERT_COUNT, EXPERTS } from './experts.ts';

/** How one strategy weighs the experts; the experts themselves are the same for all. */
export interface MixSettings extends LearningSettings {
  /** Share of the weight that is dealt out whatever the losses, so that no expert is forgotten. */
  readonly share: number;
  /** The forecast is this much weighted mean, the rest weighted median. */
  readonly meanShare: number;
  /** Whether experts that fail where others are right lose their head start over them. */
  readonly adapts: boolean;
}

/** The mixture of a strategy with these genes. Weight ∝ exp(−rate · discounted loss). */
export function mixOf(genes: Genes): MixSettings {
  return { ...learningSettings(genes), share: 0.01, meanShare: 0.5, adapts: true };
}

/** Tuned on one half of the benchmark's series, see docs/benchmarks.md. */
export const DEFAULT_MIX: MixSettings = mixOf(DEFAULT_GENES);

/** Discounted losses of the experts, in units of the mixture's own typical error. */
export const Mixture = z.object({
  losses: z.array(z.number()).length(EXPERT_COUNT),
  /** Mean absolute error of the mixture, log units. */
  error: z.number().positive(),
  count: z.number().int().nonnegative(),
  /** Losses of the last few runs alone: each expert's, and the mixture's own. */
  recentLosses: z.array(z.number()).length(EXPERT_COUNT).default(noLosses),
  recentOwn: z.number().default(0),
  /** `count` when the weights were last found stale; 0 never. */
  staleAt: z.number().int().nonnegative().default(0),
});
export type Mixture = Immutable<z.infer<typeof Mixture>>;

/** One run may cost an expert at most so many typical errors. */
const LARGEST_LOSS = 20;
/** Log units: the error expected before any was seen, and the weight of that expectation in runs. */
const PRIOR_ERROR = 0.1;
const PRIOR_WEIGHT = 3;
const ERROR_RATE = 1 / 31;
const LARGEST_ERROR = 0.5;
/**
 * Where the mixture's errors of about the last six runs exceed those of its best expert by so many typical ones, its
 * weights are stale. Whoever failed then loses the head start over that expert which older runs had given: nothing else
 * is forgotten, so that a pattern of the week outlives its weekends.
 */
const RECENT_MEMORY = 0.85;
const STALE_ERRORS = 3;
const FAILED_BY = 1;
const LARGEST_RECENT_LOSS = 5;
/** Before so many runs the typical error is a guess; after so many quiet ones staleness is news again. */
const RUNS_BEFORE_STALE = 10;
/** Losses of the last runs are kept to a hundredth: more digits would only make the written state longer. */
const GRAINS = 100;

const SHARE_TOTAL = EXPERTS.reduce((total, expert) => total + expert.share, 0);
const PRIOR_SHARES = EXPERTS.map((expert) => expert.share / SHARE_TOTAL);

/** A mixture that trusts the experts by their first shares alone. */
export function newMixture(): Mixture {
  return {
    losses: noLosses(),
    error: PRIOR_ERROR,
    count: 0,
    recentLosses: noLosses(),
    recentOwn: 0,
    staleAt: 0,
  };
}

function noLosses(): number[] {
  return new Array<number>(EXPERT_COUNT).fill(0);
}

/** The mixed forecast (log units) of the experts' `predictions`; who mixes the same ones often passes their order. */
export function mix(
  mixture: Mixture,
  settings: MixSettings,
  predictions: readonly number[],
  ascending: readonly number[] = ascendingOrder(predictions),
): number {
  const weights = weightsOf(mixture, settings);
  let mean = 0;
  for (let i = 0; i < EXPERT_COUNT; i++) mean += itemAt(weights, i) * itemAt(predictions, i);
  const median = weightedMedian(weights, predictions, ascending);
  return settings.meanShare * mean + (1 - settings.meanShare) * median;
}

/** The mixture once `value` is known; `mixed` is what `mix` made of the `predictions`. */
export function updateMixture(
  mixture: Mixture,
  settings: MixSettings,
  predictions: readonly number[],
  mixed: number,
  value: number,
): Mixture {
  const count = mixture.count + 1;
  const recent = settings.adapts ? recentAfter(mixture, predictions, mixed, value) : null;
  const rate = Math.max(ERROR_RATE, 1 / (count + PRIOR_WEIGHT));
  const before = mixture.error;
  const error = Math.max(before + rate * (Math.min(Math.abs(value - mixed), LARGEST_ERROR) - before), 1e-4);
  const losses = mixture.losses.map((loss, i) => {
    const newest = Math.min(LARGEST_LOSS, Math.abs(itemAt(predictions, i) - value) / error);
    return settings.discount * loss + newest;
  });
  if (recent === null) return { ...mixture, count, error, losses };
  const { recentLosses, recentOwn, best } = recent;
  const isStale = recentOwn - itemAt(recentLosses, best) > STALE_ERRORS && count > RUNS_BEFORE_STALE;
  return {
    ...mixture,
    count,
    error,
    losses: isStale ? withoutHeadStarts(losses, recentLosses, best) : losses,
    recentLosses,
    recentOwn,
    staleAt: isStale ? count : mixture.staleAt,
  };
}

/** Name of the expert that carries the mixture most at present. */
export function heaviestExpert(mixture: Mixture, settings: MixSettings): string {
  const weights = weightsOf(mixture, settings);
  return itemAt(EXPERTS, weights.indexOf(Math.max(...weights))).name;
}

/** Losses of the last runs: each expert's, the mixture's own, and the place of the best expert. */
function recentAfter(
  { recentLosses, recentOwn, error }: Mixture,
  predictions: readonly number[],
  mixed: number,
  value: number,
): { readonly recentLosses: readonly number[]; readonly recentOwn: number; readonly best: number } {
  const losses = recentLosses.map((loss, i) => faded(loss, Math.abs(itemAt(predictions, i) - value) / error));
  return {
    recentLosses: losses,
    recentOwn: faded(recentOwn, Math.abs(mixed - value) / error),
    best: losses.indexOf(Math.min(...losses)),
  };
}

/** The losses of the last runs with one more, in units of the mixture's typical error. */
function faded(recent: number, loss: number): number {
  return Math.round(GRAINS * (RECENT_MEMORY * recent + Math.min(LARGEST_RECENT_LOSS, loss))) / GRAINS;
}

/** Makes every expert that has lately failed no better in the books than the one that was right. */
function withoutHeadStarts(
  losses: readonly number[],
  recentLosses: readonly number[],
  best: number,
): readonly number[] {
  const right = itemAt(losses, best);
  const least = itemAt(recentLosses, best);
  return losses.map((loss, i) =>
    itemAt(recentLosses, i) - least > FAILED_BY ? Math.max(loss, right) : loss,
  );
}

/** Whether the newest run has shown the weights to be stale after some quiet ones; `before` is `staleAt` of then. */
export function becameStale(mixture: Mixture, before: number): boolean {
  return mixture.staleAt === mixture.count && mixture.staleAt - before > RUNS_BEFORE_STALE;
}

/** Each expert's weight; they sum to 1. */
function weightsOf({ losses }: Mixture, settings: MixSettings): readonly number[] {
  const least = Math.min(...losses);
  let total = 0;
  const weights = losses.map((loss, i) => {
    const weight = itemAt(PRIOR_SHARES, i) * Math.exp(-settings.rate * (loss - least));
    total += weight;
    return weight;
  });
  return weights.map(
    (weight, i) => (weight / total) * (1 - settings.share) + settings.share * itemAt(PRIOR_SHARES, i),
  );
}

/** Places of the predictions, the smallest first; equal ones in the order of the experts. */
export function ascendingOrder(predictions: readonly number[]): readonly number[] {
  const order = predictions.map((_, place) => place);
  return order.sort((a, b) => itemAt(predictions, a) - itemAt(predictions, b));
}

function weightedMedian(
  weights: readonly number[],
  predictions: readonly number[],
  ascending: readonly number[],
): number {
  let below = 0;
  for (const place of ascending) {
    below += itemAt(weights, place);
    if (below >= 0.5) return itemAt(predictions, place);
  }
  return itemAt(predictions, itemAt(ascending, ascending.length - 1));
}
