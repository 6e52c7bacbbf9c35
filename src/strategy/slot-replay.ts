import type { SlotRecord } from './strategy.ts';

/** One schedule of one decision as replayed. Losses a tick are hours late, plus two for each failure. */
export interface LoggedSlot {
  /** Probability with which the slot in force was chosen. */
  readonly propensity: number;
  /** What was expected of the slot in force. */
  readonly expected: number;
  /** Mean loss that was seen there; `null` where nothing was. */
  readonly seen: number | null;
  /** What each strategy expected of the slot it picked, and whether that is the one in force. */
  readonly picks: ReadonlyMap<string, { readonly expected: number; readonly inForce: boolean }>;
}

/** Smaller propensities would let one run decide; what is cut off is bias, but a bounded one. */
const SMALLEST_PROPENSITY = 0.05;

/**
 * Doubly robust estimate of what a strategy's pick would have cost (Dudík, Langford and Li 2011): what was expected of
 * it, corrected by what was seen, weighted by how seldom it was tried. Right where either the expectations
 * or the propensities are.
 */
export function estimatedLoss(slot: LoggedSlot, strategy: string): number | null {
  const pick = slot.picks.get(strategy);
  if (pick === undefined) return null;
  if (!pick.inForce || slot.seen === null) return pick.expected;
  return pick.expected + (slot.seen - slot.expected) / Math.max(SMALLEST_PROPENSITY, slot.propensity);
}

/** Regret of each strategy: its mean loss against `default`, above the best one's. `baseline` picked every slot. */
export function slotRegrets(slots: readonly LoggedSlot[], baseline: string): ReadonlyMap<string, SlotRecord> {
  const sums = new Map<string, { choices: number; loss: number }>();
  for (const slot of slots) {
    const home = estimatedLoss(slot, baseline);
    if (home === null) continue;
    for (const strategy of slot.picks.keys()) {
      const loss = estimatedLoss(slot, strategy);
      if (loss === null) continue;
      const sum = sums.get(strategy) ?? { choices: 0, loss: 0 };
      sums.set(strategy, { choices: sum.choices + 1, loss: sum.loss + loss - home });
    }
  }
  const means = [...sums].map(([strategy, { choices, loss }]) => ({
    strategy,
    choices,
    mean: loss / choices,
  }));
  const best = Math.min(...means.map(({ mean }) => mean));
  return new Map(
    means.map(({ strategy, choices, mean }) => [strategy, { choices, regretHours: mean - best }]),
  );
}
