/**
 * Ticks at an hour until its lateness counts half. The forecast of an hour hardly seen is shrunk already; two more
 * keep a single lucky day from counting (1 gained as much on the tuning half of the bench, 10 a third less).
 */
const LATENESS_EVIDENCE_TICKS = 2;
/** The same for success, where the settings name nothing. */
export const SLOT_EVIDENCE_RUNS = 12;

/** How far a better figure at another hour is believed, 0–1: no further than the thinner of both sides is known. */
export function belief(observationsThere: number, observationsHere: number, half: number): number {
  const thinner = Math.min(observationsThere, observationsHere);
  return thinner / (thinner + half);
}

/**
 * A figure (smaller is better) at another hour, as the planner may count on it: what is better there is
 * believed only as far as own observations back it, what is worse is believed at once.
 */
export function trusted(there: number, here: number, share: number): number {
  return there >= here ? there : here + share * (there - here);
}

/** Belief in a lateness. */
export function latenessBelief(observationsThere: number, observationsHere: number): number {
  return belief(observationsThere, observationsHere, LATENESS_EVIDENCE_TICKS);
}
