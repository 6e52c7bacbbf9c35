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

/** Whether a text reaches the whole event. */
export function reachesEvent(text: string): boolean {
  return WHOLE_EVENT.test(text);
}

/** Offset at which a text reads a member `schedule` of something; -1 where it reads none. */
export function scheduleMemberAt(text: string): number {
  const found = [MEMBER, DESTRUCTURED].flatMap((pattern) => pattern.exec(text)?.index ?? []);
  return found.length === 0 ? -1 : Math.min(...found);
}

/** 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
