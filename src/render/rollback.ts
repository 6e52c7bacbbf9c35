import type { JobSetting, Proposal, ProposedMove } from '../proposal/proposal.ts';
import type { Verdict } from '../proposal/verdict/verdict.ts';
import { commitMessage, moveLine, type TitleStyle } from './commit-message.ts';
import { table } from './document.ts';
import { code, type Inline, name, words } from './inline.ts';
import { jobSettingCommit } from './job-setting.ts';
import { cronCell, fileName } from './move-words.ts';
import type { RenderedPull } from './pull-request.ts';
import { count } from './quantity.ts';
import { toMarkdown } from './to-markdown.ts';
import { verdictSentence } from './verdict.ts';

export interface RollbackView extends TitleStyle {
  /** The pull request whose moves are taken back. */
  readonly proposal: Pick<Proposal, 'pullNumber' | 'jobKey'>;
  /** The moves as this pull request makes them: from the new time to the old one. */
  readonly moves: readonly ProposedMove[];
  /** What was measured; `null` where a person has asked for it. */
  readonly verdict: Verdict | null;
  /** Login of the person who asked for it; `null` where nobody did. */
  readonly askedBy: string | null;
}

/** The App's branch for taking back the moves of one pull request; `proposalBranch` is the configured one. */
export function rollbackBranch(pullNumber: number, proposalBranch?: string): string {
  return proposalBranch === undefined ? `offbeat/undo-${pullNumber}` : `${proposalBranch}-undo-${pullNumber}`;
}

/** The pull request that takes moves back. */
export function renderRollback(view: RollbackView): RenderedPull {
  const { pullNumber, jobKey } = view.proposal;
  if (jobKey !== undefined) return keyRollback(view, jobKey);
  const subject = `Move ${count(view.moves.length, 'schedule').replace('\u00a0', ' ')} back, as before #${pullNumber}`;
  const { title, text } = commitMessage(subject, view.moves.map(moveLine), view);
  const rows = view.moves.map(({ path, from, to, timezone }) => [
    code(fileName(path)),
    cronCell(from, timezone),
    cronCell(to, timezone),
  ]);
  return {
    title,
    body: toMarkdown([
      whyBack(view, 'moved', `take back the moves of #${pullNumber}`),
      table(['Workflow', 'Now', 'Back to'], rows),
      'Only these cron lines change. Merge it to go back, close it to stay: Offbeat does neither by itself. The ' +
        'edit of a cron line may lose one late run.',
    ]),
    commitMessage: text,
  };
}

function keyRollback(view: RollbackView, jobKey: JobSetting): RenderedPull {
  const { pullNumber } = view.proposal;
  const { title, text } = jobSettingCommit(jobKey, view, pullNumber);
  const { path, job, key, value } = jobKey;
  const line = code(`${key}: ${value}`);
  return {
    title,
    body: toMarkdown([
      whyBack(view, 'changed', `take #${pullNumber} back`),
      words`It takes ${line} out of ${code(job)} in ${code(fileName(path))}. Only this line changes.`,
      'Merge it to go back, close it to stay: Offbeat does neither by itself.',
    ]),
    commitMessage: text,
  };
}

function whyBack({ proposal, verdict, askedBy }: RollbackView, done: string, wish: string): Inline {
  if (verdict === null) {
    const asker = askedBy === null ? 'The operator' : name(askedBy);
    return words`${asker} has asked to ${wish}.`;
  }
  const { pullNumber } = proposal;
  return (
    `What #${pullNumber} has ${done} got worse. ${verdictSentence(verdict)} The figures stand in its ` +
    'newest comment.'
  );
}
