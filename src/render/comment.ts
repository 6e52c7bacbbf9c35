import { code, inline, markdownTable, sentence } from './markdown.ts';

/** One command of the help. */
export interface HelpLine {
  /** As it is typed, with its arguments: `/explain <file>`. */
  readonly usage: string;
  readonly summary: string;
  /** Least permission that may give it: `read` or `write`. */
  readonly permission?: string;
}

export interface RefusalView {
  /** The command as it was understood, `/evolve`. */
  readonly command: string;
  readonly login: string;
  readonly needed: string;
  /** What GitHub says the person has. */
  readonly has: string;
}

/** Answer to a command by somebody who may not give it. */
export function renderRefusal({ command, login, needed, has }: RefusalView): string {
  return `${code(command)} needs ${inline(needed)} access to this repository, and ${inline(login)} has ${inline(has)} access. Nothing was changed.`;
}

/** The commands as a table. */
export function renderHelp(lines: readonly HelpLine[]): string {
  const table = markdownTable(
    ['Command', 'What it does', 'Who may'],
    lines.map(({ usage, summary, permission = 'write' }) => [
      code(usage),
      sentence(summary),
      permission === 'read' ? 'everybody who can read' : `${inline(permission)} access`,
    ]),
  );
  return `Write a command at the start of a line of a comment.\n\n${table}`;
}

/** Answer to a command that does not exist or was mistyped. */
export function renderUnknownCommand(typed: string, nearest: string | null): string {
  const hint = nearest === null ? '' : ` Did you mean ${code(nearest)}?`;
  return `There is no command ${code(typed)}.${hint} ${code('/help')} lists them all.`;
}
