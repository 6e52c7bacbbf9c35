/**
 * Evidence that may be looked at after every run: a bet against "a hit comes with probability `atMost` at most". What the
 * bet has made of 1 is an e-value; under that claim it exceeds 1/α at any time with probability α at most (Ville), so no
 * number of looks makes a false alarm likelier. (Ramdas and others, "Game-theoretic statistics and safe anytime-valid
 * inference", 2023.)
 */

/** One run as a bet. */
export interface Bet {
  readonly hit: boolean;
  /** Probability of a hit that the claim allows, 0–1. */
  readonly atMost: number;
}

/** How far towards certainty the bets lean that share the stake: a small change is found slowly, a large one fast. */
const LEANS = [0.1, 0.2, 0.4, 0.8] as const;

/** No claim allows less or more than this: a bet at impossible odds would be lost or won by one run. */
const LEAST_CHANCE = 0.001;

/**
 * The e-value of a sequence of bets. `caution` (0–1) is the share of the log odds that each run counts: runs that follow
 * each other are alike, and ten alike ones are not ten. Any share leaves the law above in force.
 */
export function evidence(bets: readonly Bet[], caution: number): number {
  const logs = LEANS.map((lean) => {
    let log = 0;
    for (const { hit, atMost } of bets) {
      const allowed = Math.min(1 - LEAST_CHANCE, Math.max(LEAST_CHANCE, atMost));
      const staked = allowed + lean * (1 - allowed);
      log += Math.log(hit ? staked / allowed : (1 - staked) / (1 - allowed));
    }
    return caution * log;
  });
  return logs.reduce((sum, log) => sum + Math.exp(log), 0) / LEANS.length;
}

/** Upper end of a Wilson interval for a share of `hits` in `runs`, `z` standard errors wide. */
export function upperShare(hits: number, runs: number, z: number): number {
  if (runs === 0) return 1;
  const share = hits / runs;
  const square = (z * z) / runs;
  const spread = z * Math.sqrt((share * (1 - share)) / runs + square / (4 * runs));
  return Math.min(1, (share + square / 2 + spread) / (1 + square));
}
