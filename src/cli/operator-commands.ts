import type { Command } from 'commander';
import type { CliContext } from './context.ts';
import type { DoctorOptions } from './doctor.ts';
import type { FlagOptions } from './flags.ts';
import type { LetterOptions } from './queue.ts';
import type { TokenOptions } from './token.ts';
import { wholeNumber } from './whole-number.ts';

/** Adds the operator's commands: workers, migrations, dead letters, copying a store. */
export function addOperatorCommands(
  program: Command,
  context: CliContext,
  finish: (code: number) => void,
): void {
  program
    .command('work')
    .description('Handle what other processes accept (needs DATABASE_URL).')
    .action(async () => {
      const { work } = await import('./serve.ts');
      finish(await work(context));
    });

  program
    .command('migrate')
    .description('Make the tables in DATABASE_URL, or bring them up to this version.')
    .action(async () => {
      const { migrateCommand } = await import('./migrate.ts');
      finish(await migrateCommand(context));
    });

  program
    .command('doctor')
    .description(
      'Check what the App depends on: environment, credentials, permissions, webhook, store, clock.',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nNothing is changed; the App may be running.\n\nExit codes:\n  0  all is well, or nearly\n  1  something ' +
        'does not work',
    )
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./doctor.ts');
      finish(await doctor(options, context));
    });

  program
    .command('token')
    .description('Make a token for the REST API, signed with API_JWT_SECRET.')
    .requiredOption('--subject <name>', 'whose it is, for the audit (required)')
    .option('--role <role>', 'viewer, operator or admin', 'viewer')
    .option('--repositories <names...>', 'owner/name, owner/* or *', ['*'])
    .option('--days <n>', 'how long it holds', wholeNumber, 30)
    .addHelpText(
      'after',
      '\nExample:\n  TOKEN=$(offbeat token --subject nightly-report --repositories "acme/*")\n  curl -H ' +
        '"Authorization: Bearer $TOKEN" https://HOST/api/v1/repositories',
    )
    .action(async (options: TokenOptions) => {
      const { token } = await import('./token.ts');
      finish(await token(options, context));
    });

  const queue = program.command('queue').description('Look after deliveries that could not be processed.');
  queue
    .command('dead')
    .description('List the dead letters, oldest first.')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const { listDead } = await import('./queue.ts');
      finish(await listDead(options, context));
    });
  const addSettling = (how: 'redrive' | 'drop', description: string, all: string): void => {
    queue
      .command(how)
      .argument('[id]', 'as `queue dead` lists it')
      .description(description)
      .option('--all', all)
      .option('--why <text>', 'for the audit')
      .option('--confirm <code>', 'the code that the command without it prints')
      .action(async (id: string | undefined, options: LetterOptions) => {
        const { settleLetters } = await import('./queue.ts');
        finish(await settleLetters(how, id, options, context));
      });
  };
  addSettling(
    'redrive',
    'Put a dead letter back into the queue, or all of them.',
    'every dead letter whose payload could be read',
  );
  addSettling('drop', 'Delete a dead letter for good, or all of them.', 'every dead letter');

  const flags = program
    .command('flags')
    .description('Show and change the emergency stop and the rollouts; works while the App runs.')
    .addHelpText(
      'after',
      '\nExamples:\n  offbeat flags set emergency-stop on --why "GitHub incident"\n  offbeat flags set planner ' +
        '1\n  offbeat flags advance planner',
    );
  flags
    .command('list')
    .description('Show the emergency stop and the rollouts.')
    .option('--json', 'print JSON')
    .action(async (options: FlagOptions) => {
      const { listFlags } = await import('./flags.ts');
      finish(await listFlags(options, context));
    });
  flags
    .command('set')
    .argument('<name>', 'emergency-stop, or planner')
    .argument('<value>', 'emergency-stop: on or off; planner: per cent of the repositories to begin with')
    .description('Switch the emergency stop, or begin a rollout.')
    .option('--why <text>', 'the reason that is shown with it')
    .option('--confirm <code>', 'of emergency-stop: the code that the command without it prints')
    .option('--json', 'print JSON')
    .action(async (name: string, value: string, options: FlagOptions) => {
      const { setFlagTo } = await import('./flags.ts');
      finish(await setFlagTo(name, value, options, context));
    });
  flags
    .command('advance')
    .argument('<name>')
    .description('Move a rollout to its next stage: 1, 10, 25, 50, 100 %.')
    .option('--json', 'print JSON')
    .action(async (name: string, options: FlagOptions) => {
      const { advance } = await import('./flags.ts');
      finish(await advance(name, options, context));
    });
  flags
    .command('rollback')
    .argument('<name>')
    .description('Take a rollout back from all repositories.')
    .option('--why <text>', 'the reason that is shown with it')
    .option('--json', 'print JSON')
    .action(async (name: string, options: FlagOptions) => {
      const { rollBack } = await import('./flags.ts');
      finish(await rollBack(name, options, context));
    });

  program
    .command('store')
    .description('Move the data of the App.')
    .command('copy')
    .description('Copy everything to an empty store, and compare.')
    .requiredOption('--from <store>', 'file:DIRECTORY, DATABASE_URL or postgres://…')
    .requiredOption('--to <store>', 'the same; it must be empty')
    .action(async (options: { from: string; to: string }) => {
      const { copy } = await import('./store-copy.ts');
      finish(await copy(options, context));
    });
}
