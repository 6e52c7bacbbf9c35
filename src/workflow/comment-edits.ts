import { type Cron, fieldTexts } from '../cron/parse.ts';
import { usualOffsets } from '../cron/timezone.ts';
import { DAY_MINUTES } from '../time.ts';
import { type TimeInComment, timesInComment } from './comment-times.ts';
import { isPlaceOfOtherClocks, type NamedZone, zonesInComment } from './comment-zones.ts';
import { hourInWords } from './hour-in-words.ts';
import { minuteInWords } from './minute-in-words.ts';
import { speaksOfAnother } from './other-times.ts';
import { type Splice, withSplices } from './source-places.ts';

/** A schedule that a comment may speak of: its cron now and then, the same where it does not move. */
export interface CommentedMove {
  readonly from: Cron;
  readonly to: Cron;
  readonly timezone: string;
}

/** A comment after some moves. */
export interface EditedComment {
  /** Its new text; the old one where nothing in it is of a moved schedule, or could be rewritten. */
  readonly text: string;
  /** The first time in it that may be false now and was not rewritten, as written there. */
  readonly stale: string | undefined;
  /** Set where that time is the old one of a moved schedule, and may be another workflow's as well. */
  readonly isOldTime?: true;
}

/** Words that only tell how often or when something runs. */
const CADENCE_WORDS: ReadonlySet<string> = new Set(
  (
    'at on in from to and every each the an of run runs running schedule scheduled cron job daily day days night ' +
    'nights ' +
    'nightly weekly week monthly month hourly hour hours minute minutes min past clock am pm noon midnight morning ' +
    'evening afternoon utc gmt time local'
  ).split(' '),
);
/** `CET`, `PDT`, `BST`. */
const ZONE_WORD = /^[a-z]{2,3}t$/;

/** Whether a comment says more than when or how often: then a new time may make something else in it false. */
export function givesReason(comment: string): boolean {
  const times = timesInComment(comment).map(({ start, end }) => ({ start, end, text: ' ' }));
  const words =
    withSplices(comment, times)
      .toLowerCase()
      .match(/\p{L}{2,}/gu) ?? [];
  return words.filter(isReasonWord).length >= 2;
}

function isReasonWord(word: string): boolean {
  return !CADENCE_WORDS.has(word) && !ZONE_WORD.test(word) && !DAY_WORD.test(word);
}

/** Words for days, next to which a time may not come to another day. */
const DAY_WORD =
  /\b(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:days?)?|weekdays?|weekends?|1st|first|last day)\b/i;

/** A link leads elsewhere, or nowhere, with another time in it. */
const LINK = /https?:\/\/\S+/g;

