import { open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import type { Config } from '../config/config.ts';
import { CONFIG_PATH, parseConfig, UNREAD_CONFIG_PATH } from '../config/parse.ts';
import { OffbeatError } from '../errors.ts';
import { nearestWord } from '../nearest-word.ts';
import { withNamedFiles } from '../usecases/named-files.ts';
import type { SourceFile } from '../usecases/ports.ts';
import { MAX_TEXT_BYTES } from '../workflow/max-text-bytes.ts';
import { isWorkflowPath } from '../workflow/paths.ts';

/** Where GitHub reads workflows from. */
export const WORKFLOW_DIRECTORY = '.github/workflows';

/** Files read at the same time. A process may have about a thousand open. */
const FILES_AT_A_TIME = 64;

/**
 * The workflow files of a checkout, sorted by path. Links are not followed. Throws `usage-invalid` where the path is no
 * directory, a file in it cannot be read, or the folder of workflows is misnamed.
 */
export async function localWorkflowFiles(directory: string): Promise<readonly SourceFile[]> {
  await mustBeCheckout(directory);
  const folder = join(directory, WORKFLOW_DIRECTORY);
  if (await isLinked(directory, WORKFLOW_DIRECTORY)) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(async (error: unknown) => {
    if (!isMissing(error)) throw unreadable(folder, error);
    await mustNotBeMisnamed(directory);
    return [];
  });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${WORKFLOW_DIRECTORY}/${entry.name}`)
    .filter(isWorkflowPath)
    .sort();
  const files: SourceFile[] = [];
  for (let at = 0; at < paths.length; at += FILES_AT_A_TIME) {
    const batch = paths.slice(at, at + FILES_AT_A_TIME);
    files.push(
      ...(await Promise.all(
        batch.map(async (path) => ({ path, text: await textOf(join(directory, path)) })),
      )),
    );
  }
  return files;
}

/** Throws `usage-invalid` where workflows lie in a folder with almost the name that GitHub reads, as `workflow`. */
async function mustNotBeMisnamed(directory: string): Promise<void> {
  const entries = await readdir(join(directory, '.github'), { withFileTypes: true }).catch(() => []);
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    if (nearestWord(name, [basename(WORKFLOW_DIRECTORY)]) === undefined) continue;
    const files = await readdir(join(directory, '.github', name)).catch(() => []);
    if (!files.some((file) => /\.ya?ml$/.test(file))) continue;
    throw new OffbeatError('usage-invalid', 'GitHub reads no workflows from here.', {
      where: join(directory, '.github', name),
      fix: `Rename it to ${WORKFLOW_DIRECTORY}.`,
    });
  }
}

/** The same, then the local actions and scripts that they run. Throws like `localWorkflowFiles`. */
export async function localSources(directory: string): Promise<readonly SourceFile[]> {
  const fileText = async (path: string): Promise<string | null> => {
    try {
      return await textInside(directory, path);
    } catch {
      // Where it is not there, or may not be read, nothing is known of it.
      return null;
    }
  };
  return withNamedFiles({ fileText }, { sha: 'checkout', files: await localWorkflowFiles(directory) });
}

/** Whether a folder of a checkout is a link, or lies behind one: what it leads to is no part of the checkout. */
async function isLinked(directory: string, folder: string): Promise<boolean> {
  try {
    return (await realpath(join(directory, folder))) !== join(await realpath(directory), folder);
  } catch {
    return false;
  }
}

/**
 * The text of a file of a checkout; `null` where its path leads out of it by a link, or to what is no file or too
 * large. Throws what the system says where it cannot be read.
 */
async function textInside(directory: string, path: string): Promise<string | null> {
  const place = await realpath(join(directory, path));
  if (!place.startsWith(join(await realpath(directory), sep))) return null;
  const found = await stat(place);
  return found.isFile() && found.size <= MAX_TEXT_BYTES ? readFile(place, 'utf8') : null;
}

/** The checkout's own configuration; the defaults where it has none. Throws `config-invalid`. */
export async function localConfig(directory: string): Promise<Config> {
  return parseConfig(await localConfigText(directory));
}

/** The text of the configuration; empty where there is no such file. Throws `config-invalid` where it is misnamed. */
export async function localConfigText(directory: string): Promise<string> {
  const path = join(directory, CONFIG_PATH);
  try {
    const text = await textInside(directory, CONFIG_PATH);
    if (text !== null) return text;
    throw new OffbeatError('config-invalid', 'It is no file of at most 1 MiB within the checkout.', {
      where: CONFIG_PATH,
      fix: 'Put the configuration itself in its place.',
    });
  } catch (error) {
    if (error instanceof OffbeatError) throw error;
    if (!isMissing(error)) throw unreadable(path, error);
    if ((await stat(join(directory, UNREAD_CONFIG_PATH)).catch(() => null)) === null) return '';
    throw new OffbeatError('config-invalid', 'The configuration is not read under this name.', {
      where: UNREAD_CONFIG_PATH,
      fix: `Rename it to ${CONFIG_PATH}.`,
    });
  }
}

/** The text of a file; of one that is too large to be a workflow so much as shows that. */
async function textOf(path: string): Promise<string> {
  try {
    // To read a pipe would wait for somebody who writes into it.
    const found = await stat(path);
    if (!found.isFile()) throw new Error('It is no file.');
    return found.size <= MAX_TEXT_BYTES ? await readFile(path, 'utf8') : await beginningOf(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function beginningOf(path: string): Promise<string> {
  const bytes = Buffer.alloc(MAX_TEXT_BYTES + 1, ' ');
  const file = await open(path);
  try {
    await file.read(bytes);
  } finally {
    await file.close();
  }
  return bytes.toString('utf8');
}

/**
 * What paths on a command line name: a checkout, or files in one, as a hook passes them. Files outside of `.github` are
 * passed over. Throws `usage-invalid` where a path is not there, or the files lie in two checkouts.
 */
export async function checkoutOf(
  paths: readonly string[],
): Promise<{ readonly directory: string; readonly only: ReadonlySet<string> | null }> {
  const [first = '.', ...others] = paths;
  const isFile = await stat(first).then(
    (found) => found.isFile(),
    () => first.includes(join('.github', sep)),
  );
  if (others.length === 0 && !isFile) return { directory: first, only: null };
  const only = new Set<string>();
  const roots = new Set<string>();
  for (const path of paths) {
    await mustBeNoDirectory(path);
    await textOf(path);
    const whole = resolve(path);
    const at = whole.lastIndexOf(join(sep, '.github', sep));
    if (at < 0) continue;
    roots.add(whole.slice(0, at + 1));
    only.add(whole.slice(at + 1).replaceAll(sep, '/'));
  }
  const [root, another] = roots;
  if (another !== undefined) {
    throw new OffbeatError('usage-invalid', 'These files lie in more than one checkout.', {
      where: another,
      fix: 'Check one at a time.',
    });
  }
  return { directory: root ?? '.', only };
}

export function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function mustBeNoDirectory(path: string): Promise<void> {
  if (!(await isDirectory(path))) return;
  throw new OffbeatError('usage-invalid', 'It is a directory, among several paths.', {
    where: path,
    fix: 'Name the root of one checkout alone, or workflow files.',
  });
}

async function mustBeCheckout(directory: string): Promise<void> {
  const root = 'Name the root of a checkout, the directory that holds .github';
  const fix = /\.ya?ml$/.test(directory)
    ? `${root}. Where the command takes a workflow too, that comes behind it: . ${basename(directory)}`
    : `${root}.`;
  await mustBeDirectory(directory, fix);
  // For the workflow folder itself, a report without schedules would be misleading.
  const path = resolve(directory);
  const isInside = basename(path) === '.github' || path.endsWith(join('.github', 'workflows'));
  if (isInside) throw new OffbeatError('usage-invalid', 'This is not the root.', { where: directory, fix });
}

/** Throws `usage-invalid`, with `fix` as the remedy, where the path does not name a directory. */
export async function mustBeDirectory(directory: string, fix: string): Promise<void> {
  const found = await stat(directory).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw unreadable(directory, error);
  });
  if (found?.isDirectory() === true) return;
  throw new OffbeatError('usage-invalid', 'There is no such directory.', { where: directory, fix });
}

function unreadable(path: string, cause: unknown): OffbeatError {
  if (isMissing(cause)) {
    return new OffbeatError('usage-invalid', 'There is no such file.', {
      where: path,
      fix: 'Name the root of a checkout, or workflow files in it.',
    });
  }
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new OffbeatError('usage-invalid', `It cannot be read${code}.`, {
    where: path,
    fix: 'See that it may be read by whoever runs this.',
    cause,
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
