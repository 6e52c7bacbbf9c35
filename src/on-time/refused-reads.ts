import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time.ts';

/** Waits after each of the first refusals in a row. The first is short, as rights may have changed a moment ago. */
const WAITS_MS = [15 * SECOND_MS, MINUTE_MS, 10 * MINUTE_MS] as const;
const LONGEST_WAIT_MS = HOUR_MS;

/**
 * How long to wait, ms, before GitHub is asked again for what it has refused to show `times` times in a row: a file, or
 * a list of runs. Most likely the App lacks a right.
 */
export function waitAfterRefusedReads(times: number): number {
  return WAITS_MS[times - 1] ?? LONGEST_WAIT_MS;
}
