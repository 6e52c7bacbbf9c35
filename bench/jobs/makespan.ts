import { forecastValue, newForecaster, updateForecaster } from '../../src/forecast/forecaster.ts';
import { DEFAULT_MIX } from '../../src/forecast/mixture.ts';
import { criticalPath } from '../../src/jobs/critical-path.ts';
import { matchJobs } from '../../src/jobs/graph.ts';
import { type JobTrack, newTrack, updateTrack } from '../../src/jobs/job-track.ts';
import { seededRandom } from '../../src/plan/random.ts';
import { median } from '../../src/statistics.ts';
import { madeGraph, madeRuns } from './made-graphs.ts';

const RUNS = 130;
/** Runs before the first that is scored. */
const WARM = 50;
const SCORED_EVERY = 2;

/** Mean |error| / actual of each way to forecast the makespan of the next run. */
export interface MakespanErrors {
  readonly ours: number;
  /** The forecaster of whole runs, as it forecasts runs in the product. */
  readonly wholeRun: number;
  /** Median of the last twenty runs. */
  readonly median20: number;
  /** Share of runs below and within our 5 % to 95 % points. */
  readonly covered: number;
  readonly scored: number;
}

/** Scores forecasts on so many made graphs, strictly online. */
export function scoreMakespan(seeds: readonly number[], noise: number): MakespanErrors {
  const sums = { ours: 0, wholeRun: 0, median20: 0, covered: 0, scored: 0 };
  for (const seed of seeds) {
    const random = seededRandom(seed);
    const runs = madeRuns(madeGraph(random), RUNS, noise, random);
    let whole = newForecaster();
    const tracks = new Map<string, JobTrack>();
    for (const [place, run] of runs.entries()) {
      const at = run.jobs[0]?.createdAt ?? 0;
      if (place >= WARM && place % SCORED_EVERY === 0) {
        const path = criticalPath(matchJobs(run.graph, [...tracks.values()]), { at, random, draws: 300 });
        const error = (seconds: number): number => Math.abs(seconds - run.makespan) / run.makespan;
        const { q05 = 0, q50 = 0, q95 = 0 } = path?.makespan ?? {};
        const log = forecastValue(whole, whole.view, DEFAULT_MIX, at);
        sums.ours += error(q50);
        sums.wholeRun += error(Math.exp(log?.q50 ?? 0));
        sums.median20 += error(median(runs.slice(place - 20, place).map(({ makespan }) => makespan)));
        sums.covered += run.makespan >= q05 && run.makespan <= q95 ? 1 : 0;
        sums.scored += 1;
      }
      whole = updateForecaster(whole, DEFAULT_MIX, Math.log(run.makespan), at).forecaster;
      for (const job of run.jobs)
        tracks.set(job.name, updateTrack(tracks.get(job.name) ?? newTrack(job), job));
    }
  }
  const mean = (sum: number): number => sum / sums.scored;
  return {
    ours: mean(sums.ours),
    wholeRun: mean(sums.wholeRun),
    median20: mean(sums.median20),
    covered: mean(sums.covered),
    scored: sums.scored,
  };
}
