import { fileName } from '../../../render/move-words.ts';
import { entriesInForce } from '../../../usecases/learning/schedule-version.ts';
import type { RepositoryState } from '../../../usecases/ports.ts';

/** Decisions looked through for the name of a workflow without a schedule, as one that is started on time. */
const DECISIONS_BACK = 100;

/** The name of a workflow, from the newest decision that knows it. */
export function workflowNames(state: Pick<RepositoryState, 'decisions'>): (path: string) => string {
  const names = new Map<string, string>();
  for (const { schedules } of state.decisions.slice(-DECISIONS_BACK)) {
    for (const { path, workflowName } of schedules) {
      if (workflowName !== '' && workflowName !== path) names.set(path, workflowName);
    }
  }
  return (path) => names.get(path) ?? fileName(path);
}

/** The newest schedules in force, by file. Schedules of one file are named with their cron. */
export function schedulesOf(state: Pick<RepositoryState, 'decisions' | 'scheduleVersions'>) {
  const nameOf = workflowNames(state);
  const entries = entriesInForce(state);
  const perFile = Map.groupBy(entries, ({ path }) => path);
  return entries.map((entry) => {
    const name = nameOf(entry.path);
    return { ...entry, name: perFile.get(entry.path)?.length === 1 ? name : `${name} (${entry.cron})` };
  });
}

export type NamedSchedule = ReturnType<typeof schedulesOf>[number];
