import { OffbeatError } from '../errors.ts';
import { scheduleKey } from '../history/run.ts';
import type { Decision, ScheduleDecision } from '../plan/decision.ts';
import { leadingStrategy } from '../strategy/choose.ts';
import { readWorkflowFiles } from '../workflow/read-repository.ts';
import { type Context, planningOf } from './context.ts';
import { findWorkflow, matchWorkflow, workflowPath } from './find-workflow.ts';
import { knownRepository } from './known-repository.ts';
import { freeRequest } from './plan-freely.ts';
import type { RepositoryState, SourceFile } from './ports.ts';
import { type Prediction, predictionOf } from './prediction.ts';
import { newestVersion } from './schedules-in-force.ts';

export interface PredictionRequest {
  /** Path, file name or name of the workflow. */
  readonly workflow: string;
  /** 0-based place of the schedule in its file. */
  readonly schedule: number;
  readonly minConfidence: number;
}

/**
 * What is foretold of one schedule. Answers from the newest planning round that knows the cron now in force; only where
 * there is none are the workflow files read, and this workflow is planned on the spot among all others as they are. Throws
 * `not-found`.
 */
export async function predict(
  context: Context,
  repositoryId: number,
  { workflow, schedule, minConfidence }: PredictionRequest,
): Promise<Prediction> {
  const state = await knownRepository(context, repositoryId);
  const asked = { now: context.clock.now(), minConfidence };
  const recorded = recordedLine(state, workflow, schedule);
  if (recorded !== null) return predictionOf(state, recorded.decision, recorded.line, asked);
  const request = await freeRequest(context, state);
  const path = pathIn(request.sources, state, workflow);
  // The strategies' plans are left out too: they take ten times as long, for the choice among near equals.
  const strategy = leadingStrategy(state.population).name;
  const { decision } = await planningOf(context)({ ...request, only: path, strategy });
  const line = decision.schedules.find(({ key }) => key === scheduleKey(path, schedule));
  if (line === undefined) {
    throw new OffbeatError('not-found', `${path} has no schedule number ${schedule}.`, {
      fix: 'Schedules are counted from 0, in the order in which the file has them.',
    });
  }
  return predictionOf(state, decision, line, asked);
}

/** Path of a workflow in the newest files. Those are parsed only where it is not named by its file. */
function pathIn(sources: readonly SourceFile[], state: RepositoryState, wanted: string): string {
  const file = workflowPath(wanted.toLowerCase());
  const named = sources.find(({ path }) => path.toLowerCase() === file);
  return named?.path ?? findWorkflow(state, wanted, readWorkflowFiles(sources)).path;
}

/** The newest decision's line of a schedule, as long as the cron it speaks of is the one in force. */
function recordedLine(
  state: RepositoryState,
  workflow: string,
  schedule: number,
): { readonly decision: Decision; readonly line: ScheduleDecision } | null {
  const decision = state.decisions.at(-1);
  if (decision === undefined) return null;
  // Looked up in the decision alone: asked often, it must not gather every workflow that was ever seen.
  const named = decision.schedules.map(({ path, workflowName }) => ({ path, name: workflowName }));
  const path = matchWorkflow(named, workflow)?.path;
  const line = decision.schedules.find((one) => one.path === path && one.index === schedule);
  if (line === undefined) return null;
  const inForce = newestVersion(state.scheduleVersions)?.entries.find(({ key }) => key === line.key);
  const isCurrent = inForce !== undefined && inForce.cron === line.cron && inForce.timezone === line.timezone;
  return isCurrent ? { decision, line } : null;
}
