import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { eachReaching, type ReachingWorkflow, type TextFile } from '../workflow/reached.ts';
import { workflowFilesOf } from '../workflow/read-repository.ts';
import type { WorkflowFile } from '../workflow/schedule.ts';

/** What `readWorkflowFiles` returns, with a turn for deliveries between files, as there may be hundreds. */
export async function readFilesInTurns(sources: readonly TextFile[]): Promise<WorkflowFile[]> {
  return workflowFilesOf(await reachingInTurns(sources));
}

/** The same with what each workflow runs, before the files are seen beside each other; of the `wanted` ones alone. */
export async function reachingInTurns(
  sources: readonly TextFile[],
  wanted?: (text: string) => boolean,
): Promise<readonly ReachingWorkflow[]> {
  const read: ReachingWorkflow[] = [];
  for (const workflow of eachReaching(sources, wanted)) {
    read.push(workflow);
    await turnOfTheEventLoop();
  }
  return read;
}
