import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { deliver } from '../webhook/sample.ts';
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
