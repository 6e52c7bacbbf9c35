import { isTimezone, usualOffsets } from '../cron/timezone.ts';
import { zoneOfAbbreviation, zoneOfPlace } from '../cron/zone-names.ts';
import { either } from '../either.ts';
import { timeInComment } from './comment-times.ts';

/** A zone that a comment names: where it stands, and the minutes ahead of UTC that its clocks may be. */
export interface NamedZone {
  readonly start: number;
  readonly end: number;
  /** Two values where the clocks change; none where the zone is not known. */
  readonly offsets: readonly number[];
  /** An IANA zone with its clocks, where only one can be meant. */
  readonly timezone: string | undefined;
  /** Whether it may be a word in capitals as well: it is a zone only right behind a time. */
  readonly mayBeWord: boolean;
}

/** Minutes ahead of UTC of abbreviations with other clocks than their zone's, or of several zones: then all of them. */
const OFFSETS: Readonly<Record<string, readonly number[]>> = {
  ZULU: [0],
  Z: [0],
  WEST: [60],
  BST: [60],
  CEST: [120],
  EEST: [180],
  IST: [330, 60, 120],
  ACST: [570],
  AEST: [600, 660],
  AEDT: [660],
  NZDT: [780],
  EDT: [-240],
  CST: [-360, -300, 480],
  CDT: [-300],
  MST: [-420, -360],
  MDT: [-360],
  PDT: [-420],
  AKDT: [-480],
};

/** `UTC+8`, an IANA name, an abbreviation in capitals, `Berlin time`, and zones that nobody can know. */
const ZONES = either(
  'gi',
  /\b(?:UTC|GMT)\s?(?<sign>[+-])\s?(?<hours>\d{1,2})(?::?(?<minutes>[0-5]\d))?\b/,
  /\b(?<iana>(?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)\/[A-Za-z_]{2,30}(?:\/[A-Za-z_]{2,30})?)/,
  /(?<=\b|\d)(?<short>UTC|GMT|Zulu|[A-Z]{1,4}T|Z|WIB|MSK)\b/,
  /\b(?<place>[a-z]{2,9}(?: york)?)(?: standard| daylight| summer)? time\b/,
  /(?<cjk>北京[时時][间間]|台[灣湾][时時][间間]|日本時間|한국\s?시간|МСК)/,
);

/** Words before `time` that name no zone. */
const OWN_WORDS: ReadonlySet<string> = new Set(
  (
    'this that the a at same start run any some good long first every which what in of real off down release build cron ' +
    'next last each weekend enough more much spare quiet peak utc gmt'
  ).split(' '),
);
const CJK: readonly (readonly [RegExp, string])[] = [
  [/北京/, 'Asia/Shanghai'],
  [/日本/, 'Asia/Tokyo'],
  [/한국/, 'Asia/Seoul'],
  [/台/, 'Asia/Taipei'],
  [/МСК/i, 'Europe/Moscow'],
];

export function zonesInComment(comment: string): readonly NamedZone[] {
  return [...comment.matchAll(ZONES)].flatMap((match) => {
    const groups = match.groups ?? {};
    const timezone = timezoneOf(groups);
    const offsets = offsetsOf(groups, timezone);
    const start = match.index;
    const mayBeWord = offsets?.length === 0 && groups.short !== undefined;
    return offsets === undefined
      ? []
      : [{ start, end: start + match[0].length, offsets, timezone, mayBeWord }];
  });
}

type Groups = Readonly<Record<string, string | undefined>>;

function timezoneOf({ iana, short, place, cjk }: Groups): string | undefined {
  if (iana !== undefined) return isTimezone(iana) ? iana : undefined;
  if (cjk !== undefined) return CJK.find(([name]) => name.test(cjk))?.[1];
  return short === undefined ? zoneOfPlace(place?.toLowerCase() ?? '') : zoneOfAbbreviation(short);
}

/** `undefined` where the words name no zone at all. */
function offsetsOf(groups: Groups, timezone: string | undefined): readonly number[] | undefined {
  const { sign, hours, minutes = '0', iana, short, place, cjk } = groups;
  if (hours !== undefined) return [(sign === '-' ? -1 : 1) * (60 * Number(hours) + Number(minutes))];
  const usual = timezone === undefined ? [] : usualOffsets(timezone);
  if (iana !== undefined || cjk !== undefined) return usual;
  if (short !== undefined) {
    if (/^(?:utc|gmt|zulu)$/i.test(short)) return [0];
    // Capitals only: `it` and `at` are words, `IT` and `AT` are not written beside times as zones either.
    if (short !== short.toUpperCase() || short.length < 2) return short === 'Z' ? [0] : undefined;
    if (Object.hasOwn(OFFSETS, short)) return OFFSETS[short];
    return usual.length > 0 || short.length > 2 ? usual : undefined;
  }
  // `local time`, `server time`: whose, nobody can know.
  return usual.length > 0 || !OWN_WORDS.has(place?.toLowerCase() ?? '') ? usual : undefined;
}

/** `New York` and `in Berlin`, right behind a time. */
const PLACE_BEHIND = /^\s(?:in\s)?\(?(?<place>\p{Lu}\p{Ll}+(?: York)?)(?! time\b)(?!\p{L})/u;

/** Whether the words right behind a time name a place with other clocks than those of a timezone. */
export function isPlaceOfOtherClocks(after: string, timezone: string): boolean {
  const zone = zoneOfPlace(PLACE_BEHIND.exec(after)?.groups?.place?.toLowerCase() ?? '');
  return zone !== undefined && usualOffsets(zone).join() !== usualOffsets(timezone).join();
}

/** The local time that a comment on a UTC schedule means, with an IANA zone; `undefined` for none, two, or also UTC. */
export function localTimeInComment(
  comment: string,
): { readonly name: string; readonly timezone: string } | undefined {
  if (timeInComment(comment) === undefined) return undefined;
  const [first, ...others] = zonesInComment(comment).filter(({ mayBeWord }) => !mayBeWord);
  if (first?.timezone === undefined || usualOffsets(first.timezone).length < 2) return undefined;
  const nameOf = ({ start, end }: NamedZone): string => comment.slice(start, end);
  const name = nameOf(first);
  return others.some((other) => nameOf(other) !== name) ? undefined : { name, timezone: first.timezone };
}
