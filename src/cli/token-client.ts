import { Octokit } from '@octokit/rest';
import { OffbeatError } from '../errors.ts';
import { SILENT_LOG } from '../log.ts';

/** A repository as people name it. */
export const OWNER_AND_REPO = /^([\w.-]+)\/([\w.-]+)$/;

/** Variables of the environment by name. */
type Environment = Readonly<Record<string, string | undefined>>;

const EXAMPLE = 'https://api.github.com';

/** The token of the environment; empty where none is set. */
export function tokenOf({ GITHUB_TOKEN, GH_TOKEN }: Environment): string {
  return GITHUB_TOKEN ?? GH_TOKEN ?? '';
}

/** GitHub's API with the token of the environment. Throws `env-invalid` where the address is none. */
export function tokenClient(env: Environment): Octokit {
  const { GITHUB_API_URL: address = '' } = env;
  return new Octokit({
    auth: tokenOf(env),
    // Errors say what went wrong; Octokit's own lines about requests would say it a second time.
    log: SILENT_LOG,
    ...(address === '' ? {} : { baseUrl: apiAddress(address) }),
  });
}

/** The address without a slash at its end, since Octokit puts one behind it. */
function apiAddress(address: string): string {
  if (!/^https?:$/.test(URL.parse(address)?.protocol ?? '')) {
    throw new OffbeatError('env-invalid', `"${address}" is no address of an API.`, {
      where: 'GITHUB_API_URL',
      fix: `Write one such as ${EXAMPLE}.`,
    });
  }
  return address.replace(/\/+$/, '');
}
