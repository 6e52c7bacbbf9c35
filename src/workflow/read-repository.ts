import { isWorkflowPath } from './paths.ts';
import { readWorkflowFile } from './read.ts';
import { refuse } from './refusal.ts';
import type { WorkflowFile } from './schedule.ts';

const LOCAL_CALL = /^\.\/(?<path>\.github\/workflows\/[^/]+)$/;

/**
 * Reads the workflow files of one repository, leaving out paths that GitHub does not run. A called workflow sees the
 * schedule of its caller: where it reads `github.event.schedule`, the caller's schedules are refused, since an edit is
 * only verified within one file.
 */
export function readWorkflowFiles(
  sources: readonly { readonly path: string; readonly text: string }[],
): WorkflowFile[] {
  const files = sources
    .filter(({ path }) => isWorkflowPath(path))
    .map(({ path, text }) => readWorkflowFile(path, text));
  const byPath = new Map(files.map((file) => [file.path, file]));
  return files.map((file) => {
    const reader = calledFiles(file, byPath).find((called) => called.readsScheduleExpression === true);
    if (reader === undefined || file.schedules.length === 0) return file;
    const refusal = refuse('schedule-expression', { detail: `in ${reader.path}, which this workflow calls` });
    return { ...file, schedules: file.schedules.map((schedule) => ({ refusal, ...schedule })) };
  });
}

/** The repository's own workflows that a file calls, directly or through others. */
function calledFiles(file: WorkflowFile, byPath: ReadonlyMap<string, WorkflowFile>): WorkflowFile[] {
  const called = new Set<WorkflowFile>();
  const pending = [file];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const { uses } of next.jobs) {
      const path = LOCAL_CALL.exec(uses ?? '')?.groups?.path;
      const target = path === undefined ? undefined : byPath.get(path);
      if (target === undefined || target === file || called.has(target)) continue;
      called.add(target);
      pending.push(target);
    }
  }
  return [...called];
}
