import type { Decision, ScheduleDecision } from '../../plan/decision.ts';
import type { ProposedMove } from '../../proposal/proposal.ts';
import { leftAloneRow } from '../../proposal/standing-orders.ts';

/** A decision with no other moves than these. */
export function withMovesOf(carried: Decision, movesKept: readonly ProposedMove[]): Decision {
  const keptTo = new Map(movesKept.map(({ key, to }) => [key, to]));
  const isKept = (row: ScheduleDecision) => row.outcome === 'move' && keptTo.get(row.key) === row.to;
  const moved = carried.schedules.filter(({ outcome }) => outcome === 'move');
  const gain = (rows: readonly ScheduleDecision[]) => rows.reduce((sum, { benefit }) => sum + benefit, 0);
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
    // No plan was made for the moves that are kept: they get a share of the whole gain, by their own gains.
    benefit: gain(moved) <= 0 ? 0 : (carried.benefit * gain(kept)) / gain(moved),
  };
}
