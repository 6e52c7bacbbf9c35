import type { Config } from '../config/config.ts';
import { OffbeatError } from '../errors.ts';
import { nearestWord } from '../nearest-word.ts';
import type { AnyOperation, OperationContext } from '../operations/operation.ts';
import { inputFrom, splitFlags } from '../operations/read-input.ts';
import { OPERATIONS } from '../operations/table.ts';
import { renderRefusal, renderUnknownCommand } from '../render/comment.ts';
import { renderError } from '../render/notices.ts';
import { toMarkdown } from '../render/to-markdown.ts';
import type { Permission } from '../usecases/ports.ts';
import { parseCommands, type SlashCommand } from './parse.ts';

/** A comment that may hold commands. */
export interface CommandComment {
  readonly body: string;
  readonly author: string;
  readonly authorIsBot: boolean;
}

/** Answers questions about permissions. It is asked only when a comment holds a command. */
export interface Authority {
  permissionOf(login: string): Promise<Permission>;
  /** The `commands` section of the repository's configuration. */
  rules(): Promise<Config['commands']>;
}

/** Which commands of a comment have run, so that none runs twice when the delivery is tried again. */
export interface AnswerMemory {
  /** Whether GitHub may still be asked in this hour. `isBare`: no command is addressed to Offbeat. */
  mayRead(isBare: boolean): Promise<boolean>;
  /** Counts a comment with commands for Offbeat. False where it is beyond the limit of the hour. */
  count(): Promise<boolean>;
  /** Counts a comment whose commands are left to other bots. */
  countForeign(): Promise<void>;
  /** Answers of the commands that ran in an earlier try. */
  readonly done: readonly string[];
  keep(answers: readonly string[]): Promise<void>;
}

/** What a comment with commands gets: an answer, the word that it is too many, or none for mere readers. */
export type CommentAnswer =
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'beyond-limit' }
  | { readonly kind: 'stranger' };

/** Every operation that a comment can ask for. */
export const COMMANDS: readonly AnyOperation[] = OPERATIONS.filter(({ doors }) => doors.includes('slash'));

const ENOUGH: Readonly<Record<Config['commands']['who'], ReadonlySet<Permission>>> = {
  write: new Set(['admin', 'write']),
  admin: new Set(['admin']),
};

/**
 * The answer to a comment; `null` where the comment has no command for Offbeat. An unknown bare command is
 * ignored, since other bots use slashes too. GitHub is asked for the author's permission each time a comment has a
 * command. Even questions need write access, because every answer notifies all who watch the thread; so would a refusal
 * of what anybody can write, and is given only to those who may write here, but not command. Of a person who has given
 * too many within the hour, and was told so, GitHub is asked nothing.
 */
export async function answerComment(
  comment: CommandComment,
  where: Omit<OperationContext, 'actor'>,
  authority: Authority,
  memory: AnswerMemory,
): Promise<CommentAnswer | null> {
  if (comment.authorIsBot) return null;
  const known = parseCommands(comment.body).filter(
    (command) => command.addressed || findCommand(command.name) !== undefined,
  );
  const isBare = known.every(({ addressed }) => !addressed);
  if (known.length === 0 || !(await memory.mayRead(isBare))) return null;
  const { prefix, who } = await authority.rules();
  const commands = prefix ? known.filter(({ addressed }) => addressed) : known;
  const first = commands[0];
  if (first === undefined) {
    await memory.countForeign();
    return null;
  }
  const isWithinLimit = await memory.count();
  const permission = await authority.permissionOf(comment.author);
  if (!ENOUGH[who].has(permission)) {
    if (!ENOUGH.write.has(permission)) return { kind: 'stranger' };
    const refusal = { command: `/${first.name}`, login: comment.author, needed: who, has: permission };
    return isWithinLimit ? { kind: 'said', text: renderRefusal(refusal) } : { kind: 'beyond-limit' };
  }
  if (!isWithinLimit) return { kind: 'beyond-limit' };
  const answers = [...memory.done];
  for (const command of commands.slice(answers.length)) {
    answers.push(await answerCommand(command, { ...where, actor: comment.author, door: 'slash' }));
    await memory.keep(answers);
  }
  return { kind: 'said', text: answers.join('\n\n---\n\n') };
}

function findCommand(name: string): AnyOperation | undefined {
  return COMMANDS.find((operation) => operation.name === name);
}

async function answerCommand(command: SlashCommand, where: OperationContext): Promise<string> {
  const operation = findCommand(command.name);
  if (operation === undefined) {
    const names = COMMANDS.map(({ name }) => name);
    const nearest = nearestWord(command.name, names);
    const meant = nearest === undefined ? null : `/offbeat ${nearest}`;
    return renderUnknownCommand(`/offbeat ${command.name}`, meant);
  }
  try {
    const syntax = { ...operation, typedAs: `/${operation.name}` };
    const input = inputFrom(syntax, splitFlags(syntax, command.words));
    return toMarkdown((await operation.answer(input, where)).document);
  } catch (error) {
    // A refusal is the answer. Any other error makes the whole delivery be tried again.
    if (error instanceof OffbeatError && !OUTAGES.has(error.code)) return renderError(error);
    throw error;
  }
}

/** Store or GitHub cannot be reached or the process stops, so that the command may succeed later. */
const OUTAGES: ReadonlySet<OffbeatError['code']> = new Set([
  'store-unreachable',
  'store-full',
  'store-failing',
  'queue-closed',
  'planning-cancelled',
  'github-busy',
  'github-credentials',
  'github-not-yet',
  'github-unreachable',
]);
