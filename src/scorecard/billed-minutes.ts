import { numberIn } from '../forecast/number-list.ts';
import type { Run } from '../history/run.ts';
import type { LearnedJobs } from '../jobs/learned-jobs.ts';
import { MINUTE_MS } from '../time.ts';

/** Minutes of a run as GitHub bills one job that takes as long: begun minutes count whole. */
function asOneJob(seconds: number): number {
  return Math.max(1, Math.ceil((seconds * 1_000) / MINUTE_MS));
}

/**
 * Tells the runner minutes of runs: of all jobs of the run where these were seen; else as many times those of one job
 * as its workflow's runs with known jobs took; else those of one job. `null` without a duration.
 */
export function billedMinutesOf(
  jobs: Pick<LearnedJobs, 'workflows'> | undefined,
  runs: readonly Run[],
): (run: Run) => number | null {
  const seen = new Map<string, ReadonlyMap<number, number>>();
  for (const [path, workflow] of Object.entries(jobs?.workflows ?? {})) {
    const billed = new Map<number, number>();
    for (const track of Object.values(workflow.jobs)) {
      track.runs.forEach((run, place) => {
        billed.set(run, (billed.get(run) ?? 0) + numberIn(track.billed, place));
      });
    }
    seen.set(path, billed);
  }
  const ratios = new Map<string, number>();
  for (const [path, own] of Map.groupBy(runs, (run) => run.path)) {
    let [all, one] = [0, 0];
    for (const { id, attempt, durationSeconds } of own) {
      const billed = seen.get(path)?.get(id);
      if (billed === undefined || attempt !== 1 || durationSeconds === null) continue;
      all += billed;
      one += asOneJob(durationSeconds);
    }
    if (one > 0) ratios.set(path, all / one);
  }
  return ({ id, path, attempt, durationSeconds }) => {
    if (durationSeconds === null) return null;
    const known = attempt === 1 ? seen.get(path)?.get(id) : undefined;
    return known ?? asOneJob(durationSeconds) * (ratios.get(path) ?? 1);
  };
}
