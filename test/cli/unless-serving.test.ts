import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DirectoryLock, lockDirectory } from '../../src/disk/directory-lock.ts';
import { cli } from './checkout.ts';

let directory: string;
let lock: DirectoryLock;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-serving-'));
  lock = await lockDirectory({ directory, onLost: () => undefined });
  process.env.DATA_DIR = directory;
});
afterEach(async () => {
  delete process.env.DATA_DIR;
  await lock.release();
  await rm(directory, { recursive: true, force: true });
});

it.each([
  [['alerts'], 'GET /api/v1/admin/alerts'],
  [['alerts', 'acme/site'], 'GET /api/v1/repositories/acme/site/alerts'],
  [['acknowledge', 'acme/site', 'a1'], 'POST /api/v1/repositories/acme/site/acknowledge'],
  [['queue', 'dead'], 'GET /api/v1/admin/dead-letters'],
])('%j names the API while the server holds the files', async (words, endpoint) => {
  const { code, err } = await cli(...words);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`Ask the server: ${endpoint}`) });
  expect(err).not.toContain('directory of its own');
});

it('a copy names no API, as none does that', async () => {
  const { err } = await cli('store', 'copy', '--from', `file:${directory}`, '--to', `file:${directory}-2`);
  expect(err).toContain('is using these files. Stop it first.');
});
