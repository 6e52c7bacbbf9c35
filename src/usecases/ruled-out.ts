import type { PlanInput, PlannedSchedule } from '../plan/input.ts';
import { refuse } from '../workflow/refusal.ts';
import type { UnwritableMove } from './unwritable-moves.ts';

/** Times of one schedule that have turned out to be unwritable, and what the editor said last. */
interface RuledOutTimes {
  readonly crons: ReadonlySet<string>;
  readonly why: string;
}

/** What planning has to go without, by schedule key. */
export type RuledOut = ReadonlyMap<string, RuledOutTimes>;

/** A schedule that could not be written so often is left alone: trying all its times would take a round each. */
const MOST_TIMES_TRIED = 3;

/** Nothing is ruled out before anything was tried. */
export function noMoveRuledOut(): RuledOut {
  return new Map();
}

/** What was ruled out so far, and these moves too. */
export function ruleOut(ruledOut: RuledOut, moves: readonly UnwritableMove[]): RuledOut {
  const next = new Map(ruledOut);
  for (const { key, to, error } of moves) {
    const crons = new Set(next.get(key)?.crons).add(to);
    next.set(key, { crons, why: error.message.replace(/\.$/, '') });
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
  if (candidates.length > 0 && times.crons.size < MOST_TIMES_TRIED) return { ...schedule, candidates };
  return { ...schedule, candidates: [], refusal: refuse('unwritable', { detail: times.why }) };
}
