import { z } from 'zod';
import { itemAt } from '../checked.ts';
import { DEFAULT_GENES, type Genes } from '../genes/genes.ts';
import { type LearningSettings, learningSettings } from '../genes/settings.ts';
import type { Immutable } from '../immutable.ts';
import { EXPERT_COUNT, EXPERTS } from './experts.ts';
import { numberIn, numberList } from './number-list.ts';

/** How one strategy weighs the experts; the experts themselves are the same for all. */
export interface MixSettings extends LearningSettings {
  /** The forecast is this much weighted mean, the rest weighted median. */
  readonly meanShare: number;
  /** Whether experts that fail where others are right lose their head start over them. */
  readonly adapts: boolean;
}

/** The mixture of a strategy with these genes. Weight ∝ exp(−rate · discounted loss). */
export function mixOf(genes: Genes): MixSettings {
  return { ...learningSettings(genes), meanShare: 0.5, adapts: true };
}

/** Tuned on one half of the benchmark's series, see docs/decisions/measurements.md. */
export const DEFAULT_MIX: MixSettings = mixOf(DEFAULT_GENES);

/** Discounted losses of the experts, in units of the mixture's own typical error. */
export const Mixture = z.object({
  losses: numberList(EXPERT_COUNT),
  /** Mean absolute error of the mixture, log units. */
  error: z.number().positive(),
  count: z.number().int().nonnegative(),
  /** Losses of the last few runs alone: each expert's, and the mixture's own. */
  recentLosses: numberList(EXPERT_COUNT).default(noLosses),
  recentOwn: z.number().default(0),
  /** `count` when the weights were last found stale; 0 never. */
  staleAt: z.number().int().nonnegative().default(0),
});
export type Mixture = Immutable<z.infer<typeof Mixture>>;
/** A mixture that the caller alone holds and may change. */
export type OwnMixture = z.infer<typeof Mixture>;

/** Share of the weight that is dealt out whatever the losses, so that no expert is forgotten. */
const DEALT_SHARE = 0.01;
/** One run may cost an expert at most so many typical errors. */
const LARGEST_LOSS = 20;
/** Log units: the error expected before any was seen, and the weight of that expectation in runs. */
const PRIOR_ERROR = 0.1;
const PRIOR_WEIGHT = 3;
const ERROR_RATE = 1 / 31;
const LARGEST_ERROR = 0.5;
/**
 * Where the mixture's errors of about the last six runs exceed those of its best expert by so many typical ones, its
 * weights are stale. The failing experts' loss is then raised to the best one's. Nothing else is forgotten, so that a
 * pattern of the week outlives its weekends.
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
export function newMixture(): OwnMixture {
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

/** The mixed forecast (log units); `ascending` is the predictions' order. */
export function mix(
  mixture: Mixture,
  settings: MixSettings,
  predictions: readonly number[],
  ascending: readonly number[],
): number {
  const weights = weightsOf(mixture, settings);
  let mean = 0;
  for (let i = 0; i < EXPERT_COUNT; i++) mean += (weights[i] as number) * (predictions[i] as number);
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
  const own = { ...mixture, losses: mixture.losses.slice(), recentLosses: mixture.recentLosses.slice() };
  updateOwnMixture(own, settings, predictions, mixed, value);
  return own;
}

/** The same in place: a replay makes thousands of steps with a mixture that nobody else sees. */
export function updateOwnMixture(
  own: OwnMixture,
  settings: MixSettings,
  predictions: readonly number[],
  mixed: number,
  value: number,
): void {
  const { losses, error: before } = own;
  own.count += 1;
  const rate = Math.max(ERROR_RATE, 1 / (own.count + PRIOR_WEIGHT));
  const error = Math.max(before + rate * (Math.min(Math.abs(value - mixed), LARGEST_ERROR) - before), 1e-4);
  own.error = error;
  for (let i = 0; i < EXPERT_COUNT; i++) {
    const newest = Math.min(LARGEST_LOSS, Math.abs((predictions[i] as number) - value) / error);
    losses[i] = settings.discount * (losses[i] as number) + newest;
  }
  if (!settings.adapts) return;
  const { recentLosses } = own;
  for (let i = 0; i < EXPERT_COUNT; i++) {
    recentLosses[i] = faded(recentLosses[i] as number, Math.abs((predictions[i] as number) - value) / before);
  }
  own.recentOwn = faded(own.recentOwn, Math.abs(mixed - value) / before);
  const best = placeOfLeast(recentLosses);
  const isStale =
    own.recentOwn - numberIn(recentLosses, best) > STALE_ERRORS && own.count > RUNS_BEFORE_STALE;
  if (isStale) takeHeadStarts(own, best);
}

