import { type Command, Option } from 'commander';
import type { Logger } from 'pino';
import { readStorageEnv } from '../env.ts';
import { OffbeatError } from '../errors.ts';
import { helpLines } from '../operations/help.ts';
import type { AnyOperation, OperationPermission } from '../operations/operation.ts';
import { inputFrom, type Typed } from '../operations/read-input.ts';
import { OPERATIONS } from '../operations/table.ts';
import { fileName } from '../render/move-words.ts';
import { toTerminal } from '../render/to-terminal.ts';
import { openStore } from '../serve/storage.ts';
import { createLog } from '../telemetry/log.ts';
import { matchWorkflow } from '../usecases/find-workflow.ts';
import { planRepository } from '../usecases/planning/plan-repository.ts';
import { type EphemeralRepository, ephemeralStore } from './ephemeral-store.ts';
import { localWorkflowFiles, mustBeDirectory } from './local-sources.ts';
import { readJsonFile, takeFile, writeJsonFile } from './operation-file.ts';
import type { CliContext } from './plan.ts';
import { progressLine } from './progress.ts';
import { findProfile } from './stored-repository.ts';
import { isDirectory, isReadable, NO_HISTORY, subjectOf } from './subject.ts';
import { terminalGitHub } from './terminal-github.ts';

interface Options {
  readonly data?: string;
  readonly dir?: string;
  readonly json?: boolean;
  readonly runs?: string;
}

/** Operations that change nothing but what is learned: of a checkout they tell what they would have kept. */
const LEARNING: ReadonlySet<string> = new Set(['adapt', 'evolve', 'record']);

/** Operations whose answer rests on a decision: of a checkout one is made first. */
const NEEDS_DECISION: ReadonlySet<string> = new Set(['report', 'explain', 'decision', 'decisions', 'health']);

const NOTHING_KEPT = 'Nothing of this is kept: a checkout has no store. Name one with --data.';

/** Headings of `--help`, by the permission that an operation needs. */
const HEADINGS: readonly (readonly [string, OperationPermission])[] = [
  ['Ask about a repository of the App:', 'read'],
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
      '<repository>',
      worksOnCheckout(operation)
        ? 'OWNER/REPO, GitHub’s number of it, or a checkout'
        : 'OWNER/REPO, or GitHub’s number of it',
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
    .action(async (repository: string, words: readonly string[], options: Options) => {
      const given: Readonly<Record<string, unknown>> = command.opts();
      const typed = { positionals: words, flags: flagsOf(flags, given) };
      finish(await runOperation(operation, { repository, typed, options }, context));
    });
}

/** Whether a command can ask of a checkout that no App keeps. */
function worksOnCheckout({ name, mutates }: AnyOperation): boolean {
  return !mutates || LEARNING.has(name);
}

/** The exit codes of every operation's command. */
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

/** Asks an operation of the store that the App keeps, and prints its answer; returns the exit code. */
export async function runOperation(
  operation: AnyOperation,
  asked: { readonly repository: string; readonly typed: Typed; readonly options: Options },
  { output, clock, env }: CliContext,
): Promise<number> {
  const { options } = asked;
  const log = createLog({ level: 'error', destination: { write: (line) => output.error(line) } });
  const progress = progressLine(output, operation.name);
  const { store, github, profile, close } = await sourceOf(
    operation,
    asked,
    { output, clock, env },
    { log, progress: progress.show },
  ).finally(progress.clear);
  try {
    const syntax = { ...operation, typedAs: operation.name, example: exampleOf(operation) };
    const { typed, file } = takeFile(operation, asked.typed);
    const input = inputFrom(syntax, typed);
    const [field] = operation.fields;
    if (operation.file === 'read' && file !== null && field !== undefined) {
      input[field.name] = await readJsonFile(file);
    }
    const answer = await operation.answer(input, {
      context: {
        store,
        github,
        clock,
        log,
        emergencyStop: false,
        commands: helpLines(OPERATIONS),
      },
      repositoryId: profile.id,
      actor: null,
      door: 'cli',
      progress: progress.show,
    });
    progress.clear();
    if (operation.file === 'written' && file !== null) {
      await writeJsonFile(file, answer.data);
      output.write(`Written to ${file}.`);
      return 0;
    }
    output.write(
      options.json === true ? JSON.stringify(answer.data, null, 2) : toTerminal(answer.document, output),
    );
    return 0;
  } catch (error) {
    throw inTerminalWords(operation, error);
  } finally {
    progress.clear();
    await close();
  }
}

