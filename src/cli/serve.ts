import { type Env, hasNoCredentials, readEnv, readSetupEnv } from '../env.ts';
import { OffbeatError } from '../errors.ts';
import { startSetup } from '../http/setup/setup.ts';
import { startServer } from '../serve/start.ts';
import { createLog } from '../telemetry/log.ts';
import type { CliContext } from './context.ts';
import { type Environment, environmentOf, setupFile } from './environment.ts';

const stopwatch = (): number => performance.now();

/** `offbeat serve`: the App, until SIGTERM or SIGINT asks it to stop; what is running is finished first. */
export async function serve(context: CliContext): Promise<number> {
  const environment = await environmentOf(context);
  if (hasNoCredentials(environment)) return serveSetup(context, environment);
  return untilAsked(readEnv(environment), context, true);
}

async function untilAsked(env: Env, { clock }: CliContext, accepts: boolean): Promise<number> {
  const log = createLog({ level: env.logLevel });
  const asked = stopAsked();
  const server = await startServer({ env, clock, log, stopwatch, accepts });
  await asked;
  await server.stop();
  return 0;
}

/** `offbeat work`: handles what other processes accept, until SIGTERM or SIGINT; its port answers operators only. */
export async function work(context: CliContext): Promise<number> {
  const env = readEnv(await environmentOf(context));
  if (env.database === undefined) {
    throw new OffbeatError('env-invalid', 'Without a database there is no work to share.', {
      where: 'DATABASE_URL',
      fix: 'Set it, or run "offbeat serve", which works on its own.',
    });
  }
  if (env.workers === 0) {
    throw new OffbeatError('env-invalid', 'A worker that handles nothing is of no use.', {
      where: 'WORKERS',
      fix: 'Leave it out, or write how many deliveries it may handle at once.',
    });
  }
  return untilAsked(env, context, false);
}

async function serveSetup({ output }: CliContext, environment: Environment): Promise<number> {
  const env = readSetupEnv(environment);
  const asked = stopAsked();
  const file = setupFile(environment);
  const server = await startSetup({ env, file, log: createLog({ level: 'info' }) });
  output.error(
    `Offbeat has no GitHub App yet. Open ${env.publicUrl}/setup to register one; this server, ${server.url}, ` +
      `waits for it.\nThe page asks for this code, once: ${server.code}\nThe App’s credentials will be kept in ` +
      `${file}.`,
  );
  await asked;
  await server.stop();
  return 0;
}

/** Resolves at SIGTERM or SIGINT. It listens before the start, so that a signal during the start counts as well. */
function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}
