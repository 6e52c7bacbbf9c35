import type { InstallationHandler } from './handler.ts';
import { welcomeRepositories } from './welcome-repositories.ts';

/** The App was installed: its repositories become known. */
export const installationCreated: InstallationHandler<'installation'> = (delivery, payload) =>
  welcomeRepositories(delivery, payload.installation.id, payload.repositories);
