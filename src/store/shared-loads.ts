import type { RepositoryLoad } from '../plan/shared-load.ts';
import type { RepositoryState } from '../usecases/ports.ts';

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
