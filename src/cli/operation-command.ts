import { type Command, Option } from 'commander';
import { OffbeatError } from '../errors.ts';
import { helpLines } from '../operations/help.ts';
import type { AnyOperation, OperationPermission } from '../operations/operation.ts';
import { inputFrom, type Typed } from '../operations/read-input.ts';
import { OPERATIONS } from '../operations/table.ts';
import { toTerminal } from '../render/to-terminal.ts';
import { listAllAlerts } from './all-alerts.ts';
import { commandLog } from './command-log.ts';
import type { CliContext } from './context.ts';
import { readJsonFile, takeFile, writeJsonFile } from './operation-file.ts';
import { openSource, type SourceOptions, worksOnCheckout } from './operation-source.ts';
import { progressLine } from './progress.ts';

interface Options extends SourceOptions {
  readonly json?: boolean;
}

const WORKING_DIRECTORY = '.';

/** Headings of `--help`, by the permission that an operation needs. */
const HEADINGS: readonly (readonly [string, OperationPermission])[] = [
  ['Ask about a checkout, or a repository of the App:', 'read'],
  ['Steer a repository of the App:', 'write'],
  ['Operate:', 'operator'],
];

/** Adds a command for each operation that is open to a terminal and has no command of its own yet. */
export function addOperations(program: Command, context: CliContext, finish: (code: number) => void): void {
  // The command line has its own `help`. Commands that exist already read more than a store.
  const own = new Set(['help', ...program.commands.map((command) => command.name())]);
  const open = OPERATIONS.filter(({ name, doors }) => doors.includes('cli') && !own.has(name));
  for (const [heading, permission] of HEADINGS) {
    program.commandsGroup(heading);
    for (const operation of open.filter((one) => one.permission === permission)) {
      addOperation(program, operation, context, finish);
    }
  }
}

/** Makes a command of an operation: `offbeat report OWNER/REPO --data DIR`, with a flag for each field of its input. */
function addOperation(
  program: Command,
  operation: AnyOperation,
  context: CliContext,
  finish: (code: number) => void,
): void {
  const command = program
    .command(operation.name)
    .argument(
      isOfAll(operation) || worksOnCheckout(operation) ? '[repository]' : '<repository>',
      worksOnCheckout(operation)
        ? 'OWNER/REPO, GitHub’s number of it, or a checkout'
        : 'OWNER/REPO, or GitHub’s number of it',
      ...(isOfAll(operation) || !worksOnCheckout(operation) ? [] : [WORKING_DIRECTORY]),
    )
    .argument(
      '[words...]',
      [...operation.positionals, ...(operation.file === null ? [] : ['FILE'])].join(' '),
    )
    .description(operation.summary);
  const flags = operation.fields.map((field) => {
    const text = field.kind === 'switch' ? '' : field.kind === 'list' ? ' <values...>' : ' <value>';
    const choices = field.choices.length > 0 ? ` (${field.choices.join(', ')})` : '';
    const option = new Option(`--${field.flag}${text}`, `${field.description}${choices}`);
    command.addOption(option);
    return { flag: field.flag, attribute: option.attributeName() };
  });
  if (worksOnCheckout(operation))
    command.option('--runs <file>', 'runs of a checkout, as GitHub’s API lists them: no App is asked then');
  command
    .option('--data <directory>', 'data directory of the App (default: DATABASE_URL, DATA_DIR or ./data)')
    .option('--dir <checkout>', 'read workflows and config from a checkout instead of GitHub')
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  ${exampleOf(operation)}\n\n${EXIT_CODES}`)
    .action(async (repository: string | undefined, words: readonly string[], options: Options) => {
      const given: Readonly<Record<string, unknown>> = command.opts();
      if (repository === undefined) {
        finish(await listAllAlerts(command.opts(), context));
        return;
      }
      const typed = { positionals: words, flags: flagsOf(flags, given) };
      finish(await runOperation(operation, { repository, typed, options }, context));
    });
}

/** Whether an operation also answers for all repositories of the App at once, where none is named. */
function isOfAll({ name }: AnyOperation): boolean {
  return name === 'alerts';
}

const EXIT_CODES = `Exit codes:
  0  done
  2  could not be done: a sentence on standard error says why`;

function flagsOf(
  flags: readonly { readonly flag: string; readonly attribute: string }[],
  given: Readonly<Record<string, unknown>>,
): Typed['flags'] {
  const typed: Record<string, string | true | string[]> = {};
  for (const { flag, attribute } of flags) {
    const value = given[attribute];
    if (typeof value === 'string' || value === true) typed[flag] = value;
    else if (Array.isArray(value)) typed[flag] = value.map(String);
  }
  return typed;
}

/** What was typed for an operation: what it is about, its words and flags, and how to answer. */
interface Asked {
  readonly repository: string;
  readonly typed: Typed;
  readonly options: Options;
}

/** Opens what an operation is about, runs it and prints its answer; returns the exit code. */
export async function runOperation(
  operation: AnyOperation,
  asked: Asked,
  context: CliContext,
): Promise<number> {
  const { output, clock } = context;
  const log = commandLog(context);
  const progress = progressLine(output, operation.name);
  const { store, github, profile, close } = await openSource(operation, asked, context, {
    log,
    progress: progress.show,
  }).finally(progress.clear);
  try {
    const { typed, file } = takeFile(operation, asked.typed);
    const input = await inputOf(operation, { ...asked, typed }, file);
    const answer = await operation.answer(input, {
      context: { store, github, clock, log, emergencyStop: false, commands: helpLines(OPERATIONS) },
      repositoryId: profile.id,
      actor: null,
      door: 'cli',
      progress: progress.show,
    });
    progress.clear();
    if (operation.file === 'written' && file !== null) {
      await writeJsonFile(file, answer.data);
      output.write(`Written to ${file}.`);
    } else if (asked.options.json === true) output.write(JSON.stringify(answer.data, null, 2));
    else output.write(toTerminal(answer.document, output));
    return 0;
  } catch (error) {
    throw inTerminalWords(operation, asked, error);
  } finally {
    progress.clear();
    await close();
  }
}

/** The input as it was typed; what `file` holds is the operation's only field where it reads one. */
async function inputOf(
  operation: AnyOperation,
  { typed, repository }: Asked,
  file: string | null,
): Promise<Record<string, unknown>> {
  const syntax = { ...operation, typedAs: operation.name, example: exampleOf(operation, repository) };
  const input = inputFrom(syntax, typed);
  const [field] = operation.fields;
  if (operation.file !== 'read' || file === null || field === undefined) return input;
  return { ...input, [field.name]: await readJsonFile(file) };
}

/** `/optimize "night build"` as it is typed in a terminal. */
function exampleOf({ name, example, file }: AnyOperation, repository = 'OWNER/REPO'): string {
  const rest = file === null ? example.slice(name.length + 1) : ' learning.json';
  return `offbeat ${name} ${repository}${rest}`;
}

/** Replaces the example of a refusal by the one for a terminal. */
function inTerminalWords(operation: AnyOperation, { repository }: Asked, error: unknown): unknown {
  if (!(error instanceof OffbeatError) || error.code !== 'command-invalid') return error;
  if (error.fix !== `For example: ${operation.example}`) return error;
  return new OffbeatError('usage-invalid', error.message, {
    ...(error.where === undefined ? {} : { where: error.where }),
    fix: `For example: ${exampleOf(operation, repository)}`,
    cause: error,
  });
}
