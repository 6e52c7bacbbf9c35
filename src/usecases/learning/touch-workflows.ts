import { type AuditEvent, audited } from '../../proposal/audit.ts';
import { wasMerged } from '../../proposal/state.ts';
import type { Context } from '../context.ts';
import { knownRepository, meetRepository, type SeenRepository } from '../known-repository.ts';
import type { RepositoryState, ScheduleVersion } from '../ports.ts';
import { newestVersion, readVersionIfKnown } from './schedules-in-force.ts';

/**
 * Crons of the default branch may have changed: reads them at the pushed commit, `sha`, which has replaced `replaced`. A
 * schedule that a person has edited is learned anew, and rests as if it had been moved.
 */
export async function touchWorkflows(
  context: Context,
  seen: SeenRepository,
  sha: string,
  replaced?: string,
): Promise<void> {
  const state = await meetRepository(context, seen);
  const before = newestVersion(state.scheduleVersions);
  const after = await readVersionIfKnown(context, state, {
    ref: sha,
    ...(replaced === undefined ? {} : { before: replaced }),
  });
  // Whoever has pushed it away has told of another commit.
  if (after === null) return;
  // A push that is told late is no edit.
  if (before === undefined || before.sha === sha || after.seenAt < before.seenAt) return;
  const edited = editsByPeople(state, before, after);
  if (edited.length > 0) await learnAnew(context, seen.id, edited);
}

interface Edit {
  readonly key: string;
  readonly what: string;
}

/** Entries whose cron differs, but for what a proposal of ours has moved. */
function editsByPeople(
  { proposals }: RepositoryState,
  before: ScheduleVersion,
  after: ScheduleVersion,
): readonly Edit[] {
  // The push of a merge may be told before the merge.
  const ours = proposals.filter((proposal) => proposal.state === 'open' || wasMerged(proposal));
  return before.entries.flatMap((was): readonly Edit[] => {
    const is = after.entries.find(({ key }) => key === was.key);
    if (is === undefined) return [{ key: was.key, what: `\`${was.key}\` was deleted.` }];
    if (is.cron === was.cron && is.timezone === was.timezone) return [];
    const isOurs = ours.some(({ moves }) =>
      moves.some(({ key, from, to }) => key === was.key && from === was.cron && to === is.cron),
    );
    return isOurs ? [] : [{ key: was.key, what: `\`${was.key}\` was edited: ${was.cron} → ${is.cron}.` }];
  });
}

async function learnAnew(context: Context, repositoryId: number, edited: readonly Edit[]): Promise<void> {
  const { care } = await knownRepository(context, repositoryId);
  const now = context.clock.now();
  const editedAt = { ...care.editedAt };
  for (const { key } of edited) editedAt[key] = now;
  await context.store.apply(repositoryId, {
    learned: { schedules: { removed: edited.map(({ key }) => key) } },
    care: { ...care, editedAt },
    auditEvents: edited.map(({ what }): AuditEvent => audited('wish', now, null, what)),
  });
}
