/**
 * Code that reads the date, the hour or the weekday: shell, JavaScript, Python, Ruby, PowerShell, Go, Java, and format
 * strings. What reads a time to measure a length only (`date +%s`, `Date.now()`) is left out.
 */
const READS_CLOCK: readonly RegExp[] = [
  /(?:^|[\s(`;|&$"'=])date(?:\s+(?:-u|--utc|-R|-I\w*|-d\s*\S+|--date[= ]\S+|--iso-8601\S*|-v\S+))*\s+["']?\+["']?%(?!s\b)/m,
  /\$\(\s*date\s*(?:-u|-I\w*|--utc|--iso-8601\S*)?\s*\)|`\s*date\s*(?:-u|-I\w*)?\s*`/,
  /\bstrftime\b/,
  /\btoISOString\b|\bto(?:Locale)?(?:Date)?String\s*\(\s*['"]\w\w-|\btoLocaleDateString\b|\btoDateString\b/,
  /\bget(?:UTC)?(?:Hours|Day|Date|Month|FullYear)\s*\(/,
  /\bdate(?:time)?\s*\.\s*(?:now|utcnow|today)\s*\(/,
  /\bDate\.(?:today|current)\b|\bTime\.(?:now|current)\b/,
  /\bGet-Date\b/i,
  /\btime\.Now\(\)\.(?:Format|Weekday|Hour|Day|UTC)/,
  /\bLocalDate(?:Time)?\.now\b|\bZonedDateTime\.now\b/,
  /\bmoment\s*\(\s*\)|\bdayjs\s*\(\s*\)|\bdate-fns\b/,
];

/**
 * The hour alone, as a text that compares it does: a format of hour and perhaps minute. One with seconds stamps a line
 * of a log, one with a date an artifact. Repetitions are bounded, as the texts are anybody's.
 */
const READS_HOUR: readonly RegExp[] = [
  /(?:^|[\s(`;|&$"'=])date\s[^\n;|)`]{0,99}\+["']?%-?[HkIl](?:[:.h]?%-?M)?["']?(?=[\s)`;|&"']|$)/m,
  // A time of the clock as a number, to wait for it or to compare it.
  /\bdate\s[^\n;|)`]{0,99}(?:-d|--date)[= ]?["']?(?:today |tomorrow )?\d{1,2}:\d\d\b[^\n;|)`]{0,50}\+["']?%s\b/,
  /\bstrftime\s*\(\s*["']%-?[HkIl](?:[:.h]?%-?M)?["']/,
  /\b(?:now|utcnow)\s?\([^()\n]{0,99}\)\s*\.\s*hour\b|\bTime\.(?:now|current)(?:\.\w{1,20}){0,3}\.hour\b/,
  /\bGet-Date\b[^\n;|]{0,99}?(?:\)\s*\.\s*Hour\b|-(?:U?Format)\s+["']?(?:%H|HH?)["']?(?=[\s)]|$))/i,
  /\btime\.Now\(\)(?:\.\w{1,20}\([^()]{0,99}\)){0,3}\.Hour\(\)/,
];
/** The hour of a `Date`, which code that builds a date asks for as well. */
const HOUR_OF_DATE = /\bget(?:UTC)?Hours\s*\(/;
const DATE_OF_DATE = /\bget(?:UTC)?(?:Date|Month|FullYear)\s*\(/;

/** Longer texts are data, not code. */
const MAX_SEARCHED = 200_000;

/** Offset of the first place where a text reads date, hour or weekday; −1 where there is none. */
export function clockUseAt(text: string): number {
  return firstPlace(text.slice(0, MAX_SEARCHED), READS_CLOCK);
}

/** Offset of the first place where a text reads the hour to compare it, as far as that can be told; −1 for none. */
export function hourUseAt(text: string): number {
  const searched = text.slice(0, MAX_SEARCHED);
  const at = firstPlace(searched, READS_HOUR);
  return at !== -1 || DATE_OF_DATE.test(searched) ? at : searched.search(HOUR_OF_DATE);
}

function firstPlace(text: string, patterns: readonly RegExp[]): number {
  const places = patterns.map((pattern) => text.search(pattern)).filter((at) => at !== -1);
  return places.length === 0 ? -1 : Math.min(...places);
}
