import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  mustBeWritable,
  readEnvFile,
  saveVariables,
  withVariables,
} from '../../../src/http/setup/env-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-env-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('withVariables', () => {
  it.each([
    ['an empty text', '', 'APP_ID=7\n'],
    ['a line left empty', '# number\nAPP_ID=\nPORT=1\n', '# number\nAPP_ID=7\nPORT=1\n'],
    ['a line with empty quotes', 'export APP_ID = ""\n', 'APP_ID=7\n'],
    ['no such line', 'PORT=1', 'PORT=1\nAPP_ID=7\n'],
    ['a line that says something else already', 'APP_ID=3\nPORT=1\n', 'APP_ID=3\nPORT=1\nAPP_ID=7\n'],
    ['a line that is a comment', '# APP_ID=\n', '# APP_ID=\nAPP_ID=7\n'],
    ['a longer name', 'MY_APP_ID=\n', 'MY_APP_ID=\nAPP_ID=7\n'],
    ['line ends of Windows', 'APP_ID=\r\nPORT=1\r\n', 'APP_ID=7\r\nPORT=1\r\n'],
  ])('%s', (_, before, after) => {
    expect(withVariables(before, { APP_ID: '7' })).toBe(after);
    expect(parseEnv(withVariables(before, { APP_ID: '7' })).APP_ID).toBe('7');
  });

  it.each(['two words', 'a\nB=1', '"quoted"', '#'])('refuses a value that needs quotes: %j', (value) => {
    expect(() => withVariables('', { APP_ID: value })).toThrow(/cannot stand in an env file/);
  });
});

describe('saveVariables', () => {
  it('makes the file readable to its owner alone, and leaves no other file', async () => {
    const path = join(directory, '.env');
    await writeFile(path, 'PORT=8080\nAPP_ID=\n', { mode: 0o644 });
    await saveVariables(path, { APP_ID: '7' });
    expect(await readFile(path, 'utf8')).toBe('PORT=8080\nAPP_ID=7\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['.env']);
  });

  it('writes the target of a link, and keeps the link', async () => {
    await mkdir(join(directory, 'secrets'));
    await writeFile(join(directory, 'secrets', 'env'), 'PORT=1\n');
    await symlink(join('secrets', 'env'), join(directory, '.env'));
    await saveVariables(join(directory, '.env'), { APP_ID: '7' });
    expect(await readFile(join(directory, 'secrets', 'env'), 'utf8')).toBe('PORT=1\nAPP_ID=7\n');
  });
});

describe('readEnvFile', () => {
  it('returns nothing when there is no file', async () => {
    expect(await readEnvFile(join(directory, '.env'))).toEqual({});
  });

  it('names the file that cannot be read', async () => {
    await expect(readEnvFile(directory)).rejects.toMatchObject({ code: 'env-invalid', where: directory });
  });
});

describe('mustBeWritable', () => {
  it('leaves no file when the directory is writable', async () => {
    await mustBeWritable(join(directory, '.env'));
    expect(await readdir(directory)).toEqual([]);
  });

  it('makes a directory that does not exist, and refuses one that cannot be made', async () => {
    await mustBeWritable(join(directory, 'missing', 'app.env'));
    expect((await stat(join(directory, 'missing'))).mode & 0o777).toBe(0o700);
    await writeFile(join(directory, 'file'), '');
    const path = join(directory, 'file', 'app.env');
    await expect(mustBeWritable(path)).rejects.toMatchObject({ code: 'env-invalid', where: path });
  });
});
