import { usualOffsets } from '../cron/timezone.ts';
import { either } from '../either.ts';

/** A zone that a comment names: where it stands, and the minutes ahead of UTC that its clocks may be. */
export interface NamedZone {
  readonly start: number;
  readonly end: number;
  /** Two values where the clocks change; none where the zone is not known. */
  readonly offsets: readonly number[];
  /** Whether it may be a word in capitals as well: it is a zone only right behind a time. */
  readonly mayBeWord: boolean;
}

/** Minutes ahead of UTC by the names that people use. Where a name is used in several places, all of them. */
const OFFSETS: Readonly<Record<string, readonly number[]>> = {
  UTC: [0],
  GMT: [0],
  ZULU: [0],
  Z: [0],
  WET: [0, 60],
  WEST: [60],
  BST: [60],
  CET: [60, 120],
  CEST: [120],
  EET: [120, 180],
  EEST: [180],
  MSK: [180],
  IST: [330, 60, 120],
  PKT: [300],
  ICT: [420],
  WIB: [420],
  SGT: [480],
  HKT: [480],
  AWST: [480],
  PHT: [480],
  JST: [540],
  KST: [540],
  ACST: [570],
  AEST: [600, 660],
  AEDT: [660],
  NZST: [720, 780],
  NZDT: [780],
  BRT: [-180],
  ART: [-180],
  CLT: [-240, -180],
  EST: [-300, -240],
  EDT: [-240],
  ET: [-300, -240],
  CST: [-360, -300, 480],
  CDT: [-300],
  CT: [-360, -300],
  MST: [-420, -360],
  MDT: [-360],
  MT: [-420, -360],
  PST: [-480, -420],
  PDT: [-420],
  PT: [-480, -420],
};

/** Places whose time people name, each with a zone that has their clocks. */
const PLACES: Readonly<Record<string, string>> = {
  eastern: 'America/New_York',
  central: 'America/Chicago',
  mountain: 'America/Denver',
  pacific: 'America/Los_Angeles',
  'new york': 'America/New_York',
  london: 'Europe/London',
  uk: 'Europe/London',
  berlin: 'Europe/Berlin',
  german: 'Europe/Berlin',
  paris: 'Europe/Paris',
  french: 'Europe/Paris',
  amsterdam: 'Europe/Amsterdam',
  zurich: 'Europe/Zurich',
  moscow: 'Europe/Moscow',
  india: 'Asia/Kolkata',
  indian: 'Asia/Kolkata',
  beijing: 'Asia/Shanghai',
  china: 'Asia/Shanghai',
  shanghai: 'Asia/Shanghai',
  tokyo: 'Asia/Tokyo',
  japan: 'Asia/Tokyo',
  seoul: 'Asia/Seoul',
  korea: 'Asia/Seoul',
  sydney: 'Australia/Sydney',
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

const OWN_WORDS: ReadonlySet<string> = new Set([
  'this',
  'that',
  'the',
  'a',
  'at',
  'same',
  'start',
  'run',
  'any',
  'some',
  'good',
  'long',
  'first',
  'every',
  'which',
  'what',
  'in',
  'of',
  'real',
  'off',
  'down',
  'release',
  'build',
  'cron',
  'next',
  'last',
  'each',
  'weekend',
  'enough',
  'more',
  'much',
  'spare',
  'quiet',
  'peak',
  'utc',
  'gmt',
]);
const CJK: readonly (readonly [RegExp, string])[] = [
  [/北京/, 'Asia/Shanghai'],
  [/日本/, 'Asia/Tokyo'],
  [/한국/, 'Asia/Seoul'],
  [/台/, 'Asia/Taipei'],
  [/МСК/i, 'Europe/Moscow'],
];
/** The zones that a comment names, in order. */
export function zonesInComment(comment: string): readonly NamedZone[] {
  return [...comment.matchAll(ZONES)].flatMap((match) => {
    const offsets = offsetsOf(match.groups ?? {});
    const start = match.index;
    const mayBeWord = offsets?.length === 0 && match.groups?.short !== undefined;
    return offsets === undefined ? [] : [{ start, end: start + match[0].length, offsets, mayBeWord }];
  });
}

/** `undefined` where the words name no zone at all. */
function offsetsOf(groups: Readonly<Record<string, string | undefined>>): readonly number[] | undefined {
  const { sign, hours, minutes = '0', iana, short, place, cjk } = groups;
  if (hours !== undefined) return [(sign === '-' ? -1 : 1) * (60 * Number(hours) + Number(minutes))];
  if (iana !== undefined) return usualOffsets(iana);
  if (cjk !== undefined) return usualOffsets(CJK.find(([name]) => name.test(cjk))?.[1] ?? '');
  if (short !== undefined) {
    if (/^(?:utc|gmt|zulu)$/i.test(short)) return [0];
    // Capitals only: `it` and `at` are words, `IT` and `AT` are not written beside times as zones either.
    if (short !== short.toUpperCase() || short.length < 2) return short === 'Z' ? [0] : undefined;
    return Object.hasOwn(OFFSETS, short) ? OFFSETS[short] : short.length > 2 ? [] : undefined;
  }
  const name = place?.toLowerCase() ?? '';
  if (Object.hasOwn(PLACES, name)) return usualOffsets(PLACES[name] ?? '');
  // `local time`, `server time`: whose, nobody can know.
  return OWN_WORDS.has(name) ? undefined : [];
}
