import { DAY_HOURS, DAY_MINUTES, DAY_MS, MINUTE_MS, WEEK_MS } from '../time.ts';
import { CRON_PARSER, type CronPeer } from './cron-parser-peer.ts';
import type { Cron } from './parse.ts';
import { nextTick } from './ticks.ts';
import { type ClockChange, clockChanges } from './timezone.ts';

/** Ticks compared from now on, and as many after each of the next clock changes. */
const TICKS_COMPARED = 100;
const CLOCK_CHANGES_COMPARED = 2;
/** Zones that change their clocks do so twice a year; a zone without a change in so long has none to compare. */
const CHANGES_WITHIN_MS = 66 * WEEK_MS;
/** A yearly cron is compared no further ahead: nobody knows the clocks of later decades. */
const FURTHEST_AHEAD_MS = 25 * 366 * DAY_MS;
/** The rule is checked so far on both sides of a clock change: its whole local day lies within. */
const RULE_WINDOW_MS = DAY_MS;

/** The first time at which our ticks and the other engine's differ. */
export interface TickDifference {
  /** A clause that names the cron, the zone and the time. */
  readonly detail: string;
}

/**
 * Compares the next 100 ticks of a cron, and 100 after each of the next two clock changes of its zone, with another
 * cron engine's. Days with a clock change are compared with the written rule instead, where engines differ on purpose:
 * a skipped local time runs at the next valid time; a repeated one runs once, unless the cron covers all hours.
 * Returns `null` where all agree. `now` is epoch ms. Throws `timezone-unknown`.
 */
export function tickDifference(
  cron: Cron,
  timezone: string,
  now: number,
  peer: CronPeer = CRON_PARSER,
): TickDifference | null {
  const changes = clockChanges(timezone, now, now + CHANGES_WITHIN_MS).slice(0, CLOCK_CHANGES_COMPARED);
  for (const span of comparedSpans(cron, timezone, now, changes)) {
    const difference = differenceIn(span, cron, timezone, peer);
    if (difference !== null) return { detail: `"${cron.text}" in ${timezone}: ${difference}` };
  }
  return null;
}

/** Our ticks in a row after an instant. */
interface Span {
  readonly after: number;
  readonly ticks: number[];
}

/** The ticks to compare; a change that the ticks before it reach prolongs their span instead of a span of its own. */
function comparedSpans(cron: Cron, timezone: string, now: number, changes: readonly ClockChange[]): Span[] {
  const spans: Span[] = [];
  for (const from of [now, ...changes.map(({ at }) => at)]) {
    const before = spans.at(-1);
    const span =
      before !== undefined && (before.ticks.at(-1) ?? from) > from ? before : { after: from, ticks: [] };
    if (span !== before) spans.push(span);
    let missing = TICKS_COMPARED - span.ticks.filter((tick) => tick > from).length;
    for (; missing > 0; missing -= 1) {
      const tick = nextTick(cron, timezone, span.ticks.at(-1) ?? span.after);
      if (tick === null || tick > now + FURTHEST_AHEAD_MS) break;
      span.ticks.push(tick);
    }
  }
  return spans.filter(({ ticks }) => ticks.length > 0);
}

function differenceIn({ after, ticks }: Span, cron: Cron, timezone: string, peer: CronPeer): string | null {
  const end = ticks.at(-1) ?? after;
  const changes = clockChanges(timezone, after - DAY_MS, end + DAY_MS);
  const changing = new Set(changes.flatMap(datesOf));
  const ours = ticks.map((tick) => peer.localTime(tick, timezone));
  const theirs = localTimesOf(peer, cron, peer.localTime(after, timezone), ticks.length);
  if (theirs === null) return 'the other engine cannot read it';
  // Beyond the last of either list the other one may have more to come.
  const reached = Math.min(theirs.at(-1) ?? 0, ours.at(-1) ?? 0);
  const isCompared = (local: number): boolean => local <= reached && !changing.has(dateOf(local));
  const difference = firstDifference(ours.filter(isCompared), theirs.filter(isCompared));
  return difference ?? ruleBroken(changes, cron, after, ticks);
}

function localTimesOf(peer: CronPeer, cron: Cron, after: number, count: number): readonly number[] | null {
  try {
    return peer.localTimes(cron, after, count);
  } catch {
    return null;
  }
}

function firstDifference(ours: readonly number[], theirs: readonly number[]): string | null {
  for (let place = 0; place < Math.max(ours.length, theirs.length); place += 1) {
    const [our, their] = [ours[place], theirs[place]];
    if (our !== their) return `we expect ${localText(our)}, the other engine ${localText(their)}`;
  }
  return null;
}

function localText(local: number | undefined): string {
  return local === undefined ? 'nothing' : `${new Date(local).toISOString().slice(0, 16)} local time`;
}

/** The local dates (days since 1970) whose clocks a change touches. */
function datesOf({ at, before, after }: ClockChange): number[] {
  const first = dateOf(at + Math.min(before, after));
  const last = dateOf(at + Math.max(before, after) - 1);
  return [first, last];
}

function dateOf(local: number): number {
  return Math.floor(local / DAY_MS);
}

/** Compares our ticks around clock changes with the written rule. */
function ruleBroken(
  changes: readonly ClockChange[],
  cron: Cron,
  after: number,
  ticks: readonly number[],
): string | null {
  const end = ticks.at(-1) ?? after;
  for (const change of changes) {
    const isNear = (tick: number): boolean =>
      tick > after && tick <= end && Math.abs(tick - change.at) < RULE_WINDOW_MS;
    const expected = ticksByRule(change, cron).filter(isNear);
    const ours = ticks.filter(isNear);
    if (ours.length !== expected.length || expected.some((tick, place) => tick !== ours[place])) {
      return `our ticks break the rule for the clock change at ${new Date(change.at).toISOString()}`;
    }
  }
  return null;
}

/** The ticks within a day of a clock change by the written rule, from a look at every minute. */
function ticksByRule({ at, before, after }: ClockChange, cron: Cron): number[] {
  const ticks: number[] = [];
  const coversAllHours = cron.hours.length === DAY_HOURS;
  for (let tick = at - RULE_WINDOW_MS; tick < at + RULE_WINDOW_MS; tick += MINUTE_MS) {
    const local = tick + (tick < at ? before : after);
    const isRepeated = tick >= at && local < at + before;
    const endsSkipped = tick === at && asksForAny(cron, at + before, at + after);
    if (endsSkipped || (asksFor(cron, local) && (coversAllHours || !isRepeated))) ticks.push(tick);
  }
  return ticks;
}

function asksForAny(cron: Cron, from: number, to: number): boolean {
  for (let local = from; local < to; local += MINUTE_MS) if (asksFor(cron, local)) return true;
  return false;
}

/** Whether a cron asks for a local time, read from its lists of values. */
function asksFor(cron: Cron, local: number): boolean {
  const date = new Date(local);
  const minuteOfDay = Math.floor(local / MINUTE_MS) % DAY_MINUTES;
  if (!cron.dayMinutes.includes(minuteOfDay) || !cron.months.includes(date.getUTCMonth() + 1)) return false;
  const ofMonth = cron.daysOfMonth.includes(date.getUTCDate());
  const ofWeek = cron.daysOfWeek.includes(date.getUTCDay());
  return cron.dayRule === 'either' ? ofMonth || ofWeek : ofMonth && ofWeek;
}
