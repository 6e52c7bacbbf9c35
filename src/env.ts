import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { OffbeatError } from './errors.ts';
import { networkList } from './network-list.ts';

/** Probot's stand-in for an unset secret: everybody knows it, so it signs nothing. */
const KNOWN_SECRET = 'development';

/** Shorter secrets can be guessed offline from one captured delivery. */
const MIN_SECRET_LENGTH = 16;

/** HS256 wants as many bytes as its hash has (RFC 7518, 3.2). */
const MIN_API_SECRET_LENGTH = 32;

/** For whom tokens of the API are meant, where nothing else is said. */
export const API_AUDIENCE = 'offbeat';

/** GitHub ends what takes it longer than ten seconds (docs: "Timeouts"); the way there and back has the rest. */
export const GITHUB_TIMEOUT_SECONDS = 20;

type Environment = Readonly<Record<string, string | undefined>>;

const Flag = z
  .enum(['true', 'false', '1', '0'], { error: 'Write true or false.' })
  .transform((text) => text === 'true' || text === '1');

function charactersNeeded(least: number): string {
  return `Use at least ${least} characters, for example from "openssl rand -hex 32".`;
}

const Secret = z
  .string({ error: 'Set it to the webhook secret of the GitHub App.' })
  .refine((text) => text !== KNOWN_SECRET, {
    error: `"${KNOWN_SECRET}" is a secret everybody knows; choose another.`,
    abort: true,
  })
  .min(MIN_SECRET_LENGTH, charactersNeeded(MIN_SECRET_LENGTH));

const GitHubApiUrl = z
  .url('Write a full address, for example "https://ghe.example.com/api/v3".')
  .default('https://api.github.com');
const PublicUrl = z.url({
  protocol: /^https?$/,
  error:
    'Write the full address at which GitHub reaches this server, for example "https://offbeat.example.com".',
});
const Host = z.string().default('0.0.0.0');
const Port = z.coerce
  .number({ error: 'Ports are 0–65535.' })
  .int('Ports are whole numbers.')
  .min(0, 'Ports are 0–65535.')
  .max(65_535, 'Ports are 0–65535.')
  .default(3000);

const Proxies = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))
  .refine(areNetworks, {
    error: 'Write addresses or networks, for example "10.0.0.0/8, 127.0.0.1".',
  });

function areNetworks(entries: readonly string[]): boolean {
  try {
    networkList(entries);
    return true;
  } catch {
    return false;
  }
}

const LogLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info');

/** An Action by its full hash, which names one commit for good; a tag can be moved. */
export const PINNED_ACTION = /^[\w.-]+\/[\w.-]+@[0-9a-f]{40}$/;

/** More than one Node process makes use of. */
const MAX_WORKERS = 256;

const WholeNumber = (least: number, most: number) => {
  const error = `Write a whole number, ${least}–${most}.`;
  return z.coerce.number({ error }).int(error).min(least, error).max(most, error);
};

/** Where everything is kept; all that commands need which open no connection to GitHub. */
const StorageVariables = z.object({
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: z
    .url({
      protocol: /^postgres(?:ql)?$/,
      error: 'Write an address such as "postgres://user:password@host:5432/database".',
    })
    .optional(),
  DATABASE_POOL_SIZE: WholeNumber(2, 200).default(10),
  KEEP_RUN_MONTHS: WholeNumber(2, 120).optional(),
});

