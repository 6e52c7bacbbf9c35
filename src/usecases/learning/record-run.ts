import { z } from 'zod';
import { ownValue } from '../../checked.ts';
import { OffbeatError } from '../../errors.ts';
import { REPORTED_EVENT, type Run } from '../../history/run.ts';
import { findAttempt, findRun } from '../../history/run-history.ts';
import type { ResourceUsage } from '../../proposal/bookkeeping.ts';
import { MINUTE_MS } from '../../time.ts';
import { isWorkflowPath } from '../../workflow/paths.ts';
import type { Context } from '../context.ts';
import { knownWorkflows, matchWorkflow, workflowPath } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import { isHistory, observeRun } from './observe-run.ts';
import { FIRST_REPORTED_ID, reportedNumber } from './reported-number.ts';
import { pathNow } from './schedule-version.ts';

/** Workflows whose usage is kept, and figures of each; beyond them a report is refused. */
const WORKFLOWS_KEPT = 1000;
const FIGURES_KEPT = 20;
/** Means follow the last so many reports. */
const REPORTS_WEIGHED = 50;
/** Means and their distances stay finite; JSON has no other numbers. */
const LARGEST_FIGURE = 1e15;
/** Newest values of a figure that its forecast is made from. */
const VALUES_KEPT = 20;
/** A clock may run a little fast. */
const FUTURE_ALLOWED_MS = 5 * MINUTE_MS;
/** GitHub ends a run after 35 days. */
const LONGEST_SECONDS = 35 * 86_400;

/** A run as somebody reports it who saw it: a step of the workflow itself, mostly. */
export const RunReport = z.strictObject({
  workflow: z.string().min(1).max(300).describe('Path, file name or name of the workflow.'),
  startTime: z.iso.datetime({ offset: true }).describe('When the run started, ISO 8601.'),
  duration: z.number().min(0).max(LONGEST_SECONDS).describe('How long it took, in seconds.'),
  success: z.boolean().describe('Whether it succeeded.'),
  resourceUsage: z
    .record(z.string().regex(/^[\w.-]{1,40}$/), z.number().min(-LARGEST_FIGURE).max(LARGEST_FIGURE))
    .optional()
    .describe('What it took, as JSON of names and numbers, for example {"cpu_seconds": 340}.'),
  runId: z
    .number()
    .int()
    .positive()
    .max(FIRST_REPORTED_ID)
    .optional()
    .describe('GITHUB_RUN_ID, where the App sees the run too, now or later: it is then learned once.'),
});
export type RunReport = z.infer<typeof RunReport>;

/** What became of a report. */
export const Recorded = z.object({
  path: z.string(),
  run_id: z.number().int(),
  /** False where the run was known already, so that nothing was learned from it twice. */
  learned: z.boolean(),
  /** How long it was expected to take, before this report; `null` where nothing was. */
  expected_duration_seconds: z.number().nullable(),
  reported: z.record(z.string(), z.number()).nullable(),
});
export type Recorded = z.infer<typeof Recorded>;

/** Learns a reported run, once, however often it is reported. Throws `command-invalid`. */
export async function recordRun(
  context: Context,
  repositoryId: number,
  report: RunReport,
): Promise<Recorded> {
  const state = await knownRepository(context, repositoryId);
  const path = pathOf(state, report.workflow);
  const startedAt = Date.parse(report.startTime);
  refuseFuture(startedAt, context.clock.now());
  const { profile } = state;
  const named = report.runId === undefined ? undefined : findAttempt(state.runs, report.runId);
  // A run may report another workflow's.
  const isOfPath = named?.path === pathNow(state.scheduleVersions, path);
  const own = isOfPath && named?.event !== REPORTED_EVENT ? named : undefined;
  // A run that GitHub has not told of yet is learned under its own number, by which it is known when it is told. Where
  // that is then a run of another workflow, the report gives the number up.
  const run = own ?? reportedRun(report, path, startedAt, named === undefined || isOfPath);
  const known = findRun(state.runs, run);
  const isKnown = isHistory(state, run, known);
  const learnt = isKnown || own !== undefined ? null : await observeRun(context, profile, run);
  const usage = isKnown && own === undefined ? null : await keepUsage(context, repositoryId, path, report);
  return {
    path,
    run_id: run.id,
    learned: learnt !== null,
    expected_duration_seconds: learnt?.predicted?.seconds.q50 ?? null,
    reported: usage ?? state.care.usage?.[path]?.means ?? null,
  };
}

