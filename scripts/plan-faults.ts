import { Cron as Croner } from 'croner';
import { parseCron } from '../src/cron/parse.ts';
import { servedTicks } from '../src/cron/served.ts';
import { ticksBetween } from '../src/cron/ticks.ts';

const DAY_MS = 86_400_000;
const DAY_MINUTES = 1440;
const WEEK_MS = 7 * DAY_MS;
/** Every weekday meets every day of the month that a schedule may name. */
const DAYS_LOOKED_AT = 35;
const CROWD = 3;
/** A comment farther above an entry is hardly one on it. */
const LINES_ABOVE = 6;

/** A schedule before and after a plan. */
export interface Planned {
  readonly path: string;
  readonly timezone: string;
  readonly from: string;
  readonly to: string;
  /** 1-based line of its cron. */
  readonly line: number;
}

/**
 * Whether a move gives some local date another number of ticks, by an engine that plans nothing; or leads a lone tick
 * over midnight on its shortest way.
 */
export function changesDay({ from, to, timezone }: Planned, now: number): boolean {
  const dates = (cron: string): string => {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone: timezone });
    const until = now + DAYS_LOOKED_AT * DAY_MS;
    const counts = new Map<string, number>();
    const engine = new Croner(cron, { timezone, sloppyRanges: true });
    // From a midnight on, so that the first date is whole.
    let tick = engine.nextRun(new Date(Math.ceil(now / DAY_MS) * DAY_MS + 14 * 3_600_000));
    const first = tick === null ? '' : format.format(new Date(Math.ceil(now / DAY_MS) * DAY_MS + DAY_MS));
    for (; tick !== null && tick.getTime() < until; tick = engine.nextRun(tick)) {
      const date = format.format(tick);
      if (date > first) counts.set(date, (counts.get(date) ?? 0) + 1);
    }
    const last = format.format(new Date(until - DAY_MS));
    return JSON.stringify([...counts].filter(([date]) => date < last));
  };
  const [old, later] = [parseCron(from).dayMinutes, parseCron(to).dayMinutes];
  const isLone = old.length === 1 && later.length === 1;
  const isOver = isLone && Math.abs((old[0] ?? 0) - (later[0] ?? 0)) > DAY_MINUTES / 2;
  return isOver || dates(from) !== dates(to);
}

/** Minutes at which three or more schedules tick after a plan that fewer did before, as ISO times. */
export function newCrowds(schedules: readonly Planned[], now: number): readonly string[] {
  const counts = (cronOf: (schedule: Planned) => string) => {
    const byMinute = new Map<number, number>();
    for (const schedule of schedules) {
      for (const tick of ticksOf(cronOf(schedule), schedule.timezone, now)) {
        byMinute.set(tick, (byMinute.get(tick) ?? 0) + 1);
      }
    }
    return byMinute;
  };
  const before = counts(({ from }) => from);
  return [...counts(({ to }) => to)]
    .filter(([minute, count]) => count >= CROWD && count > (before.get(minute) ?? 0))
    .map(([minute]) => new Date(minute).toISOString());
}

/** No ticks of what is no cron. */
function ticksOf(cron: string, timezone: string, now: number): readonly number[] {
  try {
    return servedTicks(ticksBetween(parseCron(cron), timezone, now, now + 5 * WEEK_MS));
  } catch {
    return [];
  }
}

/** The comments beside and right above a schedule, by their 1-based lines. */
export function commentsBeside(text: string, { line }: Pick<Planned, 'line'>): ReadonlyMap<number, string> {
  const lines = text.split('\n');
  const found = new Map<number, string>();
  const beside = /(?:^|\s)#(.*)$/.exec(lines[line - 1] ?? '')?.[1];
  if (beside !== undefined) found.set(line, beside);
  for (let at = line - 1; at >= Math.max(1, line - LINES_ABOVE); at -= 1) {
    const comment = /^\s*#(.*)$/.exec(lines[at - 1] ?? '')?.[1];
    if (comment === undefined) {
      if (/^\s*(?:schedule|on)\s*:/.test(lines[at - 1] ?? '')) continue;
      break;
    }
    found.set(at, comment);
  }
  return found;
}

/** Words of order, read broadly: whoever runs the script looks at what they find. */
const ORDER = new RegExp(
  '\\b(?:after|before|once the|until|following|earliest|offset|later than|depends?|waits?|stagger\\w*|so that|' +
    'by the time)\\b',
  'i',
);

/** The comment beside a schedule that may name an order. */
export function orderBeside(text: string, schedule: Pick<Planned, 'line'>): string | undefined {
  const comments = [...commentsBeside(text, schedule)].toSorted(([a], [b]) => a - b);
  const comment = comments.map(([, words]) => words.trim()).join(' ');
  return ORDER.test(comment) ? comment : undefined;
}

/** The comment beside a schedule of another file that has a word of order and names this workflow's file. */
export function orderElsewhere(
  path: string,
  others: readonly { readonly text: string; readonly path: string; readonly line: number }[],
): string | undefined {
  const name = path.replace(/^.*\/|\.ya?ml$/g, '').replace(/[.+*?()[\]{}|^$\\]/g, '\\$&');
  const named = new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'i');
  return others
    .filter((other) => other.path !== path)
    .map((other) => orderBeside(other.text, other))
    .find((order) => order !== undefined && named.test(order));
}

/** Lines of comments beside a schedule in which its old time in UTC still stands in one of the usual ways. */
export function oldTimesLeft(
  edited: string,
  { from, to, line, timezone }: Planned,
): readonly (readonly [line: number, comment: string])[] {
  const [{ dayMinutes }, then] = [parseCron(from), parseCron(to)];
  // Of many ticks a day none is the schedule's time.
  if (dayMinutes.length > 2 || timezone !== 'UTC') return [];
  const written = dayMinutes.filter((minute) => !then.dayMinutes.includes(minute)).map(waysToWrite);
  return [...commentsBeside(edited, { line })].filter(([, comment]) =>
    written.some((ways) => ways.some((way) => way.test(comment))),
  );
}

function waysToWrite(minute: number): readonly RegExp[] {
  const [hour, rest] = [Math.floor(minute / 60), String(minute % 60).padStart(2, '0')];
  const half = hour % 12 === 0 ? 12 : hour % 12;
  const letter = hour < 12 ? 'a' : 'p';
  const ways = [
    new RegExp(`(?<![\\d:])0?${hour}:${rest}(?!\\d|\\s?[ap]\\.?m)`, 'i'),
    new RegExp(`(?<![\\d:])0?${half}${rest === '00' ? '(?::00)?' : `:${rest}`}\\s?${letter}\\.?m\\b`, 'i'),
    new RegExp(`(?<![\\d:])${String(hour).padStart(2, '0')}${rest}\\s?UTC`),
  ];
  if (minute === 0) ways.push(/\bmidnight\b/i);
  if (minute === 720) ways.push(/\bnoon\b/i);
  return ways;
}
