/**
 * Ticks at an hour until its lateness counts half. The forecast of an hour with few observations is shrunk already; two
 * ticks keep a single lucky day from counting (1 gained as much on the tuning half of the bench, 10 a third less).
 */
const LATENESS_EVIDENCE_TICKS = 2;
/** The same for success, where the settings say nothing. */
export const SLOT_EVIDENCE_RUNS = 12;

/** How far a better figure at another hour is believed, 0–1: the side with fewer observations decides. */
export function belief(observationsThere: number, observationsHere: number, half: number): number {
  const fewer = Math.min(observationsThere, observationsHere);
  return fewer / (fewer + half);
}

/** A figure (smaller is better) at another hour: a better one is believed by `share` alone, a worse one fully. */
export function trusted(there: number, here: number, share: number): number {
  return there >= here ? there : here + share * (there - here);
}

export function latenessBelief(observationsThere: number, observationsHere: number): number {
  return belief(observationsThere, observationsHere, LATENESS_EVIDENCE_TICKS);
}
