import type { Decision, ScheduleDecision } from '../../plan/decision.ts';
import type { ProposedMove } from '../../proposal/proposal.ts';
import { refuse } from '../../workflow/refusal.ts';

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
    // The explanation and cautions of the move do not hold any more.
    const { explanation: _explanation, cautions: _cautions, ...unmoved } = row;
    return {
      ...unmoved,
      outcome: 'refused',
      to: row.cron,
      confidence: 0,
      benefit: 0,
      proposed: null,
      alternatives: [],
      reasons: [refuse('left-alone').sentence],
    };
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
