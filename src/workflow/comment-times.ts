import { either, regex } from '../either.ts';
import { clockTime, DAY_MINUTES, HOUR_MINUTES, twoDigits } from '../time.ts';
import { isOtherTime, isSpan, speaksOfAnother } from './other-times.ts';

export interface TimeInComment {
  readonly start: number;
  readonly end: number;
  /** As written there. */
  readonly text: string;
  /** `clock`: a time of day; `minute`: a minute of the hour. */
  readonly kind: 'clock' | 'minute';
  /** Minute of the day, or of the hour. */
  readonly minute: number;
  /** Whether it may be a length of time as well: `7h`. */
  readonly mayBeSpan: boolean;
  /** Whether it may be the time of another workflow, an end (`until 02:00`) or part of a longer time. */
  readonly mayBeOther: boolean;
  /** Another minute, in the same style. */
  readonly write: (minute: number) => string;
}

/** One way to write a time of day, or a minute of the hour. */
interface Style {
  readonly pattern: RegExp;
  readonly kind?: 'minute';
  readonly read: (
    match: RegExpExecArray,
  ) => Pick<TimeInComment, 'minute' | 'write'> & { readonly mayBeSpan?: boolean };
}

const hourOf = (minute: number): number => Math.floor(minute / HOUR_MINUTES);
const minuteOf = (minute: number): number => minute % HOUR_MINUTES;
const minuteOfDay = (hour: string, minutes = '0'): number => HOUR_MINUTES * Number(hour) + Number(minutes);
/** An hour with as many digits as the old one had, at least as many as it needs. */
const hourLike = (old: string, hour: number): string => (old.length === 2 ? twoDigits(hour) : String(hour));
/** Writes a time with an hour like the old one, and what stands between it and the minutes. */
const timeLike =
  (oldHour: string, sign: string) =>
  (minute: number): string =>
    `${hourLike(oldHour, hourOf(minute))}${sign}${twoDigits(minuteOf(minute))}`;

