import { meetRepository } from '../usecases/known-repository.ts';
import { leaveRepository } from '../usecases/maintenance/installation.ts';
import type { RepositoryHandler } from './handler.ts';

/** A repository was deleted, or renamed, transferred, archived, made private: then its profile follows. */
export const repository: RepositoryHandler<'repository'> = async (context, seen, { action }) => {
  if (action === 'deleted') await leaveRepository(context, seen.id);
  else await meetRepository(context, seen);
};
