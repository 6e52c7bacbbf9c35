import { candidatesAround } from '../../src/cron/candidates.ts';
import { minutesBetween } from '../../src/cron/distance.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { ticksBetween } from '../../src/cron/ticks.ts';
import type { ScheduleDecision } from '../../src/plan/decision.ts';
import { planSchedules } from '../../src/plan/plan.ts';
import { DAY_MINUTES, DAY_MS } from '../../src/time.ts';
import { type Case, FIRST_ROUND, inputOf } from './case.ts';

/** Nobody minds a start that is so much later by the clock. */
const LATER_MINUTES = 10;
/** So many schedules at one minute are a crowd. */
const CROWD = 3;
const WEEKS_LOOKED_AT = 5;

/** What one plan does that people mind. */
export interface RulesKept {
  readonly schedules: number;
  readonly moves: number;
  /** Moves that bring a tick to another UTC date. */
  readonly dayChanges: number;
  /** Minutes with three or more schedules that had fewer before. */
  readonly newCrowds: number;
  /** Moves after which half of the runs start more than ten minutes later by the clock. */
  readonly laterStarts: number;
  /** Those of them that gain nothing but less delay. */
  readonly laterForDelay: number;
  /** Minutes of expected lateness a tick that the moves save, all together. */
  readonly minutesSaved: number;
  /** Minutes by which half of the runs start earlier by the clock, all together. */
  readonly minutesEarlier: number;
}

/** Rules in force: none (over midnight, and overlap counted as if every job had to wait), all but the floor, or all. */
export type Rules = 'none' | 'no floor' | 'all';

/** One round of a set by these rules. */
export function rulesKept(of: Case, rules: Rules): RulesKept {
  const before = rules === 'none';
  const input = inputOf(of, FIRST_ROUND, {
    ...(before ? { jobLimits: {} } : {}),
    ...(rules === 'all' ? {} : { onlyNoticeable: false }),
  });
  const schedules = input.schedules.map((schedule) => {
    const cron = parseCron(schedule.cron);
    return before
      ? { ...schedule, candidates: candidatesAround(cron, cron, 'UTC', { allowDayChange: true }) }
      : schedule;
  });
  const rows = planSchedules({ ...input, schedules }, 1).schedules;
  const moves = rows.filter(({ outcome }) => outcome === 'move');
  const ticks = (crons: readonly string[]) => minutesOf(crons, input.now);
  const [was, is] = [ticks(rows.map(({ cron }) => cron)), ticks(rows.map(cronAfter))];
  const later = moves.filter((move) => minutesBetween(move.cron, move.to) - delaySaved(move) > LATER_MINUTES);
  return {
    schedules: rows.length,
    moves: moves.length,
    dayChanges: moves.filter(changesDay).length,
    newCrowds: [...is].filter(([minute, count]) => count >= CROWD && count > (was.get(minute) ?? 0)).length,
    laterStarts: later.length,
    laterForDelay: later.filter(({ explanation }) =>
      explanation?.reasons.every(({ term }) => term === 'lateness'),
    ).length,
    minutesSaved: moves.reduce((sum, move) => sum + delaySaved(move), 0),
    minutesEarlier: moves.reduce(
      (sum, move) => sum + delaySaved(move) - minutesBetween(move.cron, move.to),
      0,
    ),
  };
}

/** Minutes of the median lateness that a move saves. */
function delaySaved({ today, proposed }: ScheduleDecision): number {
  return (today?.latenessMedianMinutes ?? 0) - (proposed?.latenessMedianMinutes ?? 0);
}

function cronAfter({ outcome, cron, to }: ScheduleDecision): string {
  return outcome === 'move' ? to : cron;
}

/** Whether a tick of the day comes to another date on the shortest way to the new time. */
function changesDay({ cron, to }: ScheduleDecision): boolean {
  const [old, now] = [parseCron(cron), parseCron(to)];
  if (old.hours.length === 24) return false;
  const first = (now.dayMinutes[0] ?? 0) - (old.dayMinutes[0] ?? 0);
  return now.dayMinutes.length === 1
    ? Math.abs(first) > DAY_MINUTES / 2
    : now.dayMinutes.some((minute, at) => minute - (old.dayMinutes[at] ?? 0) !== first) ||
        Math.abs(first) > 180;
}

function minutesOf(crons: readonly string[], now: number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const cron of crons) {
    for (const tick of ticksBetween(parseCron(cron), 'UTC', now, now + WEEKS_LOOKED_AT * 7 * DAY_MS)) {
      counts.set(tick, (counts.get(tick) ?? 0) + 1);
    }
  }
  return counts;
}
