import type { Decision } from '../plan/decision.ts';
import { type AuditEvent, type AuditedMatter, auditedStep, type LifeState } from './audit.ts';
import { movesOf, nothingMovesSentence } from './moves.ts';
import type { JobSetting, Proposal } from './proposal.ts';

/** The open pull request that proposes better times, where there is one. */
export function openProposalOf(proposals: readonly Proposal[]): Proposal | undefined {
  return proposals.findLast((proposal) => proposal.state === 'open' && proposesTimes(proposal));
}

/**
 * The record of a pull request that was opened at an instant (epoch ms). `fields` may overrule it: `openedAt` where an
 * open one was updated. Without `moves` it moves nothing, and without `decisionId` it has no decision.
 */
export function openedProposal(
  { number, url, headSha }: Readonly<Pick<Proposal, 'url' | 'headSha'>> & { readonly number: number },
  at: number,
  fields: Pick<Proposal, 'branch'> & Partial<Proposal>,
): Proposal {
  return {
    version: 1,
    decisionId: '',
    pullNumber: number,
    url,
    headSha,
    moves: [],
    state: 'open',
    openedAt: at,
    changedAt: at,
    changedBy: null,
    ...fields,
  };
}

/** Whether a pull request proposes better times: it takes nothing back, and changes nothing but crons. */
export function proposesTimes({
  jobKey,
  ...proposal
}: Pick<Proposal, 'reverts' | 'onTime' | 'jobKey'>): boolean {
  return jobKey === undefined && isMeasurable(proposal);
}

/** Whether a pull request changes something that is measured after its merge and that another one can take back. */
export function isMeasurable({ reverts, onTime }: Pick<Proposal, 'reverts' | 'onTime'>): boolean {
  return reverts === undefined && onTime === undefined;
}

/** The open pull request that writes a key of a job, where there is one. */
export function openJobSettingOf(
  proposals: readonly Proposal[],
): (Proposal & { jobKey: JobSetting }) | undefined {
  return proposals
    .filter(isWithJobSetting)
    .findLast((proposal) => proposal.state === 'open' && isMeasurable(proposal));
}

function isWithJobSetting(proposal: Proposal): proposal is Proposal & { jobKey: JobSetting } {
  return proposal.jobKey !== undefined;
}

/** A decision in short, without the figures that change with every run: to compare two of them. */
export function decisionMeaning(decision: Decision): string {
  return JSON.stringify([
    movesOf(decision).map(({ key, from, to }) => [key, from, to]),
    decision.schedules.map(({ key, cron, outcome }) => [key, cron, outcome]),
    decision.gates.filter(({ passed }) => !passed).map(({ gate }) => gate),
  ]);
}

interface Known {
  readonly proposals: readonly Proposal[];
  readonly decisions: readonly Decision[];
}

function decided(known: Known, decision: Decision): AuditEvent {
  const moves = movesOf(decision).length;
  const what =
    moves === 0
      ? nothingMovesSentence(decision)
      : `${moves} of ${decision.schedules.length} schedules would move.`;
  return step(decision, known.decisions.length === 0 ? 'observing' : 'decided', 'decided', what);
}

function step(
  { id, at }: Decision,
  from: LifeState,
  to: LifeState,
  what: string,
  matter: AuditedMatter = {},
): AuditEvent {
  return auditedStep(at, null, from, to, what, { decisionId: id, ...matter });
}

/** Audit events of a decision that was held back. */
export function heldEvents(known: Known, decision: Decision): readonly AuditEvent[] {
  const held = decision.gates.filter(({ passed }) => !passed);
  const first = decided(known, decision);
  if (held.length === 0) return [first];
  const why = held.map(({ gate }) => gate.replaceAll('-', ' ')).join(', ');
  return [first, step(decision, 'decided', 'held', `Held back by: ${why}.`)];
}

/** Audit events of a decision that a pull request carries now, and of the one that it carried before. */
export function proposedEvents(known: Known, decision: Decision, proposal: Proposal): readonly AuditEvent[] {
  const { pullNumber } = proposal;
  const before = openProposalOf(known.proposals);
  const first = decided(known, decision);
  if (before?.pullNumber !== pullNumber) {
    return [first, step(decision, 'decided', 'proposed', 'A pull request was opened.', { pullNumber })];
  }
  const replaced = `Decision ${decision.id} takes its place.`;
  const updated = 'The open pull request was brought up to date.';
  return [
    first,
    step(decision, 'proposed', 'superseded', replaced, { decisionId: before.decisionId, pullNumber }),
    step(decision, 'decided', 'proposed', updated, { pullNumber }),
  ];
}
