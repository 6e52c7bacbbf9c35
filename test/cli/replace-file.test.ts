import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mustHold, replaceFile } from '../../src/cli/replace-file.ts';
import { makeCheckout, remove } from './checkout.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await makeCheckout({ 'a.yml': 'old\n' });
  path = join(directory, 'a.yml');
});
afterEach(() => remove(directory));

describe('replaceFile', () => {
  it.each([0o644, 0o600, 0o755, 0o666])('keeps the mode %o', async (mode) => {
    await chmod(path, mode);
    await replaceFile(path, 'new\n');
    expect(await readFile(path, 'utf8')).toBe('new\n');
    expect((await stat(path)).mode & 0o7777).toBe(mode);
  });

  it('puts another file in its place and leaves nothing beside it', async () => {
    const { ino } = await stat(path);
    await replaceFile(path, 'new\n');
    expect((await stat(path)).ino).not.toBe(ino);
    expect(await readdir(directory)).toEqual(['a.yml']);
  });

  it('leaves nothing behind where it cannot', async () => {
    const folder = join(directory, 'folder');
    await mkdir(folder);
    await expect(replaceFile(folder, 'new\n')).rejects.toMatchObject({
      code: 'usage-invalid',
      where: folder,
    });
    expect((await readdir(directory)).toSorted()).toEqual(['a.yml', 'folder']);
    await expect(replaceFile(join(directory, 'gone.yml'), '')).rejects.toMatchObject({
      code: 'usage-invalid',
    });
  });
});

describe('mustHold', () => {
  it('is content with exactly the bytes that were read', async () => {
    await writeFile(path, '\uFEFFa\r\nb');
    await expect(mustHold(path, '\uFEFFa\r\nb')).resolves.toBeUndefined();
  });

  it('throws where the file has changed, is gone, or was no UTF-8 to begin with', async () => {
    await expect(mustHold(path, 'older\n')).rejects.toMatchObject({ code: 'edit-unproven', where: path });
    const latin = Buffer.from([0x23, 0xe9, 0x0a]);
    await writeFile(path, latin);
    await expect(mustHold(path, latin.toString('utf8'))).rejects.toMatchObject({ code: 'edit-unproven' });
    await symlink('nowhere', join(directory, 'link'));
    await expect(mustHold(join(directory, 'link'), '')).rejects.toMatchObject({ code: 'usage-invalid' });
  });
});
