import { splitWords } from './split-words.ts';

/** One command as written in a comment: its name without the slash, and the words behind it, flags among them. */
export interface SlashCommand {
  readonly name: string;
  readonly words: readonly string[];
  /** Written as `/offbeat NAME`, so meant for Offbeat and no other bot. */
  readonly addressed: boolean;
}

/** Lines of a comment that are searched for commands. Commands come first as a rule; longer texts only cost time. */
const MAX_LINES = 500;
/** Most commands of one comment; further ones are ignored. */
const MAX_COMMANDS = 5;

/** An opening fence has no backtick after its first run of them (CommonMark 4.5); with one it is inline code. */
const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const COMMAND = /^\/([a-z][a-z-]{0,30})(?:[ \t]+(.*))?$/;
const PREFIX = 'offbeat';

/**
 * Commands of a comment: at the very start of a line, never inside a code block (fenced or indented) or a quote.
 * Words are split at white space; quotes keep them together.
 */
export function parseCommands(body: string): readonly SlashCommand[] {
  const commands: SlashCommand[] = [];
  let fence: string | null = null;
  for (const line of body.split(/\r?\n/, MAX_LINES)) {
    const mark = FENCE.exec(line)?.[1];
    if (mark !== undefined && (fence === null || closes(line, mark, fence))) {
      fence = fence === null ? mark : null;
      continue;
    }
    if (fence !== null) continue;
    const command = parseLine(line.trimEnd());
    if (command !== null) commands.push(command);
    if (commands.length === MAX_COMMANDS) break;
  }
  return commands;
}

/** A closing fence is at least as long as the opening one, of the same character, and stands alone. */
function closes(line: string, mark: string, fence: string): boolean {
  return mark[0] === fence[0] && mark.length >= fence.length && line.trim() === mark;
}

function parseLine(line: string): SlashCommand | null {
  const found = COMMAND.exec(line);
  const name = found?.[1];
  if (found === null || name === undefined) return null;
  const words = splitWords(found[2] ?? '');
  if (name !== PREFIX) return { name, words, addressed: false };
  const [first, ...rest] = words;
  return { name: first ?? 'help', words: rest, addressed: true };
}
