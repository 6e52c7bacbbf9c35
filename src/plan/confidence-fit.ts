import { z } from 'zod';

/** How a confidence is mapped: log odds times `slope`, plus `intercept`. */
export const ConfidenceFit = z.object({ intercept: z.number(), slope: z.number().positive() });
export type ConfidenceFit = z.infer<typeof ConfidenceFit>;

/** A measured move: its confidence as Offbeat ships it, and whether at least half of its gain came true. */
export const MeasuredMove = z.object({ confidence: z.number().min(0).max(1), kept: z.boolean() });
export type MeasuredMove = Readonly<z.infer<typeof MeasuredMove>>;

/**
 * Standard deviations of the prior: some 40 measured moves count as much as the shipped confidence. On generated
 * verdicts, 0.5 for both was as good after 500 moves, but one move alone turned a confidence of 0.9 into 0.75; with 0.3
 * and 0.2 the error after 100 moves was a third larger.
 */
const INTERCEPT_SPREAD = 0.4;
const SLOPE_SPREAD = 0.4;
/** The slope stays positive, so that a surer move never becomes a less sure one. */
const LEAST_SLOPE = 0.2;
/** Confidence is bounded to this and its complement: at infinite odds a single move would decide. */
const LEAST_CHANCE = 0.01;
/** The loss is convex and smooth: Newton's method is at its minimum after far fewer steps. */
const STEPS = 20;

/**
 * Fits the shipped confidence to measured moves, shrunk to it: logistic recalibration (Cox 1958, "Two further
 * applications of a model for binary regression") with a normal prior about no change. `null` without a measured move.
 */
export function fitConfidence(moves: readonly MeasuredMove[]): ConfidenceFit | null {
  if (moves.length === 0) return null;
  let [intercept, slope] = [0, 1];
  for (let step = 0; step < STEPS; step += 1) {
    // Gradient and curvature of the log posterior.
    let [g0, g1] = [-intercept / INTERCEPT_SPREAD ** 2, (1 - slope) / SLOPE_SPREAD ** 2];
    let [h00, h01, h11] = [1 / INTERCEPT_SPREAD ** 2, 0, 1 / SLOPE_SPREAD ** 2];
    for (const { confidence, kept } of moves) {
      const odds = logOdds(confidence);
      const chance = logistic(intercept + slope * odds);
      const missed = Number(kept) - chance;
      const weight = chance * (1 - chance);
      g0 += missed;
      g1 += missed * odds;
      h00 += weight;
      h01 += weight * odds;
      h11 += weight * odds * odds;
    }
    const determinant = h00 * h11 - h01 * h01;
    intercept += (h11 * g0 - h01 * g1) / determinant;
    slope = Math.max(LEAST_SLOPE, slope + (h00 * g1 - h01 * g0) / determinant);
  }
  return { intercept, slope };
}

/** A shipped confidence corrected by the fit; unchanged without one. */
export function fittedConfidence(shipped: number, fit: ConfidenceFit | undefined): number {
  return fit === undefined ? shipped : logistic(fit.intercept + fit.slope * logOdds(shipped));
}

/** The shipped confidence that the fit turned into `fitted`: the inverse of `fittedConfidence`. */
export function shippedConfidence(fitted: number, fit: ConfidenceFit | undefined): number {
  return fit === undefined ? fitted : logistic((logOdds(fitted) - fit.intercept) / fit.slope);
}

function logOdds(chance: number): number {
  const bounded = Math.min(1 - LEAST_CHANCE, Math.max(LEAST_CHANCE, chance));
  return Math.log(bounded / (1 - bounded));
}

function logistic(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}
