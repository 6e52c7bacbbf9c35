import type { Logger } from 'pino';
import { createLog } from '../telemetry/log.ts';
import type { CliContext } from './plan.ts';

/** What goes wrong beside the answer of a command is told on standard error; the rest is silence. */
export function commandLog({ output }: Pick<CliContext, 'output'>): Logger {
  return createLog({ level: 'error', destination: { write: (line) => output.error(line) } });
}
