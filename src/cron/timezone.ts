import { OffbeatError } from '../errors.ts';
import { didYouMean, nearestWord } from '../nearest-word.ts';
import { DAY_MINUTES, DAY_MS, MINUTE_MS } from '../time.ts';
import { quoted } from './quoted.ts';
import { zoneMeantBy } from './zone-names.ts';

/** A stretch of time with one UTC offset: from `start` to the next segment's start, epoch ms; offset in ms. */
export interface Segment {
  readonly start: number;
  readonly offset: number;
}

/** The changes of one zone's clocks as far as they have been asked for. */
export interface Zone {
  /** Sorted by start; the first one stands for all time before it. */
  readonly segments: Segment[];
  /** Segments are known up to here, epoch ms. */
  knownUntil: number;
  /** Where the last look-up ended: the next one is mostly near. */
  hint: number;
  /** Minutes of the day that are skipped or repeated; `null` until somebody asks. */
  changing: ReadonlySet<number> | null;
  readonly offsetAt: (at: number) => number;
}

const YEAR_MS = 366 * DAY_MS;
/** Zones are read from here: no schedule on GitHub is older, and stranger clocks lie before. */
const FIRST_INSTANT = Date.UTC(2010, 0, 1);
/** Later clock changes are unknowable; the last known offset stands for all time after. */
const LAST_INSTANT = Date.UTC(2200, 0, 1);
/** No zone has ever changed its clocks there and back within less than four weeks (Ramadan breaks summer time). */
const SAMPLE_MS = 14 * DAY_MS;
/** Zones are read ahead by so much, so that a walk over years reads each only once. */
const READ_AHEAD_MS = 2 * YEAR_MS;
/** IANA knows about 600 names; more entries than this are spelling variants and not worth the memory. */
const MAX_ZONES = 1_000;

/** The zones that were read, the only memory of the pure folders: facts of the platform that take long to read. */
const zones = new Map<string, Zone>();

/** Abbreviations that ICU takes for zones and IANA does not hold: each means several places ("BST": Dhaka to ICU). */
const ABBREVIATIONS: ReadonlySet<string> = new Set(
  'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST'.split(
    ' ',
  ),
);

/** Zones of old Java versions, which ICU still takes. */
const OLD_JAVA = /^SystemV\//i;

/** Whether GitHub can take the name as an IANA timezone; a bare offset such as `+02:00` is none. */
export function isTimezone(name: string): boolean {
  return knownZone(name) !== null;
}

/** Minutes to add to UTC at the instant `at` (epoch ms) to get local time. Throws `timezone-unknown`. */
export function utcOffsetMinutes(at: number, timezone: string): number {
  if (timezone === 'UTC') return 0;
  const zone = zoneOf(timezone);
  return offsetOf(zone, segmentAt(zone, at)) / MINUTE_MS;
}

/** Minute of the local day, 0–1439, at the instant `at` (epoch ms). Throws `timezone-unknown`. */
export function localMinuteOfDay(at: number, timezone: string): number {
  const local = at + utcOffsetMinutes(at, timezone) * MINUTE_MS;
  return Math.floor((local - Math.floor(local / DAY_MS) * DAY_MS) / MINUTE_MS);
}

/** A winter and a summer of the northern half of the world. */
const SEASONS = [Date.UTC(2026, 0, 15), Date.UTC(2026, 6, 15)] as const;

/** Minutes ahead of UTC that a timezone's clocks are in the course of a year; none for an unknown one. */
export function usualOffsets(timezone: string): readonly number[] {
  return isTimezone(timezone) ? [...new Set(SEASONS.map((at) => utcOffsetMinutes(at, timezone)))] : [];
}

/** Minutes that the clocks of `other` are ahead of those of `timezone` in the course of a year; both are known. */
export function usualDifferences(timezone: string, other: string): readonly number[] {
  return [...new Set(SEASONS.map((at) => utcOffsetMinutes(at, other) - utcOffsetMinutes(at, timezone)))];
}

/** One change of a zone's clocks: the instant (epoch ms), and the UTC offsets before and from it (ms). */
export interface ClockChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** The changes of a zone's clocks in [from, to), epoch ms, in order. Throws `timezone-unknown`. */
export function clockChanges(timezone: string, from: number, to: number): readonly ClockChange[] {
  if (timezone === 'UTC') return [];
  const zone = zoneOf(timezone);
  const changes: ClockChange[] = [];
  let index = segmentAt(zone, from - 1);
  for (;;) {
    const at = segmentEnd(zone, index, to);
    if (at >= to) return changes;
    changes.push({ at, before: offsetOf(zone, index), after: offsetOf(zone, index + 1) });
    index += 1;
  }
}

/** Clock changes from here on count for schedules: rules that were given up before are no concern of theirs. */
const CHANGES_FROM = Date.UTC(2026, 0, 1);
/** Rules repeat themselves; what governments have announced for later decades is met on the way. */
const CHANGES_TO = CHANGES_FROM + 30 * YEAR_MS;
const NO_MINUTES: ReadonlySet<number> = new Set();

