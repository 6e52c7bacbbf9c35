import { noteRun } from '../usecases/learning/observe-run.ts';
import { isWorkflowPath } from '../workflow/paths.ts';
import { seenRun, startedRun } from './from-payload.ts';
import type { RepositoryHandler } from './handler.ts';

/** A run was started: its tick is served, whatever becomes of it. */
export const workflowRunRequested: RepositoryHandler<'workflow_run'> = async (context, seen, payload) => {
  const run = seenRun(payload);
  if (!isWorkflowPath(run.path)) return;
  context.onRun?.(seen.id, startedRun(run));
  await noteRun(context, seen, run);
};
