import type { RepositoryState } from '../ports.ts';

/** Runs of a repository that are known, one by one or as older ones by month: of whatever workflow and outcome. */
export function knownRuns({ runs, olderRuns = [] }: Pick<RepositoryState, 'runs' | 'olderRuns'>): number {
  return olderRuns.reduce((sum, months) => sum + months.runs, runs.length);
}
