import { median } from '../../statistics.ts';
import { DAY_MS, utcDate } from '../../time.ts';
import type { Series } from './series.ts';

/** So long before a day a schedule's lateness is what is usual for it; an incident of a week cannot hide in it. */
const USUAL_MS = 14 * DAY_MS;
/** With fewer runs in that time nothing is known to be usual. */
const LEAST_USUAL_RUNS = 5;
/**
 * A schedule is late on a day where its runs are this many times as late as usual, and an hour later at least: half of
 * the daily schedules measured in 2026 are late by hours, few by three times their own median.
 */
const LATE_FACTOR = 3;
const LATE_BY_MINUTES = 60;
/** Schedules of which the lateness on a day has to be known. Fewer that are late at once may be chance. */
const LEAST_SCHEDULES = 5;

/**
 * UTC days, oldest first, on which more than half of the schedules were far later than usual for them: GitHub started
 * runs late for everybody. `series` are schedules that nobody has moved, of as many repositories as are known.
 */
export function incidentDays(series: readonly Series[]): readonly string[] {
  const days = new Map<string, { known: number; late: number }>();
  for (const [day, isLate] of series.flatMap(lateDays)) {
    const seen = days.get(day) ?? { known: 0, late: 0 };
    days.set(day, { known: seen.known + 1, late: seen.late + (isLate ? 1 : 0) });
  }
  return [...days]
    .filter(([, { known, late }]) => known >= LEAST_SCHEDULES && late > known / 2)
    .map(([day]) => day)
    .sort();
}

/** Whether a schedule was late on any day: else there is no incident that could have touched it. */
export function wasLateOnAnyDay(series: Series): boolean {
  return lateDays(series).some(([, isLate]) => isLate);
}

/** Days on which runs of a schedule were created and what is usual is known, each with whether they were late. */
function lateDays({ runs }: Series): readonly (readonly [day: string, isLate: boolean])[] {
  const known = runs.flatMap(({ at, minutesLate }) => (minutesLate === null ? [] : [{ at, minutesLate }]));
  return [...Map.groupBy(known, ({ at }) => Math.floor(at / DAY_MS))].flatMap(([day, own]) => {
    const start = day * DAY_MS;
    const usual = known.filter(({ at }) => at >= start - USUAL_MS && at < start);
    if (usual.length < LEAST_USUAL_RUNS) return [];
    const level = median(usual.map(({ minutesLate }) => minutesLate));
    const lateness = median(own.map(({ minutesLate }) => minutesLate));
    const isLate = lateness >= LATE_FACTOR * level && lateness >= level + LATE_BY_MINUTES;
    return [[utcDate(start), isLate] as const];
  });
}
