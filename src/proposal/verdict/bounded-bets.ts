import { mean } from '../../statistics.ts';

/**
 * Evidence on the sign of a mean that may be looked at after every value: bets against "the mean is 0 at most", and
 * against "0 at least", on differences in [-1, 1]. While such a claim holds, the bet against it ever reaches 1/α with
 * probability α at most (Ville), however long one looks. (Waudby-Smith and Ramdas, "Estimating means of bounded random
 * variables by betting", J. R. Stat. Soc. B 2024: a mixture over fixed stakes.)
 */

/** The stake of 1 is split over bets of so much of it: a small one finds small differences, a large one is fast. */
const STAKES = [0.1, 0.3, 0.6, 0.9] as const;

/** Reached by one of the two bets with probability 1/20 at most where there is no difference: 2 × 1/40. */
export const DECIDED = 40;

export interface MeanEvidence {
  /** E-values against "0 at most" and "0 at least", after all differences or at the one that decided. */
  readonly above: number;
  readonly below: number;
  /** The side that was decided first; `null` where there is not enough evidence yet. */
  readonly sign: 'above' | 'below' | null;
}

/** Evidence on the mean of differences in [-1, 1], in the order in which they came. Once decided, it stays so. */
export function meanEvidence(differences: readonly number[]): MeanEvidence {
  const up = STAKES.map(() => 1);
  const down = STAKES.map(() => 1);
  let [above, below] = [1, 1];
  for (const difference of differences) {
    STAKES.forEach((stake, at) => {
      up[at] = (up[at] ?? 1) * (1 + stake * difference);
      down[at] = (down[at] ?? 1) * (1 - stake * difference);
    });
    above = mean(up);
    below = mean(down);
    if (above >= DECIDED || below >= DECIDED) {
      return { above, below, sign: above >= DECIDED ? 'above' : 'below' };
    }
  }
  return { above, below, sign: null };
}
