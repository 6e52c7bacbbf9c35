import { servedDays, withSettledDays } from '../../on-time/served-days.ts';
import { audited } from '../../proposal/audit.ts';
import { renderScorecardComment, SCORECARD_INTRODUCTION, SCORECARD_TITLE } from '../../render/scorecard.ts';
import { NET_PATH } from '../../workflow/paths.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { repositoryScorecard } from '../questions/scorecard.ts';
import type { RepositoryOnGitHub } from '../repository-on-github.ts';

/** Under which the month of the newest comment is remembered. */
const SCORECARD = 'scorecard';
const MONTH_LENGTH = 'YYYY-MM'.length;

/** Keeps the settled days of ticks on time, before the ticks go. */
export async function keepServedDays(context: Context, repositoryId: number): Promise<void> {
  const { ticks, runs, care, onTime } = await knownRepository(context, repositoryId);
  if (onTime === null) return;
  const netRuns = runs.filter(({ path, event }) => path === NET_PATH && event === 'schedule');
  const kept = care.servedDays ?? [];
  const settled = withSettledDays(kept, servedDays(ticks, netRuns), context.clock.now());
  if (settled === kept) return;
  await context.store.apply(repositoryId, { care: { ...care, servedDays: [...settled] } });
}

/** Comments once a month what Offbeat has brought, on an issue of its own, where the configuration asks for it. */
export async function postScorecard(
  context: Context,
  repositoryId: number,
  onGitHub: RepositoryOnGitHub,
): Promise<void> {
  const { care, decisions, profile } = await knownRepository(context, repositoryId);
  if (context.emergencyStop || decisions.length === 0 || profile.commandedMode === 'pause') return;
  const month = new Date(context.clock.now()).toISOString().slice(0, MONTH_LENGTH);
  const posted = care.shown[SCORECARD];
  if (posted === month || (await onGitHub.config())?.scorecard !== 'monthly') return;
  const { writer, writesLeft } = await onGitHub.connected();
  if (writer === null || writesLeft?.() === 0) return;
  // The month in which it is asked for has begun already: the first comment comes with the next one.
  if (posted !== undefined) {
    const view = await repositoryScorecard(context, repositoryId);
    const number = await writer.issue(SCORECARD_TITLE, SCORECARD_INTRODUCTION);
    const { body, once } = renderScorecardComment(view, month);
    await writer.comment(number, body, once);
  }
  const latest = await knownRepository(context, repositoryId);
  await context.store.apply(repositoryId, {
    care: { ...latest.care, shown: { ...latest.care.shown, [SCORECARD]: month } },
    ...(posted === undefined
      ? {}
      : { auditEvents: [audited('written', context.clock.now(), null, 'Posted the monthly scorecard.')] }),
  });
}
