import { z } from 'zod';
import { DEFAULT_GENES, type Genes } from '../genes/genes.ts';
import { type LearningSettings, learningSettings } from '../genes/settings.ts';
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

/** Discounted losses of the experts, in units of the mixture's own typical error. Mutated in place. */
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
export type Mixture = z.infer<typeof Mixture>;

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
const PRIOR_SHARES = Float64Array.from(EXPERTS, (expert) => expert.share / SHARE_TOTAL);

const weights = new Float64Array(EXPERT_COUNT);
const order = Int32Array.from({ length: EXPERT_COUNT }, (_, index) => index);

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

/** The mixed forecast (log units) of the experts' `predictions`; whoever mixes the same ones often keeps their order. */
export function mix(
  mixture: Mixture,
  settings: MixSettings,
  predictions: Float64Array,
  ascending: Int32Array = ascendingOrder(predictions),
): number {
  weigh(mixture, settings);
  let mean = 0;
  for (let i = 0; i < EXPERT_COUNT; i++) mean += (weights[i] ?? 0) * (predictions[i] ?? 0);
  const median = weightedMedian(predictions, ascending);
  return settings.meanShare * mean + (1 - settings.meanShare) * median;
}

/** Settles what `predictions` were worth once `value` is known; `mixed` is what `mix` made of them. */
export function settle(
  mixture: Mixture,
  settings: MixSettings,
  predictions: Float64Array,
  mixed: number,
  value: number,
): void {
  mixture.count += 1;
  const best = settings.adapts ? recentBest(mixture, predictions, mixed, value) : null;
  const rate = Math.max(ERROR_RATE, 1 / (mixture.count + PRIOR_WEIGHT));
  mixture.error += rate * (Math.min(Math.abs(value - mixed), LARGEST_ERROR) - mixture.error);
  mixture.error = Math.max(mixture.error, 1e-4);
  const { losses, error } = mixture;
  for (let i = 0; i < EXPERT_COUNT; i++) {
    const loss = Math.min(LARGEST_LOSS, Math.abs((predictions[i] ?? 0) - value) / error);
    losses[i] = settings.discount * (losses[i] ?? 0) + loss;
  }
  if (best !== null) takeHeadStarts(mixture, best);
}

/** Name of the expert that carries the mixture most at present. */
export function heaviestExpert(mixture: Mixture, settings: MixSettings): string {
  weigh(mixture, settings);
  let best = 0;
  for (let i = 1; i < EXPERT_COUNT; i++) if ((weights[i] ?? 0) > (weights[best] ?? 0)) best = i;
  return EXPERTS[best]?.name ?? '';
}

/** Learns the losses of the last runs; the place of their best expert where the weights are stale, else `null`. */
function recentBest(
  mixture: Mixture,
  predictions: Float64Array,
  mixed: number,
  value: number,
): number | null {
  const { recentLosses, error } = mixture;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < EXPERT_COUNT; i++) {
    const recent = faded(recentLosses[i] ?? 0, Math.abs((predictions[i] ?? 0) - value) / error);
    recentLosses[i] = recent;
    if (recent < least) {
      least = recent;
      best = i;
    }
  }
  mixture.recentOwn = faded(mixture.recentOwn, Math.abs(mixed - value) / error);
  return mixture.recentOwn - least > STALE_ERRORS && mixture.count > RUNS_BEFORE_STALE ? best : null;
}

/** The losses of the last runs with one more, in units of the mixture's typical error. */
function faded(recent: number, loss: number): number {
  return Math.round(GRAINS * (RECENT_MEMORY * recent + Math.min(LARGEST_RECENT_LOSS, loss))) / GRAINS;
}

/** Makes every expert that has lately failed no better in the books than the one that was right. */
function takeHeadStarts(mixture: Mixture, best: number): void {
  const { losses, recentLosses } = mixture;
  const right = losses[best] ?? 0;
  for (let i = 0; i < EXPERT_COUNT; i++) {
    const failed = (recentLosses[i] ?? 0) - (recentLosses[best] ?? 0) > FAILED_BY;
    if (failed) losses[i] = Math.max(losses[i] ?? 0, right);
  }
  mixture.staleAt = mixture.count;
}

/** Whether the newest run has shown the weights to be stale after some quiet ones; `before` is `staleAt` of then. */
export function becameStale(mixture: Mixture, before: number): boolean {
  return mixture.staleAt === mixture.count && mixture.staleAt - before > RUNS_BEFORE_STALE;
}

function weigh(mixture: Mixture, settings: MixSettings): void {
  const { losses } = mixture;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < EXPERT_COUNT; i++) least = Math.min(least, losses[i] ?? 0);
  let total = 0;
  for (let i = 0; i < EXPERT_COUNT; i++) {
    const weight = (PRIOR_SHARES[i] ?? 0) * Math.exp(-settings.rate * ((losses[i] ?? 0) - least));
    weights[i] = weight;
    total += weight;
  }
  for (let i = 0; i < EXPERT_COUNT; i++) {
    weights[i] = ((weights[i] ?? 0) / total) * (1 - settings.share) + settings.share * (PRIOR_SHARES[i] ?? 0);
  }
}

/** Places of the predictions, the smallest first. The array is overwritten by the next call. */
export function ascendingOrder(predictions: Float64Array): Int32Array {
  // `order` is nearly right from the last call, which makes the insertion sort nearly linear. Ties keep no
  // memory of it: equal predictions are interchangeable.
  for (let i = 1; i < EXPERT_COUNT; i++) {
    const index = order[i] ?? 0;
    const value = predictions[index] ?? 0;
    let j = i - 1;
    while (j >= 0 && (predictions[order[j] ?? 0] ?? 0) > value) {
      order[j + 1] = order[j] ?? 0;
      j--;
    }
    order[j + 1] = index;
  }
  return order;
}

function weightedMedian(predictions: Float64Array, ascending: Int32Array): number {
  let below = 0;
  for (let i = 0; i < EXPERT_COUNT; i++) {
    const index = ascending[i] ?? 0;
    below += weights[index] ?? 0;
    if (below >= 0.5) return predictions[index] ?? 0;
  }
  return predictions[ascending[EXPERT_COUNT - 1] ?? 0] ?? 0;
}
