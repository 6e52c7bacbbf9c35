import type { Decision } from '../../plan/decision.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { renderRevision, revisionMark } from '../../render/revision.ts';
import type { ConnectedRepository } from '../ports.ts';

/** Says once, in a comment, that an open pull request carries another decision now, and what is different. */
export async function tellRevision(
  { writer }: ConnectedRepository,
  before: Proposal,
  after: Proposal,
  decision: Decision,
): Promise<void> {
  const body = renderRevision(before.moves, after.moves, decision.id);
  await writer?.comment(after.pullNumber, body, revisionMark(decision.id));
}