/** Throws `command-invalid` where a run would start in the future. Both are epoch ms. */
export function refuseFuture(startedAt: number, now: number): void {
  if (startedAt <= now + FUTURE_ALLOWED_MS) return;
  throw new OffbeatError('command-invalid', 'The run would start in the future.', {
    where: 'start time',
    fix: 'Write when the run started, in UTC.',
  });
}

function pathOf(state: Parameters<typeof knownWorkflows>[0], workflow: string): string {
  const known = matchWorkflow(knownWorkflows(state), workflow);
  if (known !== undefined) return known.path;
  const path = workflowPath(workflow);
  if (isWorkflowPath(path)) return path;
  throw new OffbeatError('command-invalid', `"${workflow}" names no workflow file.`, {
    where: 'workflow',
    fix: 'Write its file name, for example nightly.yml.',
  });
}

function reportedRun(
  { duration, success, runId }: RunReport,
  path: string,
  startedAt: number,
  isUnderItsNumber: boolean,
): Run {
  const endedAt = startedAt + duration * 1_000;
  const ownNumber = reportedNumber({ path, startedAt });
  return {
    id: isUnderItsNumber ? (runId ?? ownNumber) : ownNumber,
    attempt: 1,
    workflowId: 0,
    path,
    // Not `schedule`: who reports does not know the tick, and a guessed one would teach a lateness that was not.
    event: REPORTED_EVENT,
    headSha: '',
    headBranch: null,
    actor: null,
    createdAt: startedAt,
    startedAt,
    endedAt,
    conclusion: success ? 'success' : 'failure',
    jobsStartedAt: null,
    jobsEndedAt: null,
    durationSeconds: duration,
    queueSeconds: null,
    scheduleKey: null,
    tick: null,
    ambiguous: false,
  };
}

async function keepUsage(
  context: Context,
  repositoryId: number,
  path: string,
  { resourceUsage, startTime }: RunReport,
): Promise<Readonly<Record<string, number>> | null> {
  if (resourceUsage === undefined) return null;
  const { care } = await knownRepository(context, repositoryId);
  const usage = care.usage ?? {};
  const before = ownValue(usage, path);
  if (before === undefined && Object.keys(usage).length >= WORKFLOWS_KEPT) {
    throw new OffbeatError('command-invalid', 'The usage of no more workflows can be kept here.', {
      where: 'resourceUsage',
    });
  }
  const after = withReport(before, resourceUsage, Math.floor(Date.parse(startTime) / 1_000));
  if (Object.keys(after.means).length > FIGURES_KEPT) {
    throw new OffbeatError('command-invalid', `At most ${FIGURES_KEPT} figures of a workflow are kept.`, {
      where: 'resourceUsage',
    });
  }
  await context.store.apply(repositoryId, { care: { ...care, usage: { ...usage, [path]: after } } });
  return after.means;
}

function withReport(
  before: ResourceUsage | undefined,
  figures: Readonly<Record<string, number>>,
  startedAt: number,
): ResourceUsage {
  const reports = (before?.reports ?? 0) + 1;
  const weight = 1 / Math.min(reports, REPORTS_WEIGHED);
  const means = { ...before?.means };
  const newest = { ...before?.newest };
  for (const [name, value] of Object.entries(figures)) {
    const mean = ownValue(means, name);
    means[name] = mean === undefined ? value : mean + weight * (value - mean);
    const { at, values } = ownValue(newest, name) ?? { at: [], values: [] };
    newest[name] = {
      at: [...at, startedAt].slice(-VALUES_KEPT),
      values: [...values, value].slice(-VALUES_KEPT),
    };
  }
  return { reports, means, newest };
}
