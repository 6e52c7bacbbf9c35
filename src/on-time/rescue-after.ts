import { MINUTE_MS } from '../time.ts';
/** Facts that decide how long to wait for GitHub before a rescue. Lengths are ms. */
export interface RescueFacts {
  /** `rescue-after` of the configuration; `null` where it is not set. */
  readonly configuredMs: number | null;
  /** From the tick to its `finish-by`; `null` without one. */
  readonly finishByMs: number | null;
  /** Duration that nine runs in ten do not exceed; `null` where nothing was learned. */
  readonly duration90Ms: number | null;
  /** Lateness that nine runs in ten of GitHub do not exceed; `null` where nothing was learned. */
  readonly lateness90Ms: number | null;
  /** From the tick to the next one of the file. */
  readonly periodMs: number;
}

/** Time from the request to the first job: GitHub creates the run, and finds a runner. */
const START_MS = MINUTE_MS;

/**
 * How long after a tick Offbeat asks for a run that GitHub has not started: as configured; else until the latest moment
 * that still keeps `finish-by`; else the lateness of nine runs in ten. The last two are at most half the period.
 */
export function rescueAfterMs({
  configuredMs,
  finishByMs,
  duration90Ms,
  lateness90Ms,
  periodMs,
}: RescueFacts): number {
  if (configuredMs !== null) return configuredMs;
  const longest = periodMs / 2;
  if (finishByMs !== null && duration90Ms !== null) {
    return Math.max(0, Math.min(finishByMs - duration90Ms - START_MS, longest));
  }
  return Math.min(lateness90Ms ?? longest, longest);
}
