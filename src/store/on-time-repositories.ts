import type { OnTimeRepository, RepositoryState } from '../usecases/ports.ts';

/**
 * The repositories with workflows that are started on time. Archived repositories and those without the App are left
 * out.
 */
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
