import { OffbeatError } from '../errors.ts';
import { applyLearnedChange } from '../forecast/learned-change.ts';
import { renameFiles } from '../history/older-runs.ts';
import type { Run } from '../history/run.ts';
import { compareRuns, firstNotBefore, type RunHistory } from '../history/run-history.ts';
import { learnJobs, renameJobs } from '../jobs/learned-jobs.ts';
import { mergedOnTime } from '../on-time/merge-state.ts';
import { tickKey } from '../on-time/served-tick.ts';
import type { OnTimeState } from '../on-time/state.ts';
import type { RepositoryChange } from '../usecases/ports.ts';
import { emptyRepository, type KeptRepository } from './kept-repository.ts';
import { type Bounded, RETENTION, type Retention, withinBounds } from './retention.ts';

/**
 * Repository `id` after a change, within its bounds; `state` is `undefined` where there was none. Throws `not-found`
 * where it has no profile. `now` is epoch ms.
 */
export function changedRepository(
  id: number,
  state: KeptRepository | undefined,
  change: RepositoryChange,
  { now, retention = RETENTION }: { readonly now: number; readonly retention?: Retention },
): Bounded {
  const profile = change.profile ?? state?.profile;
  if (profile === undefined) {
    throw new OffbeatError('not-found', 'Unknown repository.', { where: `repository ${id}` });
  }
  const before = state ?? emptyRepository(profile, now);
  return withinBounds(applyChange(before, change), retention, {
    runsChange: { before: before.runs, changed: change.runs ?? [] },
  });
}

/** The state after a change; lists that readers may hold are copied. Runs are ordered by (`id`, `attempt`). */
export function applyChange(state: KeptRepository, change: RepositoryChange): KeptRepository {
  return {
    ...state,
    profile: change.profile ?? state.profile,
    learned: change.learned === undefined ? state.learned : applyLearnedChange(state.learned, change.learned),
    jobs: learnJobs(renameJobs(state.jobs, change.renamedJobFiles ?? []), change.observedJobs ?? []),
    population: change.population ?? state.population,
    runs: withRuns(state.runs, change.runs),
    ...(change.renamedFiles && { olderRuns: renameFiles(state.olderRuns, change.renamedFiles) }),
    scheduleVersions: upsert(state.scheduleVersions, change.scheduleVersions, ({ sha }) => sha),
    learningLog: append(state.learningLog, change.learningEvents),
    decisions: upsert(state.decisions, change.decisions, ({ id }) => id),
    proposals: upsert(state.proposals, change.proposals, ({ pullNumber }) => pullNumber),
    care: change.care ?? state.care,
    sharedLoad: change.sharedLoad === undefined ? state.sharedLoad : change.sharedLoad,
    onTime: onTimeAfter(state.onTime, change),
    ticks: upsert(state.ticks, change.ticks, tickKey),
    audit: append(state.audit, change.auditEvents),
  };
}

/** What stands of workflows on time after a change that may have begun before others were made. */
export function onTimeAfter(
  standing: OnTimeState | null,
  { onTime, onTimeBefore = standing }: Pick<RepositoryChange, 'onTime' | 'onTimeBefore'>,
): OnTimeState | null {
  return onTime === undefined ? standing : mergedOnTime(standing, onTimeBefore, onTime);
}

function withRuns(history: RunHistory, changed: readonly Run[] | undefined): RunHistory {
  if (changed === undefined || changed.length === 0) return history;
  const runs = history.slice();
  for (const run of changed) {
    const place = firstNotBefore(runs, run);
    const there = runs[place];
    const isKnown = there !== undefined && compareRuns(there, run) === 0;
    runs.splice(place, isKnown ? 1 : 0, run);
  }
  return runs;
}

function append<T, List extends Iterable<T>>(
  list: List,
  added: readonly T[] | undefined,
): List | readonly T[] {
  return added === undefined || added.length === 0 ? list : [...list, ...added];
}

/** Replaces the items with known keys in place, and adds the others at the end. Meant for short lists. */
function upsert<T>(
  list: readonly T[],
  changed: readonly T[] | undefined,
  keyOf: (item: T) => unknown,
): readonly T[] {
  if (changed === undefined || changed.length === 0) return list;
  const merged = new Map(list.map((item) => [keyOf(item), item]));
  for (const item of changed) merged.set(keyOf(item), item);
  return [...merged.values()];
}
