import type { Run } from '../history/run.ts';
import type { Context } from '../usecases/context.ts';
import type { SeenRepository } from '../usecases/known-repository.ts';
import { followRun } from '../usecases/learning/follow-run.ts';
import { noteRun } from '../usecases/learning/observe-run.ts';
import { isWorkflowPath } from '../workflow/paths.ts';
import { seenRun, startedRun } from './from-payload.ts';
import type { RepositoryHandler } from './handler.ts';

/** A run was started: its tick is served, whatever becomes of it. */
export const workflowRunRequested = onRun(noteRun);

/** A run has ended: it is learned from, and a plan or maintenance follows where one is due. */
export const workflowRunCompleted = onRun(followRun);

function onRun(
  follow: (context: Context, seen: SeenRepository, run: Run) => Promise<unknown>,
): RepositoryHandler<'workflow_run'> {
  return async (context, seen, payload) => {
    const run = seenRun(payload);
    if (!isWorkflowPath(run.path)) return;
    context.onRun?.(seen.id, startedRun(run));
    await follow(context, seen, run);
  };
}
