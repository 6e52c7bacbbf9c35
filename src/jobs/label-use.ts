import { z } from 'zod';
import { numberIn, numberList, withNumber } from '../forecast/number-list.ts';
import { hourOfWeek } from '../forecast/slot.ts';
import { succeeded } from '../history/run.ts';
import type { Immutable } from '../immutable.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, WEEK_HOURS, weekNumber } from '../time.ts';
import type { ObservedJob } from './observed-job.ts';

/** Upper bounds, in seconds, of the classes of waits for a runner; the last class has none. */
export const WAIT_BOUNDS = [5, 15, 30, 60, 180, 600, 1_800, 7_200] as const;
const WAIT_CLASSES = WAIT_BOUNDS.length + 1;

/** One UTC hour of the week: week of the newest job, jobs queued, minutes of work, and jobs by wait; it fades. */
const HOUR_FIELDS = 3 + WAIT_CLASSES;
/** One week, as a list: its number, jobs queued, minutes of work, seconds of waiting. */
const WEEK_FIELDS = 4;

/** What jobs took of the runners of the same labels. */
export const LabelUse = z.object({
  /** Queueing of the first and of the newest job, epoch ms. */
  firstAt: z.number(),
  lastAt: z.number(),
  /** By hour of the week, 0 (Monday 00:00 UTC) to 167; hours without jobs are left out. */
  hours: z.record(z.string(), numberList(HOUR_FIELDS)),
  /** The newest weeks with jobs, oldest first. */
  weeks: z.array(numberList(WEEK_FIELDS)),
});
export type LabelUse = Immutable<z.infer<typeof LabelUse>>;

/** Of an hour's counts at the same hour a week later. */
export const HOUR_MEMORY = 0.9;
const WEEKS_KEPT = 16;
/** Counts keep so many digits behind the point. */
const PER_DIGIT = 100;

/** Runners that nothing was run on. */
export function newLabelUse(): LabelUse {
  return { firstAt: 0, lastAt: 0, hours: {}, weeks: [] };
}

/** The use after one more job; one that was skipped took no runner. */
export function updateLabelUse(use: LabelUse, job: ObservedJob): LabelUse {
  if (job.conclusion === 'skipped') return use;
  const { createdAt, startedAt } = job;
  // A job that went on for longer than a day is stuck: the rest of it says nothing of the hours.
  const endedAt = Math.min(job.endedAt, startedAt + DAY_MS);
  const waited = Math.max(0, startedAt - createdAt) / 1_000;
  const tellsWait = succeeded(job.conclusion) !== null;
  const hours: Record<string, readonly number[]> = { ...use.hours };
  const add = (at: number, field: number, amount: number): void => {
    const hour = String(hourOfWeek(at) % WEEK_HOURS);
    const counts = asOfWeek(hours[hour] ?? noCounts(weekNumber(at)), weekNumber(at));
    hours[hour] = withNumber(counts, field, rounded(numberIn(counts, field) + amount));
  };
  add(createdAt, 1, 1);
  if (tellsWait) add(createdAt, 3 + waitClass(waited), 1);
  for (let from = startedAt; from < endedAt; ) {
    const to = Math.min(endedAt, (Math.floor(from / HOUR_MS) + 1) * HOUR_MS);
    add(from, 2, (to - from) / MINUTE_MS);
    from = to;
  }
  const minutes = Math.max(0, endedAt - startedAt) / MINUTE_MS;
  return {
    firstAt: use.firstAt === 0 ? createdAt : Math.min(use.firstAt, createdAt),
    lastAt: Math.max(use.lastAt, createdAt),
    hours,
    weeks: withWeek(use.weeks, weekNumber(createdAt), minutes, waited),
  };
}

function noCounts(week: number): readonly number[] {
  return [week, ...new Array<number>(HOUR_FIELDS - 1).fill(0)];
}

/** Counts as they weigh in a week; a job that comes late is counted as if it were of the newest one. */
export function asOfWeek(counts: readonly number[], week: number): readonly number[] {
  const since = week - numberIn(counts, 0);
  if (since <= 0) return counts;
  const share = HOUR_MEMORY ** since;
  return counts.map((count, field) => (field === 0 ? week : rounded(share * count)));
}

/** Class of a wait in seconds, 0 for the shortest. */
function waitClass(seconds: number): number {
  const place = WAIT_BOUNDS.findIndex((bound) => seconds <= bound);
  return place < 0 ? WAIT_BOUNDS.length : place;
}

function withWeek(
  weeks: LabelUse['weeks'],
  week: number,
  minutes: number,
  waited: number,
): LabelUse['weeks'] {
  const place = weeks.findIndex(([number]) => number === week);
  const [, jobs, worked, queued] = weeks[place] ?? [week, 0, 0, 0];
  const after = [week, (jobs ?? 0) + 1, rounded((worked ?? 0) + minutes), rounded((queued ?? 0) + waited)];
  if (place >= 0) return weeks.with(place, after);
  return [...weeks, after].sort((a, b) => numberIn(a, 0) - numberIn(b, 0)).slice(-WEEKS_KEPT);
}

function rounded(count: number): number {
  return Math.round(PER_DIGIT * count) / PER_DIGIT;
}

/** A longer wait for a runner is noticed. */
const NOTICED_WAIT_CLASS = WAIT_BOUNDS.indexOf(60);

/** Share of the jobs, as they weigh in their hours, that waited longer than a minute. */
export function slowShare({ hours }: LabelUse): number {
  let [slow, all] = [0, 0];
  for (const counts of Object.values(hours)) {
    for (const [place, count] of counts.slice(3).entries()) {
      all += count;
      if (place > NOTICED_WAIT_CLASS) slow += count;
    }
  }
  return all === 0 ? 0 : slow / all;
}
