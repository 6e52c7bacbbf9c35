import { audited } from '../../proposal/audit.ts';
import { renderScorecardComment, SCORECARD_INTRODUCTION, SCORECARD_TITLE } from '../../render/scorecard.ts';
import { changeCare, withShown } from '../known-repository.ts';
import { repositoryScorecard } from '../questions/scorecard.ts';
import type { RepositoryOnGitHub } from '../repository-on-github.ts';

/** Under which the month of the newest comment is remembered. */
const SCORECARD = 'scorecard';
const MONTH_LENGTH = 'YYYY-MM'.length;

/** Comments once a month what Offbeat has brought, on an issue of its own, where the configuration asks for it. */
export async function postScorecard(onGitHub: RepositoryOnGitHub): Promise<void> {
  const { context, id } = onGitHub;
  const { care, decisions, profile } = await onGitHub.latest();
  if (context.emergencyStop || decisions.length === 0 || profile.commandedMode === 'pause') return;
  const month = new Date(context.clock.now()).toISOString().slice(0, MONTH_LENGTH);
  const posted = care.shown[SCORECARD];
  if (posted === month || (await onGitHub.config())?.scorecard !== 'monthly') return;
  const writer = await onGitHub.writer();
  if (writer === null) return;
  // The month in which it is asked for has begun already: the first comment comes with the next one.
  if (posted !== undefined) {
    const view = await repositoryScorecard(context, id);
    const number = await writer.issue(SCORECARD_TITLE, SCORECARD_INTRODUCTION);
    const { body, once } = renderScorecardComment(view, month);
    await writer.comment(number, body, once);
  }
  const what = 'Posted the monthly scorecard.';
  const events = posted === undefined ? [] : [audited('written', context.clock.now(), null, what)];
  await changeCare(context, id, (now) => withShown(now, SCORECARD, month), events);
}
