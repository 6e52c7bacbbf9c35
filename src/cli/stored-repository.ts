import { OffbeatError } from '../errors.ts';
import { liveRepositories } from '../usecases/named-repository.ts';
import type { RepositoryProfile, Store } from '../usecases/ports.ts';

const NAMES_SHOWN = 5;

/** Finds a repository by `OWNER/REPO` or GitHub's number, a removed one by number alone. Throws `not-found`. */
export async function findProfile(store: Store, repository: string): Promise<RepositoryProfile> {
  const profiles = await store.profiles();
  const live = liveRepositories(profiles);
  const found = profiles.find(({ id }) => String(id) === repository) ?? live.get(repository.toLowerCase());
  if (found !== undefined) return found;
  const known = [...live.values()].slice(0, NAMES_SHOWN).map(({ owner, name }) => `${owner}/${name}`);
  const problem = repository === '.' ? 'No repository was named.' : `The store does not know ${repository}.`;
  throw new OffbeatError('not-found', problem, {
    fix: known.length === 0 ? 'It knows no repository yet.' : `It knows ${known.join(', ')}.`,
  });
}
