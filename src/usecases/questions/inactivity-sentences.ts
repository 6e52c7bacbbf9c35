import { utcDate } from '../../time.ts';
import type { RepositoryState } from '../ports.ts';

/** The warning that GitHub will disable the schedules soon, as one sentence; none where it was not given. */
export function inactivitySentences({ care }: Pick<RepositoryState, 'care'>): readonly string[] {
  const { inactivityWarnedOf: pushedAt, inactivityPage: page } = care;
  if (pushedAt === undefined) return [];
  const since = utcDate(pushedAt);
  const where = page === undefined ? '' : ` A person can enable a workflow again at \`${page}\`.`;
  return [
    `Nothing was pushed since ${since}: after 60 days without activity GitHub disables the schedules of ` +
      `a public repository.${where}`,
  ];
}
