import type { Config } from '../config/config.ts';
import { CONFIG_PATH, parseConfigText, type RawConfig, resolveConfig } from '../config/parse.ts';
import { OffbeatError } from '../errors.ts';
import { type GitHubClient, type RepositoryName, statusOf } from './client.ts';

/** How far `_extends` is followed: repository, organisation, and one step behind. */
const MAX_DEPTH = 3;

/** The organisation's own copy stands in its repository `.github`, at the same path as everywhere. */
const ORGANISATION_REPOSITORY = '.github';

const EXTENDS = /^(?:([\w.-]+)\/)?([\w.-]+)$/;

/**
 * The configuration in force: the repository's file over what it extends; without a file, the organisation's; without
 * either, the defaults. Throws `config-invalid` with the place of the problem.
 */
export async function readConfig(client: GitHubClient, name: RepositoryName): Promise<Config> {
  const own = await readFile(client, name, CONFIG_PATH);
  const chain =
    own === null ? await extended(client, { owner: name.owner, repo: ORGANISATION_REPOSITORY }, 1) : [own];
  const first = chain.at(-1);
  const base =
    own === null || first?._extends === undefined ? [] : await extended(client, target(name, first), 1);
  return resolveConfig([...base, ...chain]);
}

async function extended(
  client: GitHubClient,
  name: RepositoryName,
  depth: number,
): Promise<readonly RawConfig[]> {
  const raw = await readFile(client, name, `${name.owner}/${name.repo}/${CONFIG_PATH}`);
  if (raw === null) return [];
  if (raw._extends === undefined || depth === MAX_DEPTH) return [raw];
  return [...(await extended(client, target(name, raw), depth + 1)), raw];
}

/** Only a repository's name may be given: what it points to is read through the same installation, never by address. */
function target(from: RepositoryName, raw: RawConfig): RepositoryName {
  const parts = EXTENDS.exec(raw._extends ?? '');
  const repo = parts?.[2];
  if (repo === undefined) {
    throw new OffbeatError('config-invalid', '`_extends` names no repository.', {
      where: CONFIG_PATH,
      fix: 'Write `_extends: repository` or `_extends: owner/repository`.',
    });
  }
  return { owner: parts?.[1] ?? from.owner, repo };
}

/** `called` is what the file is named in an error: whose it is matters where it is not the repository's own. */
async function readFile(
  client: GitHubClient,
  name: RepositoryName,
  called: string,
): Promise<RawConfig | null> {
  try {
    const { data } = await client.rest.repos.getContent({ ...name, path: CONFIG_PATH });
    if (Array.isArray(data) || data.type !== 'file' || !('content' in data)) return null;
    return parseConfigText(Buffer.from(data.content, 'base64').toString('utf8'), called);
  } catch (error) {
    // A private repository of another owner looks as if it were not there.
    if (statusOf(error) === 404) return null;
    throw error;
  }
}
