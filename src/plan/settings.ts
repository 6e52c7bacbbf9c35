import type { Config } from '../config/config.ts';
import { jobLimits } from '../config/runners.ts';
import type { Genes } from '../genes/genes.ts';
import { planGenes } from '../genes/settings.ts';
import type { PlanSettings } from './input.ts';

/** A `finish-by` is written by a person: it outweighs everything that was only learned. */
const FINISH_BY_WEIGHT = 4;
/**
 * Every minute of lateness delays somebody, while overlap only costs where runners are short: with twice the weight,
 * three rounds brought results a third sooner and overlap fell as far (tuning half of the bench).
 */
const LATENESS_WEIGHT = 2;
/** The largest shift that a window gives by default costs a twentieth of what overlap costs today. */
const SHIFT_WEIGHT = 0.05;
/** An edit drops a pending late run and takes a review: it must save a twentieth of one term. */
const EDIT_WEIGHT = 0.05;

/** A job that waits for a runner is as bad as two that run side by side. */
const CROWDING_WEIGHT = 1;

/** How much people make of each kind of move; 1 is neither. */
interface Liking {
  readonly overlap: number;
  readonly lateness: number;
  readonly failure: number;
}

const NEITHER: Liking = { overlap: 1, lateness: 1, failure: 1 };

/** The planner's settings, from what a maintainer wrote, what the strategy learned, and what people like. */
export function planSettings(config: Config, genes: Genes, liking: Liking = NEITHER): PlanSettings {
  const learned = planGenes(genes);
  return {
    weights: {
      overlap: config.weights.overlap * liking.overlap,
      lateness: LATENESS_WEIGHT * config.weights.lateness * liking.lateness,
      failure: config.weights.failure * learned.failurePrice * liking.failure,
      finishBy: FINISH_BY_WEIGHT,
      shift: SHIFT_WEIGHT,
      edit: EDIT_WEIGHT,
      cost: config.weights.cost,
      crowding: CROWDING_WEIGHT,
    },
    jobLimits: jobLimits(config),
    maxChangeShare: config['max-change-share'],
    dwellDays: config['dwell-days'],
    maxEdits: config['max-edits'],
    minGain: config['min-benefit'],
    minConfidence: config['min-confidence'],
    // Whoever asks for no benefit wants every gain.
    onlyNoticeable: config['min-benefit'] > 0,
    exploration: learned.exploration,
    slotEvidenceRuns: learned.slotEvidenceRuns,
  };
}
