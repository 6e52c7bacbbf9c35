/**
 * Evidence that may be looked at after every run: bets against the claim "a hit comes with probability `atMost` at
 * most". What they have made of a stake of 1 is an e-value. While the claim holds, it ever exceeds 1/α with
 * probability α at most (Ville), so no number of looks makes a false alarm more likely. (Ramdas and others,
 * "Game-theoretic statistics and safe anytime-valid inference", 2023.)
 */

/** One run as a bet. */
export interface Bet {
  readonly hit: boolean;
  /** Probability of a hit that the claim allows, 0–1. */
  readonly atMost: number;
  /** Share of its log odds that counts beside `caution`, 0–1; absent: all. It must not hang on the bet's hit. */
  readonly weight?: number;
}

/** The stake is split over bets of such leans to a hit: small ones find small changes, large ones are fast. */
const LEANS = [0.1, 0.2, 0.4, 0.8] as const;

/** No claim allows less than this, or more than 1 less this: at impossible odds one run would decide the bet. */
const LEAST_CHANCE = 0.001;

/**
 * The e-value of a sequence of bets. Each run counts with the share `caution` (0–1) of its log odds, as
 * consecutive runs are alike and ten of them are not ten observations. The law above holds for any share.
 */
export function evidence(bets: readonly Bet[], caution: number): number {
  const logs = LEANS.map((lean) => {
    let log = 0;
    for (const { hit, atMost, weight = 1 } of bets) {
      const allowed = Math.min(1 - LEAST_CHANCE, Math.max(LEAST_CHANCE, atMost));
      const staked = allowed + lean * (1 - allowed);
      log += weight * Math.log(hit ? staked / allowed : (1 - staked) / (1 - allowed));
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
