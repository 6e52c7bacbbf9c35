import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

/** Fields that must never reach a log, wherever a library puts them: Probot logs request headers at info. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'headers',
  'body',
  'payload',
  'token',
  'privateKey',
  'secret',
  'secrets',
  'WEBHOOK_SECRET',
  'PRIVATE_KEY',
] as const;

const DEPTHS = ['', '*.', '*.*.'] as const;

const REDACTED_PATHS = SECRET_FIELDS.flatMap((field) => DEPTHS.map((depth) => `${depth}${field}`));

/** The parts of an error that are safe to log. Octokit's errors also hold request headers and response bodies. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error ? { code: error.code } : {};
  const status = 'status' in error ? { status: error.status } : {};
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return {
    type: error.name,
    message: withoutTokens(error.message),
    stack: withoutTokens(error.stack ?? ''),
    ...code,
    ...status,
    ...cause,
  };
}

/** GitHub's token formats (docs: "About authentication to GitHub") and bearer values, wherever they stand. */
const TOKENS =
  /\b(?:gh[pousr]_\w{8,}|github_pat_\w{8,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]+|(?:bearer|token)\s+[\w.~+/-]{8,}=*)/gi;

function withoutTokens(text: string): string {
  return text.replace(TOKENS, '[redacted]');
}

export interface LogOptions {
  readonly level: NonNullable<LoggerOptions['level']>;
  /** Where lines are written. Default: standard output. */
  readonly destination?: DestinationStream;
}

/** A pino logger, for Probot too, that removes headers, bodies and tokens from what it logs. */
export function createLog({ level, destination }: LogOptions): Logger {
  const options: LoggerOptions = {
    level,
    base: { name: 'offbeat' },
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
    serializers: { err: describeError, error: describeError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** The same log with the delivery's id on every line. */
export function deliveryLog(log: Logger, deliveryId: string): Logger {
  return log.child({ deliveryId });
}
