import { readStorageEnv } from '../env.ts';
import { OffbeatError } from '../errors.ts';
import type { Deployment } from '../proposal/deployment.ts';
import { renderDeployment } from '../render/deployment.ts';
import { toTerminal } from '../render/to-terminal.ts';
import { openDeployments } from '../serve/storage.ts';
import {
  advanceFlag,
  type FlagContext,
  rollBackFlag,
  setEmergencyStop,
  setFlag,
} from '../usecases/maintenance/flags.ts';
import { commandLog } from './command-log.ts';
import { mustBeConfirmed, reasonOf } from './confirm.ts';
import type { CliContext } from './context.ts';
import { environmentOf } from './environment.ts';

const EMERGENCY_STOP = 'emergency-stop';

export interface FlagOptions {
  readonly json?: boolean;
  readonly why?: string;
  readonly confirm?: string;
}

/** `offbeat flags list`: the emergency stop, and what is being rolled out. */
export function listFlags(options: FlagOptions, context: CliContext): Promise<number> {
  return withFlags(options, context, ({ deployments }) => deployments.load());
}

/** `offbeat flags set NAME VALUE`: a share in per cent, or on and off for `emergency-stop`. */
export function setFlagTo(
  name: string,
  value: string,
  options: FlagOptions,
  context: CliContext,
): Promise<number> {
  return withFlags(options, context, async (flags, opened) => {
    if (name !== EMERGENCY_STOP) return setFlag(flags, name, percentIn(value));
    if (value !== 'on' && value !== 'off') {
      throw new OffbeatError('usage-invalid', `The emergency stop is on or off, not "${value}".`, {
        where: EMERGENCY_STOP,
        fix: 'Write: offbeat flags set emergency-stop on',
      });
    }
    const { confirm } = options;
    const why = reasonOf(options.why, 'Set at the terminal.');
    const action = value === 'on' ? 'emergency-stop' : 'lift-emergency-stop';
    await mustBeConfirmed(opened, context.clock, { action, why, confirm });
    return setEmergencyStop(flags, value === 'on', why);
  });
}

/** `offbeat flags advance NAME`: moves a rollout to its next stage once it has been long enough in this one. */
export function advance(name: string, options: FlagOptions, context: CliContext): Promise<number> {
  return withFlags(options, context, (flags) => advanceFlag(flags, name));
}

/** `offbeat flags rollback NAME`: takes a rollout back from every repository. */
export function rollBack(name: string, options: FlagOptions, context: CliContext): Promise<number> {
  return withFlags(options, context, (flags) =>
    rollBackFlag(flags, name, reasonOf(options.why, 'asked for at the terminal.')),
  );
}

/** The number of `25` or `25%`; NaN, which `setFlag` refuses, for any other text. */
function percentIn(text: string): number {
  const digits = text.replace(/%$/, '');
  return digits === '' ? Number.NaN : Number(digits);
}

async function withFlags(
  options: FlagOptions,
  context: CliContext,
  act: (flags: FlagContext, opened: Awaited<ReturnType<typeof openDeployments>>) => Promise<Deployment>,
): Promise<number> {
  const env = readStorageEnv(await environmentOf(context));
  const opened = await openDeployments({ env, log: commandLog(context) });
  try {
    const deployment = await act({ deployments: opened.deployments, clock: context.clock, by: null }, opened);
    const { output } = context;
    output.write(
      options.json === true
        ? JSON.stringify(deployment, null, 2)
        : toTerminal(renderDeployment(deployment, context.clock.now())),
    );
    return 0;
  } finally {
    await opened.close();
  }
}
