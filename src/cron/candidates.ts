import { DAY_MINUTES, HOUR_MINUTES } from '../time.ts';
import { type Field, fieldText, HOUR, MINUTE, sizeOf } from './fields.ts';
import { type CandidateLimits, finishBySpan, minutesWithinLimits } from './limits.ts';
import { type Cron, type CronFields, fieldTexts, restrictsBothDayFields } from './parse.ts';
import { type Shape, shapeOf } from './shape.ts';
import { neverFires } from './ticks.ts';
import { changingMinutes } from './timezone.ts';

export type { CandidateLimits } from './limits.ts';

export interface Candidate {
  readonly cron: string;
  /** Signed minutes of local time from today's ticks. */
  readonly shiftMinutes: number;
}

/** A schedule stays about when it was: at most this share of the way to its next tick … */
const DEFAULT_SHIFT_SHARE = 1 / 4;
/** … at most three hours … */
const LONGEST_DEFAULT_SHIFT_MINUTES = 180;
/** … and no less than what working-hours schedules get: a tick's own lateness is more than that. */
const SHORTEST_DEFAULT_SHIFT_MINUTES = 15;
/** People expect their working-hours schedules where they are. */
const PEOPLE_SHIFT_MINUTES = 15;
/** Reaches every other minute of the same day. */
const WHOLE_DAY_SHIFT_MINUTES = DAY_MINUTES - 1;

/** Up to this reach every minute is tried; beyond, the grid. */
const FINE_REACH_MINUTES = 60;
/** Minutes of the hour tried on long ways: fives and odd ones between, none at the crowded full and half hour. */
const GRID_MINUTES: ReadonlySet<number> = new Set([
  3, 5, 7, 10, 13, 15, 17, 20, 23, 25, 27, 33, 35, 37, 40, 43, 45, 47, 50, 53, 55, 57,
]);
/** So wide a reach is tried at the odd ones only, which keeps a day's worth under 300. */
const COARSE_REACH_MINUTES = 360;
const COARSE_GRID_MINUTES: ReadonlySet<number> = new Set([3, 7, 13, 17, 23, 27, 33, 37, 43, 47, 53, 57]);
const CROWDED_MINUTE = 0;
const CROWDED_HALF = 30;

/**
 * Every cron that keeps the schedule's shape and lies within the limits, without the present one, by growing size
 * of the shift. Empty where both day fields are restricted or the cron never fires. Throws `timezone-unknown`.
 */
export function candidatesOf(
  cron: Cron,
  timezone: string,
  limits: CandidateLimits = {},
): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  for (const candidate of candidatesByShift(cron, timezone, limits)) {
    if (!found.has(candidate.cron)) found.set(candidate.cron, candidate);
  }
  return [...found.values()];
}

/**
 * The same for a schedule that was moved before. What somebody wrote down, and people's working hours, count from where
 * its author had it, so that many small moves go no further than one; that time is a candidate, too. The default reach
 * counts from today's time, which a person has merged. Throws `timezone-unknown`.
 */
export function candidatesAround(
  home: Cron,
  present: Cron,
  timezone: string,
  limits: CandidateLimits = {},
): readonly Candidate[] {
  const isBound = limits.maxShiftMinutes !== undefined || shapeOf(home, timezone).forPeople;
  if (home.text === present.text || !isBound) return candidatesOf(present, timezone, limits);
  const around = [{ cron: home.text, shiftMinutes: 0 }, ...candidatesOf(home, timezone, limits)];
  const now = around.find(({ cron }) => cron === present.text);
  // The limits have changed since: what they say of today's time is all there is to go by.
  if (now === undefined) return candidatesOf(present, timezone, limits);
  return around
    .filter((candidate) => candidate !== now)
    .map(({ cron, shiftMinutes }) => ({ cron, shiftMinutes: shiftMinutes - now.shiftMinutes }))
    .filter(({ shiftMinutes }) => Math.abs(shiftMinutes) <= WHOLE_DAY_SHIFT_MINUTES)
    .sort((a, b) => Math.abs(a.shiftMinutes) - Math.abs(b.shiftMinutes));
}

/** The candidate with the shortest way; `null` where there is none at all. Throws `timezone-unknown`. */
export function nearestCandidate(cron: Cron, timezone: string, limits: CandidateLimits): Candidate | null {
  for (const candidate of candidatesByShift(cron, timezone, limits)) return candidate;
  return null;
}

/** Candidates by growing size of the shift; one that two shifts lead to comes twice. */
function* candidatesByShift(cron: Cron, timezone: string, limits: CandidateLimits): Generator<Candidate> {
  if (restrictsBothDayFields(cron) || neverFires(cron)) return;
  const shape = shapeOf(cron, timezone);
  const written = fieldTexts(cron);
  const reach = reachOf(shape, limits);
  const span = finishBySpan(cron, limits) ?? { from: -reach, to: reach };
  for (const shift of shiftsWithin(reach)) {
    if (shift < span.from || shift > span.to) continue;
    const moved = shifted(cron, shape, shift, limits.allowDayChange === true);
    if (moved === null || !isTried(moved, reach)) continue;
    if (!minutesWithinLimits(dayMinutesOf(moved), limits) || entersClockChange(moved, shape, timezone))
      continue;
    const text = textOf(cron, written, moved);
    if (text !== null && text !== cron.text) yield { cron: text, shiftMinutes: shift };
  }
}

