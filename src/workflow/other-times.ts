import { anyOf, either, regex } from '../either.ts';

/** Words right before a time that make it the end of something, by language. */
const ENDS = anyOf(
  'until|till|up to|by|before|no later than',
  'bis|vor|spätestens',
  "jusqu['’]à|avant",
  'hasta|antes de',
  'até|antes das',
  'fino a|fino alle|entro|prima delle',
  'tot|voor',
  'до',
);

/** Words right before a time that make it a length of time, or a ratio, by language. */
const SPANS = anyOf(
  'takes?|took|lasts?|needs?|requires?|within|in|over|duration|time-?out|ratio|scale|score',
  String.raw`(?<!\b(?:scheduled|planned|set|timed) )for`,
  'dauert|braucht|innerhalb von',
  'dure|pendant',
  'dura|tarda|durante|leva|impiega',
  'duurt',
);

const END_BEFORE = regex('iu')`(?<!\p{L})${ENDS}\s+(?:at\s|um\s|as\s|às\s|las?\s|les?\s|the\s)?$`;
const SPAN_BEFORE = new RegExp(
  String.raw`(?<!\p{L})${SPANS}\s?[:=]?\s*(?:about|around|of|at most|up to|etwa|circa|ca\.|environ|[~<>])?\s*$`,
  'iu',
);
const END_BEHIND = /^\s?(?:まで|까지|之?前|以前)/;
/** Units behind a time that make it a length of time. */
const SPAN_BEHIND = /^\s?(?:hours?|hrs|hh|minutes?|mins?|Stunden?|heures?|horas?|ore|uren|long)(?!\p{L})/iu;
/** A time with minutes and without half of the day: only such a one may be a length of time. */
const MAY_BE_SPAN = /^\d{1,2}[:.hH]\d{2}(?!.*[ap]\.?m)/i;

/** Words right before a time that it is only a part of: `half past 2 am`, `8/20 Uhr`, `2, 6 and 10pm`. */
const PART_BEFORE = either(
  'iu',
  /(?<!\p{L})(?:half|quarter|minutes?|mins?|five|ten|twenty) (?:past|to|before|after) $/u,
  /(?<![\p{L}\d:.+-])\d{1,2}\s*(?:[,/&–-]|and|or|und|oder|et|ou|y|e|en)\s*$/u,
);

/** Words anywhere in a comment by which a time in it may be that of another workflow, or of nothing that runs. */
const OF_ANOTHER = either(
  'i',
  /[\w-]\.ya?ml\b/,
  /(?<!\bevery )\b(?:an)?other (?:workflow|job|pipeline|schedule|cron|repo|build|run)/,
  /\b(?:as well|upstream|unlike|copyright)\b|©/,
);

/** Whether a comment speaks of another workflow, so that a time or cron in it may be that one's. */
export function speaksOfAnother(comment: string): boolean {
  return OF_ANOTHER.test(comment);
}

/** Whether a time may be another one than the schedule's, by the words right beside it. */
export function isOtherTime(before: string, after: string): boolean {
  return END_BEFORE.test(before) || END_BEHIND.test(after) || PART_BEFORE.test(before);
}

/** Whether a time may be a length of time, by the words beside it. */
export function isSpan(text: string, before: string, after: string): boolean {
  return MAY_BE_SPAN.test(text) && (SPAN_BEFORE.test(before) || SPAN_BEHIND.test(after));
}
