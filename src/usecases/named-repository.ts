import type { RepositoryProfile } from './ports.ts';

/** `owner/name` in lower case, as GitHub compares names. */
export function fullNameOf({ owner, name }: Pick<RepositoryProfile, 'owner' | 'name'>): string {
  return `${owner}/${name}`.toLowerCase();
}

/**
 * The repository that each name stands for now. Where two hold a name, the event of a rename was lost: GitHub frees a
 * name before a new repository takes it, and ids grow, so the name is that of the greatest id.
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
