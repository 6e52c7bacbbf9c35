import type { OlderRuns } from '../../history/older-runs.ts';
import { type Run, succeeded } from '../../history/run.ts';
import type { Insights, Spread, WorkflowInsight } from '../../render/history-view.ts';
import { fileName } from '../../render/move-words.ts';
import { minutes } from '../../render/quantity.ts';
import { MINUTE_MS } from '../../time.ts';
import type { Context } from '../context.ts';
import { findWorkflow, knownWorkflows } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import { summariseMonths } from '../learning/older-months.ts';

const HOURS = 24;
/** Fewer runs than this in each half say nothing of a change. */
const RUNS_FOR_A_CHANGE = 10;
/** A median that moved by less is noise. */
const NOTICEABLE_CHANGE = 0.25;
/** A success rate below this is worth a word. */
const LOW_SUCCESS = 0.9;
/** A median lateness above this, minutes, is worth a word. */
const NOTICEABLE_LATENESS = 30;

/** What the kept runs of a repository, or of one workflow of it, show. Throws `not-found`. */
export async function insightsOf(
  context: Context,
  repositoryId: number,
  workflow: string | undefined,
): Promise<Insights> {
  const state = await knownRepository(context, repositoryId);
  const known = workflow === undefined ? knownWorkflows(state) : [findWorkflow(state, workflow)];
  const names = new Map(known.map(({ path, name }) => [path, name]));
  const runs = state.runs.filter(
    (run) => run.endedAt !== null && (workflow === undefined || names.has(run.path)),
  );
  const byPath = Map.groupBy(runs, (run) => run.path);
  const older = Map.groupBy(state.olderRuns ?? [], (months) => months.path);
  const workflows = [...new Set([...names.keys(), ...byPath.keys()])]
    .map((path) =>
      workflowInsight(path, names.get(path) ?? path, byPath.get(path) ?? [], older.get(path) ?? []),
    )
    .sort((one, other) => other.runs - one.runs || (one.path < other.path ? -1 : 1));
  const { first, last } = span(runs);
  return {
    runs: runs.length,
    from: first,
    to: last,
    success_rate: successRate(runs),
    runs_by_hour: byHour(runs),
    workflows,
    findings: workflows.flatMap(findingsOf),
  };
}

function workflowInsight(
  path: string,
  name: string,
  runs: readonly Run[],
  older: readonly OlderRuns[],
): WorkflowInsight {
  const durations = runs.flatMap(({ durationSeconds }) => durationSeconds ?? []);
  const lateness = runs.flatMap(({ tick, ambiguous, createdAt }) =>
    tick === null || ambiguous ? [] : (createdAt - tick) / MINUTE_MS,
  );
  const hours = byHour(runs);
  return {
    workflow_name: name,
    path,
    runs: runs.length,
    scheduled_runs: runs.filter(({ event }) => event === 'schedule').length,
    success_rate: successRate(runs),
    duration_seconds: spread(durations),
    lateness_minutes: spread(lateness),
    duration_trend: durationTrend(durations),
    older:
      older.length === 0
        ? null
        : {
            since: older.reduce((first, { month }) => (month < first ? month : first), '9'),
            ...summariseMonths(older),
          },
    busiest_hour: runs.length === 0 ? null : hours.indexOf(Math.max(...hours)),
  };
}

function findingsOf(insight: WorkflowInsight): string[] {
  const name = insight.workflow_name === insight.path ? fileName(insight.path) : insight.workflow_name;
  const found: string[] = [];
  if (insight.success_rate !== null && insight.success_rate < LOW_SUCCESS) {
    found.push(`${name} succeeds in ${Math.round(insight.success_rate * 100)} % of its runs.`);
  }
  if (insight.lateness_minutes !== null && insight.lateness_minutes.median > NOTICEABLE_LATENESS) {
    found.push(`${name} has a median delay of ${minutes(insight.lateness_minutes.median)}.`);
  }
  if (insight.duration_trend === 'longer') found.push(`${name} takes longer than it used to.`);
  if (insight.duration_trend === 'shorter') found.push(`${name} takes less time than it used to.`);
  found.push(...sinceOlder(insight));
  return found;
}

/** A slow change, which the two halves of the newest runs do not show. */
function sinceOlder({
  workflow_name: name,
  duration_seconds: now,
  duration_trend: trend,
  older,
}: WorkflowInsight): string[] {
  const before = older?.duration_seconds ?? null;
  if (now === null || before === null || older === null || older.runs < RUNS_FOR_A_CHANGE) return [];
  if (trend !== 'stable' && trend !== 'unknown') return [];
  const ratio = now.median / before.median;
  if (Math.max(ratio, 1 / ratio) < 1 + NOTICEABLE_CHANGE) return [];
  const change = ratio > 1 ? 'longer' : 'less';
  return [
    `${name} takes ${Math.round(now.median)} s (median), ${change} than the ${Math.round(before.median)} ` +
      `s of its older runs, since ${older.since}.`,
  ];
}

function durationTrend(durations: readonly number[]): WorkflowInsight['duration_trend'] {
  const half = Math.floor(durations.length / 2);
  if (half < RUNS_FOR_A_CHANGE) return 'unknown';
  const before = spread(durations.slice(0, half))?.median ?? 0;
  const after = spread(durations.slice(half))?.median ?? 0;
  if (after > before * (1 + NOTICEABLE_CHANGE)) return 'longer';
  return after < before / (1 + NOTICEABLE_CHANGE) ? 'shorter' : 'stable';
}

function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (level: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(level * sorted.length))] ?? 0;
  return { median: at(0.5), p90: at(0.9) };
}

function successRate(runs: readonly Run[]): number | null {
  const outcomes = runs.flatMap(({ conclusion }) => succeeded(conclusion) ?? []);
  return outcomes.length === 0 ? null : outcomes.filter((good) => good).length / outcomes.length;
}

function byHour(runs: readonly Run[]): number[] {
  const hours = Array.from({ length: HOURS }, () => 0);
  for (const { startedAt } of runs) {
    const hour = new Date(startedAt).getUTCHours();
    hours[hour] = (hours[hour] ?? 0) + 1;
  }
  return hours;
}

function span(runs: readonly Run[]): { readonly first: string | null; readonly last: string | null } {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { createdAt } of runs) {
    first = Math.min(first, createdAt);
    last = Math.max(last, createdAt);
  }
  if (runs.length === 0) return { first: null, last: null };
  return { first: new Date(first).toISOString(), last: new Date(last).toISOString() };
}
