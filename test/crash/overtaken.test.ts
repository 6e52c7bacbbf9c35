import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { deliver } from '../http/webhook/sample.ts';
import { clock, keepingLog } from '../store/sample.ts';
import { appOnFiles } from './app-on-files.ts';
import { temporaryDirectory } from './replayed-life.ts';

const NOW = Date.UTC(2026, 5, 1);

it('exits at once and writes nothing more when another process has taken its data directory', async () => {
  const data = await temporaryDirectory();
  const lock = join(data.path, 'lock.json');
  const app = appOnFiles(data.path);
  try {
    await app.start(NOW);
    expect((await deliver(app.url, 1)).status).toBe(202);
    await app.idle();
    // It stood still for so long that another took it for dead.
    app.pause();
    const successor = JSON.stringify({ ...JSON.parse(await readFile(lock, 'utf8')), id: 'another' });
    await writeFile(lock, successor);
    app.resume();
    await app.gone();
    expect(app.exitCode).toBe(1);
    expect(await readFile(lock, 'utf8')).toBe(successor);
  } finally {
    app.kill();
    await app.gone();
    await data.remove();
  }
}, 60_000);

it('answers 202 to nothing that came while it stood still, and leaves a store that can be opened', async () => {
  const data = await temporaryDirectory();
  const frozen = appOnFiles(data.path);
  const successor = appOnFiles(data.path);
  try {
    await frozen.start(NOW);
    expect((await deliver(frozen.url, 1)).status).toBe(202);
    await frozen.idle();
    frozen.pause();
    // They lie in the sockets of the one that stands still.
    const late = [2, 3].map((id) =>
      deliver(frozen.url, id)
        .then(({ status }) => status)
        .catch(() => 'no answer'),
    );
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(join(data.path, 'lock.json'), longAgo, longAgo);
    await successor.start(NOW);
    expect((await deliver(successor.url, 4)).status).toBe(202);
    frozen.resume();
    for (const status of await Promise.all(late)) expect([503, 'no answer']).toContain(status);
    await frozen.gone();
    expect((await deliver(successor.url, 5)).status).toBe(202);
    await successor.idle();
    await successor.stop();

    const store = await openLowdbStore({ directory: data.path, log: keepingLog(), clock });
    const [profile] = await store.profiles();
    const state = await store.load(profile?.id ?? 0);
    expect(state?.runs.map(({ id }) => id)).toEqual([1, 4, 5]);
    expect(await store.damage()).toEqual([]);
    await store.close();
  } finally {
    for (const app of [frozen, successor]) {
      app.kill();
      await app.gone();
    }
    await data.remove();
  }
}, 120_000);