const Variables = StorageVariables.extend({
  APP_ID: z.coerce
    .number({ error: 'Set it to the number of the GitHub App.' })
    .int('It is a whole number.')
    .positive('It is a positive number.'),
  PRIVATE_KEY: z.string().optional(),
  PRIVATE_KEY_PATH: z.string().optional(),
  WEBHOOK_SECRET: Secret,
  WEBHOOK_SECRET_PREVIOUS: Secret.optional(),
  GITHUB_API_URL: GitHubApiUrl,
  GITHUB_TIMEOUT_SECONDS: WholeNumber(1, 300).default(GITHUB_TIMEOUT_SECONDS),
  HOST: Host,
  PORT: Port,
  TRUSTED_PROXIES: Proxies,
  METRICS_PORT: Port.unwrap().optional(),
  METRICS_TOKEN: z.string().min(MIN_SECRET_LENGTH, charactersNeeded(MIN_SECRET_LENGTH)).optional(),
  WORKERS: WholeNumber(0, MAX_WORKERS).optional(),
  LOG_LEVEL: LogLevel,
  EMERGENCY_STOP: Flag.default(false),
  NET_ACTION: z.string().regex(PINNED_ACTION, 'Write OWNER/REPO@ and the 40 digits of a commit.').optional(),
  PUBLIC_URL: PublicUrl.optional(),
  GITHUB_CLIENT_ID: z.string().optional(),
  GITHUB_CLIENT_SECRET: z.string().optional(),
  DASHBOARD: Flag.default(true),
  API_JWT_SECRET: z.string().min(MIN_API_SECRET_LENGTH, charactersNeeded(MIN_API_SECRET_LENGTH)).optional(),
  API_JWKS_URL: z
    .url({ protocol: /^https?$/, error: 'Write the full address of a JSON Web Key Set.' })
    .optional(),
  API_JWT_AUDIENCE: z.string().default(API_AUDIENCE),
  API_JWT_ISSUER: z.string().optional(),
});

/** Who signs the tokens of the REST API; neither secret nor key set: it takes none. */
export interface ApiEnv {
  readonly secret?: string;
  readonly jwksUrl?: string;
  readonly audience: string;
  readonly issuer?: string;
}

/** Metrics on a port of their own (`null`: the port of everything else), there with a token (`null`: without one). */
export interface MetricsEnv {
  readonly port: number | null;
  readonly token: string | null;
}

/** Where everything is kept: files in a directory, or, where one is named, a database. */
export interface StorageEnv {
  readonly dataDirectory: string;
  readonly database?: { readonly url: string; readonly poolSize: number };
  /** Months that runs are kept one by one in a database; absent: the store's own default. */
  readonly keepRunMonths?: number;
}

/** The environment of a serving process, checked. `secrets` has the present one first, then the one being retired. */
export interface Env extends StorageEnv {
  readonly appId: number;
  /** PEM text. */
  readonly privateKey: string;
  readonly secrets: readonly [string, ...string[]];
  readonly githubApiUrl: string;
  /** Longest that one request to GitHub may take; absent: `GITHUB_TIMEOUT_SECONDS`. */
  readonly githubTimeoutSeconds?: number;
  readonly host: string;
  readonly port: number;
  /** Addresses and networks whose `X-Forwarded-For` is believed; absent: none. */
  readonly trustedProxies?: readonly string[];
  /** Who may read the metrics; absent: everybody, on the port of everything else. */
  readonly metrics?: MetricsEnv;
  /** Jobs handled at once; 0: this process accepts and leaves the work to others. Absent: the queue's own default. */
  readonly workers?: number;
  readonly logLevel: z.infer<typeof LogLevel>;
  readonly emergencyStop: boolean;
  /** The Action that files of the net use; absent: they carry the step themselves. */
  readonly netAction?: string;
  /** Absent: the API takes no tokens. */
  readonly api?: ApiEnv;
  /** Absent: pages for people as far as they can be shown without sign-in. */
  readonly pages?: PagesEnv;
}

/** What the pages for people need. */
export interface PagesEnv {
  /** Where browsers reach this server, no slash at its end; `null` where nothing is set. */
  readonly publicUrl: string | null;
  /** Client of the App's sign-in; `null` where nothing is set. */
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  /** False: there are no pages. */
  readonly on: boolean;
}

