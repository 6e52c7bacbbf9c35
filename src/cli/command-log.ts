import type { Logger } from 'pino';
import { createLog } from '../telemetry/log.ts';
import type { CliContext } from './context.ts';

/** A log for commands: errors go to standard error, nothing else is shown. */
export function commandLog({ output }: Pick<CliContext, 'output'>): Logger {
  return createLog({ level: 'error', destination: { write: (line) => output.error(line) } });
}
