import { z } from 'zod';
import type { OlderRuns } from '../../history/older-runs.ts';
import { Conclusion, type Run } from '../../history/run.ts';
import type { RunHistory } from '../../history/run-history.ts';
import { MINUTE_MS } from '../../time.ts';
import type { Context } from '../context.ts';
import { findWorkflow } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import { OlderMonths, summariseMonths } from '../learning/older-months.ts';
import { FIRST_REPORTED_ID } from '../learning/reported-number.ts';

/** One run as people ask for it; instants as ISO 8601. */
const PastRun = z.object({
  id: z.number().int(),
  attempt: z.number().int(),
  path: z.string(),
  event: z.string(),
  created_at: z.iso.datetime(),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  conclusion: Conclusion.nullable(),
  duration_seconds: z.number().nullable(),
  /** What was forecast before it ended; `null` where nothing was. */
  predicted_duration_seconds: z.number().nullable(),
  queue_seconds: z.number().nullable(),
  /** Minutes from the tick to the run; `null` where no tick is known for sure. */
  lateness_minutes: z.number().nullable(),
  actor: z.string().nullable(),
});

/** Runs that are kept one by one, newest first, and what is left of older ones. */
export const RunHistoryPage = z.object({
  page: z.number().int().positive(),
  per_page: z.number().int().positive(),
  /** Runs that are kept one by one. */
  total: z.number().int().nonnegative(),
  runs: z.array(PastRun),
  /** What older runs have shown, newest UTC month first; the same on every page. */
  older: z.array(OlderMonths.extend({ month: z.string().describe('UTC month, as 2026-11.') })),
});
export type RunHistoryPage = z.infer<typeof RunHistoryPage>;

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

function pastRun(run: Run): z.infer<typeof PastRun> {
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
