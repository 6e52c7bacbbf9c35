import { DEFAULT_GENES, type Genes } from './genes.ts';

/**
 * The one place where genes become numbers that a forecast or a plan works with. Every mapping is monotone
 * and meets a measured good setting at the gene's default, so that drifting genes leave known ground slowly.
 */

/** How the mixture of duration experts learns. */
export interface LearningSettings {
  /** Share of an expert's old losses that still counts after one more run, (0, 1). */
  readonly discount: number;
  /** How strongly a good prediction raises an expert's weight: the learning rate of the exponential weights. */
  readonly rate: number;
}

/** How a strategy bends the planner's objective. */
export interface PlanGenes {
  /** Price of a failure; 1 at the default gene, multiplies the configured weight. */
  readonly failurePrice: number;
  /** Runs at an hour until that hour's own success rate counts half. */
  readonly slotEvidenceRuns: number;
  /** Probability that one moved schedule gets a random slot that costs hardly more than its best one, 0–1. */
  readonly exploration: number;
}

/** Share of an expert's losses forgotten a run at the default `recency_bias`: a memory of 66 runs. */
const DEFAULT_FORGETTING = 0.015;
/** Log odds of forgetting per unit of `recency_bias`: seven tenths are forgotten a run half-way to its bound. */
const FORGETTING_SLOPE = 14.4;
/** Learning rate at the default `success_weight`, and at 0, where it must still learn a little. */
const DEFAULT_RATE = 0.5;
const LEAST_RATE = 0.05;
/** However short the memory, the best of the last few experts does not take all. */
const LARGEST_RATE = 8;
/** Runs at an hour that count as half the evidence with `success_weight` 0 and 1. */
const SLOT_EVIDENCE_AT_0 = 18;
const SLOT_EVIDENCE_AT_1 = 3;

/**
 * Settings of the duration mixture under these genes: `recency_bias` → memory, `success_weight` → learning rate. The
 * shorter the memory, the fewer losses add up, so the rate grows with its inverse root, as the regret bound of
 * exponential weights has it.
 */
export function learningSettings(genes: Genes): LearningSettings {
  const perWeight = (DEFAULT_RATE - LEAST_RATE) / DEFAULT_GENES.success_weight;
  const rate = LEAST_RATE + perWeight * genes.success_weight;
  const excess = genes.recency_bias - DEFAULT_GENES.recency_bias;
  if (excess === 0) return { discount: 1 - DEFAULT_FORGETTING, rate };
  const odds = (DEFAULT_FORGETTING / (1 - DEFAULT_FORGETTING)) * Math.exp(FORGETTING_SLOPE * excess);
  const forgetting = odds / (1 + odds);
  return {
    discount: 1 - forgetting,
    rate: Math.min(LARGEST_RATE, rate * Math.sqrt(forgetting / DEFAULT_FORGETTING)),
  };
}

/** The planner's settings: `failure_penalty` → price, `success_weight` → trust, `exploration_rate` → exploration. */
export function planGenes(genes: Genes): PlanGenes {
  return {
    failurePrice: genes.failure_penalty / DEFAULT_GENES.failure_penalty,
    slotEvidenceRuns: SLOT_EVIDENCE_AT_0 + (SLOT_EVIDENCE_AT_1 - SLOT_EVIDENCE_AT_0) * genes.success_weight,
    exploration: genes.exploration_rate,
  };
}
