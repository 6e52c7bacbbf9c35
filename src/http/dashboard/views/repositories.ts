import { currentDecision } from '../../../proposal/current-decision.ts';
import { newestVersion } from '../../../usecases/learning/schedule-version.ts';
import type { Permission, RepositoryProfile, RepositoryState } from '../../../usecases/ports.ts';

export const REPOSITORIES_A_PAGE = 30;

/** The repositories that the person may read, by name. */
export function readableRepositories(
  profiles: readonly RepositoryProfile[],
  rights: ReadonlyMap<number, Permission>,
): readonly RepositoryProfile[] {
  return profiles
    .filter(({ id, removedAt }) => removedAt === null && (rights.get(id) ?? 'none') !== 'none')
    .toSorted((a, b) => `${a.owner}/${a.name}`.localeCompare(`${b.owner}/${b.name}`));
}

/** A row of the list, as the person with this permission sees it. */
export function repositoryLine(state: RepositoryState, permission: Permission, now: number) {
  const { profile, proposals, population } = state;
  const newest = currentDecision(state, { now });
  const open = proposals.findLast((proposal) => proposal.state === 'open');
  return {
    id: profile.id,
    fullName: `${profile.owner}/${profile.name}`,
    private: profile.private,
    permission,
    schedules: newestVersion(state.scheduleVersions)?.entries.length ?? 0,
    runsLearned: population.runsLearned,
    openProposal: open ?? null,
    /** Epoch ms of the newest decision; `null`, as its gain (0–1), before the first. */
    decidedAt: newest?.at ?? null,
    benefit: newest?.benefit ?? null,
    /** Why the repository is left alone; `null` where it is not. */
    leftAlone: profile.archived ? 'archived' : profile.fork ? 'a fork' : null,
  };
}

export type RepositoryLine = ReturnType<typeof repositoryLine>;
