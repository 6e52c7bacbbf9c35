import type { Decision, ScheduleDecision } from '../plan/decision.ts';
import type { Proposal } from './proposal.ts';
import { openProposalOf } from './record.ts';
import { type StandingOrders, withStandingOrders } from './standing-orders.ts';

/** What is known of a repository's decisions, and what people have asked for. */
interface Decided extends Pick<StandingOrders, 'care' | 'proposals'> {
  readonly decisions: readonly Decision[];
}

/**
 * The decision that every door answers from: the newest round that looked at all schedules, with what a newer round for
 * some of them says of those, with the moves that the open pull request carries as it carries them, and with what
 * people have asked for since. `undefined` before the first round. `now` is in epoch ms, `mode` the one in force, where
 * known.
 */
export function currentDecision(
  { decisions, proposals, care }: Decided,
  { now, mode }: Pick<StandingOrders, 'now' | 'mode'>,
): Decision | undefined {
  const place = decisions.findLastIndex(({ narrowed }) => narrowed !== true);
  const whole = decisions[place] ?? decisions.at(-1);
  if (whole === undefined) return undefined;
  const newer = place === -1 ? [] : decisions.slice(place + 1);
  const open = openProposalOf(proposals);
  const carried = decisions.find(({ id }) => id === open?.decisionId);
  const newest = { ...whole, schedules: whole.schedules.map((row) => newestRow(row, newer)) };
  const ordered = withStandingOrders(newest, { care, proposals, now, mode }, decisions);
  return { ...ordered, schedules: ordered.schedules.map((row) => inPull(row, open, carried)) };
}

/** The row of a schedule in the newest round that looked at it, if its cron was the same then. */
function newestRow(row: ScheduleDecision, newer: readonly Decision[]): ScheduleDecision {
  const rows = newer.flatMap(({ schedules }) => schedules.filter(({ key }) => key === row.key));
  return rows.findLast(({ inRound, cron }) => inRound !== false && cron === row.cron) ?? row;
}

/** A row as the open pull request has it, where that moves the schedule and it may still move. */
function inPull(
  row: ScheduleDecision,
  open: Proposal | undefined,
  carried: Decision | undefined,
): ScheduleDecision {
  const move = open?.moves.find(({ key, from }) => key === row.key && from === row.cron);
  if (open === undefined || move === undefined) return row;
  if (row.outcome === 'refused') {
    const stillMoves = `Pull request #${open.pullNumber} still moves it, until that is brought up to date.`;
    return { ...row, reasons: [...row.reasons, stillMoves] };
  }
  const then = carried?.schedules.find(({ key, to }) => key === move.key && to === move.to);
  const shown = then ?? (row.to === move.to ? row : { ...row, proposed: null });
  const { pullNumber } = open;
  const reasons = [
    `It is proposed in #${pullNumber}.`,
    ...(shown === row && row.to !== move.to ? [] : shown.reasons),
  ];
  return { ...shown, outcome: 'move', to: move.to, reasons, inPull: pullNumber };
}
