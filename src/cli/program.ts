import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Clock } from '../clock.ts';
import { SIMULATE_SUMMARY } from '../operations/simulate-summary.ts';
import { offbeatVersion } from '../serve/version.ts';
import type { CheckOptions } from './check.ts';
import type { CliContext } from './context.ts';
import type { InitOptions } from './init.ts';
import { addOperatorCommands } from './operator-commands.ts';
import { type Output, processOutput } from './output.ts';
import type { PlanOptions } from './plan.ts';
import type { SimulateOptions } from './simulate.ts';
import type { TickOptions } from './tick.ts';
import { wholeNumber } from './whole-number.ts';

/*
 * Each command loads only what it needs, since loading all of Offbeat takes longer than most commands.
 */

/** Exit code of anything that could not be done; `check` has 1 for findings. */
const FAILED = 2;

const HELP_OF_HELP = `
Examples:
  offbeat demo
  offbeat check
  offbeat plan --runs runs.json
  offbeat report --runs runs.json
  offbeat predict OWNER/REPO nightly.yml --json
  offbeat COMMAND --help`;

const systemClock: Clock = { now: () => Date.now() };

/** Runs the command line `args` (without node and script); resolves with the exit code. */
export async function runCli(
  args: readonly string[],
  output: Output = processOutput(),
  clock: Clock = systemClock,
): Promise<number> {
  let code = 0;
  const context = { output, clock, env: process.env };
  const finish = (done: number): void => {
    code = done;
  };
  const program = makeProgram(context, finish);
  try {
    if (!isOwnCommand(program, args[0])) {
      const { addOperations } = await import('./operation-command.ts');
      addOperations(program, context, finish);
    }
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : FAILED;
    const { failureSentence } = await import('./failure.ts');
    const { wrapOutput } = await import('../render/wrap-output.ts');
    output.error(wrapOutput(failureSentence(error), output.columns));
    return FAILED;
  }
}

/** True where the operations need not be known: for a command that is none, and for the version. */
function isOwnCommand(program: Command, first: string | undefined): boolean {
  return (
    first === '--version' || first === '-V' || program.commands.some((command) => command.name() === first)
  );
}

function makeProgram(context: CliContext, finish: (code: number) => void): Command {
  const { output } = context;
  const program = new Command('offbeat')
    .description('Learns when scheduled workflows run late, collide or fail, and proposes better times.')
    .version(offbeatVersion())
    .exitOverride()
    .configureOutput({ writeOut: output.write, writeErr: output.error })
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', HELP_OF_HELP)
    .showHelpAfterError('Try --help.');

  program.commandsGroup('To begin with:');
  addDemo(program, context, finish);
  program.commandsGroup('On a checkout, without any App:');
  addCheckoutCommands(program, context, finish);
  addSimulate(program, context, finish);
  addTick(program, context, finish);
  program.commandsGroup('Running the App:');
  addServe(program, context, finish);
  addOperatorCommands(program, context, finish);
  return program;
}

/** Adds one or more commands; `finish` takes the exit code. */
type Add = (program: Command, context: CliContext, finish: (code: number) => void) => void;

const addDemo: Add = (program, { output }, finish) => {
  program
    .command('demo')
    .description('The main job on an emulated GitHub: no account, no secrets, no services.')
    .option('--once', 'exit when done: 0, or 1 if anything did not happen')
    .action(async (options: { once?: boolean }) => {
      const { fetchEmulator } = await import('../demo/emulator-package.ts');
      await fetchEmulator(output.error);
      const { runDemo } = await import('../demo/demo.ts');
      const { color, columns } = output;
      finish(await runDemo({ once: options.once === true, out: process.stdout, color, columns }));
    });
};

