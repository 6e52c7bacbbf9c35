import { DAY_MS, MINUTE_MS } from '../time.ts';
import { daysInMonth, nextDay, previousDay } from './days.ts';
import type { Cron } from './parse.ts';
import { offsetOf, segmentAt, segmentEnd, type Zone, zoneOf } from './timezone.ts';

/** 29 February can be eight years away (1896–1904, 2096–2104); nothing that fires at all is rarer. */
const HORIZON_DAYS = 8 * 366 + 31;

/**
 * The first tick strictly after the instant `after`, both epoch ms; `null` when the cron never fires.
 *
 * Local time follows the zone's clocks. A local time that is skipped when they go forward runs at the next valid
 * time (02:30 → 03:00), as GitHub documents. What happens when they go back is not documented; here each local
 * time runs once, at its first occurrence, except where the hour field covers all hours: such a schedule means an
 * interval and keeps firing through the repeated hour. (Cronos and ISC cron part the cases the same way.)
 * Throws `timezone-unknown`.
 */
export function nextTick(cron: Cron, timezone: string, after: number): number | null {
  const from = Math.floor(after / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  if (Number.isNaN(from)) return null;
  if (timezone === 'UTC') return localAtOrAfter(cron, from);
  const zone = zoneOf(timezone);
  let index = segmentAt(zone, from - 1);
  let floor = Math.max(from + offsetOf(zone, index), firstLocal(cron, zone, index));
  // Each turn enters the next segment of the zone.
  for (;;) {
    const local = localAtOrAfter(cron, floor);
    if (local === null) return null;
    const offset = offsetOf(zone, index);
    const end = segmentEnd(zone, index, local - offset + DAY_MS);
    if (local < end + offset) return local - offset;
    if (end >= from && local < end + offsetOf(zone, index + 1)) return end;
    index += 1;
    floor = firstLocal(cron, zone, index);
  }
}

/** The last tick strictly before the instant `before`, both epoch ms; `null` when the cron never fires. */
export function previousTick(cron: Cron, timezone: string, before: number): number | null {
  if (Number.isNaN(before)) return null;
  if (timezone === 'UTC') return localBefore(cron, before);
  const zone = zoneOf(timezone);
  let index = segmentAt(zone, before - 1);
  let ceiling = before + offsetOf(zone, index);
  for (;;) {
    const local = localBefore(cron, ceiling);
    if (local === null) return null;
    const offset = offsetOf(zone, index);
    if (index === 0 || local >= firstLocal(cron, zone, index)) return local - offset;
    const start = zone.segments[index]?.start ?? 0;
    const endOfFormer = start + offsetOf(zone, index - 1);
    // Below the segment's first local time and above the former one's last: the clocks skipped it.
    if (local >= endOfFormer && local < start + offset) return start;
    index -= 1;
    ceiling = endOfFormer;
  }
}

/** All ticks in [from, to), epoch ms, in order; a skipped and a regular tick at the same instant are one. */
export function ticksBetween(cron: Cron, timezone: string, from: number, to: number): number[] {
  const ticks: number[] = [];
  if (!(from < to)) return ticks;
  if (timezone === 'UTC') {
    pushLocal(cron, from, to, 0, ticks);
    return ticks;
  }
  const zone = zoneOf(timezone);
  let index = segmentAt(zone, from);
  if (zone.segments[index]?.start === from) pushSkipped(cron, zone, index - 1, ticks);
  let start = from;
  while (start < to) {
    const offset = offsetOf(zone, index);
    const end = Math.min(segmentEnd(zone, index, to), to);
    const first = Math.max(start + offset, firstLocal(cron, zone, index));
    pushLocal(cron, first, end + offset, offset, ticks);
    if (end < to) pushSkipped(cron, zone, index, ticks);
    start = end;
    index += 1;
  }
  return ticks;
}

/** Whether no date of any year matches, such as 30 February. */
export function neverFires(cron: Cron): boolean {
  if (cron.dayRule !== 'days-of-month') return false;
  const LEAP_YEAR = 2000;
  const earliest = cron.daysOfMonth[0] ?? 1;
  return cron.months.every((month) => earliest > daysInMonth(LEAP_YEAR, month));
}

/** Whether the hour field covers every hour, so that the schedule is an interval and not a set of times. */
function isInterval(cron: Cron): boolean {
  return cron.hours.length === 24;
}

/** The local time from which a segment brings ticks: where clocks went back, fixed times have run already. */
function firstLocal(cron: Cron, zone: Zone, index: number): number {
  const segment = zone.segments[index];
  if (segment === undefined || index === 0) return Number.NEGATIVE_INFINITY;
  const here = segment.start + segment.offset;
  return isInterval(cron) ? here : Math.max(here, segment.start + offsetOf(zone, index - 1));
}

/** Adds the segment's end where the clocks skip a local time that the cron asks for, unless it fires there anyway. */
function pushSkipped(cron: Cron, zone: Zone, index: number, ticks: number[]): void {
  const next = zone.segments[index + 1];
  if (next === undefined) return;
  const gapStart = next.start + offsetOf(zone, index);
  const gapEnd = next.start + next.offset;
  if (gapEnd <= gapStart) return;
  const local = localAtOrAfter(cron, gapStart);
  if (local !== null && local < gapEnd) ticks.push(next.start);
}

/** First local time (ms, as if UTC) at or after `from` that the cron asks for. */
function localAtOrAfter(cron: Cron, from: number): number | null {
  const minute = Math.ceil(from / MINUTE_MS);
  const day = Math.floor(minute / 1440);
  const ofDay = minute - day * 1440;
  let found = nextDay(cron, day, day + HORIZON_DAYS);
  if (found === day) {
    const within = firstAtLeast(cron.dayMinutes, ofDay);
    if (within < cron.dayMinutes.length) return (day * 1440 + (cron.dayMinutes[within] ?? 0)) * MINUTE_MS;
    found = nextDay(cron, day + 1, day + HORIZON_DAYS);
  }
  return found === null ? null : (found * 1440 + (cron.dayMinutes[0] ?? 0)) * MINUTE_MS;
}

/** Last local time (ms, as if UTC) strictly before `before` that the cron asks for. */
function localBefore(cron: Cron, before: number): number | null {
  const minute = Math.ceil(before / MINUTE_MS) - 1;
  const day = Math.floor(minute / 1440);
  const ofDay = minute - day * 1440;
  let found = previousDay(cron, day, day - HORIZON_DAYS);
  if (found === day) {
    const within = firstAtLeast(cron.dayMinutes, ofDay + 1) - 1;
    if (within >= 0) return (day * 1440 + (cron.dayMinutes[within] ?? 0)) * MINUTE_MS;
    found = previousDay(cron, day - 1, day - HORIZON_DAYS);
  }
  return found === null ? null : (found * 1440 + (cron.dayMinutes.at(-1) ?? 0)) * MINUTE_MS;
}

/** Adds, less the offset, all local times in [from, to) that the cron asks for. */
function pushLocal(cron: Cron, from: number, to: number, offset: number, ticks: number[]): void {
  const firstMinute = Math.ceil(from / MINUTE_MS);
  const endMinute = Math.ceil(to / MINUTE_MS);
  const lastDay = Math.floor((endMinute - 1) / 1440);
  const { dayMinutes } = cron;
  let day = nextDay(cron, Math.floor(firstMinute / 1440), lastDay);
  while (day !== null) {
    const dayStart = day * 1440;
    const first = dayStart < firstMinute ? firstAtLeast(dayMinutes, firstMinute - dayStart) : 0;
    for (let i = first; i < dayMinutes.length; i += 1) {
      const minute = dayStart + (dayMinutes[i] ?? 0);
      if (minute >= endMinute) return;
      const tick = minute * MINUTE_MS - offset;
      if (ticks[ticks.length - 1] !== tick) ticks.push(tick);
    }
    day = nextDay(cron, day + 1, lastDay);
  }
}

/** Index of the first value ≥ `wanted` in a sorted list; its length where there is none. */
function firstAtLeast(values: readonly number[], wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
