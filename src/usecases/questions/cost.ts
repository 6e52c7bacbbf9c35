import { ownValue } from '../../checked.ts';
import type { Config } from '../../config/config.ts';
import { pricePerMinute } from '../../config/runners.ts';
import { monthCosts, nextMonth, runCost } from '../../jobs/cost.ts';
import { slowShare } from '../../jobs/label-use.ts';
import { labelsKey } from '../../jobs/observed-job.ts';
import type { CostReport, WorkflowCost } from '../../render/cost.ts';
import { widestJobs } from '../../workflow/job-graph.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import type { WorkflowFile } from '../../workflow/schedule.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { orLogged } from '../or-failure.ts';
import type { RepositoryState } from '../ports.ts';

/** Shares of all from which an impact is called so. */
const HIGH_IMPACT = 0.4;
const MEDIUM_IMPACT = 0.15;

/** Tells the cost of every workflow that has run. */
export async function costHere(context: Context, repositoryId: number): Promise<CostReport> {
  return costOfState(context, await knownRepository(context, repositoryId));
}

async function costOfState(context: Context, state: RepositoryState): Promise<CostReport> {
  const { reader } = await context.github.connect(state.profile);
  const config = await reader.config();
  const files = readWorkflowFiles((await reader.workflowSources()).files);
  const now = context.clock.now();
  return reportOf(
    files.map(({ path }) => path),
    files.flatMap((file) => costOf(state, config, file, now) ?? []),
  );
}

/** The month ahead, and the workflow with the largest impact; `null` where it is not known, or not readable. */
export async function runnersAhead(context: Context, state: RepositoryState) {
  const message = 'workflow files could not be read for their cost';
  const report = await orLogged(context, state.profile.id, message, () => costOfState(context, state));
  const largest = report?.workflows.find(({ next_month }) => next_month !== null);
  if (report === null || largest === undefined) return null;
  return {
    minutes: report.next_month.minutes,
    usd: report.billed ? report.next_month.usd : null,
    largest: { path: largest.path, ...largest.impact },
    leftOut: report.left_out.length,
  };
}

function reportOf(paths: readonly string[], costs: readonly Cost[]): CostReport {
  const total = costs.reduce((sum, { value }) => sum + value, 0);
  const workflows = costs
    .map(({ value, crowding, ...cost }): WorkflowCost => {
      const share = total === 0 ? 0 : Math.min(1, value / total);
      const level = share >= HIGH_IMPACT ? 'high' : share >= MEDIUM_IMPACT ? 'medium' : 'low';
      return { ...cost, impact: { level, value, share, crowding } };
    })
    .sort((a, b) => b.impact.value - a.impact.value || (a.path < b.path ? -1 : 1));
  return {
    billed: workflows.some(({ per_run }) => per_run.usd > 0),
    workflows,
    next_month: {
      minutes: workflows.reduce((sum, { next_month }) => sum + (next_month?.minutes ?? 0), 0),
      usd: workflows.reduce((sum, { next_month }) => sum + (next_month?.usd ?? 0), 0),
    },
    left_out: paths.filter(
      (path) => !workflows.some((cost) => cost.path === path && cost.next_month !== null),
    ),
  };
}

type Cost = Omit<WorkflowCost, 'impact'> & { readonly value: number; readonly crowding: number };

type FileOfJobs = Pick<WorkflowFile, 'path' | 'name' | 'jobs'>;

function costOf(state: RepositoryState, config: Config, file: FileOfJobs, now: number): Cost | null {
  const priceOf = (labels: readonly string[]): number => pricePerMinute(config, labels);
  const learned = ownValue(state.jobs.workflows, file.path);
  const seen = learned === undefined ? null : runCost(learned, priceOf);
  const runs = state.runs.filter(({ path, endedAt }) => path === file.path && endedAt !== null);
  const perRun = seen ?? costByRuns(runs, file, priceOf);
  if (perRun === null) return null;
  const forecast = nextMonth(
    runs.map(({ createdAt }) => createdAt),
    perRun.minutes,
    now,
  );
  const usdPerMinute = perRun.minutes === 0 ? 0 : perRun.usd / perRun.minutes;
  const crowding = 1 + crowdingOf(state, seen?.byLabels.map(({ labels }) => labels) ?? labelsOf(file));
  return {
    path: file.path,
    workflow_name: file.name,
    source: seen === null ? 'runs' : 'jobs',
    per_run: { minutes: perRun.minutes, usd: perRun.usd },
    months: learned === undefined ? [] : [...monthCosts(learned, priceOf)],
    next_month: forecast && {
      runs: forecast.runs,
      minutes: forecast.minutes,
      minutes_low: forecast.low,
      minutes_high: forecast.high,
      usd: forecast.minutes * usdPerMinute,
      usd_low: forecast.low * usdPerMinute,
      usd_high: forecast.high * usdPerMinute,
    },
    crowding,
    value: (forecast?.minutes ?? perRun.minutes) * (usdPerMinute === 0 ? 1 : usdPerMinute) * crowding,
  };
}

const RUNS_WEIGHED = 20;

/** Where no job was seen: the newest runs' durations, each rounded up, times the jobs side by side. */
function costByRuns(
  runs: readonly { readonly durationSeconds: number | null }[],
  file: FileOfJobs,
  priceOf: (labels: readonly string[]) => number,
): { readonly minutes: number; readonly usd: number } | null {
  if (file.jobs.length === 0) return null;
  const durations = runs.flatMap(({ durationSeconds }) => durationSeconds ?? []).slice(-RUNS_WEIGHED);
  if (durations.length === 0) return null;
  const minutes = durations.reduce((sum, seconds) => sum + Math.ceil(seconds / 60), 0) / durations.length;
  const width = Math.max(1, widestJobs(file.jobs));
  const prices = file.jobs.map(({ runsOn }) => priceOf(runsOn));
  const price = prices.reduce((sum, usd) => sum + usd, 0) / Math.max(1, prices.length);
  return { minutes: width * minutes, usd: width * minutes * price };
}

function labelsOf({ jobs }: FileOfJobs): readonly string[] {
  return [...new Set(jobs.map(({ runsOn }) => labelsKey(runsOn)))];
}

/** The share of jobs on these runners that wait longer than a minute, of the most crowded ones. */
export function crowdingOf({ jobs }: RepositoryState, labels: readonly string[]): number {
  const shares = labels.map((key) => {
    const use = ownValue(jobs.labels, key);
    return use === undefined ? 0 : slowShare(use);
  });
  return Math.max(0, ...shares);
}
