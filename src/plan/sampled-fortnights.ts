import { itemAt, numberAt } from '../checked.ts';
import { DAY_HOURS } from '../time.ts';
import { DAY_KINDS } from './kernel.ts';
import { indexDraw, normalDraw } from './random.ts';

/** Fortnights drawn for each plan: the error of a probability stays below 4 points. */
export const DRAWS = 200;
/** Days after a merge on which the outcome is judged: the default dwell. */
const JUDGED_DAYS = 14;
/** Three normal scores represent an error; of six equally likely draws 1, 4 and 1 fall on them (Gauss–Hermite). */
export const LEVELS = [-Math.sqrt(3), 0, Math.sqrt(3)] as const;
const LEVEL_OF_DRAW = [0, 1, 1, 1, 1, 2] as const;

/**
 * Possible courses of a fortnight, drawn once for all moves of a plan so that they are judged on the same days: the mix
 * of the kinds of day, and how far durations, latenesses and success rates are from their forecasts.
 */
export class SampledFortnights {
  /** Share of each kind of day, at [draw × kinds + kind]. */
  readonly kinds = new Float64Array(DRAWS * DAY_KINDS);
  /** Level of the durations by draw. */
  readonly durations = new Uint8Array(DRAWS);
  /** Level of the lateness, at [draw × 24 + hour]. */
  readonly lateness = new Uint8Array(DRAWS * DAY_HOURS);
  /** Error of the success rate in standard errors, likewise. */
  readonly success = new Float64Array(DRAWS * DAY_HOURS);

  constructor(random: () => number) {
    const level = (): number => itemAt(LEVEL_OF_DRAW, indexDraw(random, LEVEL_OF_DRAW.length));
    for (let draw = 0; draw < DRAWS; draw += 1) {
      for (let day = 0; day < JUDGED_DAYS; day += 1) {
        const place = draw * DAY_KINDS + indexDraw(random, DAY_KINDS);
        this.kinds[place] = numberAt(this.kinds, place) + 1 / JUDGED_DAYS;
      }
      this.durations[draw] = level();
      for (let hour = 0; hour < DAY_HOURS; hour += 1) {
        this.lateness[draw * DAY_HOURS + hour] = level();
        this.success[draw * DAY_HOURS + hour] = normalDraw(random);
      }
    }
  }
}
