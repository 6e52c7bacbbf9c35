import type { Decision, ScheduleDecision } from '../../plan/decision.ts';
import { openProposalOf } from '../../proposal/record.ts';
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
  const gain = (rows: readonly ScheduleDecision[]) => rows.reduce((sum, { benefit }) => sum + benefit, 0);
  const moved = schedules.filter(({ outcome }) => outcome === 'move');
  const carriedGain = gain(carried.schedules.filter(({ outcome }) => outcome === 'move'));
  return {
    ...decision,
    schedules,
    confidence: Math.min(...moved.map(({ confidence }) => confidence)),
    // The kept moves have the share of their decision's gain that their own gains have.
    benefit: decision.benefit + (carriedGain <= 0 ? 0 : (carried.benefit * gain(taken)) / carriedGain),
  };
}