/** What stands between a time and the zone that it is in. */
const BEFORE_ZONE = /^\s?[([]?$/;
/** What stands between a zone and a time in it that follows. */
const AFTER_ZONE = /^\s?[:：]?\s?(?:at|um|早上|凌晨|새벽|기준)?\s?$/;
/** The end of a text after which a zone belongs to the time before it. */
const AFTER_TIME = /(?:\d|[ap]\.?m\.?)\s?[([]?$/i;

/**
 * A comment with the old times of moved schedules replaced by the new ones, in the style in which they are written.
 * Every time in it has to be one of a schedule's ticks, in the zone that stands beside it, else nothing is replaced:
 * what another time means, nobody can know. Nothing is replaced either where an old time may be another workflow's.
 * `lead` is the line above, where the comment goes on with its sentence.
 */
export function editComment(comment: string, moves: readonly CommentedMove[], lead = ''): EditedComment {
  const kept = { text: comment, stale: undefined };
  if (moves.every(({ from, to }) => from.text === to.text)) return kept;
  const withCrons = cronSplices(comment, moves);
  const copied = withCrons.find(({ start, end, text }) => comment.slice(start, end) !== text);
  if (copied !== undefined && speaksOfAnother(lead + comment)) {
    return { text: comment, stale: comment.slice(copied.start, copied.end), isOldTime: true };
  }
  const withoutCrons = blanked(comment, withCrons);
  const times = timesInComment(withoutCrons, lead);
  const zones = zonesInComment(comment);
  const splices: Splice[] = [...withCrons];
  const links = [...comment.matchAll(LINK)].map(
    ({ index, 0: link }) => [index, index + link.length] as const,
  );
  let unsure: string | undefined;
  for (const time of times) {
    const written = newText(time, comment, zones, moves);
    if (time.mayBeSpan || links.some(([start, end]) => start < time.start && time.end <= end)) {
      if (written !== undefined && written !== time.text && moves.every(isDaily)) unsure ??= time.text;
      continue;
    }
    if (written === undefined) return { text: comment, stale: time.text };
    if (time.mayBeOther && written !== time.text) return { text: comment, stale: time.text, isOldTime: true };
    splices.push({ start: time.start, end: time.end, text: written });
  }
  const inWords = hourInWords(blanked(withoutCrons, times)) ?? leftMinute(comment, moves);
  if (inWords !== undefined) return { text: comment, stale: inWords };
  return { text: withSplices(comment, splices), stale: splices.length > 0 ? undefined : unsure };
}

/** Whether a schedule ticks once on its days, so that a lone number of hours may be its time. */
function isDaily({ from }: CommentedMove): boolean {
  return from.dayMinutes.length === 1;
}

/** Words for the minute of the hour that a schedule leaves. */
function leftMinute(comment: string, moves: readonly CommentedMove[]): string | undefined {
  const left = moves.find(({ from, to }) => from.minutes.join() !== to.minutes.join())?.from.minutes ?? [];
  return left.length === 1 && left[0] !== undefined ? minuteInWords(comment, left[0]) : undefined;
}

/** What stands between the fields of a cron: in links to its explanation they are joined. */
const GAPS: readonly string[] = [' ', '_', '+', '%20'];

function joined(cron: string, gap: string): string {
  return gap === ' ' ? cron : cron.trim().split(/ +/).join(gap);
}

/** The crons themselves, where a comment repeats them. */
function cronSplices(comment: string, moves: readonly CommentedMove[]): readonly Splice[] {
  const splices: Splice[] = [];
  const written = moves.flatMap(({ from, to }) =>
    GAPS.map((gap) => ({ old: joined(from.text, gap), text: joined(to.text, gap) })),
  );
  for (const { old, text } of written) {
    for (let at = comment.indexOf(old); at !== -1; at = comment.indexOf(old, at + 1)) {
      const end = at + old.length;
      const touches = (sign: string | undefined) => sign !== undefined && /[\w*,/-]/.test(sign);
      const isTaken = splices.some((other) => at < other.end && other.start < end);
      if (isTaken || touches(comment[at - 1]) || touches(comment[end])) continue;
      splices.push({ start: at, end, text });
    }
  }
  return splices;
}

function blanked(comment: string, places: readonly Pick<Splice, 'start' | 'end'>[]): string {
  return withSplices(
    comment,
    places.map(({ start, end }) => ({ start, end, text: ' '.repeat(end - start) })),
  );
}

/** A time after the moves; `undefined` where it is no tick of a schedule, or of two that move differently. */
function newText(
  time: TimeInComment,
  comment: string,
  zones: readonly NamedZone[],
  moves: readonly CommentedMove[],
): string | undefined {
  const texts = moves.flatMap((move) => {
    const minute = time.kind === 'minute' ? newMinute(time, move) : newClock(time, comment, zones, move);
    return minute === undefined ? [] : [minute === time.minute ? time.text : time.write(minute)];
  });
  return new Set(texts).size === 1 ? texts[0] : undefined;
}

/** A minute of the hour after a move that leaves the hours alone. */
function newMinute({ minute }: TimeInComment, { from, to }: CommentedMove): number | undefined {
  const [old, another] = from.minutes;
  if (old !== minute || another !== undefined) return undefined;
  return fieldTexts(from).hour === fieldTexts(to).hour ? to.minutes[0] : undefined;
}

/** A time of day after a move, in the zone that the comment names. */
function newClock(
  time: TimeInComment,
  comment: string,
  zones: readonly NamedZone[],
  { from, to, timezone }: CommentedMove,
): number | undefined {
  if (isPlaceOfOtherClocks(comment.slice(time.end), timezone)) return undefined;
  const there = offsetsBeside(time, comment, zones);
  if (there === undefined || from.dayMinutes.length !== to.dayMinutes.length) return undefined;
  const here = usualOffsets(timezone);
  const place = from.dayMinutes.findIndex((tick) =>
    there === 'own'
      ? tick === time.minute
      : here.some((own) => there.some((other) => (tick - own + other - time.minute) % DAY_MINUTES === 0)),
  );
  const [before, after] = [from.dayMinutes[place], to.dayMinutes[place]];
  if (before === undefined || after === undefined) return undefined;
  const moved = time.minute + after - before;
  const isOtherDay = moved < 0 || moved >= DAY_MINUTES;
  if (isOtherDay && DAY_WORD.test(comment)) return undefined;
  return (moved + DAY_MINUTES) % DAY_MINUTES;
}

/** The zone right before a time, unless it stands behind another time. */
function zoneBefore(start: number, comment: string, zones: readonly NamedZone[]): NamedZone | undefined {
  const before = zones.findLast(
    (zone) => zone.end <= start && AFTER_ZONE.test(comment.slice(zone.end, start)),
  );
  return before !== undefined && AFTER_TIME.test(comment.slice(0, before.start)) ? undefined : before;
}

/** Minutes ahead of UTC of a time: by the zone beside it, else the only one named, else the cron's own. */
function offsetsBeside(
  { start, end }: TimeInComment,
  comment: string,
  zones: readonly NamedZone[],
): readonly number[] | 'own' | undefined {
  const behind = zones.find((zone) => zone.start >= end && BEFORE_ZONE.test(comment.slice(end, zone.start)));
  const beside = behind ?? zoneBefore(start, comment, zones);
  if (beside !== undefined) return beside.offsets.length === 0 ? undefined : beside.offsets;
  const named = zones.filter(({ mayBeWord }) => !mayBeWord);
  const [only, another] = named;
  if (only === undefined) return 'own';
  const isSame = named.every(({ offsets }) => offsets.join() === only.offsets.join());
  return (another === undefined || isSame) && only.offsets.length > 0 ? only.offsets : undefined;
}
