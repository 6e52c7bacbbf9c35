import { numberIn } from '../../forecast/number-list.ts';
import type { WorkflowJobs } from '../../jobs/learned-jobs.ts';
import {
  countSteps,
  forecastLoad,
  LEAST_ACCURACY,
  LOAD_HORIZONS,
  type LoadHorizon,
} from '../../jobs/load.ts';
import { Horizon, type LoadAhead } from '../../render/load-ahead.ts';
import { mean } from '../../statistics.ts';
import { DAY_MS } from '../../time.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { widthOf } from '../learning/schedule-version.ts';
import type { RepositoryState } from '../ports.ts';

/** Older weeks say little of the next one, and five minutes of a year are many. */
const LONGEST_MS: Readonly<Record<LoadHorizon, number>> = {
  '5m': 35 * DAY_MS,
  '1h': 70 * DAY_MS,
  '24h': 366 * DAY_MS,
  '7d': 366 * DAY_MS,
};
/** Files with as many runs have lost older ones. */
const RUNS_KEPT_WHOLE = 490;

/** Forecasts the jobs of a repository for one horizon, or for all. */
export async function loadAhead(
  context: Context,
  repositoryId: number,
  horizon: LoadHorizon | undefined,
): Promise<LoadAhead> {
  const state = await knownRepository(context, repositoryId);
  const now = context.clock.now();
  const jobs = jobsQueued(state);
  const known = knownFrom(state, now);
  const horizons = Horizon.options
    .filter((one) => horizon === undefined || one === horizon)
    .map((one) => {
      const step = LOAD_HORIZONS[one];
      const from = Math.max(known, now - LONGEST_MS[one]);
      const forecast = forecastLoad(countSteps(jobs, step, { from, now }), step);
      return {
        horizon: one,
        forecast: forecast && {
          jobs: forecast.expected,
          low: forecast.low,
          high: forecast.high,
          model: forecast.model,
          accuracy: forecast.accuracy,
          reliable: forecast.isReliable,
          models: forecast.models.map(({ name, accuracy }) => ({ name, accuracy })),
        },
      };
    });
  return { from: new Date(now).toISOString(), horizons, least_accuracy: LEAST_ACCURACY };
}

/** Every run that is kept, with the jobs that runs of its file have: as learned, else as many as stand side by side. */
export function jobsQueued(
  state: RepositoryState,
): readonly { readonly at: number; readonly jobs: number }[] {
  const perRun = new Map<string, number>();
  const jobsOf = (path: string): number => {
    const known = perRun.get(path);
    if (known !== undefined) return known;
    const learned = state.jobs.workflows[path];
    const jobs = (learned && jobsPerRun(learned)) || widthOf(state, path);
    perRun.set(path, jobs);
    return jobs;
  };
  return state.runs.map(({ createdAt, path }) => ({ at: createdAt, jobs: jobsOf(path) }));
}

function jobsPerRun({ jobs }: WorkflowJobs): number {
  const byRun = new Map<number, number>();
  for (const { runs, legs } of Object.values(jobs)) {
    for (const [place, run] of runs.entries()) byRun.set(run, (byRun.get(run) ?? 0) + numberIn(legs, place));
  }
  return mean([...byRun.values()]);
}

/** Since when (epoch ms) all runs are kept one by one. */
function knownFrom({ runs }: RepositoryState, now: number): number {
  let first = now;
  for (const { createdAt } of runs) first = Math.min(first, createdAt);
  const byFile = Map.groupBy(runs, ({ path }) => path);
  const cut = [...byFile.values()].filter((own) => own.length >= RUNS_KEPT_WHOLE);
  return Math.max(first, ...cut.map((own) => Math.min(...own.map(({ createdAt }) => createdAt))));
}
