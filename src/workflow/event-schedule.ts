/*
 * Ways in which scripts of any language read `schedule` from the event that GitHub gives to each run. Texts are
 * searched, not parsed: a possible read counts as one.
 */

import { either } from '../either.ts';
import { memberReads } from './member-reads.ts';

/** The whole event, as a value or a file: harmless unless something reads the schedule from it. */
const WHOLE_EVENT = either(
  'i',
  /GITHUB_EVENT_PATH|\bgithub\.event_path\b|\btoJSON\(\s*github(?:\.event)?\s*\)/,
  /\bpayload\b[^;()]{0,200}\}\s*\)\s*(?:=>|\{)/,
  /\bpayload\s*\??\.\s*schedule\b(?!\s*\()/,
);

/** A member, an index, a key of jq or a look-up by name. Calls such as `timer.schedule(…)` are none. */
const MEMBER = either(
  '',
  /(?<!\bgithub\.event)\.\s*"?schedule\b"?(?!\s*\()/,
  /\[\s*['"`]schedule['"`]\s*\]/,
  /\b(?:get|fetch|dig)\(\s*['"]schedule['"]/,
);

/** `const { schedule } = …`, also renamed, with a default, or within other braces. */
const DESTRUCTURED = /[{,]\s{0,99}['"]?schedule\b[^{}]{0,500}\}(?:[\s,\w:]{0,200}\}){0,3}\s*=(?!=)/;

/** The same as the parameter of a function: `({ schedule }) => …`, `function run({ schedule: cron }) {`. */
const PARAMETER =
  /[{,]\s{0,99}['"]?schedule\b[^{}]{0,500}\}(?:[\s,\w:]{0,200}\}){0,3}\s{0,9}\)\s{0,9}(?:=>|\{)/;

/** Members as PHP, Perl and Ruby write them, and the object that jq makes of a field. */
const MEMBER_ELSEWHERE = either(
  '',
  /->\s{0,9}(?:\{\s{0,9})?['"]?schedule\b(?!\s{0,9}\()/,
  /\[\s{0,9}:schedule\s{0,9}\]|\b(?:fetch|dig)\(\s{0,9}:schedule\b/,
  /\bjq\b[^\n]{0,200}\{\s{0,9}(?:\w{1,30}\s{0,9},\s{0,9}){0,5}schedule\b/,
);

/** A field with a type, into which a program reads the event: of Go by its tag, of Rust, Kotlin or TypeScript. */
const TYPED_FIELD = /\bjson:"schedule\b|\bschedule\??\s{0,9}:\s{0,9}(?:Option\s{0,9}<\s{0,9})?string\b/i;

/** The file of the event searched as a text, for the field or for a cron. */
const SEARCHED = new RegExp(
  String.raw`\b(?:[ef]?grep|rg|sed|awk)\b(?=[^\n]{0,300}(?:GITHUB_EVENT_PATH|github\.event_path))` +
    String.raw`[^\n]{0,300}?(?:\bschedule\b|[*][\]\s\\]{1,9}[*[])`,
  'i',
);

/** A variable or member that may hold the whole event. Bounded, as these texts are anybody's. */
const EVENT_NAME = String.raw`\w{0,30}(?:payload|event)\b`;
const EVENT_VALUE = String.raw`(?:\w{1,30}\??\.){0,5}${EVENT_NAME}`;

/** What only prints its arguments. */
const PRINTED = String.raw`\b(?:console\.\w+|core\.(?:info|debug|notice|warning|error))\([^\n;]{0,100}`;

/** All fields of the event, the schedule too: gone through, copied, looked up by a computed name, or made text. */
const EVERY_FIELD = new RegExp(
  [
    String.raw`\bObject\s*\.\s*(?:entries|values|assign|fromEntries)\([^()]{0,100}?\b${EVENT_VALUE}\s{0,9}[,)]`,
    String.raw`\.{3}\s{0,9}${EVENT_VALUE}\s{0,9}(?=[,})\]])`,
    String.raw`\b(?:in|of)\s{1,9}${EVENT_VALUE}\s{0,9}(?:[):]|do\b)`,
    String.raw`\b${EVENT_NAME}\.(?:items|values|each|each_pair|to_a)\b`,
    String.raw`(?<!${PRINTED})\bJSON\.stringify\(\s{0,9}${EVENT_VALUE}\s{0,9}[,)]`,
    String.raw`\bpayload\s{0,9}(?:\?\.\s{0,9})?\[\s{0,9}[a-z_$]`,
    String.raw`\bto_entries\b|\bwith_entries\b`,
  ].join('|'),
  'i',
);

const READS = [MEMBER, MEMBER_ELSEWHERE, DESTRUCTURED, PARAMETER, TYPED_FIELD, SEARCHED, EVERY_FIELD];

export function reachesEvent(text: string): boolean {
  return WHOLE_EVENT.test(text) || memberReads(text, 'context', 'payload').length > 0;
}

/** Offset at which a text reads a member `schedule`, or every field of the event; -1 where it reads none. */
export function scheduleMemberAt(text: string): number {
  const found = READS.flatMap((pattern) => pattern.exec(text)?.index ?? []);
  return found.length === 0 ? -1 : Math.min(...found);
}

/** Offset at which a text that reaches the event reads the schedule from it; -1 where it does not. */
export function scheduleReadAt(text: string): number {
  return reachesEvent(text) ? scheduleMemberAt(text) : -1;
}

/** 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
