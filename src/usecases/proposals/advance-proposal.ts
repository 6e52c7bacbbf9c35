import { auditedStep } from '../../proposal/audit.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { advance, lifeStateOf, type ProposalEvent } from '../../proposal/state.ts';
import type { Context } from '../context.ts';

/** An event of a proposal, who caused it (`null` for the App itself), and the sentence for the audit. */
export interface ProposalStep {
  readonly event: ProposalEvent;
  readonly by: string | null;
  readonly what: string;
  /** Epoch ms; now where left out. */
  readonly at?: number;
}

/** Applies an event and stores it, with the audit; one that happened or cannot only stores `changes`. */
export async function advanceProposal(
  context: Context,
  repositoryId: number,
  proposal: Proposal,
  step: ProposalStep,
  changes: Partial<Proposal> = {},
): Promise<Proposal> {
  const at = step.at ?? context.clock.now();
  const transition = advance({ ...proposal, ...changes }, step.event, at, step.by);
  if (transition.kind === 'refused') {
    context.log.warn(
      { repositoryId, pull: proposal.pullNumber, state: proposal.state, event: step.event },
      'an event does not fit the state of its proposal',
    );
  }
  await context.store.apply(repositoryId, {
    proposals: [transition.proposal],
    ...(transition.kind === 'changed'
      ? {
          auditEvents: [
            auditedStep(
              at,
              step.by,
              lifeStateOf(transition.from),
              lifeStateOf(transition.proposal.state),
              step.what,
              proposal,
            ),
          ],
        }
      : {}),
  });
  return transition.proposal;
}
