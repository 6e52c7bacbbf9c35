import { DAY_MINUTES } from '../time.ts';
import type { Cron } from './parse.ts';

/** Minutes of the local day, 0–1439, from inclusive, to exclusive; `from > to` goes over midnight. */
export interface DayWindow {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Where a schedule may be moved. All minutes are minutes of the schedule's own local day. */
export interface CandidateLimits {
  readonly window?: DayWindow;
  /** Written down by somebody; unset means the default of the shape. */
  readonly maxShiftMinutes?: number;
  /** The run shall be done by then. It bounds schedules of one tick a day; others have no one end of the day's work. */
  readonly finishByMinute?: number;
  readonly notBeforeMinute?: number;
  /** Whether a tick may come to another local date; jobs stamp dates, so by default it may not. */
  readonly allowDayChange?: boolean;
}

/** A tick more than half a day before the wished end belongs to the day before, not to this end. */
const FINISH_BY_REACH_MINUTES = 720;

/** Whether all ticks of a day (minutes) lie in the window and after `notBefore`, and can be done by `finishBy`. */
export function minutesWithinLimits(dayMinutes: readonly number[], limits: CandidateLimits): boolean {
  const finishBy = dayMinutes.length === 1 ? limits.finishByMinute : undefined;
  const windows = [limits.window, boundsOf(limits.notBeforeMinute, finishBy)].filter(
    (window) => window !== undefined,
  );
  return windows.every((window) => dayMinutes.every((minute) => isInWindow(window, minute)));
}

/** Whether a minute of the day lies in the window; equal ends mean the whole day. */
export function isInWindow(window: DayWindow, minute: number): boolean {
  const { fromMinute, toMinute } = window;
  if (fromMinute === toMinute) return true;
  if (fromMinute < toMinute) return minute >= fromMinute && minute < toMinute;
  return minute >= fromMinute || minute < toMinute;
}

/**
 * The moves of a day's one tick that aim at the same `finish-by` as today: the next one when the tick is on its way to
 * it, else the one it has just missed. So Monday's 09:00 run asked to finish by 07:00 goes to Monday's small hours and
 * not to its evening. In signed minutes, both ends inclusive; `null` where no end is wished, or for several ticks.
 */
export function finishBySpan(
  { dayMinutes }: Cron,
  { finishByMinute, notBeforeMinute }: CandidateLimits,
): { readonly from: number; readonly to: number } | null {
  const [tick, another] = dayMinutes;
  if (finishByMinute === undefined || tick === undefined || another !== undefined) return null;
  const reach = minutesUntil(earliestFor(finishByMinute, notBeforeMinute), finishByMinute);
  const end = minutesToFinishBy(tick, finishByMinute, notBeforeMinute);
  return { from: end - reach, to: end - 1 };
}

/**
 * Minutes from a tick to the `finish-by` that is its own; negative where the tick comes after it. A tick is on its way
 * to the next one from `not-before` on, or from half a day before; any other tick has missed the last one. A move does
 * not change which one is meant: a candidate has what is left of these minutes after its shift.
 */
export function minutesToFinishBy(tick: number, finishBy: number, notBefore?: number): number {
  const ahead = minutesUntil(tick, finishBy);
  return ahead <= minutesUntil(earliestFor(finishBy, notBefore), finishBy) ? ahead : ahead - DAY_MINUTES;
}

/** `not-before` and `finish-by` as one window; together they may go over midnight (22:00 to 07:00). */
function boundsOf(notBefore: number | undefined, finishBy: number | undefined): DayWindow | undefined {
  if (finishBy !== undefined) return { fromMinute: earliestFor(finishBy, notBefore), toMinute: finishBy };
  return notBefore === undefined ? undefined : { fromMinute: notBefore, toMinute: DAY_MINUTES };
}

function earliestFor(finishBy: number, notBefore: number | undefined): number {
  return notBefore ?? (finishBy - FINISH_BY_REACH_MINUTES + DAY_MINUTES) % DAY_MINUTES;
}

/** Minutes from one time of day to the next occurrence of another; 0 when they are the same. */
function minutesUntil(from: number, to: number): number {
  return (((to - from) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
}