/** Words behind an hour that make it a time of day. */
const CLOCK_WORD = /Uhr|o\s?['’]?\s?clock|時|时|点|點|시|час(?:ов|а)?(?!\p{L})|утра(?!\p{L})/u;
const MIDNIGHT =
  /midnight|minuit|Mitternacht|middernacht|midnatt|medianoche|mezzanotte|meia-noite|północy|полночь|午夜|零点|자정/;
const NOON = /noon|midday|midi|mediodía|mezzogiorno|meio-dia|полдень|정오|正午/;
const NOON_ALONE = regex('i')`^(?:${NOON.source})$`;

/** Every style, the one that takes the most text first. */
const STYLES: readonly Style[] = [
  {
    // 15:30pm: the half of the day says nothing
    pattern: /(?<![\w:.#])(1[3-9]|2[0-3]):([0-5]\d)\s?[ap]\.?m\b\.?/gi,
    read: ([, hour = '', minutes = '']) => ({ minute: minuteOfDay(hour, minutes), write: clockTime }),
  },
  {
    // 3am, 3:30 PM, 7 a.m., and 0 am for midnight
    pattern: /(?<![\w:.#])(0?\d|1[0-2])(?:([:.])([0-5]\d))?(\s?)([ap])(\.?m\b\.?)/gi,
    read: ([, hour = '', sign = ':', minutes = '0', gap = '', half = '', rest = '']) => ({
      minute: HOUR_MINUTES * ((Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0)) + Number(minutes),
      write: (minute) => {
        const letter = hourOf(minute) < 12 ? 'a' : 'p';
        const twelve = Number(hour) === 0 ? 0 : 12;
        const inHalf = hourOf(minute) % 12 === 0 ? twelve : hourOf(minute) % 12;
        const shown = hour.length === 2 && hour < '10' ? twoDigits(inHalf) : String(inHalf);
        const letterNow = half === half.toLowerCase() ? letter : letter.toUpperCase();
        return `${shown}${sign}${twoDigits(minuteOf(minute))}${gap}${letterNow}${rest}`;
      },
    }),
  },
  {
    // 午前3時, 오후 3시 30분, 下午3点, PM3時: hours of half a day
    pattern:
      /(午前|午後|오전|오후|上午|下午|早上|晚上|[AP]M)(\s?)(0?\d|1[0-2])(\s?)(時|时|点|點|시)(?:(\s?)([0-5]?\d)(\s?)(分|분)(?!\d))?/gi,
    read: ([, half = '', halfGap = '', hour = '', gap = '', word = '', minuteGap = '', minutes = '0']) => ({
      minute:
        HOUR_MINUTES * ((Number(hour) % 12) + (SECOND_HALVES.includes(half.toUpperCase()) ? 12 : 0)) +
        Number(minutes),
      write: (minute) => {
        const at = Math.max(
          FIRST_HALVES.indexOf(half.toUpperCase()),
          SECOND_HALVES.indexOf(half.toUpperCase()),
        );
        const halfNow = (hourOf(minute) < 12 ? FIRST_HALVES : SECOND_HALVES)[at] ?? half;
        const shown = hourLike(hour, hourOf(minute) % 12 === 0 ? 12 : hourOf(minute) % 12);
        const sign = word === '시' ? '분' : '分';
        return `${halfNow}${halfGap}${shown}${gap}${word}${minuteGap}${twoDigits(minuteOf(minute))}${sign}`;
      },
    }),
  },
  {
    // 7 Uhr, 7時, 7시 30분, 7 o'clock, 7 утра
    pattern: new RegExp(
      String.raw`(?<![\w:.#])([01]?\d|2[0-3])(\s?)(${CLOCK_WORD.source})(?:(\s?)([0-5]?\d)(\s?)(分|분)?(?!\d))?`,
      'giu',
    ),
    read: ([, hour = '', gap = '', word = '', minuteGap = '', minutes, signGap = '', sign = '']) => ({
      minute: minuteOfDay(hour, minutes),
      write: (minute) => {
        const shown = hourLike(hour, hourOf(minute));
        if (/^(?:uhr|o|ч|у)/i.test(word)) return `${shown}:${twoDigits(minuteOf(minute))}${gap}${word}`;
        const of = sign !== '' ? sign : word === '시' ? '분' : '分';
        return `${shown}${gap}${word}${minuteGap}${twoDigits(minuteOf(minute))}${signGap}${of}`;
      },
    }),
  },
  {
    // saat 09.00, kl. 7.30, alle 6.15, 14.00 Uhr
    pattern: new RegExp(
      String.raw`(?:(?<=(?:^|\s)(?:kl\.?|klo|kello|saat|ore|alle|um|om|pukul|jam)\s)|` +
        String.raw`(?<![\w:.#])(?=\d{1,2}\.\d\d\s?(?:Uhr|uur)\b))([01]?\d|2[0-3])\.([0-5]\d)(?![\w.])`,
      'gi',
    ),
    read: ([, hour = '', minutes = '']) => ({
      minute: minuteOfDay(hour, minutes),
      write: timeLike(hour, '.'),
    }),
  },
  {
    // 03:30, 3:30, 03:30:00, 00:00:000, 03:30Z; 1:00:00 may be a length of time
    pattern: /(?<![\w:.#])([01]?\d|2[0-3]):([0-5]\d)(:0{2,3})?(?=Z\b|hs?\b|$|[^\w:])/gi,
    read: ([, hour = '', minutes = '', seconds = '']) => ({
      minute: minuteOfDay(hour, minutes),
      mayBeSpan: seconds !== '' && hour.length === 1,
      write: (minute) => `${timeLike(hour, ':')(minute)}${seconds}`,
    }),
  },
  {
    // 7h, 07h00, 7h30; 07h00 is no length of time
    pattern: /(?<![\w:.#/-]|\d,)([01]?\d|2[0-3])(\s?[hH])([0-5]\d)?(?!\w)/g,
    read: ([, hour = '', sign = '', minutes]) => ({
      minute: minuteOfDay(hour, minutes),
      mayBeSpan: minutes === undefined || hour.length === 1,
      write: timeLike(hour, sign),
    }),
  },
  {
    // 0330 UTC, 0330Z, 1800 hours
    pattern: /(?<![\w:.#-])([01]\d|2[0-3])([0-5]\d)(?=\s?(?:UTC|GMT|hrs?\b|hours\b)|Z\b)/g,
    read: ([, hour = '', minutes = '']) => ({
      minute: minuteOfDay(hour, minutes),
      write: timeLike(hour, ''),
    }),
  },
  {
    // at 3 UTC
    pattern:
      /(?<=(?:^|\s)(?:at|um|om|à|às|as|a las|alle|jam|pukul|saat|kl\.?)\s)([01]?\d|2[0-3])(?=\s(?:UTC|GMT|[A-Z]{1,3}T)\b)/gi,
    read: ([, hour = '']) => ({ minute: minuteOfDay(hour), write: timeLike(hour, ':') }),
  },
  {
    // at 9, @ 9: an hour alone, where nothing behind it could make it something else
    pattern:
      /(?<=(?:^|\s)(?:at|@)\s)([01]?\d|2[0-3])(?=\s*(?:$|[,;)]|\.(?:\s|$)|(?:every|each|on|daily|in the morning)\b))/gim,
    read: ([, hour = '']) => ({ minute: minuteOfDay(hour), write: timeLike(hour, ':') }),
  },
  {
    pattern: new RegExp(
      String.raw`(?<![\p{Script=Latin}\p{Script=Cyrillic}])(${MIDNIGHT.source}|${NOON.source})(?!\p{Script=Latin})`,
      'giu',
    ),
    read: ([, word = '']) => ({ minute: NOON_ALONE.test(word) ? DAY_MINUTES / 2 : 0, write: clockTime }),
  },
  {
    // minute 39
    pattern: /(?<=\bminute\s)([0-5]?\d)(?![\w:])/gi,
    kind: 'minute',
    read: ([, minutes = '']) => ({ minute: Number(minutes), write: String }),
  },
  {
    // 39 minutes past
    pattern: /(?<![\w:.#])([0-5]?\d)(?=\s(?:min(?:ute)?s?\s)?(?:past|after)\s(?:the|each|every)\shour\b)/gi,
    kind: 'minute',
    read: ([, minutes = '']) => ({ minute: Number(minutes), write: String }),
  },
  {
    // at :39
    pattern: /(?<=(?:^|\s):)([0-5]\d)(?![\w:])/g,
    kind: 'minute',
    read: ([, minutes = '']) => ({ minute: Number(minutes), write: twoDigits }),
  },
];

/** Words for the halves of a day that stand before an hour, each with its other half at the same place. */
const FIRST_HALVES: readonly string[] = ['午前', '오전', '上午', '早上', 'AM'];
const SECOND_HALVES: readonly string[] = ['午後', '오후', '下午', '晚上', 'PM'];

/** Longer comments are no remarks on a schedule. */
const MOST_SEARCHED = 1000;

/** Words beside a number of hours that make it a length of time. */
const SPAN_BEFORE = /(?:every|each|all|within|last|past|in|for|toutes les|chaque|cada|alle|[~<>+])\s*$/i;
const SPAN_AFTER = /^\s*(?:after|before|later|ago|avant|après|antes|después)\b/i;
/** Words beside it that make it a time of day. */
const CLOCK_BEFORE = either(
  'i',
  /(?:^|[\s(])(?:at|à|as|às|las|um|om|ab|vers|lúc|kl\.?|@)\s*$/,
  /(?:^|[\s(])(?:dia|día|jours?|daily|every day|each day|nightly|UTC|GMT)\s*$/,
);
const CLOCK_AFTER =
  /^\s?\(?(?:UTC|GMT|Z\b|[A-Z]{2,4}T\b|du matin|da manhã|de la mañana|sáng|tous les|todos|daily|every day|each day)/;

/** All times that a comment names, in order. `lead` is the line above, where its sentence begins there. */
export function timesInComment(comment: string, lead = ''): readonly TimeInComment[] {
  const searched = comment.slice(0, MOST_SEARCHED);
  const isOfAnother = speaksOfAnother(lead + searched);
  const found: TimeInComment[] = [];
  for (const { pattern, kind = 'clock', read } of STYLES) {
    for (const match of searched.matchAll(pattern)) {
      const { index: start } = match;
      const end = start + match[0].length;
      if (found.some((other) => start < other.end && other.start < end)) continue;
      const { mayBeSpan = false, ...time } = read(match);
      const [before, after] = [searched.slice(0, start), searched.slice(end)];
      if (mayBeSpan && (SPAN_BEFORE.test(before) || SPAN_AFTER.test(after))) continue;
      const isClock = CLOCK_BEFORE.test(before) || CLOCK_AFTER.test(after);
      found.push({
        start,
        end,
        text: match[0],
        kind,
        mayBeSpan: !isClock && (mayBeSpan || isSpan(match[0], lead + before, after)),
        mayBeOther: isOfAnother || isOtherTime(lead + before, after),
        ...time,
      });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/** The first time that a comment surely names, as written there; `undefined` where it names none. */
export function timeInComment(comment: string): string | undefined {
  return timesInComment(comment).find(({ mayBeSpan }) => !mayBeSpan)?.text;
}
