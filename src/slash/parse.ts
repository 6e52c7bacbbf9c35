import { paragraphLines } from './rendered-lines.ts';
import { splitWords } from './split-words.ts';

/** One command as written in a comment: its name without the slash, and the words behind it, flags among them. */
export interface SlashCommand {
  readonly name: string;
  readonly words: readonly string[];
  /** Written as `/offbeat NAME`, so meant for Offbeat and no other bot. */
  readonly addressed: boolean;
}

/** What of a comment is searched for commands. They come first as a rule; to read longer texts takes seconds at worst. */
const MAX_LINES = 500;
const MAX_CHARACTERS = 16_384;
/** Most commands of one comment; further ones are ignored. */
const MAX_COMMANDS = 5;

const LINE_END = /\r\n|\n|\r/;
/** A name in any case, and the point of a sentence that it ends. */
const COMMAND = /^\/([a-z][a-z-]{0,30})[.,:;!?]*(?:\s+(.*))?$/i;
const PREFIX = 'offbeat';

/**
 * What cannot be seen: soft hyphens, joiners, marks of direction, variants of signs. It is pasted along with a text, and
 * is no part of what the person reads.
 */
const INVISIBLE = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|[\uFE00-\uFE0F]/gu;

/**
 * Commands of a comment: at the very start of a line of what GitHub shows as a paragraph, so never in code, quotes, lists,
 * HTML or its comments. Words are split at white space; quotes keep them together.
 */
export function parseCommands(body: string): readonly SlashCommand[] {
  const lines = body.slice(0, MAX_CHARACTERS).split(LINE_END, MAX_LINES);
  const candidates = lines.map((line) => parseLine(line.replace(INVISIBLE, '')));
  // Most comments hold none, and their Markdown need not be read.
  if (candidates.every((command) => command === null)) return [];
  const said = paragraphLines(lines.join('\n').replace(/^\uFEFF/, ''));
  return candidates
    .flatMap((command, line) => (command !== null && said.has(line) ? [command] : []))
    .slice(0, MAX_COMMANDS);
}

function parseLine(line: string): SlashCommand | null {
  const [whole, name = '', rest = ''] = COMMAND.exec(line.trimEnd()) ?? [];
  if (whole === undefined) return null;
  const words = splitWords(rest);
  if (name.toLowerCase() !== PREFIX) return { name: name.toLowerCase(), words, addressed: false };
  const [first, ...others] = words;
  return {
    name: first === undefined ? 'help' : first.toLowerCase().replace(/[.,:;!?]+$/, ''),
    words: others,
    addressed: true,
  };
}
