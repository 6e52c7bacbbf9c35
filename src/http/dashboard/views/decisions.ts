import type { Decision, ScheduleDecision } from '../../../plan/decision.ts';
import type { Proposal } from '../../../proposal/proposal.ts';
import type { RepositoryState } from '../../../usecases/ports.ts';

export const DECISIONS_A_PAGE = 25;

export interface DecisionLine {
  readonly id: string;
  readonly at: number;
  readonly trigger: Decision['trigger'];
  readonly strategy: string;
  readonly moves: number;
  readonly held: number;
  readonly schedules: number;
  readonly confidence: number;
  readonly benefit: number;
  /** The first gate that held it back; `null` where it was proposed. */
  readonly heldBy: string | null;
  readonly proposal: Pick<Proposal, 'pullNumber' | 'url' | 'state'> | null;
}

/** Planning rounds in a row that moved the same, and to which the same became. */
export interface DecisionGroup {
  readonly newest: DecisionLine;
  readonly rounds: number;
  /** When the first of them was decided, epoch ms. */
  readonly since: number;
}

export interface DecisionsView {
  /** Newest first. */
  readonly groups: readonly DecisionGroup[];
  readonly page: number;
  readonly pages: number;
  /** Planning rounds in all. */
  readonly all: number;
}

/** One page (from 1) of all planning rounds, newest first; those in a row that say the same are one. */
export function decisionsView(state: RepositoryState, page: number): DecisionsView {
  const groups = groupsOf(state);
  const pages = Math.max(1, Math.ceil(groups.length / DECISIONS_A_PAGE));
  const shown = Math.min(Math.max(1, page), pages);
  return {
    groups: groups.slice((shown - 1) * DECISIONS_A_PAGE, shown * DECISIONS_A_PAGE),
    page: shown,
    pages,
    all: state.decisions.length,
  };
}

function groupsOf({ decisions, proposals }: RepositoryState): readonly DecisionGroup[] {
  const groups: (DecisionGroup & { readonly meaning: string })[] = [];
  for (const decision of decisions.toReversed()) {
    const newest = decisionLine(decision, proposals);
    const meaning = meaningOf(decision, newest);
    const last = groups.at(-1);
    if (last?.meaning === meaning) groups.pop();
    groups.push(
      last?.meaning === meaning
        ? { ...last, rounds: last.rounds + 1, since: decision.at }
        : { newest, rounds: 1, since: decision.at, meaning },
    );
  }
  return groups;
}

function meaningOf({ schedules }: Decision, { heldBy, proposal }: DecisionLine): string {
  const moves = schedules.filter(({ outcome }) => outcome === 'move').map(({ key, to }) => [key, to]);
  return JSON.stringify([moves, heldBy, proposal?.pullNumber ?? null]);
}

function decisionLine(decision: Decision, proposals: readonly Proposal[]): DecisionLine {
  const proposal = proposals.find(({ decisionId }) => decisionId === decision.id);
  return {
    id: decision.id,
    at: decision.at,
    trigger: decision.trigger,
    strategy: decision.strategy,
    moves: decision.schedules.filter(({ outcome }) => outcome === 'move').length,
    held: decision.schedules.filter(({ outcome }) => outcome === 'held').length,
    schedules: decision.schedules.length,
    confidence: decision.confidence,
    benefit: decision.benefit,
    heldBy: decision.gates.find(({ passed }) => !passed)?.gate ?? null,
    proposal:
      proposal === undefined
        ? null
        : { pullNumber: proposal.pullNumber, url: proposal.url, state: proposal.state },
  };
}

/** Schedules on a page of a decision. */
export const SCHEDULES_A_PAGE = 50;

export interface DecisionDetail {
  readonly decision: Decision;
  readonly line: DecisionLine;
  /** One page (from 1) of the schedules: moved ones first, refused ones last. */
  readonly schedules: readonly ScheduleDecision[];
  readonly page: number;
  readonly pages: number;
  readonly before: string | null;
  readonly after: string | null;
}

const OUTCOMES: readonly ScheduleDecision['outcome'][] = ['move', 'held', 'keep', 'refused'];

/** A decision with the ones before and after it, and one page of its schedules; `null` where the id is not known. */
export function decisionDetail(state: RepositoryState, id: string, page = 1): DecisionDetail | null {
  const place = state.decisions.findIndex((one) => one.id === id);
  const decision = state.decisions[place];
  if (decision === undefined) return null;
  const pages = Math.max(1, Math.ceil(decision.schedules.length / SCHEDULES_A_PAGE));
  const shown = Math.min(Math.max(1, page), pages);
  return {
    decision,
    line: decisionLine(decision, state.proposals),
    schedules: OUTCOMES.flatMap((outcome) =>
      decision.schedules.filter((one) => one.outcome === outcome),
    ).slice((shown - 1) * SCHEDULES_A_PAGE, shown * SCHEDULES_A_PAGE),
    page: shown,
    pages,
    before: state.decisions[place - 1]?.id ?? null,
    after: state.decisions[place + 1]?.id ?? null,
  };
}
