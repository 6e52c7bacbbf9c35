import { withoutHolds } from '../../on-time/state.ts';
import type { Context } from '../context.ts';
import { WORKFLOWS_NOTICE } from '../gate-context.ts';
import { meetRepository, type SeenRepository, takeNoticeBack } from '../known-repository.ts';
import { readVersion } from '../learning/read-version.ts';
import { withUnwatched } from '../learning/unwatched.ts';
import type { RepositoryFacts } from '../ports.ts';
import { recordRefusal, retryRefused, unlessRefused } from '../unless-refused.ts';

/** Of a repository that GitHub does not describe. Nothing is read or written there before it does. */
const UNKNOWN_FACTS: RepositoryFacts = {
  defaultBranch: 'main',
  archived: false,
  fork: false,
  private: true,
};

/**
 * Makes a new repository known and reads its crons, so that the first run finds its tick. What GitHub refuses is tried
 * again: at once where it is `asked` for, else after a day.
 */
export async function welcomeRepository(
  context: Context,
  { id, installationId, owner, name }: Pick<SeenRepository, 'id' | 'installationId' | 'owner' | 'name'>,
  { asked = true }: { readonly asked?: boolean } = {},
): Promise<void> {
  const named = { id, installationId, owner, name };
  const { reader } = await context.github.connect(named);
  const known = (await context.store.load(id))?.profile;
  const described = await unlessRefused(context, id, 'repository', () => reader.describe(), { asked });
  if (described.kind === 'refused') {
    await meetRepository(context, { ...(known === undefined ? UNKNOWN_FACTS : factsOf(known)), ...named });
    // Before that there was nowhere to remember it.
    if (known === undefined && described.error !== null) {
      await recordRefusal(context, id, 'repository', described.error);
    }
    return;
  }
  const state = await meetRepository(context, { ...named, ...described.value });
  await unlessRefused(context, id, 'workflow files', () => readVersion(context, state), { asked });
}

function factsOf({ defaultBranch, archived, fork, private: isPrivate }: RepositoryFacts): RepositoryFacts {
  return { defaultBranch, archived, fork, private: isPrivate };
}

/** Marks a repository as left. After a transfer, the news of an installation that it has left may come last. */
export async function leaveRepository(
  context: Context,
  repositoryId: number,
  installationId?: number,
): Promise<void> {
  const state = await context.store.load(repositoryId);
  if (state === undefined || state.profile.removedAt !== null) return;
  if (installationId !== undefined && state.profile.installationId !== installationId) return;
  await context.store.apply(repositoryId, {
    profile: { ...state.profile, removedAt: context.clock.now() },
  });
}

/** Marks every repository of an installation as left. */
export async function leaveInstallation(context: Context, installationId: number): Promise<void> {
  for (const profile of await context.store.profiles()) {
    if (profile.installationId === installationId) await leaveRepository(context, profile.id);
  }
}

/** New permissions: what was held back for a missing one, or refused, may be tried again, runs too. */
export async function acceptPermissions(context: Context, installationId: number): Promise<void> {
  for (const profile of await context.store.profiles()) {
    if (profile.installationId !== installationId) continue;
    await takeNoticeBack(context, profile.id, WORKFLOWS_NOTICE);
    await retryRefused(context, profile.id);
    const before = (await context.store.load(profile.id))?.onTime ?? null;
    const onTime = before && withoutHolds(before, ({ why }) => why === 'refused' || why === 'unreadable');
    if (onTime !== null) await context.store.apply(profile.id, { onTime, onTimeBefore: before });
  }
}

/**
 * After a suspension, in which GitHub refuses everything and tells of no run: tries again what was refused, has
 * maintenance read the runs since, and starts workflows on time again.
 */
export async function resumeInstallation(context: Context, installationId: number): Promise<void> {
  for (const { id, installationId: owner } of await context.store.profiles()) {
    if (owner !== installationId) continue;
    await retryRefused(context, id);
    const state = await context.store.load(id);
    if (state === undefined) continue;
    const onTime = state.onTime && withoutHolds(state.onTime, ({ why }) => why === 'suspended');
    await context.store.apply(id, {
      care: withUnwatched(state, context.clock.now()),
      ...(onTime === null ? {} : { onTime, onTimeBefore: state.onTime }),
    });
  }
}
