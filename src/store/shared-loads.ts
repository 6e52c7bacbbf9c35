import type { RepositoryLoad } from '../plan/shared-load.ts';
import type { OnTimeRepository, RepositoryState } from '../usecases/ports.ts';

/**
 * What repositories of one installation have left for each other; the App is on all of them, none is a fork or
 * archived.
 */
export function leftLoads(
  states: Iterable<Pick<RepositoryState, 'profile' | 'sharedLoad'>>,
  installationId: number,
): RepositoryLoad[] {
  const left: RepositoryLoad[] = [];
  for (const { profile, sharedLoad } of states) {
    const counts = profile.removedAt === null && !profile.fork && !profile.archived;
    if (sharedLoad === null || !counts || profile.installationId !== installationId) continue;
    left.push({ repositoryId: profile.id, load: sharedLoad });
  }
  return left;
}

/** Repositories with workflows that are started on time; the App is on all of them, none is archived. */
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
