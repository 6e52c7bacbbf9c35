import { itemAt } from '../../checked.ts';
import type { ScheduleRules } from '../../config/rules.ts';
import type { Candidate } from '../../cron/candidates.ts';
import { type Cron, parseCron } from '../../cron/parse.ts';
import { usualOffsets } from '../../cron/timezone.ts';
import { quantileAtScore } from '../../forecast/quantile.ts';
import type { ScheduleForecast } from '../../forecast/types.ts';
import { Z90 } from '../../statistics.ts';
import { DAY_MINUTES, HOUR_MINUTES } from '../../time.ts';
import { refuse } from '../../workflow/refusal.ts';
import type { Schedule, WorkflowFile } from '../../workflow/schedule.ts';
import type { MovesLeft } from './moves-left.ts';

/**
 * The moves that leave the date which runs see as it is. Only what reads the clock is concerned: there a tick keeps its
 * date in UTC, which a runner's clock shows, and nine runs in ten start on that date. Where a text tests the hour, a
 * tick keeps its hour.
 */
export function clearOfMidnight(
  { candidates, refusal }: MovesLeft,
  { readsClockAt, readsHourAt }: Pick<WorkflowFile, 'readsClockAt' | 'readsHourAt'>,
  { cron: text, timezone, line, column }: Schedule,
  { limits }: Pick<ScheduleRules, 'limits'>,
  forecast: ScheduleForecast,
): MovesLeft {
  const readAt = readsHourAt ?? readsClockAt;
  if (readAt === undefined || limits.allowDayChange === true || candidates.length === 0) {
    return { candidates, refusal };
  }
  const cron = parseCron(text);
  const clocks = [0, ...usualOffsets(timezone)];
  const carried = carriedOver(cron, timezone, clocks, forecast);
  const left = candidates.filter((candidate) => {
    if (changesDateInUtc(cron, candidate, timezone)) return false;
    if (readsHourAt !== undefined && changesHour(cron, candidate)) return false;
    const isNearer = candidate.shiftMinutes > 0;
    return (carried && !isNearer) || !carriedOver(parseCron(candidate.cron), timezone, clocks, forecast);
  });
  if (left.length > 0) return { candidates: left, refusal };
  return { candidates: [], refusal: refuse('near-midnight', { line, column, detail: readAt }) };
}

/** Whether a move on the same local date changes the one in UTC. Every hour has ticks on all dates anyway. */
function changesDateInUtc(cron: Cron, { shiftMinutes }: Candidate, timezone: string): boolean {
  if (cron.hours.length === 24) return false;
  return usualOffsets(timezone).some((offset) =>
    cron.dayMinutes.some((minute) => dateOf(minute - offset) !== dateOf(minute - offset + shiftMinutes)),
  );
}

/** Clocks are whole hours apart nearly everywhere: the hour stays in all of them, or changes in all. */
function changesHour({ dayMinutes }: Cron, { shiftMinutes }: Candidate): boolean {
  return dayMinutes.some((minute) => hourOf(minute) !== hourOf(minute + shiftMinutes));
}

/** Whether the usual lateness carries a tick over midnight, by any of these clocks (minutes ahead of UTC). */
function carriedOver(
  { dayMinutes }: Cron,
  timezone: string,
  clocks: readonly number[],
  { lateness }: ScheduleForecast,
): boolean {
  return usualOffsets(timezone).some((offset) =>
    dayMinutes.some((minute) => {
      const utc = minute - offset;
      const late = quantileAtScore(itemAt(lateness, Math.floor(inDay(utc) / HOUR_MINUTES)).minutes, Z90);
      return clocks.some((clock) => inDay(utc + clock) + late >= DAY_MINUTES);
    }),
  );
}

function dateOf(minute: number): number {
  return Math.floor(minute / DAY_MINUTES);
}

function hourOf(minute: number): number {
  return Math.floor(minute / HOUR_MINUTES);
}

function inDay(minute: number): number {
  return ((minute % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
}
