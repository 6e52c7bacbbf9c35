import type { Decision } from '../../plan/decision.ts';
import type { DiffIssue } from '../../proposal/bookkeeping.ts';
import { movesOf } from '../../proposal/moves.ts';
import type { ProposedMove } from '../../proposal/proposal.ts';
import { decisionMeaning, openedProposal } from '../../proposal/record.ts';
import { unifiedDiff } from '../../render/diff.ts';
import { DIFF_ISSUE_TITLE, renderClosedDiffIssue, renderDiffIssue } from '../../render/diff-issue.ts';
import { editRepository } from '../../workflow/edit-repository.ts';
import { readWorkflowFile } from '../../workflow/read.ts';
import type { Context } from '../context.ts';
import { changeCare, knownRepository, withShown } from '../known-repository.ts';
import { entriesInForce } from '../learning/schedule-version.ts';
import { withMovesOf } from '../planning/kept-moves.ts';
import type { RepositoryReader, RepositoryState, SourceFile } from '../ports.ts';
import { unlessRefused } from '../unless-refused.ts';
import { advanceProposal } from './advance-proposal.ts';
import { afterClosing } from './follow-pull-request.ts';

/** Under which the print of the issue is remembered. */
const DIFF_ISSUE = 'diff';

/** The result for the issue; `to-be-updated` where GitHub refuses to have it changed now. */
export type KeptDiffIssue = 'unchanged' | 'updated' | 'closed' | 'to-be-updated';

/** Records that somebody has closed the issue with the diff without making the change: that is a no. */
export async function followDiffIssue(context: Context, repositoryId: number): Promise<void> {
  const { profile, care } = await knownRepository(context, repositoryId);
  const { diffIssue } = care;
  if (diffIssue === undefined) return;
  await unlessRefused(context, repositoryId, 'notice', async () => {
    const { reader, appLogin } = await context.github.connect(profile);
    const issue = await reader.issue?.(diffIssue.number);
    if (issue === undefined || issue?.open === true) return;
    if (issue !== null && issue.closedBy !== appLogin) {
      const moves = await movesNotMade(reader, diffIssue);
      if (moves.length > 0)
        await recordClosing(context, repositoryId, { ...diffIssue, moves: [...moves] }, issue);
    }
    await forget(context, repositoryId);
  });
}

/** Moves whose crons are in the files as they were: whoever has made the change closes the issue, too. */
async function movesNotMade(
  reader: RepositoryReader,
  { moves }: DiffIssue,
): Promise<readonly ProposedMove[]> {
  const { files } = await reader.workflowSources();
  return moves.filter(({ path, index, from }) => {
    const file = files.find((one) => one.path === path);
    return file !== undefined && readWorkflowFile(path, file.text).schedules[index]?.cron === from;
  });
}

async function recordClosing(
  context: Context,
  repositoryId: number,
  { number, openedAt, ...carried }: DiffIssue,
  issue: { readonly url: string; readonly closedBy: string | null; readonly closedAt: number | null },
): Promise<void> {
  const opened = { branch: '', openedAt, ...carried, isIssue: true } as const;
  const proposal = openedProposal({ number, url: issue.url, headSha: '' }, openedAt, opened);
  await advanceProposal(context, repositoryId, proposal, {
    event: 'close',
    by: issue.closedBy,
    at: issue.closedAt ?? context.clock.now(),
    what: `The issue with the diff was closed; ${afterClosing(issue.closedBy ?? '')}`,
  });
}

async function forget(context: Context, repositoryId: number): Promise<void> {
  await changeCare(context, repositoryId, ({ diffIssue: _, ...care }) => withShown(care, DIFF_ISSUE, null));
}

/**
 * Keeps one issue that carries the change as a diff, where only the permission to write workflow files holds the newest
 * decision back. It stays open, loses moves and is closed as a pull request would be.
 */
export async function keepDiffIssue(
  context: Context,
  repositoryId: number,
  { asked = false }: { readonly asked?: boolean } = {},
): Promise<KeptDiffIssue> {
  const state = await knownRepository(context, repositoryId);
  const next = nextContents(state);
  if (context.emergencyStop || next === 'as-it-is') return 'unchanged';
  const kept = await unlessRefused(
    context,
    repositoryId,
    'notice',
    async (): Promise<KeptDiffIssue> => {
      const { reader, writer } = await context.github.connect(state.profile);
      if (writer === null) return 'to-be-updated';
      if (next === 'none') {
        await writer.closeIssue(DIFF_ISSUE_TITLE, renderClosedDiffIssue());
        await forget(context, repositoryId);
        return 'closed';
      }
      const { files } = await reader.workflowSources();
      const issue = renderDiffIssue(next, diffOf(files, movesOf(next)));
      const number = await writer.issue(issue.title, issue.body);
      await changeCare(context, repositoryId, (care) => {
        const openedAt = care.diffIssue?.number === number ? care.diffIssue.openedAt : context.clock.now();
        const diffIssue = { number, decisionId: next.id, moves: [...movesOf(next)], openedAt };
        return { ...withShown(care, DIFF_ISSUE, decisionMeaning(next)), diffIssue };
      });
      return 'updated';
    },
    { asked },
  );
  return kept.kind === 'done' ? kept.value : 'to-be-updated';
}

/** The decision that the issue has to carry now; `none` where it has to be closed. */
function nextContents(state: RepositoryState): Decision | 'none' | 'as-it-is' {
  const { diffIssue, leftAlone, shown } = state.care;
  const isWanted = ({ path }: ProposedMove) => leftAlone.every((one) => one.path !== path);
  const newest = decisionHeldByPermission(state);
  const moves = newest === undefined ? [] : movesOf(newest).filter(isWanted);
  if (newest !== undefined && moves.length > 0) {
    const next = moves.length === movesOf(newest).length ? newest : withMovesOf(newest, moves);
    return diffIssue !== undefined && shown[DIFF_ISSUE] === decisionMeaning(next) ? 'as-it-is' : next;
  }
  if (diffIssue === undefined) return 'as-it-is';
  const entries = entriesInForce(state);
  const left = diffIssue.moves
    .filter(isWanted)
    .filter(({ key, from }) => entries.some((entry) => entry.key === key && entry.cron === from));
  if (left.length === diffIssue.moves.length) return 'as-it-is';
  const carried = state.decisions.find(({ id }) => id === diffIssue.decisionId);
  const next = carried === undefined ? undefined : withMovesOf(carried, left);
  return next === undefined || movesOf(next).length === 0 ? 'none' : next;
}

/** The newest decision where it moves something, only the permission holds it back, and nobody has said no since. */
function decisionHeldByPermission({ decisions, proposals }: RepositoryState): Decision | undefined {
  const decision = decisions.at(-1);
  if (decision === undefined || movesOf(decision).length === 0) return undefined;
  const held = decision.gates.filter(({ passed }) => !passed);
  const wasClosedSince = proposals.some(
    ({ isIssue, changedAt }) => isIssue === true && changedAt >= decision.at,
  );
  return held.length === 1 && held[0]?.gate === 'permission' && !wasClosedSince ? decision : undefined;
}

function diffOf(files: readonly SourceFile[], moves: readonly ProposedMove[]): string {
  return editRepository(files, moves)
    .map(({ path, text }) => unifiedDiff(path, files.find((file) => file.path === path)?.text ?? '', text))
    .join('');
}
