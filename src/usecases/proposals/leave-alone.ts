import { audited } from '../../proposal/audit.ts';
import type { LeftAlone } from '../../proposal/maintainer-settings.ts';
import { openProposalOf } from '../../proposal/record.ts';
import type { LeftAloneAnswer } from '../../render/leave-alone.ts';
import type { Context } from '../context.ts';
import { findWorkflow } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import { dropMoves } from './drop-moves.ts';
import { followDiffIssue, keepDiffIssue } from './keep-diff-issue.ts';

/** The workflows that are left alone; changes nothing. */
export async function listLeftAlone(context: Context, repositoryId: number): Promise<LeftAloneAnswer> {
  const { care } = await knownRepository(context, repositoryId);
  return { leftAlone: care.leftAlone, pull: 'unchanged', pullNumber: null };
}

/** Leaves a workflow alone until `/unignore`, and takes it off the open pull request. Throws `not-found`. */
export async function leaveAlone(
  context: Context,
  repositoryId: number,
  wish: { readonly workflow: string; readonly as: LeftAlone['as']; readonly by: string | null },
): Promise<LeftAloneAnswer> {
  const state = await knownRepository(context, repositoryId);
  const { path } = findWorkflow(state, wish.workflow);
  const now = context.clock.now();
  const others = state.care.leftAlone.filter((one) => one.path !== path);
  const leftAlone = [...others, { path, as: wish.as, at: now, by: wish.by }];
  await context.store.apply(repositoryId, {
    care: { ...state.care, leftAlone },
    auditEvents: [audited('wish', now, wish.by, `\`${path}\` is ${wish.as}.`)],
  });
  const open = openProposalOf(state.proposals);
  if (open === undefined || open.moves.every((move) => move.path !== path)) {
    const issue = await dropFromIssue(context, repositoryId, path);
    if (issue !== null) return { leftAlone, ...issue };
    return { leftAlone, pull: 'unchanged', pullNumber: null };
  }
  const connected = await context.github.connect(state.profile);
  const pull = await dropMoves(context, await knownRepository(context, repositoryId), open, connected);
  return { leftAlone, pull, pullNumber: open.pullNumber };
}

/** Removes a workflow from the open issue with a diff; `null` where no such issue moves it. */
async function dropFromIssue(
  context: Context,
  repositoryId: number,
  path: string,
): Promise<Pick<LeftAloneAnswer, 'pull' | 'pullNumber'> | null> {
  await followDiffIssue(context, repositoryId);
  const { diffIssue } = (await knownRepository(context, repositoryId)).care;
  if (diffIssue === undefined || diffIssue.moves.every((move) => move.path !== path)) return null;
  return { pull: await keepDiffIssue(context, repositoryId, { asked: true }), pullNumber: diffIssue.number };
}

/** Lets a workflow be moved again. Throws `not-found` for an unknown one. */
export async function unignore(
  context: Context,
  repositoryId: number,
  wish: { readonly workflow: string; readonly by: string | null },
): Promise<LeftAloneAnswer> {
  const state = await knownRepository(context, repositoryId);
  // The workflow may have been deleted since: then its name is enough.
  const kept = state.care.leftAlone.find(({ path }) => path === wish.workflow);
  const path = kept?.path ?? findWorkflow(state, wish.workflow).path;
  const leftAlone = state.care.leftAlone.filter((one) => one.path !== path);
  await context.store.apply(repositoryId, {
    care: { ...state.care, leftAlone },
    auditEvents: [audited('wish', context.clock.now(), wish.by, `\`${path}\` may be moved again.`)],
  });
  return { leftAlone, pull: 'unchanged', pullNumber: null };
}
