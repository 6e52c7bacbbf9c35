import { either } from './either.ts';

/** Line breaks of every kind, and tabs. A name has to be one line. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/** Invisible characters that reorder or hide text: controls, bidi, tags, zero-width (but for the joiner of emoji). */
const INVISIBLE = either(
  'gu',
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to go.
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f]/u,
  /[\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/u,
);

/** The text as one line, without what cannot be seen. */
export function visibleLine(text: string): string {
  return text.toWellFormed().replace(BREAKS, ' ').replace(INVISIBLE, '');
}

/** The text without what cannot be seen; its lines stay lines. */
export function visibleText(text: string): string {
  return text.split('\n').map(visibleLine).join('\n');
}