/** Reads the environment of a serving process; an empty variable is unset. Throws `env-invalid`, quoting no value. */
export function readEnv(environment: Environment): Env {
  const set = withoutEmpty(environment);
  const parsed = Variables.safeParse(set);
  const problems = problemsOf(parsed.error);
  const key = readPrivateKey(set);
  if (key.problem !== undefined) problems.push(key.problem);
  if (parsed.data?.WORKERS === 0 && parsed.data.DATABASE_URL === undefined) {
    problems.push('WORKERS: 0 leaves the work to other processes, and without DATABASE_URL there are none.');
  }
  if (!parsed.success || key.pem === undefined || problems.length > 0) {
    throw invalidEnv(problems);
  }
  const variables = parsed.data;
  const previous = variables.WEBHOOK_SECRET_PREVIOUS;
  return {
    appId: variables.APP_ID,
    privateKey: key.pem,
    secrets: previous === undefined ? [variables.WEBHOOK_SECRET] : [variables.WEBHOOK_SECRET, previous],
    githubApiUrl: variables.GITHUB_API_URL.replace(/\/+$/, ''),
    githubTimeoutSeconds: variables.GITHUB_TIMEOUT_SECONDS,
    host: variables.HOST,
    port: variables.PORT,
    ...storageOf(variables),
    ...(variables.WORKERS === undefined ? {} : { workers: variables.WORKERS }),
    logLevel: variables.LOG_LEVEL,
    trustedProxies: variables.TRUSTED_PROXIES,
    metrics: { port: variables.METRICS_PORT ?? null, token: variables.METRICS_TOKEN ?? null },
    emergencyStop: variables.EMERGENCY_STOP,
    ...(variables.NET_ACTION === undefined ? {} : { netAction: variables.NET_ACTION }),
    api: apiOf(variables),
    pages: {
      publicUrl: variables.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
      clientId: variables.GITHUB_CLIENT_ID ?? null,
      clientSecret: variables.GITHUB_CLIENT_SECRET ?? null,
      on: variables.DASHBOARD,
    },
  };
}

function apiOf(variables: z.infer<typeof Variables>): ApiEnv {
  const { API_JWT_SECRET, API_JWKS_URL, API_JWT_AUDIENCE, API_JWT_ISSUER } = variables;
  return {
    audience: API_JWT_AUDIENCE,
    ...(API_JWT_SECRET === undefined ? {} : { secret: API_JWT_SECRET }),
    ...(API_JWKS_URL === undefined ? {} : { jwksUrl: API_JWKS_URL }),
    ...(API_JWT_ISSUER === undefined ? {} : { issuer: API_JWT_ISSUER }),
  };
}

const AppVariables = z.object({
  DATA_DIR: StorageVariables.shape.DATA_DIR,
  LOG_LEVEL: LogLevel,
  EMERGENCY_STOP: Flag.default(false),
});

/** Reads what the App needs under a Probot with its own credentials and server. Throws `env-invalid`. */
export function readAppEnv(environment: Environment): StorageEnv & Pick<Env, 'logLevel' | 'emergencyStop'> {
  const { DATA_DIR, LOG_LEVEL, EMERGENCY_STOP } = parsed(AppVariables, withoutEmpty(environment));
  return { dataDirectory: DATA_DIR, logLevel: LOG_LEVEL, emergencyStop: EMERGENCY_STOP };
}

/** Whether an environment sets the emergency stop; one that is no flag counts as set, as no process starts with it. */
export function emergencyStopOf({ EMERGENCY_STOP }: Environment): boolean {
  const read = AppVariables.shape.EMERGENCY_STOP.safeParse(
    EMERGENCY_STOP === '' ? undefined : EMERGENCY_STOP,
  );
  return read.data ?? true;
}

/** The data directory that an environment names. */
export function dataDirectoryOf({ DATA_DIR }: Environment): string {
  return StorageVariables.shape.DATA_DIR.parse(DATA_DIR === '' ? undefined : DATA_DIR);
}

/** Reads where everything is kept. Throws `env-invalid` like `readEnv`. */
export function readStorageEnv(environment: Environment): StorageEnv {
  return storageOf(parsed(StorageVariables, withoutEmpty(environment)));
}

function storageOf(variables: z.infer<typeof StorageVariables>): StorageEnv {
  const { DATA_DIR, DATABASE_URL, DATABASE_POOL_SIZE, KEEP_RUN_MONTHS } = variables;
  return {
    dataDirectory: DATA_DIR,
    ...(DATABASE_URL === undefined ? {} : { database: { url: DATABASE_URL, poolSize: DATABASE_POOL_SIZE } }),
    ...(KEEP_RUN_MONTHS === undefined ? {} : { keepRunMonths: KEEP_RUN_MONTHS }),
  };
}

