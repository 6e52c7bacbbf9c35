import { z } from 'zod';
import type { Run } from '../history/run.ts';
import { MINUTE_MS } from '../time.ts';
import type { ServedTick } from './served-tick.ts';
import { SHOWN_MS } from './shares.ts';

/** Minutes of runners that starting on time costs beside the runs themselves, rounded up as GitHub bills them. */
export const RunnerMinutes = z.object({
  /** Minutes of the net. */
  net: z.number().int().nonnegative(),
  /** Minutes of twins. Jobs that run side by side count once, so GitHub may bill more. */
  twins: z.number().int().nonnegative(),
});
export type RunnerMinutes = z.infer<typeof RunnerMinutes>;

/** Minutes of the net's runs and of twins in the 30 days before `now` (epoch ms). `runs` holds the twins' runs. */
export function runnerMinutes(
  ticks: readonly ServedTick[],
  { netRuns, runs }: { readonly netRuns: readonly Run[]; readonly runs: readonly Run[] },
  now: number,
): RunnerMinutes {
  const isShown = ({ createdAt }: Pick<Run, 'createdAt'>): boolean => now - createdAt <= SHOWN_MS;
  const twins = new Set(
    ticks.flatMap(({ twin }) => (twin === null || twin.fate === 'adopted' ? [] : twin.runId)),
  );
  return {
    net: sum(netRuns.filter(isShown)),
    twins: sum(runs.filter((run) => twins.has(run.id) && isShown(run))),
  };
}

function sum(runs: readonly Run[]): number {
  return runs.reduce((minutes, run) => minutes + billed(run), 0);
}

/** A run that was cancelled before a job had begun is billed nothing. */
function billed({ durationSeconds, jobsStartedAt, conclusion }: Run): number {
  if (durationSeconds === null || (conclusion === 'cancelled' && jobsStartedAt === null)) return 0;
  return Math.max(1, Math.ceil((durationSeconds * 1_000) / MINUTE_MS));
}
