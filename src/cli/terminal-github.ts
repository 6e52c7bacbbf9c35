import { OffbeatError } from '../errors.ts';
import { sourcesReader } from '../github/given-files.ts';
import { createReader } from '../github/reader.ts';
import type { GitHub, RepositoryReader } from '../usecases/ports.ts';
import type { CliContext } from './context.ts';
import { localConfig, localSources } from './local-sources.ts';
import { tokenClient, tokenOf } from './token-client.ts';

/** GitHub for a command: a checkout, or the API with a token. It can read only. */
export function terminalGitHub(checkout: string | undefined, env: CliContext['env']): GitHub {
  return {
    async connect({ owner, name }) {
      return {
        appLogin: '',
        reader: checkout === undefined ? tokenReader({ owner, repo: name }, env) : checkoutReader(checkout),
        writer: null,
        permissionOf: async () => 'none',
      };
    },
  };
}

function tokenReader(
  name: { readonly owner: string; readonly repo: string },
  env: CliContext['env'],
): RepositoryReader {
  if (tokenOf(env) === '') {
    throw new OffbeatError(
      'usage-invalid',
      'This reads workflow files, and no place to read them from is named.',
      {
        fix: 'Set GITHUB_TOKEN, or name a checkout with --dir.',
      },
    );
  }
  return createReader(tokenClient(env), name);
}

function checkoutReader(directory: string): RepositoryReader {
  return sourcesReader(
    () => localSources(directory),
    () => localConfig(directory),
  );
}
