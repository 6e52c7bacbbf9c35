/**
 * Abbreviations of clocks that several regions have, so that nobody can know which is meant: BST (London, Dhaka), CST
 * (Chicago, Shanghai), IST (Kolkata, Dublin, Jerusalem), MST (Denver, Phoenix).
 */
const SEVERAL_ZONES: ReadonlySet<string> = new Set(['ACST', 'AEST', 'AST', 'BST', 'CST', 'IST', 'MST']);

/** IANA zones, each with abbreviations of its clocks that no other region has, and places that people name it by. */
const NAMED_ZONES: readonly (readonly [zone: string, abbreviations: string, places?: string])[] = [
  ['UTC', 'UTC GMT'],
  ['Europe/London', '', 'london, uk'],
  ['Europe/Lisbon', 'WET WEST'],
  ['Europe/Berlin', 'CET CEST', 'berlin, german'],
  ['Europe/Paris', '', 'paris, french'],
  ['Europe/Amsterdam', '', 'amsterdam'],
  ['Europe/Zurich', '', 'zurich'],
  ['Europe/Helsinki', 'EET EEST'],
  ['Europe/Moscow', 'MSK', 'moscow'],
  ['Asia/Karachi', 'PKT'],
  ['Asia/Kolkata', '', 'india, indian'],
  ['Asia/Bangkok', 'ICT'],
  ['Asia/Jakarta', 'WIB'],
  ['Asia/Singapore', 'SGT'],
  ['Asia/Hong_Kong', 'HKT'],
  ['Asia/Shanghai', '', 'beijing, china, shanghai'],
  ['Asia/Manila', 'PHT'],
  ['Asia/Tokyo', 'JST', 'tokyo, japan'],
  ['Asia/Seoul', 'KST', 'seoul, korea'],
  ['Australia/Perth', 'AWST'],
  ['Australia/Sydney', 'AEDT', 'sydney'],
  ['Pacific/Auckland', 'NZST NZDT'],
  ['Pacific/Honolulu', 'HST'],
  ['America/Sao_Paulo', 'BRT'],
  ['America/Argentina/Buenos_Aires', 'ART'],
  ['America/Santiago', 'CLT'],
  ['America/New_York', 'EST EDT ET', 'eastern, new york'],
  ['America/Chicago', 'CDT CT', 'central'],
  ['America/Denver', 'MDT MT', 'mountain'],
  ['America/Los_Angeles', 'PST PDT PT', 'pacific'],
  ['America/Anchorage', 'AKST AKDT'],
];
const ZONE_OF_ABBREVIATION = zonesByName(([, names]) => names.split(' '));
const ZONE_OF_PLACE = zonesByName(([, , names = '']) => names.split(', '));

function zonesByName(
  namesIn: (row: (typeof NAMED_ZONES)[number]) => readonly string[],
): ReadonlyMap<string, string> {
  const named = NAMED_ZONES.flatMap((row) => namesIn(row).map((name) => [name, row[0]] as const));
  return new Map(named.filter(([name]) => name !== ''));
}

/** `Pacific Standard Time`, `London time`. */
const TIME_OF = /\s+(?:(?:standard|daylight|summer)\s+)?time$/i;

/** The IANA zone of an abbreviation in capitals; `undefined` for one of several regions, and for an unknown one. */
export function zoneOfAbbreviation(name: string): string | undefined {
  return ZONE_OF_ABBREVIATION.get(name);
}

/** Whether a name in capitals is that of a clock, in one region or in several. */
export function isZoneAbbreviation(name: string): boolean {
  return SEVERAL_ZONES.has(name) || ZONE_OF_ABBREVIATION.has(name);
}

/** The IANA zone with the clocks of a place that people name, in lower case: `pacific`, `new york`. */
export function zoneOfPlace(name: string): string | undefined {
  return ZONE_OF_PLACE.get(name);
}

/**
 * The IANA zone that somebody means who writes `PST`, `Pacific Standard Time`, `Berlin` or `New York` where an IANA
 * name belongs; `undefined` where it may be one of several.
 */
export function zoneMeantBy(text: string): string | undefined {
  const place = text.trim().replace(TIME_OF, '').toLowerCase();
  return zoneOfAbbreviation(text.trim().toUpperCase()) ?? zoneOfPlace(place) ?? zoneOfCity(place);
}

/** The zone that is named after a city, where no other one is. */
function zoneOfCity(name: string): string | undefined {
  const end = `/${name.replaceAll(' ', '_')}`;
  const [zone, another] = Intl.supportedValuesOf('timeZone').filter((one) => one.toLowerCase().endsWith(end));
  return another === undefined ? zone : undefined;
}
