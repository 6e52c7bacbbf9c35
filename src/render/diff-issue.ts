import type { Decision } from '../plan/decision.ts';
import { renderDecision } from './decision.ts';
import { details, preformatted } from './document.ts';
import { code, words } from './inline.ts';
import type { RenderedIssue } from './notices.ts';
import { toMarkdown } from './to-markdown.ts';

export const DIFF_ISSUE_TITLE = 'Offbeat: better times for scheduled workflows';

/** A body holds 65,536 code points; with the rest, so much is left for the diff. */
const MOST_OF_DIFF = 30_000;

const APPLY = code('git apply offbeat.diff');

/** The issue that takes the place of a pull request where the token may change no workflow file. */
export function renderDiffIssue(decision: Decision, diff: string): RenderedIssue {
  const fits = [...diff].length <= MOST_OF_DIFF;
  return {
    title: DIFF_ISSUE_TITLE,
    body: toMarkdown([
      'The schedules below have better times. GitHub lets the token of a workflow change no workflow ' +
        'file, so that this issue carries the change. It is brought up to date until the change is made. ' +
        'Close it, and these moves are not proposed again.',
      ...renderDecision({ decision, pullUrl: null }),
      ...(fits
        ? [
            words`To apply it, save the diff as ${code('offbeat.diff')} in a checkout and run ${APPLY}.`,
            details('The diff', preformatted(diff, 'diff')),
          ]
        : [words`The diff is too long for an issue: ${code('offbeat plan OWNER/REPO --diff')} prints it.`]),
      'To get a pull request instead, give the workflow a token that may write workflows: see docs/action.md.',
    ]),
  };
}

/** The last body of the issue: no move of it is possible any more. */
export function renderClosedDiffIssue(): string {
  return 'The crons that this issue changed have been changed or left alone since, so Offbeat has closed it.';
}
