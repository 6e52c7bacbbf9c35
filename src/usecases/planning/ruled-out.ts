import type { PlanInput, PlannedSchedule } from '../../plan/input.ts';
import { type Refusal, refuse } from '../../workflow/refusal.ts';
import type { DoubtedMove } from './doubted-moves.ts';
import type { UnwritableMove } from './unwritable-moves.ts';

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
