import { resumeInstallation } from '../usecases/maintenance/installation.ts';
import type { InstallationHandler } from './handler.ts';

/** A suspended installation is active again. */
export const installationUnsuspended: InstallationHandler<'installation'> = ({ context }, { installation }) =>
  resumeInstallation(context, installation.id);
