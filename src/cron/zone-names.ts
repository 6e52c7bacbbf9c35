/**
 * Abbreviations of clocks that several regions have, so that nobody can know which is meant: BST (London, Dhaka), CST
 * (Chicago, Shanghai), IST (Kolkata, Dublin, Jerusalem), MST (Denver, Phoenix).
 */
const SEVERAL_ZONES: ReadonlySet<string> = new Set(['ACST', 'AEST', 'AST', 'BST', 'CST', 'IST', 'MST']);

/** Abbreviations of the clocks of one region, each with an IANA zone that has them. */
const ZONE_OF_ABBREVIATION: Readonly<Record<string, string>> = {
  UTC: 'UTC',
  GMT: 'UTC',
  WET: 'Europe/Lisbon',
  WEST: 'Europe/Lisbon',
  CET: 'Europe/Berlin',
  CEST: 'Europe/Berlin',
  EET: 'Europe/Helsinki',
  EEST: 'Europe/Helsinki',
  MSK: 'Europe/Moscow',
  PKT: 'Asia/Karachi',
  ICT: 'Asia/Bangkok',
  WIB: 'Asia/Jakarta',
  SGT: 'Asia/Singapore',
  HKT: 'Asia/Hong_Kong',
  AWST: 'Australia/Perth',
  PHT: 'Asia/Manila',
  JST: 'Asia/Tokyo',
  KST: 'Asia/Seoul',
  AEDT: 'Australia/Sydney',
  NZST: 'Pacific/Auckland',
  NZDT: 'Pacific/Auckland',
  BRT: 'America/Sao_Paulo',
  ART: 'America/Argentina/Buenos_Aires',
  CLT: 'America/Santiago',
  EST: 'America/New_York',
  EDT: 'America/New_York',
  ET: 'America/New_York',
  CDT: 'America/Chicago',
  CT: 'America/Chicago',
  MDT: 'America/Denver',
  MT: 'America/Denver',
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
  PT: 'America/Los_Angeles',
  AKST: 'America/Anchorage',
  AKDT: 'America/Anchorage',
  HST: 'Pacific/Honolulu',
};

/** Places whose time people name, each with a zone that has their clocks. */
const ZONE_OF_PLACE: Readonly<Record<string, string>> = {
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

/** `Pacific Standard Time`, `London time`. */
const TIME_OF = /\s+(?:(?:standard|daylight|summer)\s+)?time$/i;

/** The IANA zone of an abbreviation in capitals; `undefined` for one of several regions, and for an unknown one. */
export function zoneOfAbbreviation(name: string): string | undefined {
  return Object.hasOwn(ZONE_OF_ABBREVIATION, name) ? ZONE_OF_ABBREVIATION[name] : undefined;
}

/** Whether a name in capitals is that of a clock, in one region or in several. */
export function isZoneAbbreviation(name: string): boolean {
  return SEVERAL_ZONES.has(name) || Object.hasOwn(ZONE_OF_ABBREVIATION, name);
}

/** The IANA zone with the clocks of a place that people name, in lower case: `pacific`, `new york`. */
export function zoneOfPlace(name: string): string | undefined {
  return Object.hasOwn(ZONE_OF_PLACE, name) ? ZONE_OF_PLACE[name] : undefined;
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
