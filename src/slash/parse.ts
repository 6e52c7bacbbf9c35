import { WEEK_DAYS } from '../time.ts';
import { paragraphLines } from './rendered-lines.ts';
import { splitWords } from './split-words.ts';

/** One command as written in a comment: its name without the slash, and the words behind it, flags among them. */
export interface SlashCommand {
  readonly name: string;
  readonly words: readonly string[];
  /** Written as `/offbeat NAME`, so meant for Offbeat and no other bot. */
  readonly addressed: boolean;
}

/** What of a comment is searched for commands: they come first as a rule, and longer texts take seconds. */
const MAX_LINES = 500;
const MAX_CHARACTERS = 16_384;
/** Each opening that is not closed is looked for to the end of the text: 8,000 of them take more than a second. */
const MAX_OPENINGS = 200;
/** What opens a comment, a declaration or an instruction in HTML. */
const OPENING = /<[!?]/g;
/** Most commands of one comment; further ones are ignored. */
const MAX_COMMANDS = 5;

const LINE_END = /\r\n|\n|\r/;
/** A name in any case, and the point of a sentence that it ends. */
const COMMAND = /^\/([a-z][a-z-]{0,30})[.,:;!?\u2026]*(?:\s+(.*))?$/i;
const PREFIX = 'offbeat';

/** Phones make a long dash of two short ones. */
const LONG_DASH = /(^|\s)[\u2013\u2014](?=[a-z])/g;
/** A length of time as people say it, alone behind a command: `30 days`. */
const SPAN_IN_WORDS = /^(\d{1,3})\s*(m(?:in(?:ute)?)?|h(?:our)?|d(?:ay)?|w(?:eek)?)s?$/i;

/** What cannot be seen, pasted along with a text: soft hyphens, joiners, marks of direction, variants. */
const INVISIBLE = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|[\uFE00-\uFE0F]/gu;

/** A comment in HTML behind a command, up to its end or that of the line: nobody sees it. */
const COMMENT = /(?<=\s)<!--(?:.*?-->|.*$)/g;

/**
 * Commands of a comment: at the very start of a line of what GitHub shows as a paragraph, so never in code, quotes,
 * lists, HTML or its comments. Words are split at white space; quotes keep them together.
 */
export function parseCommands(body: string): readonly SlashCommand[] {
  const lines = body.slice(0, MAX_CHARACTERS).split(LINE_END, MAX_LINES);
  const candidates = lines.map((line) => parseLine(line.replace(INVISIBLE, '').replace(COMMENT, '')));
  // Most comments hold none, and their Markdown need not be read.
  if (candidates.every((command) => command === null)) return [];
  const text = lines.join('\n').replace(/^\uFEFF/, '');
  if ((text.match(OPENING)?.length ?? 0) > MAX_OPENINGS) return [];
  const said = paragraphLines(text);
  return candidates
    .flatMap((command, line) => (command !== null && said.has(line) ? [command] : []))
    .slice(0, MAX_COMMANDS);
}

function parseLine(line: string): SlashCommand | null {
  const [whole, name = '', rest = ''] = COMMAND.exec(line.trimEnd()) ?? [];
  if (whole === undefined) return null;
  if (name.toLowerCase() !== PREFIX) return commandOf(name, rest, false);
  const [, addressed = 'help', words = ''] = /^(\S+)(?:\s+(.*))?$/.exec(rest) ?? [];
  return commandOf(addressed.replace(/^\/|[.,:;!?\u2026]+$/g, ''), words, true);
}

function commandOf(name: string, rest: string, addressed: boolean): SlashCommand {
  return { name: name.toLowerCase(), words: splitWords(asTyped(rest)), addressed };
}

/** The words as they would have been typed: long dashes as two short ones, a span of time as one word. */
function asTyped(text: string): string {
  const [, number, unit = ''] = SPAN_IN_WORDS.exec(text) ?? [];
  if (number === undefined) return text.replace(LONG_DASH, '$1--');
  const letter = unit.charAt(0).toLowerCase();
  return letter === 'w' ? `${Number(number) * WEEK_DAYS}d` : `${number}${letter}`;
}
