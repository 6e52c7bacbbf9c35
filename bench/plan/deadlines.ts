import { candidatesOf } from '../../src/cron/candidates.ts';
import { minutesBetween } from '../../src/cron/distance.ts';
import { ticksPerWeek } from '../../src/cron/gaps.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { ticksBetween } from '../../src/cron/ticks.ts';
import { planSchedules } from '../../src/plan/plan.ts';
import { jenkinsHash } from './baselines.ts';
import {
  type Case,
  type CastSchedule,
  DAY_MS,
  FIRST_ROUND,
  inputOf,
  JUDGED_DAYS,
  JUDGED_FROM,
  learnedUntil,
  worldOf,
} from './case.ts';

/** Wished: done three hours after today's tick. */
const WISHED_MINUTES = 180;
const DAY_MINUTES = 1440;
/** A wish is kept when no more ticks than this are late. */
const KEPT_LATE_SHARE = 0.1;

/** One schedule with a deadline: the share of its ticks that are late, under each method. */
export interface Deadline {
  readonly unchanged: number;
  readonly hash: number;
  readonly ours: number;
  /** At the best of its candidates, in hindsight. */
  readonly best: number;
}

/** Every schedule that ticks once a day is wished to be done three hours after its tick; all may move at once. */
export function deadlinesOf(of: Case): readonly Deadline[] {
  const daily = of.cast.filter(({ cron }) => ticksPerWeek(parseCron(cron)) === 7);
  const wished = new Map(daily.map((one) => [one.key, deadline(one)]));
  const seen = learnedUntil(of, new Map(), FIRST_ROUND, JUDGED_FROM);
  const input = inputOf(seen, JUDGED_FROM, { maxChangeShare: 1 });
  const schedules = input.schedules.map((one) => ({ ...one, finishByMinute: wished.get(one.key) ?? null }));
  const planned = new Map(
    planSchedules({ ...input, schedules }, 1).schedules.map(({ key, outcome, cron, to }) => [
      key,
      outcome === 'move' ? to : cron,
    ]),
  );
  return daily.map((one) => {
    const candidates = candidatesOf(parseCron(one.cron), 'UTC').map(({ cron }) => lateShare(of, one, cron));
    const unchanged = lateShare(of, one, one.cron);
    return {
      unchanged,
      hash: lateShare(of, one, jenkinsHash(one.cron, one.key)),
      ours: lateShare(of, one, planned.get(one.key) ?? one.cron),
      best: Math.min(unchanged, ...candidates),
    };
  });
}

export function isKept(share: number): boolean {
  return share <= KEPT_LATE_SHARE;
}

/** Minute of the day by which it is wished to be done. */
export function deadline({ cron }: CastSchedule): number {
  const { minutes, hours } = parseCron(cron);
  return ((hours[0] ?? 0) * 60 + (minutes[0] ?? 0) + WISHED_MINUTES) % DAY_MINUTES;
}

/** Share of the judged ticks at `cron` that are not done by the deadline. */
export function lateShare(of: Case, one: CastSchedule, cron: string): number {
  const world = worldOf(of);
  const place = of.cast.indexOf(one);
  const allowed = WISHED_MINUTES - minutesBetween(one.cron, cron);
  const ticks = ticksBetween(parseCron(cron), 'UTC', JUDGED_FROM, JUDGED_FROM + JUDGED_DAYS * DAY_MS);
  const late = ticks.filter((tick, ordinal) => {
    const { lateMinutes, seconds } = world.outcomeOf(place, tick, ordinal);
    return lateMinutes === null || lateMinutes + seconds / 60 > allowed;
  });
  return late.length / Math.max(1, ticks.length);
}
