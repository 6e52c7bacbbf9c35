import { OffbeatError } from '../errors.ts';
import {
  acceptPermissions,
  leaveInstallation,
  leaveRepository,
  resumeInstallation,
  welcomeRepository,
} from '../usecases/maintenance/installation.ts';
import type { Delivery } from './delivery.ts';
import type { InstallationHandler } from './handler.ts';
import type { Payload } from './payloads.ts';

/** The App was installed: its repositories become known. */
export const installationCreated: InstallationHandler<'installation'> = (delivery, payload) =>
  welcomeRepositories(delivery, payload.installation.id, payload.repositories);

/** The App was uninstalled: all repositories of the installation are left. */
export const installationDeleted: InstallationHandler<'installation'> = ({ context }, { installation }) =>
  leaveInstallation(context, installation.id);

/** A suspended installation is active again. */
export const installationUnsuspended: InstallationHandler<'installation'> = ({ context }, { installation }) =>
  resumeInstallation(context, installation.id);

/** Somebody has granted the App what it lacked. */
export const installationPermissionsAccepted: InstallationHandler<'installation'> = (
  { context },
  { installation },
) => acceptPermissions(context, installation.id);

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

/**
 * Makes repositories known that the App was installed on, one after the other, each while nothing else works on it.
 * Goes on past one that fails, and throws its error in the end; at once where GitHub takes no requests at all.
 */
async function welcomeRepositories(
  { context, lockRepository }: Delivery,
  installationId: number,
  repositories: Payload<'installation'>['repositories'],
): Promise<void> {
  const failures: unknown[] = [];
  for (const { id, full_name } of repositories) {
    const [owner, name] = full_name.split('/');
    if (owner === undefined || name === undefined) continue;
    try {
      await lockRepository(id, () => welcomeRepository(context, { id, installationId, owner, name }));
    } catch (error) {
      if (isOutage(error)) throw error;
      context.log.warn({ repositoryId: id, err: error }, 'a new repository could not be read');
      failures.push(error);
    }
  }
  // Another try reads all of them again, which changes nothing for those that were read.
  if (failures.length > 0) throw failures[0];
}

function isOutage(error: unknown): boolean {
  return error instanceof OffbeatError && error.code !== 'github-not-yet';
}
