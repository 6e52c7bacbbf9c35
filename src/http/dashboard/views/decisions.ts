import type { Decision, ScheduleDecision } from '../../../plan/decision.ts';
import type { Proposal } from '../../../proposal/proposal.ts';
import type { RepositoryState } from '../../../usecases/ports.ts';
import { paged } from './paged.ts';

export const DECISIONS_A_PAGE = 25;

/** Consecutive planning rounds that would move the same schedules and had the same outcome. */
export interface DecisionGroup {
  readonly newest: DecisionLine;
  readonly rounds: number;
  /** Time of the oldest decision in the group, epoch ms. */
  readonly since: number;
  /** Equal for rounds of one group. */
  readonly meaning: string;
}

/** One page (from 1) of all planning rounds, newest first; consecutive equal ones are one group. */
export function decisionsView(state: RepositoryState, page: number) {
  const { shown: groups, ...place } = paged(groupsOf(state), page, DECISIONS_A_PAGE);
  return { groups, ...place, all: state.decisions.length };
}

export type DecisionsView = ReturnType<typeof decisionsView>;

function groupsOf({ decisions, proposals }: RepositoryState): readonly DecisionGroup[] {
  const groups: DecisionGroup[] = [];
  for (const [at, decision] of [...decisions.entries()].reverse()) {
    const newest = decisionLine(decision, proposals, decisions[at + 1]);
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

/** The schedules to move, not the minutes, the gate in the way, and the proposal. */
function meaningOf({ schedules }: Decision, { heldBy, proposal }: DecisionLine): string {
  const moved = schedules.filter(({ outcome }) => outcome === 'move').map(({ key }) => key);
  return JSON.stringify([moved.toSorted(), heldBy, proposal?.pullNumber ?? null]);
}

/**
 * A decision as a row, with its proposal. A proposal names only its latest decision. For the decision from which it was
 * opened, the proposal is found by its time: it was opened after this decision and before the `next` one.
 */
function decisionLine(decision: Decision, proposals: readonly Proposal[], next: Decision | undefined) {
  const { id, at, trigger, schedules, confidence, benefit } = decision;
  const openedFrom = ({ openedAt, moves }: Proposal): boolean =>
    moves.length > 0 && openedAt >= decision.at && openedAt < (next?.at ?? Number.POSITIVE_INFINITY);
  const heldBy = decision.gates.find(({ passed }) => !passed)?.gate ?? null;
  const proposal =
    proposals.find(({ decisionId }) => decisionId === decision.id) ??
    (heldBy === null ? proposals.find(openedFrom) : undefined);
  return {
    id,
    at,
    trigger,
    moves: schedules.filter(({ outcome }) => outcome === 'move').length,
    held: schedules.filter(({ outcome }) => outcome === 'held').length,
    schedules: schedules.length,
    confidence,
    benefit,
    /** The first gate that did not pass; `null` where all gates passed. */
    heldBy,
    proposal: proposal ?? null,
  };
}

export type DecisionLine = ReturnType<typeof decisionLine>;

export const SCHEDULES_A_PAGE = 50;

const OUTCOMES: readonly ScheduleDecision['outcome'][] = ['move', 'held', 'keep', 'refused'];

/** A decision with the ones before and after it, and one page of its schedules; `null` where the id is not known. */
export function decisionDetail(state: RepositoryState, id: string, page = 1) {
  const place = state.decisions.findIndex((one) => one.id === id);
  const decision = state.decisions[place];
  if (decision === undefined) return null;
  const inOrder = OUTCOMES.flatMap((outcome) => decision.schedules.filter((one) => one.outcome === outcome));
  const { shown: schedules, ...pages } = paged(inOrder, page, SCHEDULES_A_PAGE);
  return {
    decision,
    line: decisionLine(decision, state.proposals, state.decisions[place + 1]),
    /** Moved ones first, refused ones last. */
    schedules,
    ...pages,
    before: state.decisions[place - 1]?.id ?? null,
    after: state.decisions[place + 1]?.id ?? null,
  };
}

export type DecisionDetail = NonNullable<ReturnType<typeof decisionDetail>>;
