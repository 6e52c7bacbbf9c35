import type { Context } from '../context.ts';
import { meetRepository, type SeenRepository } from '../known-repository.ts';
import { readVersion } from '../learning/schedules-in-force.ts';
import { WORKFLOWS_NOTICE } from '../planning/plan-repository.ts';

/** Makes a newly installed repository known, and its crons read, so that the first run finds its tick. */
export async function welcomeRepository(
  context: Context,
  named: Pick<SeenRepository, 'id' | 'installationId' | 'owner' | 'name'>,
): Promise<void> {
  const connected = await context.github.connect(named);
  const state = await meetRepository(context, { ...named, ...(await connected.reader.describe()) });
  await readVersion(context, state);
}

/** Marks a repository as left; its data goes when the retention has passed. */
export async function leaveRepository(context: Context, repositoryId: number): Promise<void> {
  const state = await context.store.load(repositoryId);
  if (state === undefined || state.profile.removedAt !== null) return;
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

/** New permissions were accepted: what was held back for a missing one may be tried again. */
export async function acceptPermissions(context: Context, installationId: number): Promise<void> {
  for (const profile of await context.store.profiles()) {
    if (profile.installationId !== installationId || !profile.noticesGiven.includes(WORKFLOWS_NOTICE))
      continue;
    const noticesGiven = profile.noticesGiven.filter((notice) => notice !== WORKFLOWS_NOTICE);
    await context.store.apply(profile.id, { profile: { ...profile, noticesGiven } });
  }
}
