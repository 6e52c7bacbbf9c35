import { leaveInstallation } from '../usecases/maintenance/installation.ts';
import type { InstallationHandler } from './handler.ts';

/** The App was uninstalled: all repositories of the installation are left. */
export const installationDeleted: InstallationHandler<'installation'> = ({ context }, { installation }) =>
  leaveInstallation(context, installation.id);
