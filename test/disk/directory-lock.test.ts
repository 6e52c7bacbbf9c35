import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDirectory } from '../../src/disk/directory-lock.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-lock-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const ignore = (): void => undefined;

describe('lockDirectory', () => {
  it('refuses a second holder and lets the next one in after a release', async () => {
    const first = await lockDirectory({ directory, onLost: ignore });
    await expect(lockDirectory({ directory, onLost: ignore })).rejects.toMatchObject({
      code: 'store-locked',
    });
    await first.release();
    const second = await lockDirectory({ directory, onLost: ignore });
    await second.release();
  });

  it('lets exactly one of many in', async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () => lockDirectory({ directory, onLost: ignore })),
    );
    const holders = attempts.filter((attempt) => attempt.status === 'fulfilled');
    expect(holders).toHaveLength(1);
    await holders[0]?.value.release();
  });

  it('refuses while another process holds it and overtakes it at once when it was killed', async () => {
    const module = join(import.meta.dirname, '../../src/disk/directory-lock.ts');
    const program = `import { lockDirectory } from ${JSON.stringify(module)};
      await lockDirectory({ directory: ${JSON.stringify(directory)}, onLost() {} });
      console.log('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await expect(lockDirectory({ directory, onLost: ignore })).rejects.toMatchObject({
      code: 'store-locked',
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    // A heartbeat that would be fresh for an hour: only the kernel's word can let us in now.
    const lock = await lockDirectory({ directory, onLost: ignore, staleAfterMs: 3_600_000 });
    await lock.release();
  });

  it('overtakes a holder of another machine once it has been silent for long enough', async () => {
    const path = join(directory, 'lock.json');
    await writeFile(path, JSON.stringify({ id: 'far away', pidsOf: 'another boot', pid: 1, startedAt: '1' }));
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(path, longAgo, longAgo);
    const lock = await lockDirectory({ directory, onLost: ignore, staleAfterMs: 30_000 });
    await lock.release();
  });

  it('refuses a holder of another machine that shows a sign of life', async () => {
    const path = join(directory, 'lock.json');
    await writeFile(path, JSON.stringify({ id: 'far away', pidsOf: 'another boot', pid: 1, startedAt: '1' }));
    const beat = setInterval(() => void utimes(path, new Date(), new Date()), 50);
    await expect(lockDirectory({ directory, onLost: ignore, staleAfterMs: 30_000 })).rejects.toMatchObject({
      code: 'store-locked',
    });
    clearInterval(beat);
  });

  it('tells a holder that it was overtaken', async () => {
    const { promise: lost, resolve } = Promise.withResolvers<void>();
    const lock = await lockDirectory({ directory, onLost: resolve, heartbeatMs: 10 });
    expect(lock.isHeld()).toBe(true);
    await writeFile(join(directory, 'lock.json'), '{"id":"somebody else"}');
    expect(lock.isHeld()).toBe(false);
    await lost;
  });
});
