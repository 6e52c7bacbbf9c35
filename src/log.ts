/** Static message, fields beside it; never payloads, headers, tokens or bodies. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const ignore = (): void => undefined;

/** Says nothing: for a library, and for clients whose requests hold codes and tokens of people, which no log may. */
export const SILENT_LOG = { debug: ignore, info: ignore, warn: ignore, error: ignore };
