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

/** Longer texts are data, not code. */
const MAX_SEARCHED = 200_000;

/** Offset of the first place where a text reads date, hour or weekday; −1 where there is none. */
export function clockUseAt(text: string): number {
  const searched = text.slice(0, MAX_SEARCHED);
  const places = READS_CLOCK.map((pattern) => searched.search(pattern)).filter((at) => at !== -1);
  return places.length === 0 ? -1 : Math.min(...places);
}