/** Minutes of the local day that clocks skip or repeat on some day of the year. Throws `timezone-unknown`. */
export function changingMinutes(timezone: string): ReadonlySet<number> {
  if (timezone === 'UTC') return NO_MINUTES;
  const zone = zoneOf(timezone);
  if (zone.changing !== null) return zone.changing;
  const changing = new Set<number>();
  for (const { at, before, after } of clockChanges(timezone, CHANGES_FROM, CHANGES_TO)) {
    const end = at + Math.max(before, after);
    for (let local = at + Math.min(before, after); local < end; local += MINUTE_MS) {
      changing.add((local / MINUTE_MS) % DAY_MINUTES);
    }
  }
  zone.changing = changing;
  return changing;
}

/** The clock changes of a zone, read once and kept. Throws `timezone-unknown`. */
export function zoneOf(timezone: string): Zone {
  const zone = knownZone(timezone);
  if (zone !== null) return zone;
  throw timezoneUnknown(timezone);
}

/** The error for a timezone that GitHub would not take; `where` is the file that names it. */
export function timezoneUnknown(timezone: string, where?: string): OffbeatError {
  return new OffbeatError('timezone-unknown', `${quoted(timezone)} is no timezone that GitHub knows.`, {
    ...(where === undefined ? {} : { where }),
    fix: howToNameZone(timezone),
  });
}

/** What to write in the place of a name that is no timezone, as a sentence. */
export function howToNameZone(name: string): string {
  const meant = zoneMeantBy(name) ?? nearestTimezone(name);
  if (meant !== undefined) return didYouMean(meant);
  return NEEDS_PLACE.test(name)
    ? 'Write the IANA name of the place that is meant, as REGION/CITY.'
    : 'Write an IANA name such as "Europe/Berlin", or leave the timezone out for UTC.';
}

/** Abbreviations of several regions, such as `CST`, and offsets, which many places have. */
const NEEDS_PLACE = /^[A-Z]{2,5}$|^(?:UTC|GMT)?\s*[+-]\s*\d/;

/** The IANA name that a mistyped one most likely meant. Short names such as CEST are near to everything, so to none. */
function nearestTimezone(name: string): string | undefined {
  return /^[A-Za-z_]+\//.test(name) ? nearestWord(name, Intl.supportedValuesOf('timeZone')) : undefined;
}

function knownZone(timezone: string): Zone | null {
  const known = zones.get(timezone);
  if (known !== undefined) return known;
  const format = formatOf(timezone);
  if (format === null) return null;
  const offsetAt = (at: number): number => readOffset(format, at);
  const zone: Zone = {
    segments: [{ start: FIRST_INSTANT, offset: offsetAt(FIRST_INSTANT) }],
    knownUntil: FIRST_INSTANT,
    hint: 0,
    changing: null,
    offsetAt,
  };
  if (zones.size >= MAX_ZONES) zones.clear();
  zones.set(timezone, zone);
  return zone;
}

/** Index of the segment that holds the instant `at`. */
export function segmentAt(zone: Zone, at: number): number {
  readUntil(zone, at);
  const { segments } = zone;
  let index = Math.min(zone.hint, segments.length - 1);
  while (index > 0 && (segments[index]?.start ?? 0) > at) index -= 1;
  while ((segments[index + 1]?.start ?? Number.POSITIVE_INFINITY) <= at) index += 1;
  zone.hint = index;
  return index;
}

/** UTC offset of a segment in ms. */
export function offsetOf(zone: Zone, index: number): number {
  return zone.segments[index]?.offset ?? 0;
}

/** Where segment `index` ends, epoch ms, reading on to a change or past `atLeast`; infinity where none is known. */
export function segmentEnd(zone: Zone, index: number, atLeast: number): number {
  if (zone.segments[index + 1] === undefined) readUntil(zone, atLeast);
  return zone.segments[index + 1]?.start ?? Number.POSITIVE_INFINITY;
}

function readUntil(zone: Zone, at: number): void {
  if (at < zone.knownUntil || zone.knownUntil >= LAST_INSTANT) return;
  const target = Math.min(at + READ_AHEAD_MS, LAST_INSTANT);
  let from = zone.knownUntil;
  let offset = offsetOf(zone, zone.segments.length - 1);
  while (from < target) {
    const to = from + SAMPLE_MS;
    const next = zone.offsetAt(to);
    if (next !== offset) zone.segments.push({ start: findChange(zone, from, to, offset), offset: next });
    offset = next;
    from = to;
  }
  zone.knownUntil = from;
}

/** First minute in (from, to] whose offset differs from `before`. */
function findChange(zone: Zone, from: number, to: number, before: number): number {
  let low = from / MINUTE_MS;
  let high = to / MINUTE_MS;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offsetAt(middle * MINUTE_MS) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}

function formatOf(timezone: string): Intl.DateTimeFormat | null {
  // Intl also takes bare offsets ("+02:00"), which are no IANA names.
  if (!/^[A-Za-z]/.test(timezone)) return null;
  if (ABBREVIATIONS.has(timezone.toUpperCase()) || OLD_JAVA.test(timezone)) return null;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' });
  } catch {
    return null;
  }
}

/** UTC offset in ms; the format writes "GMT", "GMT+02:00" or "GMT-03:30". */
function readOffset(format: Intl.DateTimeFormat, at: number): number {
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d+):(\d+))?/.exec(format.format(at)) ?? [];
  const size = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE_MS;
  return sign === '-' ? -size : size;
}
