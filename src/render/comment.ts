import { type Document, table } from './document.ts';
import { code, name, sentence, words } from './inline.ts';
import { toMarkdown } from './to-markdown.ts';

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

/** Answer to a command whose author lacks the permission. */
export function renderRefusal({ command, login, needed, has }: RefusalView): string {
  const needs = words`${code(command)} needs ${name(needed)} access to this repository`;
  return toMarkdown([
    words`${needs}, and ${name(login)} has ${has === 'none' ? 'no' : name(has)} access. Nothing was changed.`,
  ]);
}

/** The commands as a table. */
export function renderHelp(lines: readonly HelpLine[]): Document {
  return [
    'Write a command at the start of a line of a comment.',
    table(
      ['Command', 'What it does', 'Who may'],
      lines.map(({ usage, summary, permission = 'write' }) => [
        code(usage),
        sentence(summary),
        permission === 'read' ? 'everybody who can read' : words`${name(permission)} access`,
      ]),
    ),
  ];
}

/** Answer to a command that does not exist or was mistyped. */
export function renderUnknownCommand(typed: string, nearest: string | null): string {
  const hint = nearest === null ? '' : words` Did you mean ${code(nearest)}?`;
  return toMarkdown([words`There is no command ${code(typed)}.${hint} ${code('/help')} lists them all.`]);
}
