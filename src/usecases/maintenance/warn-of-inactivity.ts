import { audited } from '../../proposal/audit.ts';
import { DAY_MS } from '../../time.ts';
import { entriesInForce } from '../learning/schedule-version.ts';
import { inactivitySentences } from '../questions/state-sentences.ts';
import type { RepositoryOnGitHub } from '../repository-on-github.ts';

/** After 60 days without activity GitHub disables schedules of public repositories; ten days are left to act. */
const WARN_AFTER_MS = 50 * DAY_MS;
/** Runs looked through for one that a push or a person has started. */
const RECENT_RUNS = 500;

/**
 * Warns once, in the record of the repository, that GitHub will disable its schedules soon. Nothing is written to
 * GitHub: whether there is activity is for people to decide. It is asked only where no run has shown any.
 */
export async function warnOfInactivity(onGitHub: RepositoryOnGitHub): Promise<void> {
  const { context, id } = onGitHub;
  const now = context.clock.now();
  const state = await onGitHub.latest();
  const { profile, runs, care } = state;
  const { inactivityWarnedOf: warnedOf, inactivityPage: _, ...others } = care;
  const takeBack = async () => {
    if (warnedOf !== undefined) await context.store.apply(id, { care: others });
  };
  if (profile.private || entriesInForce(state).length === 0) return takeBack();
  const isActive = runs
    .slice(-RECENT_RUNS)
    .some(({ event, createdAt }) => event === 'push' && now - createdAt < WARN_AFTER_MS);
  if (isActive) return takeBack();
  const activity = (await (await onGitHub.connected()).reader.activity?.()) ?? null;
  if (activity === null || now - activity.pushedAt < WARN_AFTER_MS) return takeBack();
  if (warnedOf === activity.pushedAt) return;
  const warned = { ...others, inactivityWarnedOf: activity.pushedAt, inactivityPage: activity.page };
  await context.store.apply(id, {
    care: warned,
    auditEvents: inactivitySentences({ care: warned }).map((what) => audited('alarm', now, null, what)),
  });
}
