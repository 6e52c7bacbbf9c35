import { CRON_PARSER, type CronPeer } from '../../cron/cron-parser-peer.ts';
import { parseCron } from '../../cron/parse.ts';
import { tickDifference } from '../../cron/second-opinion.ts';
import type { ScheduleDecision } from '../../plan/decision.ts';
import type { PlanInput, PlannedSchedule } from '../../plan/input.ts';
import { type Refusal, refuse } from '../../workflow/refusal.ts';
import type { UnwritableMove } from './unwritable-moves.ts';

type Move = Pick<ScheduleDecision, 'key' | 'timezone' | 'outcome' | 'to'>;

/** A move to a cron for which another cron engine expects other ticks than ours. */
export interface DoubtedMove {
  readonly key: string;
  readonly to: string;
  /** A clause that names the cron, the zone and the first difference. */
  readonly detail: string;
}

/** The moves whose new cron ticks differently in another engine. `now` is epoch ms. */
export function doubtedMoves(
  schedules: readonly Move[],
  now: number,
  peer: CronPeer = CRON_PARSER,
): readonly DoubtedMove[] {
  return schedules.flatMap(({ key, timezone, outcome, to }) => {
    if (outcome !== 'move') return [];
    const difference = tickDifference(parseCron(to), timezone, now, peer);
    return difference === null ? [] : [{ key, to, detail: difference.detail }];
  });
}

/** Times of one schedule that may not be proposed, and the refusal of the schedule where no time is left. */
interface RuledOutTimes {
  readonly crons: ReadonlySet<string>;
  readonly refusal: Refusal;
  /** True where the schedule is refused whatever times are left. */
  readonly final: boolean;
}

/** Crons that planning may not use, by schedule key. */
export type RuledOut = ReadonlyMap<string, RuledOutTimes>;

/** After so many times that could not be written a schedule is refused: trying all of them would take a plan each. */
const MOST_TIMES_TRIED = 3;

/** Nothing ruled out: the state before the first plan. */
export function noMoveRuledOut(): RuledOut {
  return new Map();
}

/** The crons ruled out so far, and these unwritable moves too. */
export function ruleOut(ruledOut: RuledOut, moves: readonly UnwritableMove[]): RuledOut {
  const next = new Map(ruledOut);
  for (const { key, to, error } of moves) {
    const crons = new Set(next.get(key)?.crons).add(to);
    const refusal = refuse('unwritable', { detail: error.message.replace(/\.$/, '') });
    next.set(key, { crons, refusal, final: false });
  }
  return next;
}

/** The crons ruled out, and all times of a schedule of which two engines disagree on one. */
export function ruleOutDoubted(ruledOut: RuledOut, moves: readonly DoubtedMove[]): RuledOut {
  const next = new Map(ruledOut);
  for (const { key, to, detail } of moves) {
    next.set(key, { crons: new Set([to]), refusal: refuse('engines-disagree', { detail }), final: true });
  }
  return next;
}

/** The input of a plan that proposes none of these. */
export function withoutRuledOut(input: PlanInput, ruledOut: RuledOut): PlanInput {
  if (ruledOut.size === 0) return input;
  return { ...input, schedules: input.schedules.map((schedule) => withTimesLeft(schedule, ruledOut)) };
}

function withTimesLeft(schedule: PlannedSchedule, ruledOut: RuledOut): PlannedSchedule {
  const times = ruledOut.get(schedule.key);
  if (times === undefined) return schedule;
  const candidates = schedule.candidates.filter(({ cron }) => !times.crons.has(cron));
  const isLeftAlone = times.final || candidates.length === 0 || times.crons.size >= MOST_TIMES_TRIED;
  return isLeftAlone ? { ...schedule, candidates: [], refusal: times.refusal } : { ...schedule, candidates };
}
