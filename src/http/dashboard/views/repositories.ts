import { currentDecision } from '../../../proposal/current-decision.ts';
import { newestVersion } from '../../../usecases/learning/schedule-version.ts';
import type { Permission, RepositoryProfile, RepositoryState } from '../../../usecases/ports.ts';

export const REPOSITORIES_A_PAGE = 30;

export interface RepositoryLine {
  readonly id: number;
  readonly fullName: string;
  readonly private: boolean;
  readonly permission: Permission;
  readonly schedules: number;
  readonly runsLearned: number;
  readonly openProposal: { readonly pullNumber: number; readonly url: string } | null;
  /** Epoch ms of the newest decision; `null` before the first. */
  readonly decidedAt: number | null;
  /** The gain of the newest decision, 0–1; `null` where there is none. */
  readonly benefit: number | null;
  /** Why the repository is left alone; `null` where it is not. */
  readonly leftAlone: string | null;
}

/** The repositories that the person may read, by name. */
export function readableRepositories(
  profiles: readonly RepositoryProfile[],
  rights: ReadonlyMap<number, Permission>,
): readonly RepositoryProfile[] {
  return profiles
    .filter(({ id, removedAt }) => removedAt === null && (rights.get(id) ?? 'none') !== 'none')
    .toSorted((a, b) => `${a.owner}/${a.name}`.localeCompare(`${b.owner}/${b.name}`));
}

export function repositoryLine(state: RepositoryState, permission: Permission, now: number): RepositoryLine {
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
    openProposal: open === undefined ? null : { pullNumber: open.pullNumber, url: open.url },
    decidedAt: newest?.at ?? null,
    benefit: newest?.benefit ?? null,
    leftAlone: profile.archived ? 'archived' : profile.fork ? 'a fork' : null,
  };
}
