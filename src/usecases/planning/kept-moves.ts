import type { Decision, ScheduleDecision } from '../../plan/decision.ts';
import type { ProposedMove } from '../../proposal/proposal.ts';
import { openProposalOf } from '../../proposal/record.ts';
import { leftAloneRow } from '../../proposal/standing-orders.ts';
import type { RepositoryState } from '../ports.ts';

/**
 * A decision for one file, with the moves that the open pull request makes in other files, so that it keeps them: not
 * those whose cron was edited or left alone since.
 */
export function withOpenMoves(
  decision: Decision,
  only: string,
  { decisions, proposals }: Pick<RepositoryState, 'decisions' | 'proposals'>,
): Decision {
  const open = openProposalOf(proposals);
  const carried = decisions.find(({ id }) => id === open?.decisionId);
  if (open === undefined || carried === undefined) return decision;
  const kept = (row: ScheduleDecision): ScheduleDecision | undefined => {
    const move = open.moves.find(({ key, from }) => key === row.key && from === row.cron);
    if (move === undefined || row.path === only || row.outcome === 'refused') return undefined;
    return carried.schedules.find(
      ({ key, cron, to }) => key === row.key && cron === row.cron && to === move.to,
    );
  };
  const schedules = decision.schedules.map((row) => kept(row) ?? row);
  const taken = schedules.filter((row, at) => row !== decision.schedules[at]);
  if (taken.length === 0) return decision;
  const moved = schedules.filter(({ outcome }) => outcome === 'move');
  return {
    ...decision,
    schedules,
    confidence: Math.min(...moved.map(({ confidence }) => confidence)),
    benefit: decision.benefit + benefitOf(carried, taken),
  };
}

/** A decision with no other moves than these. */
export function withMovesOf(carried: Decision, movesKept: readonly ProposedMove[]): Decision {
  const keptTo = new Map(movesKept.map(({ key, to }) => [key, to]));
  const isKept = (row: ScheduleDecision) => row.outcome === 'move' && keptTo.get(row.key) === row.to;
  const kept = carried.schedules.filter(isKept);
  const schedules = carried.schedules.map((row): ScheduleDecision => {
    if (isKept(row)) return row;
    if (row.outcome !== 'move') return { ...row, inRound: false };
    return leftAloneRow(row);
  });
  return {
    ...carried,
    narrowed: true,
    schedules,
    confidence: Math.min(...kept.map(({ confidence }) => confidence)),
    benefit: benefitOf(carried, kept),
  };
}

/** No plan was made for the moves that are kept: they get a share of the decision's gain, by their own gains. */
function benefitOf({ schedules, benefit }: Decision, kept: readonly ScheduleDecision[]): number {
  const gain = (rows: readonly ScheduleDecision[]) => rows.reduce((sum, row) => sum + row.benefit, 0);
  const all = gain(schedules.filter(({ outcome }) => outcome === 'move'));
  return all <= 0 ? 0 : (benefit * gain(kept)) / all;
}
