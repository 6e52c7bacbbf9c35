import { DAY_MINUTES, MINUTE_MS } from '../time.ts';

/** A time of every day in which merging drops no late run: minutes of the UTC day; `from` > `to`: over midnight. */
export interface MergeWindow {
  readonly from: number;
  readonly to: number;
}

/** One schedule that a merge would touch. */
export interface PendingTicks {
  /** Ticks of today's cron over some weeks, epoch ms, in order. */
  readonly ticks: readonly number[];
  /** Ticks of the proposed cron over the same time, epoch ms, in order. */
  readonly movedTicks: readonly number[];
  /** Nine runs in ten exist this many minutes after their tick. */
  readonly latenessP90Minutes: number;
}

/** A person needs at least so long to merge. */
const LEAST_MINUTES = 30;
/** GitHub reads an edited cron within minutes; for a tick right after the merge either cron may fire. */
const SETTLE_MINUTES = 10;
/** Both ends are rounded inward, so that they are easy to remember. */
const ROUNDED_TO_MINUTES = 5;

/**
 * The longest stretch of the day, at least half an hour, in which on no day a tick of today's crons waits for its run
 * (an edit drops such a run) or is about to come, or has its new time behind it and the old one still ahead (then
 * neither fires); `null` where the schedules leave none.
 */
export function mergeWindow(schedules: readonly PendingTicks[]): MergeWindow | null {
  const busy = busyMinutes(schedules);
  if (!busy.includes(true)) return { from: 0, to: DAY_MINUTES };
  const begins = busy.flatMap((taken, minute) => (taken && !busyAt(busy, minute + 1) ? [minute + 1] : []));
  const [longest] = begins
    .map((from) => ({ from, length: freeFrom(busy, from) }))
    .sort((a, b) => b.length - a.length);
  if (longest === undefined) return null;
  const from = Math.ceil(longest.from / ROUNDED_TO_MINUTES) * ROUNDED_TO_MINUTES;
  const to = Math.floor((longest.from + longest.length) / ROUNDED_TO_MINUTES) * ROUNDED_TO_MINUTES;
  return to - from < LEAST_MINUTES ? null : { from: from % DAY_MINUTES, to: to % DAY_MINUTES };
}

/** For each minute of the day, whether a tick waits or is about to come on some day. */
function busyMinutes(schedules: readonly PendingTicks[]): readonly boolean[] {
  const busy = new Array<boolean>(DAY_MINUTES).fill(false);
  for (const { ticks, movedTicks, latenessP90Minutes } of schedules) {
    const waits = SETTLE_MINUTES + Math.ceil(Math.max(0, latenessP90Minutes));
    let nearest = 0;
    for (const tick of ticks) {
      while (isNearer(movedTicks[nearest + 1], movedTicks[nearest], tick)) nearest += 1;
      const earlier = minutesEarlier(tick, movedTicks[nearest]);
      const start = minuteOfDay(tick) - SETTLE_MINUTES - earlier + DAY_MINUTES;
      const length = Math.min(DAY_MINUTES, earlier + waits);
      for (let at = 0; at <= length; at += 1) busy[(start + at) % DAY_MINUTES] = true;
    }
  }
  return busy;
}

function isNearer(next: number | undefined, moved: number | undefined, tick: number): boolean {
  return next !== undefined && moved !== undefined && Math.abs(next - tick) < Math.abs(moved - tick);
}

/** By how many minutes a moved tick comes before a tick; 0 where it comes after it, or a day away. */
function minutesEarlier(tick: number, moved: number | undefined): number {
  const earlier = moved === undefined ? 0 : Math.ceil((tick - moved) / MINUTE_MS);
  return earlier > 0 && earlier < DAY_MINUTES ? earlier : 0;
}

function minuteOfDay(at: number): number {
  return Math.floor(at / MINUTE_MS) % DAY_MINUTES;
}

function busyAt(busy: readonly boolean[], minute: number): boolean {
  return busy[minute % DAY_MINUTES] === true;
}

function freeFrom(busy: readonly boolean[], from: number): number {
  let length = 0;
  while (!busyAt(busy, from + length)) length += 1;
  return length;
}
