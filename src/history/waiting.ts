import type { Run } from './run.ts';

/** Newest runs of a workflow that are looked at. */
const RUNS_LOOKED_AT = 20;
/** Fewer say nothing. */
const LEAST_RUNS = 5;
/** GitHub hands a job to a free runner within seconds: a job that waits a minute waits for another one to end. */
const WAITING_SECONDS = 60;

/** Paths of workflows whose jobs mostly wait for a runner, by their newest runs; `runs` are the oldest first. */
export function waitingWorkflows(runs: Iterable<Run>): readonly string[] {
  const waits = new Map<string, number[]>();
  for (const { path, queueSeconds } of runs) {
    if (queueSeconds === null) continue;
    const known = waits.get(path) ?? [];
    known.push(queueSeconds);
    waits.set(path, known);
  }
  return [...waits]
    .filter(([, all]) => {
      const seconds = all.slice(-RUNS_LOOKED_AT);
      const waited = seconds.filter((one) => one >= WAITING_SECONDS).length;
      return seconds.length >= LEAST_RUNS && waited > seconds.length / 2;
    })
    .map(([path]) => path)
    .sort();
}