const addCheckoutCommands: Add = (program, context, finish) => {
  program
    .command('check')
    .argument('[paths...]', 'root of a checkout, or workflow files in it', ['.'])
    .description('List every schedule and what is worth knowing of it.')
    .option('--fix', 'move schedules off crowded minutes, within their hour')
    .option('--json', 'print JSON (schema/check.schema.json)')
    .addOption(new Option('--sarif', 'print SARIF 2.1.0 for code scanning').conflicts('json'))
    .addHelpText(
      'after',
      '\nExit codes:\n  0  nothing found, or notes only\n  1  errors or warnings found\n  2  could not be done: ' +
        'no such directory, invalid configuration, unknown option',
    )
    .action(async (paths: readonly string[], options: CheckOptions) => {
      const { check } = await import('./check.ts');
      finish(await check(paths, options, context));
    });

  program
    .command('init')
    .argument('[directory]', 'root of a checkout', '.')
    .description('Write the workflow that runs Offbeat as an Action.')
    .option('--config', 'write .github/offbeat.yml, too')
    .option(
      '--action <reference>',
      'the Action, as OWNER/REPO@ and a full commit hash (default: that of this release)',
    )
    .option(
      '--on-time',
      'let it start workflows that are on time (default: where the checkout puts one on time)',
    )
    .option('--repository <name>', 'OWNER/REPO (default: the remote origin)')
    .action(async (directory: string, options: InitOptions) => {
      const { init } = await import('./init.ts');
      finish(await init(directory, options, context));
    });

  program
    .command('plan')
    .argument('[target]', 'root of a checkout, or OWNER/REPO with GITHUB_TOKEN set', '.')
    .description('Show what would be proposed, and why.')
    .option('--runs <file>', 'history as GitHub’s API lists it (JSON)')
    .option('--days <n>', 'days of history to read from GitHub', wholeNumber, 60)
    .option('--json', 'print JSON (schema/plan.schema.json)')
    .option('--diff', 'print a unified diff, also of what puts workflows on time')
    .option('--app <name>', 'the App’s name in addresses, for that diff (default: that of offbeat-net.yml)')
    .option('--write', 'edit the files of the checkout')
    .addHelpText(
      'after',
      '\nExamples:\n  offbeat plan .\n  offbeat plan . --runs runs.json --diff | git apply\n  GITHUB_TOKEN=… ' +
        'offbeat plan OWNER/REPO',
    )
    .action(async (target: string, options: PlanOptions) => {
      const { plan } = await import('./plan.ts');
      finish(await plan(target, options, context));
    });
};

const addSimulate: Add = (program, context, finish) => {
  program
    .command('simulate')
    .argument('[target]', 'root of a checkout, or OWNER/REPO with GITHUB_TOKEN set or in the store', '.')
    .argument('[decision...]', 'id of a decision in the store (default: the newest)')
    .description(SIMULATE_SUMMARY)
    .option('--plan <file>', 'a decision as `plan --json` prints it (default: made now)')
    .option('--runs <file>', 'history as GitHub’s API lists it (JSON)')
    .option('--days <n>', 'days to play (default: 28)', wholeNumber)
    .option('--seed <n>', 'what chance is drawn from (default: 1)', wholeNumber)
    .option(
      '--ab <share>',
      'treat only this share of the schedules, and say what an A/B would find',
      shareOfOne,
    )
    .option('--runners <limits>', 'with a store: move nothing, and play today with other runners: gpu=2')
    .option('--stored', 'ask of a repository in the App’s store (DATABASE_URL, DATA_DIR or ./data)')
    .option('--data <directory>', 'the same, in this data directory')
    .option('--dir <checkout>', 'with a store: read workflows and config from a checkout instead of GitHub')
    .option('--decision <id>', 'with a store: the decision to play')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  offbeat simulate . --runs runs.json\n  offbeat simulate OWNER/REPO d1 --data ./data --days 14',
    )
    .action(async (target: string, words: readonly string[], options: SimulateOptions) => {
      const { simulateCommand } = await import('./simulate.ts');
      finish(await simulateCommand(target, words, options, context));
    });
};

const addTick: Add = (program, context, finish) => {
  program
    .command('tick')
    .argument('<repository>', 'OWNER/REPO, with GITHUB_TOKEN set')
    .description('Start once what is due and on time; for a crontab or a scheduler.')
    .requiredOption('--once', 'serve the ticks that are due now, and exit')
    .option('--state <file>', 'what is kept until the next time', 'offbeat-ticks.json')
    .option('--json', 'print JSON')
    .action(async (repository: string, options: TickOptions) => {
      const { tickOnce } = await import('./tick.ts');
      finish(await tickOnce(repository, options, context));
    });
};

const addServe: Add = (program, context, finish) => {
  program
    .command('serve')
    .description('Run the App from the environment (see .env.example).')
    .action(async () => {
      const { serve } = await import('./serve.ts');
      finish(await serve(context));
    });
};

function shareOfOne(text: string): number {
  const share = Number(text);
  if (!(share > 0 && share < 1))
    throw new InvalidArgumentError('Write a share between 0 and 1, for example 0.5.');
  return share;
}
