import { meetRepository } from '../usecases/known-repository.ts';
import { leaveRepository } from '../usecases/maintenance/installation.ts';
import { retryRefused } from '../usecases/unless-refused.ts';
import type { RepositoryHandler } from './handler.ts';

/** A repository was deleted, renamed, moved, archived or made private: its profile follows; refusals are retried. */
export const repository: RepositoryHandler<'repository'> = async (context, seen, { action }) => {
  if (action === 'deleted') {
    await leaveRepository(context, seen.id);
    return;
  }
  await meetRepository(context, seen);
  await retryRefused(context, seen.id);
};
