import { welcomeRepository } from '../usecases/maintenance/installation.ts';
import type { Delivery } from './delivery.ts';
import type { Payload } from './payloads.ts';

/** Makes repositories known that the App was installed on, one after the other, each while nothing else works on it. */
export async function welcomeRepositories(
  { context, lockRepository }: Delivery,
  installationId: number,
  repositories: Payload<'installation'>['repositories'],
): Promise<void> {
  for (const { id, full_name } of repositories) {
    const [owner, name] = full_name.split('/');
    if (owner === undefined || name === undefined) continue;
    await lockRepository(id, () => welcomeRepository(context, { id, installationId, owner, name }));
  }
}
