import type { OnTimeRepository, RepositoryState } from '../usecases/ports.ts';

/** The repositories with workflows on time, without archived ones and those without the App. */
export function onTimeRepositories(
  states: Iterable<Pick<RepositoryState, 'profile' | 'onTime'>>,
): OnTimeRepository[] {
  const found: OnTimeRepository[] = [];
  for (const { profile, onTime } of states) {
    if (onTime === null || onTime.files.length === 0) continue;
    if (profile.removedAt === null && !profile.archived) found.push({ profile, onTime });
  }
  return found;
}
