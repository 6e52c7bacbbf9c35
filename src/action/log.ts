import type { Log } from '../log.ts';
import type { ActionIo } from './io.ts';

/** A log that writes into the step's log: warnings and errors always, the rest where debugging is switched on. */
export function actionLog({ debug, info }: Pick<ActionIo, 'debug' | 'info'>): Log {
  return {
    debug: (fields, message) => debug(line(message, fields)),
    info: (fields, message) => debug(line(message, fields)),
    warn: (fields, message) => info(line(message, fields)),
    error: (fields, message) => info(line(message, fields)),
  };
}

/** One line with plain values only: an error of a client holds the headers of its request. */
function line(message: string, fields: object): string {
  const shown = Object.entries(fields).flatMap(([name, value]) =>
    typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string'
      ? [`${name}=${value}`]
      : value instanceof Error
        ? [`${name}=${value.name}`]
        : [],
  );
  return [message, ...shown].join(' ').replaceAll('\n', ' ');
}
