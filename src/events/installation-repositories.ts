import { leaveRepository } from '../usecases/maintenance/installation.ts';
import type { InstallationHandler } from './handler.ts';
import { welcomeRepositories } from './welcome-repositories.ts';

/** Repositories were added to an installation or taken from it. */
export const installationRepositories: InstallationHandler<'installation_repositories'> = async (
  delivery,
  { installation, repositories_added, repositories_removed },
) => {
  for (const { id } of repositories_removed) {
    await delivery.lockRepository(id, () => leaveRepository(delivery.context, id, installation.id));
  }
  await welcomeRepositories(delivery, installation.id, repositories_added);
};
