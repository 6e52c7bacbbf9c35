import { OffbeatError } from '../errors.ts';
import type { RepositoryProfile, Store } from '../usecases/ports.ts';

/** Names of known repositories that an error lists. */
const NAMES_SHOWN = 5;

/** Finds a repository by `OWNER/REPO` or by GitHub's number. Throws `not-found`. */
export async function findProfile(store: Store, repository: string): Promise<RepositoryProfile> {
  const profiles = await store.profiles();
  const wanted = repository.toLowerCase();
  const found = profiles.find(
    ({ id, owner, name }) => String(id) === wanted || `${owner}/${name}`.toLowerCase() === wanted,
  );
  if (found !== undefined) return found;
  const known = profiles.slice(0, NAMES_SHOWN).map(({ owner, name }) => `${owner}/${name}`);
  throw new OffbeatError('not-found', `The store does not know ${repository}.`, {
    fix: known.length === 0 ? 'It knows no repository yet.' : `It knows ${known.join(', ')}.`,
  });
}