/** What the setup server needs, before there is an App. */
export interface SetupEnv {
  /** Where GitHub and browsers reach this server; no slash at its end. */
  readonly publicUrl: string;
  readonly githubApiUrl: string;
  readonly host: string;
  readonly port: number;
}

const SetupVariables = z.object({
  PUBLIC_URL: PublicUrl,
  GITHUB_API_URL: GitHubApiUrl,
  HOST: Host,
  PORT: Port,
});

const CREDENTIALS = ['APP_ID', 'PRIVATE_KEY', 'PRIVATE_KEY_PATH', 'WEBHOOK_SECRET'] as const;

/** True where nothing is set of what makes an App: nobody has registered one yet. */
export function hasNoCredentials(environment: Environment): boolean {
  const set = withoutEmpty(environment);
  return CREDENTIALS.every((name) => set[name] === undefined);
}

/** Reads the environment of a process that is still to be set up. Throws `env-invalid` like `readEnv`. */
export function readSetupEnv(environment: Environment): SetupEnv {
  const set = withoutEmpty(environment);
  if (set.PUBLIC_URL === undefined) {
    throw new OffbeatError('env-invalid', NO_APP_YET, { fix: WAYS_TO_AN_APP });
  }
  const { PUBLIC_URL, GITHUB_API_URL, HOST, PORT } = parsed(SetupVariables, set);
  return {
    publicUrl: PUBLIC_URL.replace(/\/+$/, ''),
    githubApiUrl: GITHUB_API_URL.replace(/\/+$/, ''),
    host: HOST,
    port: PORT,
  };
}

const NO_APP_YET = 'Offbeat has no GitHub App yet: APP_ID, PRIVATE_KEY and WEBHOOK_SECRET are not set.';

const WAYS_TO_AN_APP = `There are two ways to one.

  With the setup page: set PUBLIC_URL to the address at which GitHub reaches this server, for example
  https://offbeat.example.com or that of a tunnel, start again, and open /setup there. It registers the App
  and keeps its credentials in the data directory (DATA_DIR). It asks for a code that the terminal shows.

  By hand: register a GitHub App with the permissions and events of app.yml, and set the three variables in the
  environment or in .env. Every variable is explained in .env.example.

To see Offbeat at work without any App: npm run demo`;

function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
}

/** The variables that a schema asks for. Throws `env-invalid`. */
function parsed<Schema extends z.ZodType>(schema: Schema, environment: Environment): z.infer<Schema> {
  const read = schema.safeParse(environment);
  if (!read.success) throw invalidEnv(problemsOf(read.error));
  return read.data;
}

function invalidEnv(problems: readonly string[]): OffbeatError {
  const fix = 'Every variable is explained in .env.example.';
  return new OffbeatError('env-invalid', problems.join('\n'), { fix });
}

function problemsOf(error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

type PrivateKey =
  | { readonly pem: string; readonly problem?: undefined }
  | { readonly pem?: undefined; readonly problem: string };

function readPrivateKey(set: Environment): PrivateKey {
  const { PRIVATE_KEY: inline, PRIVATE_KEY_PATH: path } = set;
  if (inline !== undefined && path !== undefined) {
    return { problem: 'PRIVATE_KEY: Set either PRIVATE_KEY or PRIVATE_KEY_PATH, not both.' };
  }
  if (inline !== undefined) return pemFrom('PRIVATE_KEY', inline);
  if (path === undefined) {
    return {
      problem:
        'PRIVATE_KEY: Set it to the private key of the GitHub App (PEM), or PRIVATE_KEY_PATH to its file.',
    };
  }
  try {
    return pemFrom('PRIVATE_KEY_PATH', readFileSync(path, 'utf8'));
  } catch {
    return { problem: 'PRIVATE_KEY_PATH: The file cannot be read.' };
  }
}

/** Many platforms cannot hold line breaks in a variable: `\n` written out and base64 of the whole are read too. */
function pemFrom(variable: string, text: string): PrivateKey {
  const decoded = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('utf8');
  if (!decoded.includes('-----BEGIN') || !decoded.includes('PRIVATE KEY-----')) {
    return { problem: `${variable}: This is no PEM private key ("-----BEGIN … PRIVATE KEY-----").` };
  }
  return { pem: decoded.replaceAll('\\n', '\n') };
}
