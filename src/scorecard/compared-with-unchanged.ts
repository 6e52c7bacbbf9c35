import { mean } from '../statistics.ts';
import { DAY_MS } from '../time.ts';
import {
  byDay,
  type DayValue,
  type Ends,
  levelOf,
  type MeanOverDays,
  meanOverDays,
} from './mean-over-days.ts';
import type { Series, Start, TimeSpan } from './starts.ts';

/** How far back the usual of a schedule reaches before it was changed. */
const LOOK_BACK_MS = 90 * DAY_MS;
/** With fewer days before the change nothing is known to be usual. */
const LEAST_DAYS_BEFORE = 5;
/** An unchanged schedule with fewer days says little of what a day was like. */
const LEAST_DAYS_BESIDE = 5;

/**
 * By how much a measure of the changed schedules differs from what it would have been: each run against the usual of
 * its schedule before the change, less the distance of the unchanged schedules from their own usual on the same day
 * (difference in differences, day by day). Runs of `span` count; `ends` are those of the measure, where it has any.
 * `null` where nothing can be compared.
 */
export function comparedWithUnchanged(
  all: readonly Series[],
  read: (start: Start) => number | null,
  span: TimeSpan,
  ends?: Ends,
): MeanOverDays | null {
  const changed = all.filter(({ changedAt }) => changedAt !== null);
  const drift = driftByDay(
    all.filter(({ changedAt }) => changedAt === null),
    read,
  );
  const compared = changed.flatMap((series) => againstItself(series, drift, read, span, ends));
  const days = [
    ...Map.groupBy(
      compared.flatMap((one) => one.days),
      ({ day }) => day,
    ),
  ].map(([day, own]) => joined(day, own));
  const runs = days.reduce((sum, day) => sum + day.runs, 0);
  const shares = compared.map(({ days: own, ...usual }) => ({
    ...usual,
    share: own.reduce((sum, day) => sum + day.runs, 0) / Math.max(1, runs),
  }));
  const variance = shares.reduce((sum, one) => sum + one.share ** 2 * one.variance, 0);
  const level = shares.reduce((sum, one) => sum + one.share * one.level, 0);
  const known = ends === undefined ? {} : { ends: [ends[0] - level, ends[1] - level] as const };
  return meanOverDays(days, { variance, ...known });
}

/** How far the unchanged schedules were from their usual on each day; days on which none ran are missing. */
function driftByDay(
  unchanged: readonly Series[],
  read: (start: Start) => number | null,
): ReadonlyMap<number, number> {
  const distances = unchanged.flatMap((series) => {
    const days = byDay(valuesOf(series.starts, read));
    if (days.length < LEAST_DAYS_BESIDE) return [];
    const { level } = levelOf(days);
    return days.map(({ day, value }) => ({ day, value: value - level }));
  });
  return new Map(byDay(distances).map(({ day, value }) => [day, value]));
}

/** Days of a changed schedule against its usual, both without their days' drift; none without a usual. */
function againstItself(
  { changedAt, until, starts }: Series,
  drift: ReadonlyMap<number, number>,
  read: (start: Start) => number | null,
  { from, to }: TimeSpan,
  ends?: Ends,
): readonly { readonly days: readonly DayValue[]; readonly level: number; readonly variance: number }[] {
  if (changedAt === null) return [];
  const settled = valuesOf(starts, read).flatMap(({ at, day, value }) => {
    const shift = drift.get(day);
    return shift === undefined ? [] : [{ at, day, value: value - shift }];
  });
  const before = byDay(settled.filter(({ at }) => at < changedAt && at >= changedAt - LOOK_BACK_MS));
  if (before.length < LEAST_DAYS_BEFORE) return [];
  const { level, variance } = levelOf(before, ends);
  const end = Math.min(to, until ?? to);
  const after = settled.filter(({ at }) => at >= Math.max(from, changedAt) && at < end);
  return [{ days: byDay(after).map((day) => ({ ...day, value: day.value - level })), level, variance }];
}

function valuesOf(starts: readonly Start[], read: (start: Start) => number | null) {
  return starts.flatMap((start) => {
    const value = read(start);
    return value === null ? [] : [{ at: start.tick, day: Math.floor(start.tick / DAY_MS), value }];
  });
}

function joined(day: number, values: readonly DayValue[]): DayValue {
  const runs = values.reduce((sum, one) => sum + one.runs, 0);
  return { day, runs, value: mean(values.flatMap(({ runs: own, value }) => Array<number>(own).fill(value))) };
}
