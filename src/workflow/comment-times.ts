const CLOCK_OF_12_HOURS = /(?:0?[1-9]|1[0-2])(?:[:.][0-5]\d)?\s?[ap]\.?m\b\.?/;
const CLOCK_OF_24_HOURS = /(?:[01]?\d|2[0-3]):[0-5]\d(?![\w:])/;
/** A time of day as people write it: `3am`, `3:30 PM`, `03:30`, `midnight`. */
const TIME_OF_DAY = new RegExp(
  String.raw`(?<![\w:.#])(?:${CLOCK_OF_12_HOURS.source}|${CLOCK_OF_24_HOURS.source}|midnight\b|noon\b)`,
  'i',
);

/**
 * Names of local times with summer time, each with a zone that has them. Names used in several places, some without
 * summer time, are left out: CST, IST, BST.
 */
const CHANGING_ZONES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:PST|PDT|Pacific time)\b/, 'America/Los_Angeles'],
  [/\b(?:MDT|Mountain time)\b/, 'America/Denver'],
  [/\b(?:CDT|Central time)\b/, 'America/Chicago'],
  [/\b(?:EST|EDT|Eastern time)\b/, 'America/New_York'],
  [/\b(?:CET|CEST)\b/, 'Europe/Berlin'],
  [/\b(?:EET|EEST)\b/, 'Europe/Helsinki'],
  [/\b(?:AEDT)\b/, 'Australia/Sydney'],
];

/** A comment that also names UTC takes the difference into account. */
const UTC_NAMED = /\b(?:UTC|GMT|Zulu)\b/i;

/** The time of day that a comment names, as written there; `undefined` where it names none. */
export function timeInComment(comment: string): string | undefined {
  return TIME_OF_DAY.exec(comment)?.[0];
}

/** A local time with summer time that a comment names. */
export interface LocalTimeInComment {
  /** As written there. */
  readonly name: string;
  /** An IANA zone with the same clocks. */
  readonly timezone: string;
}

/** The local time that a comment on a UTC schedule means; `undefined` where it names none, two, or UTC besides. */
export function localTimeInComment(comment: string): LocalTimeInComment | undefined {
  if (UTC_NAMED.test(comment) || timeInComment(comment) === undefined) return undefined;
  const found = CHANGING_ZONES.flatMap(([pattern, timezone]) =>
    [...comment.matchAll(new RegExp(pattern, 'g'))].map(([name]) => ({ name, timezone })),
  );
  const names = new Set(found.map(({ name }) => name));
  return names.size === 1 ? found[0] : undefined;
}
