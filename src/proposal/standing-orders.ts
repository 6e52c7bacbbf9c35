import type { Decision, GateResult, ScheduleDecision } from '../plan/decision.ts';
import { refuse } from '../workflow/refusal.ts';
import { askMode, askMoves, askOpenProposal, askSnooze, namingPulls } from './gates.ts';
import type { LeftAlone } from './maintainer-settings.ts';
import type { Mode, Proposal } from './proposal.ts';
import { openProposalOf } from './record.ts';

/** What people have asked for until they ask for something else. */
export interface StandingOrders {
  readonly care: { readonly leftAlone: readonly LeftAlone[]; readonly snoozedUntil: number | null };
  readonly proposals: readonly Proposal[];
  /** Epoch ms. */
  readonly now: number;
  /** The mode in force; its gate keeps the recorded answer where it is not known. */
  readonly mode?: Mode | undefined;
}

const LEFT_ALONE = refuse('left-alone').sentence;

/** A row of a schedule that is left alone: nothing of a move holds any more. */
export function leftAloneRow({ explanation, cautions, unsure, ...row }: ScheduleDecision): ScheduleDecision {
  return {
    ...row,
    outcome: 'refused',
    to: row.cron,
    confidence: 0,
    benefit: 0,
    proposed: null,
    alternatives: [],
    reasons: [LEFT_ALONE],
  };
}

/** A recorded decision with the orders that stand now. `earlier`: the decisions before it, oldest first. */
export function withStandingOrders(
  decision: Decision,
  orders: StandingOrders,
  earlier: readonly Decision[],
): Decision {
  const schedules = decision.schedules.map((row) => orderedRow(row, orders, earlier));
  const isSame = schedules.every((row, at) => row === decision.schedules[at]);
  const ordered = isSame ? decision : { ...decision, schedules, ...gainLeft(decision, schedules) };
  const leftAlone = decision.schedules.find(
    ({ outcome }, at) => outcome === 'move' && schedules[at]?.outcome === 'refused',
  )?.path;
  const gates = decision.gates.map((result) => gateNow(result, ordered, orders, leftAlone));
  return { ...ordered, gates };
}

function orderedRow(
  row: ScheduleDecision,
  { care }: StandingOrders,
  earlier: readonly Decision[],
): ScheduleDecision {
  const isLeftAlone = care.leftAlone.some(({ path }) => path === row.path);
  const wasLeftAlone = row.outcome === 'refused' && row.reasons[0] === LEFT_ALONE;
  if (isLeftAlone) return row.outcome === 'refused' ? row : leftAloneRow(row);
  if (!wasLeftAlone) return row;
  const known = earlier
    .flatMap(({ schedules }) => schedules.filter(({ key, cron }) => key === row.key && cron === row.cron))
    .findLast(({ today }) => today !== null);
  return {
    ...row,
    outcome: 'keep',
    inRound: false,
    today: known?.today ?? null,
    reasons: ['It may be moved again; the next planning round looks at it.'],
  };
}

/** Confidence and gain of the moves that are left; no plan was made for them, so they get a share of the whole gain. */
function gainLeft(
  { schedules: before, benefit }: Decision,
  schedules: readonly ScheduleDecision[],
): Pick<Decision, 'confidence' | 'benefit'> {
  const isMove = ({ outcome }: ScheduleDecision): boolean => outcome === 'move';
  const gain = (rows: readonly ScheduleDecision[]): number =>
    rows.filter(isMove).reduce((sum, row) => sum + row.benefit, 0);
  const left = schedules.filter(isMove);
  return {
    confidence: left.length === 0 ? 0 : Math.min(...left.map(({ confidence }) => confidence)),
    benefit: gain(before) <= 0 ? 0 : (benefit * gain(left)) / gain(before),
  };
}

/** Gates that were asked of the moves of the round. */
const OF_MOVES: ReadonlySet<string> = new Set([
  'confidence',
  'benefit',
  'change-share',
  'dwell',
  'edits',
  'reversal',
  'refused-before',
]);

/**
 * The answer of a gate as it is now, where the state alone tells; others keep the answer of their round, and say so
 * where it was given before a workflow that would have moved was left alone.
 */
function gateNow(
  result: GateResult,
  decision: Decision,
  orders: StandingOrders,
  leftAlone: string | undefined,
): GateResult {
  const { care, proposals, now, mode } = orders;
  switch (result.gate) {
    case 'snooze':
      return askSnooze({ now, snoozedUntil: care.snoozedUntil });
    case 'mode':
      return mode === undefined ? result : askMode({ mode });
    case 'moves':
      return askMoves(decision);
    case 'open-proposal': {
      if (result.passed || (result.pulls ?? []).some((number) => isOpen(proposals, number))) return result;
      const updating = openProposalOf(proposals)?.pullNumber ?? null;
      return namingPulls(askOpenProposal({ proposals, updating }), proposals);
    }
    default:
      return result.passed || leftAlone === undefined || !OF_MOVES.has(result.gate)
        ? result
        : { ...result, detail: `Asked before \`${leftAlone}\` was left alone: ${result.detail}` };
  }
}

function isOpen(proposals: readonly Proposal[], number: number): boolean {
  return proposals.some(({ state, pullNumber }) => state === 'open' && pullNumber === number);
}