/** Name of the expert that carries the mixture most at present. */
export function heaviestExpert(mixture: Mixture, settings: MixSettings): string {
  const weights = weightsOf(mixture, settings);
  return itemAt(EXPERTS, weights.indexOf(Math.max(...weights))).name;
}

/** The first place of the least of some numbers. */
function placeOfLeast(numbers: readonly number[]): number {
  let place = 0;
  for (let i = 1; i < numbers.length; i++) {
    if ((numbers[i] as number) < (numbers[place] as number)) place = i;
  }
  return place;
}

/** The losses of the last runs with one more, in units of the mixture's typical error. */
function faded(recent: number, loss: number): number {
  return Math.round(GRAINS * (RECENT_MEMORY * recent + Math.min(LARGEST_RECENT_LOSS, loss))) / GRAINS;
}

/** Makes every expert that has lately failed no better in the books than the one that was right. In place. */
function takeHeadStarts(own: OwnMixture, best: number): void {
  const { losses, recentLosses } = own;
  const right = numberIn(losses, best);
  const least = numberIn(recentLosses, best);
  for (let i = 0; i < EXPERT_COUNT; i++) {
    if (numberIn(recentLosses, i) - least > FAILED_BY) losses[i] = Math.max(numberIn(losses, i), right);
  }
  own.staleAt = own.count;
}

/** Whether the newest run has shown the weights to be stale after some quiet ones; `before` is `staleAt` of then. */
export function becameStale(mixture: Mixture, before: number): boolean {
  return mixture.staleAt === mixture.count && mixture.staleAt - before > RUNS_BEFORE_STALE;
}

/** Each expert's weight; they sum to 1. */
function weightsOf({ losses }: Mixture, { rate }: MixSettings): readonly number[] {
  const least = numberIn(losses, placeOfLeast(losses));
  const weights = PRIOR_SHARES.slice();
  let total = 0;
  for (let i = 0; i < EXPERT_COUNT; i++) {
    const weight = (weights[i] as number) * Math.exp(-rate * ((losses[i] as number) - least));
    weights[i] = weight;
    total += weight;
  }
  for (let i = 0; i < EXPERT_COUNT; i++) {
    weights[i] =
      ((weights[i] as number) / total) * (1 - DEALT_SHARE) + DEALT_SHARE * (PRIOR_SHARES[i] as number);
  }
  return weights;
}

/** Places of the predictions, the smallest first, equal ones in their order. Insertion sort: they are few. */
export function ascendingOrder(predictions: readonly number[]): readonly number[] {
  const order: number[] = [];
  for (let place = 0; place < predictions.length; place++) {
    const value = predictions[place] as number;
    let j = place - 1;
    for (; j >= 0; j--) {
      const before = order[j] as number;
      if ((predictions[before] as number) <= value) break;
      order[j + 1] = before;
    }
    order[j + 1] = place;
  }
  return order;
}

function weightedMedian(
  weights: readonly number[],
  predictions: readonly number[],
  ascending: readonly number[],
): number {
  let below = 0;
  for (let i = 0; i < EXPERT_COUNT; i++) {
    const place = ascending[i] as number;
    below += weights[place] as number;
    if (below >= 0.5) return predictions[place] as number;
  }
  return numberIn(predictions, numberIn(ascending, EXPERT_COUNT - 1));
}
