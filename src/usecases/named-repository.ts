import type { RepositoryProfile } from './ports.ts';

/** `owner/name` in lower case, as GitHub compares names. */
export function fullNameOf({ owner, name }: Pick<RepositoryProfile, 'owner' | 'name'>): string {
  return `${owner}/${name}`.toLowerCase();
}

/**
 * The repository that each name stands for now. The App was taken off a removed one, and its name is free for another.
 * Where two hold a name, the event of a rename was lost: GitHub gives a name to a new repository only when the old one
 * has let it go, and ids grow with time, so the name is that of the greatest id. The other has its new name with its
 * next event.
 */
export function liveRepositories(
  profiles: readonly RepositoryProfile[],
): ReadonlyMap<string, RepositoryProfile> {
  const live = new Map<string, RepositoryProfile>();
  for (const profile of profiles) {
    if (profile.removedAt !== null) continue;
    const name = fullNameOf(profile);
    const other = live.get(name);
    if (other === undefined || other.id < profile.id) live.set(name, profile);
  }
  return live;
}