/** How far a schedule may move, in minutes either way: as written, else by its shape, which `finish-by` lifts. */
export function reachOf(shape: Shape, limits: CandidateLimits): number {
  if (limits.maxShiftMinutes !== undefined) return Math.min(limits.maxShiftMinutes, WHOLE_DAY_SHIFT_MINUTES);
  if (limits.finishByMinute !== undefined && shape.ticksPerDay === 1) return WHOLE_DAY_SHIFT_MINUTES;
  if (shape.forPeople) return PEOPLE_SHIFT_MINUTES;
  const share = Math.floor(shape.periodMinutes * DEFAULT_SHIFT_SHARE);
  return Math.max(SHORTEST_DEFAULT_SHIFT_MINUTES, Math.min(share, LONGEST_DEFAULT_SHIFT_MINUTES));
}

/** The two fields that a move rewrites, as sorted values. */
interface Moved {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
}

/** 1, −1, 2, −2 … so that the first way to a cron is the shortest. */
function* shiftsWithin(reach: number): Generator<number> {
  for (let shift = 1; shift <= reach; shift += 1) {
    yield shift;
    yield -shift;
  }
}

/**
 * All ticks of a day moved by the same minutes, where minutes × hours can still say it; else `null`. No tick leaves its
 * local date, unless that is allowed and every day is one of the cron's days.
 */
function shifted(cron: Cron, shape: Shape, shift: number, allowDayChange: boolean): Moved | null {
  const carries = new Set(cron.minutes.map((minute) => Math.floor((minute + shift) / HOUR_MINUTES)));
  const minutes = sorted(cron.minutes.map((minute) => wrap(minute + shift, HOUR_MINUTES)));
  if (cron.hours.length === sizeOf(HOUR)) {
    // Every hour of every day is a ring: each date has its ticks, in their order. On chosen days it is none: their
    // first and last ticks would change days.
    return shape.everyDay || (carries.size === 1 && carries.has(0)) ? { minutes, hours: cron.hours } : null;
  }
  const [carry] = carries;
  if (carries.size > 1 || carry === undefined) return null;
  const hours = cron.hours.map((hour) => hour + carry);
  const crossesMidnight = hours.some((hour) => hour < HOUR.min || hour > HOUR.max);
  if (crossesMidnight && !(shape.everyDay && allowDayChange)) return null;
  return { minutes, hours: sorted(hours.map((hour) => wrap(hour, sizeOf(HOUR)))) };
}

/** Whether the minutes are worth proposing: off the crowded ones, and on the grid where the way is long. */
function isTried(moved: Moved, reach: number): boolean {
  const [first = CROWDED_MINUTE, another] = moved.minutes;
  if (moved.minutes.includes(CROWDED_MINUTE)) return false;
  // Round the hour there are at most 59 others.
  if (moved.hours.length === sizeOf(HOUR)) return true;
  if (first === CROWDED_HALF && another === undefined) return false;
  if (reach <= FINE_REACH_MINUTES) return true;
  return (reach <= COARSE_REACH_MINUTES ? GRID_MINUTES : COARSE_GRID_MINUTES).has(first);
}

/** Whether fixed times are led into local times that the zone skips or repeats, where they were not before. */
function entersClockChange(moved: Moved, shape: Shape, timezone: string): boolean {
  if (shape.touchesClockChange || moved.hours.length === sizeOf(HOUR)) return false;
  const changing = changingMinutes(timezone);
  return changing.size > 0 && dayMinutesOf(moved).some((minute) => changing.has(minute));
}

/** The cron with minute and hour replaced, the rest as written; `null` where it would read worse than before. */
function textOf(cron: Cron, written: CronFields, moved: Moved): string | null {
  const minute = movedText(MINUTE, written.minute, cron.minutes, moved.minutes);
  const hour = movedText(HOUR, written.hour, cron.hours, moved.hours);
  if (minute === null || hour === null) return null;
  return `${minute} ${hour} ${written.dayOfMonth} ${written.month} ${written.dayOfWeek}`;
}

/** A field's new text: as written where the values stay; `null` where it needs more list items than before. */
function movedText(
  field: Field,
  written: string,
  before: readonly number[],
  after: readonly number[],
): string | null {
  if (before.every((value, index) => value === after[index])) return written;
  const text = fieldText(field, after);
  return partsOf(text) > Math.max(partsOf(written), partsOf(fieldText(field, before))) ? null : text;
}

function partsOf(text: string): number {
  return text.split(',').length;
}

function dayMinutesOf(moved: Moved): readonly number[] {
  return moved.hours.flatMap((hour) => moved.minutes.map((minute) => hour * HOUR_MINUTES + minute));
}

function sorted(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

function wrap(value: number, size: number): number {
  return ((value % size) + size) % size;
}
