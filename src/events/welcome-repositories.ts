import { OffbeatError } from '../errors.ts';
import { welcomeRepository } from '../usecases/maintenance/installation.ts';
import type { Delivery } from './delivery.ts';
import type { Payload } from './payloads.ts';

/**
 * Makes repositories known that the App was installed on, one after the other, each while nothing else works on it.
 * Goes on past one that fails, and throws its error in the end; at once where GitHub takes no requests at all.
 */
export async function welcomeRepositories(
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
