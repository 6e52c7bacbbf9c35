import { followRun } from '../usecases/learning/follow-run.ts';
import { isWorkflowPath } from '../workflow/paths.ts';
import { seenRun, startedRun } from './from-payload.ts';
import type { RepositoryHandler } from './handler.ts';

/** A run has ended: it is learned from, and a plan or maintenance follows where one is due. */
export const workflowRunCompleted: RepositoryHandler<'workflow_run'> = async (context, seen, payload) => {
  const run = seenRun(payload);
  if (!isWorkflowPath(run.path)) return;
  context.onRun?.(seen.id, startedRun(run));
  await followRun(context, seen, run);
};