interface Source extends EphemeralRepository {
  close(): Promise<void>;
}

/**
 * Opens what a command asks about: the store of an App. A question that changes nothing can also ask about a checkout,
 * or, where there is no store and a token is set, about a repository on GitHub. Throws `usage-invalid`, `not-found`.
 */
async function sourceOf(
  operation: AnyOperation,
  { repository, options }: { readonly repository: string; readonly options: Options },
  context: CliContext,
  { log, progress }: { readonly log: Logger; readonly progress: (done: number, all: number) => void },
): Promise<Source> {
  const { clock, env, output } = context;
  const where = options.data === undefined ? readStorageEnv(env) : { dataDirectory: options.data };
  const isKept = where.database !== undefined || (await isDirectory(where.dataDirectory));
  const isCheckout = options.data === undefined && (await isDirectory(repository));
  const mayBeCheckout = worksOnCheckout(operation);
  if (
    mayBeCheckout &&
    (isCheckout || options.runs !== undefined || (!isKept && isReadable(repository, env)))
  ) {
    const subject = await subjectOf(
      repository,
      options.runs === undefined ? {} : { runs: options.runs },
      context,
    );
    if (subject.runs.length === 0) output.error(NO_HISTORY);
    if (operation.mutates) output.error(NOTHING_KEPT);
    const learned = await ephemeralStore(repository, subject, { now: clock.now(), log, progress });
    if (NEEDS_DECISION.has(operation.name)) {
      const context = { ...learned, clock, log, emergencyStop: false, commands: [] };
      await planRepository(context, { repositoryId: learned.profile.id, trigger: 'cli' });
    }
    return { ...learned, close: async () => undefined };
  }
  if (mayBeCheckout) await mustNotMeanWorkflow(repository, operation.name);
  else if (isCheckout) {
    throw new OffbeatError(
      'usage-invalid',
      `${operation.name} steers a repository of the App, and no checkout.`,
      {
        where: repository,
        fix: 'Write OWNER/REPO, and the data directory of the App with --data.',
      },
    );
  }
  if (!isKept) await mustBeDirectory(where.dataDirectory, NO_DATA);
  const { store, close } = await openStore({ env: where, log, clock });
  try {
    const profile = await findProfile(store, repository);
    return { store, github: terminalGitHub(options.dir, env), profile, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Offers the command that was meant where a workflow of this checkout stands in place of a repository. */
async function mustNotMeanWorkflow(repository: string, command: string): Promise<void> {
  if (repository.includes('/')) return;
  const files = await localWorkflowFiles('.');
  const known = files.map(({ path }) => ({ path, name: path }));
  const meant = matchWorkflow(known, repository);
  if (meant === undefined) return;
  throw new OffbeatError('usage-invalid', `"${repository}" is a workflow, and no repository.`, {
    fix: `Did you mean: offbeat ${command} . ${fileName(meant.path)}?`,
  });
}

const NO_DATA =
  'Name the data directory of the App with --data; to ask without any App, name a checkout, or set GITHUB_TOKEN.';

/** `/optimize "night build"` as it is typed in a terminal. */
function exampleOf({ name, example, file }: AnyOperation): string {
  const rest = file === null ? example.slice(name.length + 1) : ' learning.json';
  return `offbeat ${name} OWNER/REPO${rest}`;
}

/** Replaces the example of a refusal by the one for a terminal. */
function inTerminalWords(operation: AnyOperation, error: unknown): unknown {
  if (!(error instanceof OffbeatError) || error.code !== 'command-invalid') return error;
  if (error.fix !== `For example: ${operation.example}`) return error;
  return new OffbeatError('usage-invalid', error.message, {
    ...(error.where === undefined ? {} : { where: error.where }),
    fix: `For example: ${exampleOf(operation)}`,
    cause: error,
  });
}
