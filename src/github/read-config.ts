import type { Config } from '../config/config.ts';
import { CONFIG_PATH, parseConfigText, type RawConfig, resolveConfig } from '../config/parse.ts';
import { OffbeatError } from '../errors.ts';
import type { GitHubClient, RepositoryName } from './client.ts';
import { contentsAt, type GitHubRepository, maySeemAbsent, notYet, treeHas } from './look-again.ts';

/** How far `_extends` is followed: repository, organisation, and one step behind. */
const MAX_DEPTH = 3;

/** The organisation's own copy stands in its repository `.github`, at the same path as everywhere. */
const ORGANISATION_REPOSITORY = '.github';

/** A client that may see another repository of the same account; `null` for one of another account. */
export type Neighbour = (name: RepositoryName) => Promise<GitHubClient> | null;

const EXTENDS = /^(?:([\w.-]+)\/)?([\w.-]+)$/;

/**
 * The configuration in force: the repository's file over what it extends; without a file, the organisation's; without
 * either, the defaults. Throws `config-invalid` with the place of the problem.
 */
export async function readConfig(
  repository: GitHubRepository,
  neighbour: Neighbour = () => null,
): Promise<Config> {
  const { name } = repository;
  const extended = async (other: RepositoryName, depth: number): Promise<readonly RawConfig[]> => {
    const raw = await readShared({ ...repository, name: other }, neighbour(other));
    if (raw === null) return [];
    if (raw._extends === undefined || depth === MAX_DEPTH) return [raw];
    return [...(await extended(target(other, raw), depth + 1)), raw];
  };
  const own = await readFile(repository, CONFIG_PATH);
  const chain =
    own === null ? await extended({ owner: name.owner, repo: ORGANISATION_REPOSITORY }, 1) : [own];
  const first = chain.at(-1);
  const base = own === null || first?._extends === undefined ? [] : await extended(target(name, first), 1);
  return resolveConfig([...base, ...chain]);
}

/** Reads the file of another repository: by `client`, where there is one, and as any public one. */
async function readShared(
  repository: GitHubRepository,
  client: Promise<GitHubClient> | null,
): Promise<RawConfig | null> {
  const { owner, repo } = repository.name;
  const readBy = (seen: GitHubRepository) =>
    readFile(seen, `${owner}/${repo}/${CONFIG_PATH}`, () => isThere(seen));
  if (client === null) return readBy(repository);
  try {
    return await readBy({ ...repository, client: await client });
  } catch (error) {
    // It is not one of the installation's, or not there.
    if (!(error instanceof OffbeatError) || error.code !== 'github-refused') throw error;
    return readBy(repository);
  }
}

/** A private repository of another owner looks as if it were not there. */
async function isThere({ client, name }: GitHubRepository): Promise<boolean> {
  try {
    await client.rest.repos.get({ ...name });
    return true;
  } catch (error) {
    if (maySeemAbsent(error)) return false;
    throw error;
  }
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

/**
 * `called` is what the file is named in an error: whose it is matters where it is not the repository's own. Where the
 * file seems absent and its repository is there, the git tree is looked at: the defaults stand in for a file only where
 * both say that there is none.
 */
async function readFile(
  repository: GitHubRepository,
  called: string,
  isRepositoryThere: () => Promise<boolean> = async () => true,
): Promise<RawConfig | null> {
  const data = await contentsAt(repository, CONFIG_PATH);
  if (data === null) {
    if (!(await isRepositoryThere())) return null;
    if (await treeHas(repository, 'HEAD', (path) => path === CONFIG_PATH))
      throw notYet(repository, CONFIG_PATH);
    return null;
  }
  if (Array.isArray(data) || data.type !== 'file' || !('content' in data)) return null;
  return parseConfigText(Buffer.from(data.content, 'base64').toString('utf8'), called);
}
