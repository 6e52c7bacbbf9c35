/** A time of the day as people write it: `3am`, `3:30 PM`, `03:30`, `midnight`. */
const TIME_OF_DAY =
  /(?<![\w:.#])(?:(?:0?[1-9]|1[0-2])(?:[:.][0-5]\d)?\s?[ap]\.?m\b\.?|(?:[01]?\d|2[0-3]):[0-5]\d(?![\w:])|midnight\b|noon\b)/i;

/**
 * Names of local times that change twice a year, with a zone that keeps them. Left out are those that stand for several
 * places, some without summer time: CST, IST, BST.
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

/** Whoever names UTC as well has reckoned with the difference. */
const UTC_NAMED = /\b(?:UTC|GMT|Zulu)\b/i;

/** The time of the day that a comment names, as it stands there; `undefined` where it names none. */
export function timeInComment(comment: string): string | undefined {
  return TIME_OF_DAY.exec(comment)?.[0];
}

/** A local time with summer time that a comment speaks of. */
export interface LocalTimeInComment {
  /** As it stands there. */
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
