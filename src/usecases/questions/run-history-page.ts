import type { OlderRuns } from '../../history/older-runs.ts';
import type { Run } from '../../history/run.ts';
import type { RunHistory } from '../../history/run-history.ts';
import type { RunHistoryPage } from '../../render/history-view.ts';
import { MINUTE_MS } from '../../time.ts';
import type { Context } from '../context.ts';
import { findWorkflow } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import { summariseMonths } from '../learning/older-months.ts';
import { FIRST_REPORTED_ID } from '../learning/reported-number.ts';

export interface RunHistoryRequest {
  readonly workflow?: string | undefined;
  readonly page: number;
  readonly perPage: number;
}

/** One page of a repository's runs, or of one workflow's. Throws `not-found`. */
export async function runHistoryPage(
  context: Context,
  repositoryId: number,
  { workflow, page, perPage }: RunHistoryRequest,
): Promise<RunHistoryPage> {
  const state = await knownRepository(context, repositoryId);
  const path = workflow === undefined ? null : findWorkflow(state, workflow).path;
  const runs = inOrderOfTime(path === null ? state.runs : state.runs.filter((run) => run.path === path));
  const end = runs.length - (page - 1) * perPage;
  const newest = end <= 0 ? [] : runs.slice(Math.max(0, end - perPage), end).reverse();
  return {
    page,
    per_page: perPage,
    total: runs.length,
    runs: newest.map(pastRun),
    older: byMonth((state.olderRuns ?? []).filter((months) => path === null || months.path === path)),
  };
}

function byMonth(older: readonly OlderRuns[]): RunHistoryPage['older'] {
  return [...Map.groupBy(older, ({ month }) => month)]
    .map(([month, records]) => ({ month, ...summariseMonths(records) }))
    .sort((a, b) => (a.month < b.month ? 1 : -1));
}

/** GitHub numbers runs in the order of their creation; only reported ones have numbers that say nothing of time. */
function inOrderOfTime(runs: RunHistory): RunHistory {
  if ((runs.at(-1)?.id ?? 0) < FIRST_REPORTED_ID) return runs;
  return runs.slice().sort((one, other) => one.createdAt - other.createdAt || one.id - other.id);
}

function pastRun(run: Run): RunHistoryPage['runs'][number] {
  return {
    id: run.id,
    attempt: run.attempt,
    path: run.path,
    event: run.event,
    created_at: instant(run.createdAt),
    started_at: instant(run.startedAt),
    ended_at: run.endedAt === null ? null : instant(run.endedAt),
    conclusion: run.conclusion,
    duration_seconds: run.durationSeconds,
    predicted_duration_seconds: run.predictedSeconds ?? null,
    queue_seconds: run.queueSeconds,
    lateness_minutes: run.tick === null || run.ambiguous ? null : (run.createdAt - run.tick) / MINUTE_MS,
    actor: run.actor,
  };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
