/*
 * How scripts, in any language, reach `schedule` in the event that GitHub hands to each run. Texts are searched, not
 * understood: what may be a use counts as one.
 */

/** The whole event, as a value or a file: harmless unless something reads the schedule from it. */
const WHOLE_EVENT =
  /GITHUB_EVENT_PATH|\bgithub\.event_path\b|\btoJSON\(\s*github(?:\.event)?\s*\)|\bcontext\s*(?:\??\.\s*payload\b|(?:\?\.)?\s*\[\s*['"`]payload\b|:\s*\{[^;]{0,200}\bpayload\b)|\bpayload\b[^;]{0,200}\}\s*=\s*(?:\w+\s*\.\s*)?context\b/i;

/** A member, an index, a key of jq or a look-up by name. Calls such as `timer.schedule(…)` are none. */
const MEMBER =
  /(?<!\bgithub\.event)\.\s*"?schedule\b"?(?!\s*\()|\[\s*['"`]schedule['"`]\s*\]|\b(?:get|fetch|dig)\(\s*['"]schedule['"]/;

/** `const { schedule } = …`, also renamed, with a default, or within other braces. */
const DESTRUCTURED = /\{[^{}]{0,500}\bschedule\b[^{}]{0,500}\}(?:[\s,\w:]{0,200}\}){0,3}\s*=(?!=)/;

/** A variable or member that may hold the whole event. Bounded, as these texts are anybody's. */
const EVENT_NAME = String.raw`\w{0,30}(?:payload|event)\b`;
const EVENT_VALUE = String.raw`(?:\w{1,30}\??\.){0,5}${EVENT_NAME}`;

/** All fields of the event, the schedule too: gone through, copied, or made a text that is not only printed. */
const EVERY_FIELD = new RegExp(
  [
    String.raw`\bObject\s*\.\s*(?:entries|values|assign|fromEntries)\([^()]{0,100}?\b${EVENT_VALUE}\s{0,9}[,)]`,
    String.raw`\.{3}\s{0,9}${EVENT_VALUE}\s{0,9}(?=[,})\]])`,
    String.raw`\b(?:in|of)\s{1,9}${EVENT_VALUE}\s{0,9}(?:[):]|do\b)`,
    String.raw`\b${EVENT_NAME}\.(?:items|values|each|each_pair|to_a)\b`,
    String.raw`(?<!\b(?:console\.\w+|core\.(?:info|debug|notice|warning|error))\([^\n;]{0,100})\bJSON\.stringify\(\s{0,9}${EVENT_VALUE}\s{0,9}[,)]`,
    String.raw`\bto_entries\b|\bwith_entries\b`,
  ].join('|'),
  'i',
);

/** Whether a text reaches the whole event. */
export function reachesEvent(text: string): boolean {
  return WHOLE_EVENT.test(text);
}

/** Offset at which a text reads a member `schedule`, or every field of the event; -1 where it reads none. */
export function scheduleMemberAt(text: string): number {
  const found = [MEMBER, DESTRUCTURED, EVERY_FIELD].flatMap((pattern) => pattern.exec(text)?.index ?? []);
  return found.length === 0 ? -1 : Math.min(...found);
}

/** 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
