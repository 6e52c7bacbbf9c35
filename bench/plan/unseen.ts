import { ticksPerWeek } from '../../src/cron/gaps.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { planSchedules } from '../../src/plan/plan.ts';
import { type Case, FIRST_ROUND, inputOf, JUDGED_FROM, learnedUntil } from './case.ts';
import { deadline, lateShare } from './deadlines.ts';

/** A smaller promised gain is not judged. */
const LEAST_PROMISED = 0.05;
/** A gain has come true when half of it is there. */
const PROMISED_SHARE = 0.5;

/** A move for a deadline, what was said of it, and whether half of it came. */
export interface DeadlineMove {
  /** Whether no ticks of any of the installation's schedules had been seen at the new hour. */
  readonly unseen: boolean;
  readonly confidence: number;
  readonly kept: boolean;
}

/** The moves of one plan in which every daily schedule shall be done three hours after its tick, judged. */
export function deadlineMoves(of: Case): readonly DeadlineMove[] {
  const daily = of.cast.filter(({ cron }) => ticksPerWeek(parseCron(cron)) === 7);
  const wished = new Map(daily.map((one) => [one.key, deadline(one)]));
  const seen = learnedUntil(of, new Map(), FIRST_ROUND, JUDGED_FROM);
  const input = inputOf(seen, JUDGED_FROM, { maxChangeShare: 1, minConfidence: 0 });
  const schedules = input.schedules.map((one) => ({ ...one, finishByMinute: wished.get(one.key) ?? null }));
  const rows = planSchedules({ ...input, schedules }, 1).schedules;
  return daily.flatMap((one) => {
    const row = rows.find(({ key, outcome }) => key === one.key && outcome === 'move');
    const [before, after] = [row?.today?.finishByProbability, row?.proposed?.finishByProbability];
    if (row === undefined || typeof before !== 'number' || typeof after !== 'number') return [];
    if (after - before < LEAST_PROMISED) return [];
    const came = lateShare(of, one, row.cron) - lateShare(of, one, row.to);
    const kept = came >= PROMISED_SHARE * (after - before);
    return [{ unseen: row.latenessBelief === 0, confidence: row.confidence, kept }];
  });
}
