import type { Clock } from '../../clock.ts';
import { type Env, emergencyStopOf, readEnv, readStorageEnv } from '../../env.ts';
import { OffbeatError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { type Finding, failure, fine, skipped, warning } from './finding.ts';
import { lookAtGitHub } from './look-at-github.ts';
import { lookAtStorage } from './look-at-storage.ts';
import { readWantedAccess } from './wanted-access.ts';

const LEAST_NODE = [22, 20] as const;

/** Checks everything that a deployment depends on, and changes nothing. */
export async function examine(
  environment: Readonly<Record<string, string | undefined>>,
  context: { readonly clock: Clock; readonly log: Log },
): Promise<readonly Finding[]> {
  const { env, finding } = lookAtEnvironment(environment);
  return [
    nodeFinding(process.versions.node),
    finding,
    apiFinding(environment),
    ...(await storageFindings(environment)),
    ...(env === null
      ? ['credentials', 'clock', 'permissions', 'events', 'webhook'].map((about) =>
          skipped(about, 'The environment has to be right first.'),
        )
      : await lookAtGitHub(env, await readWantedAccess(), context)),
  ];
}

function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [least, leastMinor] = LEAST_NODE;
  return major > least || (major === least && minor >= leastMinor)
    ? fine('node', `Node.js ${version}.`)
    : failure('node', `Node.js ${version} is too old.`, `Use ${LEAST_NODE.join('.')} or newer.`);
}

/** The environment, or `null` where it cannot be read, and the finding about it. */
function lookAtEnvironment(environment: Readonly<Record<string, string | undefined>>): {
  readonly env: Env | null;
  readonly finding: Finding;
} {
  try {
    return { env: readEnv(environment), finding: fine('environment', 'Every variable can be read.') };
  } catch (error) {
    if (!(error instanceof OffbeatError)) throw error;
    const what = error.message.replaceAll('\n', ' ');
    return { env: null, finding: failure('environment', what, error.fix ?? 'See .env.example.') };
  }
}

function apiFinding({ API_JWT_SECRET, API_JWKS_URL }: Readonly<Record<string, string | undefined>>): Finding {
  return (API_JWT_SECRET ?? '') === '' && (API_JWKS_URL ?? '') === ''
    ? warning(
        'api',
        'The REST API takes no tokens.',
        'Set API_JWT_SECRET or API_JWKS_URL, where programs are to use it.',
      )
    : fine('api', 'The REST API takes tokens.');
}

async function storageFindings(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  try {
    return await lookAtStorage(readStorageEnv(environment), emergencyStopOf(environment));
  } catch (error) {
    if (!(error instanceof OffbeatError)) throw error;
    return [failure('store', error.message, error.fix ?? 'See .env.example.')];
  }
}
