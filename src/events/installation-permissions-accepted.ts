import { acceptPermissions } from '../usecases/maintenance/installation.ts';
import type { InstallationHandler } from './handler.ts';

/** Somebody has granted the App what it lacked. */
export const installationPermissionsAccepted: InstallationHandler<'installation'> = (
  { context },
  { installation },
) => acceptPermissions(context, installation.id);
