import { randomUUID } from 'node:crypto';
import { readFile, realpath, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseEnv } from 'node:util';
import { makePrivateDirectory, openPrivateFile, replacePrivateFile } from '../../disk/private.ts';
import { OffbeatError } from '../../errors.ts';

/** Everything that a value may be made of without quotes: other readers of such files do not agree on quoting. */
const PLAIN_VALUE = /^[\w.+/=:@-]*$/;

/** Nothing has this name, or a file stands where its directory would. */
const NO_FILE = new Set(['ENOENT', 'ENOTDIR']);

/** The variables of an env file; none where there is no such file. */
export async function readEnvFile(path: string): Promise<Readonly<Record<string, string | undefined>>> {
  return parseEnv(await textOf(path));
}

/**
 * The text of an env file with `values` set. Lines that leave one of these variables empty are filled in, the others
 * stand as they were; what has no such line goes to the end, where the last line of a name counts.
 */
export function withVariables(text: string, values: Readonly<Record<string, string>>): string {
  const wanted = new Map(Object.entries(values));
  for (const [name, value] of wanted) {
    if (!PLAIN_VALUE.test(value)) {
      throw new OffbeatError('env-invalid', 'This value cannot stand in an env file without quotes.', {
        where: name,
        fix: 'Set the variable by hand.',
      });
    }
  }
  const ending = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.split(/\r?\n/).map((line) => {
    const name = /^\s*(?:export\s+)?(\w+)\s*=\s*(?:""|'')?\s*$/.exec(line)?.[1];
    const value = name === undefined ? undefined : wanted.get(name);
    if (name === undefined || value === undefined) return line;
    wanted.delete(name);
    return `${name}=${value}`;
  });
  while (lines.at(-1) === '') lines.pop();
  return [...lines, ...[...wanted].map(([name, value]) => `${name}=${value}`), ''].join(ending);
}

/** Sets `values` in the file, which is replaced as a whole and is its owner's alone from then on. */
export async function saveVariables(path: string, values: Readonly<Record<string, string>>): Promise<void> {
  const text = withVariables(await textOf(path), values);
  await replacePrivateFile(await realpath(path).catch(() => path), text);
}

/** Throws `env-invalid` where `saveVariables` could not write: better known before there is something to lose. */
export async function mustBeWritable(path: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const trial = `${target}.${randomUUID()}`;
  try {
    await makePrivateDirectory(dirname(target));
    await (await openPrivateFile(trial, 'wx')).close();
    await rm(trial);
  } catch (error) {
    throw new OffbeatError('env-invalid', 'The credentials of the App could not be kept in this file.', {
      where: path,
      fix: 'Let the user that runs Offbeat write to the data directory, or set DATA_DIR.',
      cause: error,
    });
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && NO_FILE.has(String(error.code))) return '';
    throw new OffbeatError('env-invalid', 'The file cannot be read.', {
      where: path,
      fix: 'Let the user that runs Offbeat read it.',
      cause: error,
    });
  }
}
