import { audited } from '../../proposal/audit.ts';
import type { LeftAlone } from '../../proposal/maintainer-settings.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { openProposalOf } from '../../proposal/record.ts';
import type { Context } from '../context.ts';
import { findWorkflow } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import { planRepository } from '../planning/plan-repository.ts';
import { withdraw } from './withdraw.ts';

export interface LeftAloneAnswer {
  readonly leftAlone: readonly LeftAlone[];
  /** What happened to the open pull request: `unchanged` where it does not move the workflow. */
  readonly pull: 'unchanged' | 'updated' | 'closed' | 'to-be-updated';
  readonly pullNumber: number | null;
}

/** The workflows that are left alone; changes nothing. */
export async function listLeftAlone(context: Context, repositoryId: number): Promise<LeftAloneAnswer> {
  const { care } = await knownRepository(context, repositoryId);
  return { leftAlone: care.leftAlone, pull: 'unchanged', pullNumber: null };
}

/**
 * Leaves a workflow where it is until `/unignore`, and removes it from the open pull request, whose other moves stay.
 * Throws `not-found` for an unknown workflow.
 */
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
    return { leftAlone, pull: 'unchanged', pullNumber: null };
  }
  return {
    leftAlone,
    pull: await removeFromProposal(context, repositoryId, open, path),
    pullNumber: open.pullNumber,
  };
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

/** Removes one workflow from the open pull request, which is closed where no move is left. */
async function removeFromProposal(
  context: Context,
  repositoryId: number,
  open: Proposal,
  path: string,
): Promise<LeftAloneAnswer['pull']> {
  if (open.takenOverBy !== undefined || context.emergencyStop) return 'to-be-updated';
  const rest = open.moves.filter((move) => move.path !== path);
  if (rest.length === 0) {
    const state = await knownRepository(context, repositoryId);
    const connected = await context.github.connect(state.profile);
    if (connected.writer === null) return 'to-be-updated';
    const why = `A maintainer has asked to leave \`${path}\` where it is, and nothing else was proposed.`;
    const closed = await withdraw(context, state, open, connected, { event: 'supersede', why, asked: true });
    return closed.kind === 'done' ? 'closed' : 'to-be-updated';
  }
  const result = await planRepository(context, {
    repositoryId,
    trigger: 'command',
    fixed: new Map(rest.map(({ key, to }) => [key, to])),
  });
  return result.kind === 'proposed' ? 'updated' : 'to-be-updated';
}
