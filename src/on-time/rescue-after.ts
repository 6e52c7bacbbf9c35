/** What is known of a schedule, as far as it says how long to wait for GitHub. Lengths are ms. */
export interface RescueFacts {
  /** What a person has written; `null` where nobody has. */
  readonly configuredMs: number | null;
  /** From the tick to the time of the day by which it has to be done; `null` where none is wished. */
  readonly finishByMs: number | null;
  /** Nine runs in ten take no longer; `null` where nothing was learned. */
  readonly duration90Ms: number | null;
  /** GitHub comes within this nine times in ten; `null` where nothing was learned. */
  readonly lateness90Ms: number | null;
  /** From the tick to the next one of the file. */
  readonly periodMs: number;
}

/** Between the request and the first job: GitHub makes the run, and a runner is found. */
const START_MS = 60_000;

/**
 * How long after its tick a run is asked for that GitHub has not started: as configured; else the latest moment that
 * still keeps `finish-by`; else what GitHub keeps nine times in ten, at most half the period. Never less than 0.
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
