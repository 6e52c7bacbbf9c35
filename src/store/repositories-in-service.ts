import type { RepositoryLoad } from '../plan/shared-load.ts';
import type { OnTimeRepository, RepositoryState } from '../usecases/ports.ts';

/** The shared loads of an installation's repositories, without forks, archived ones and those without the App. */
export function sharedLoadsOf(
  states: Iterable<Pick<RepositoryState, 'profile' | 'sharedLoad'>>,
  installationId: number,
): RepositoryLoad[] {
  const loads: RepositoryLoad[] = [];
  for (const { profile, sharedLoad } of states) {
    const counts = profile.removedAt === null && !profile.fork && !profile.archived;
    if (sharedLoad === null || !counts || profile.installationId !== installationId) continue;
    loads.push({ repositoryId: profile.id, load: sharedLoad });
  }
  return loads;
}

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
