import { OffbeatError } from '../errors.ts';
import type { AuditEvent } from '../proposal/audit.ts';
import type { Context } from './context.ts';
import { withUnwatched } from './learning/unwatched.ts';
import type { RepositoryProfile, RepositoryState } from './ports.ts';

const SEEN = ['installationId', 'owner', 'name', 'defaultBranch', 'archived', 'fork', 'private'] as const;

/** What every webhook says of its repository. */
export type SeenRepository = Pick<RepositoryProfile, 'id' | (typeof SEEN)[number]>;

/** The profile of a repository that nobody has asked anything of yet. */
export function newProfile(seen: SeenRepository): RepositoryProfile {
  return { ...seen, commandedMode: null, lastRoundAt: null, removedAt: null, noticesGiven: [], refusals: {} };
}

/** Makes the repository known, or brings its name, branch and flags up to date; returns its state. */
export async function meetRepository(context: Context, seen: SeenRepository): Promise<RepositoryState> {
  const state = await context.store.load(seen.id);
  if (state !== undefined && !differs(state.profile, seen)) return state;
  const profile = { ...(state?.profile ?? newProfile(seen)), ...seen, removedAt: null };
  const isElsewhere = state !== undefined && state.profile.installationId !== seen.installationId;
  // Its runners were those of the installation it has left.
  const left = state?.profile.removedAt ?? null;
  await context.store.apply(seen.id, {
    profile,
    ...(isElsewhere ? { sharedLoad: null } : {}),
    // While the App was off the repository, no run of it was told.
    ...(state === undefined || left === null
      ? {}
      : { care: withUnwatched(state, context.clock.now(), left) }),
  });
  return knownRepository(context, seen.id);
}

/** Throws `not-found` where the repository was never seen. */
export async function knownRepository(context: Context, repositoryId: number): Promise<RepositoryState> {
  const state = await context.store.load(repositoryId);
  if (state === undefined) {
    throw new OffbeatError('not-found', 'This repository is not known to Offbeat.', {
      where: `repository ${repositoryId}`,
      fix: 'Install the App on it; it is known after the first event.',
    });
  }
  return state;
}

/** Notes that a notice was given, so that it is given once. */
export async function noteNotice(context: Context, repositoryId: number, notice: string): Promise<void> {
  await changeProfile(context, repositoryId, (profile) => ({
    ...profile,
    noticesGiven: [...profile.noticesGiven, notice],
  }));
}

/** Takes a notice back, where it was given: what it says holds no longer. */
export async function takeNoticeBack(context: Context, repositoryId: number, notice: string): Promise<void> {
  await changeProfile(context, repositoryId, (profile) => {
    const noticesGiven = profile.noticesGiven.filter((given) => given !== notice);
    return noticesGiven.length === profile.noticesGiven.length ? profile : { ...profile, noticesGiven };
  });
}

/** Changes a profile as it is stored now; nothing where it is unknown, or `change` returns it as it is. */
export async function changeProfile(
  { store }: Context,
  repositoryId: number,
  change: (profile: RepositoryProfile) => RepositoryProfile,
): Promise<void> {
  const before = (await store.load(repositoryId))?.profile;
  if (before === undefined) return;
  const profile = change(before);
  if (profile !== before) await store.apply(repositoryId, { profile });
}

/** Changes settings and bookkeeping as they are stored now: earlier steps may have changed them too. */
export async function changeCare(
  context: Context,
  repositoryId: number,
  change: (care: RepositoryState['care']) => RepositoryState['care'],
  auditEvents: readonly AuditEvent[] = [],
): Promise<void> {
  const { care } = await knownRepository(context, repositoryId);
  await context.store.apply(repositoryId, {
    care: change(care),
    ...(auditEvents.length === 0 ? {} : { auditEvents }),
  });
}

/** Remembers what a text that is edited in place says now, by its `name`; forgets it where it is gone (`null`). */
export function withShown(
  care: RepositoryState['care'],
  name: string,
  says: string | null,
): RepositoryState['care'] {
  const { [name]: _, ...others } = care.shown;
  return { ...care, shown: says === null ? others : { ...care.shown, [name]: says } };
}

function differs(profile: RepositoryProfile, seen: SeenRepository): boolean {
  return profile.removedAt !== null || SEEN.some((fact) => profile[fact] !== seen[fact]);
}
