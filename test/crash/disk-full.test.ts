import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { deliver } from '../http/webhook/sample.ts';
import { clock, keepingLog } from '../store/sample.ts';
import { appOnFiles } from './app-on-files.ts';
import { temporaryDirectory } from './replayed-life.ts';

/**
 * Of util-linux: tells the kernel how large a file another process may make. Beyond it, writes fail as on a full disk.
 */
const PRLIMIT = '/usr/bin/prlimit';
const NOW = Date.UTC(2026, 5, 1);
/** Less than a delivery: of its line in a new segment of the journal only the beginning is written. */
const PART_OF_A_LINE = 100;
const LOOK_AGAIN_MS = 100;

const run = promisify(execFile);
async function allowFileBytes(pid: number, bytes: number | 'unlimited'): Promise<void> {
  await run(PRLIMIT, ['--pid', String(pid), `--fsize=${bytes}:`]);
}

/** What `/readyz` says, once it says so: it looks at the disk every other second at most. */
async function untilReadiness(url: string, status: number): Promise<unknown> {
  for (;;) {
    const answer = await fetch(new URL('/readyz', url));
    const said: unknown = await answer.json();
    if (answer.status === status) return said;
    await sleep(LOOK_AGAIN_MS);
  }
}

it.skipIf(!existsSync(PRLIMIT))(
  'takes nothing that a full disk cannot keep, and goes on by ' +
    `itself${existsSync(PRLIMIT) ? '' : ' (there is no prlimit here)'}`,
  async () => {
    const data = await temporaryDirectory();
    const app = appOnFiles(data.path);
    try {
      await app.start(NOW);
      expect((await deliver(app.url, 1)).status).toBe(202);
      await app.idle();

      for (const [index, bytes] of [0, PART_OF_A_LINE].entries()) {
        const id = 2 + index;
        await allowFileBytes(app.pid, bytes);
        for (let attempt = 0; attempt < 2; attempt += 1) {
          const refused = await deliver(app.url, id);
          expect(refused.status).toBe(503);
          expect(refused.headers.get('retry-after')).not.toBeNull();
        }
        expect(await untilReadiness(app.url, 503)).toMatchObject({
          why: [expect.stringContaining('make room')],
        });
        await allowFileBytes(app.pid, 'unlimited');
        await untilReadiness(app.url, 200);
        expect((await deliver(app.url, id)).status).toBe(202);
        expect(await (await deliver(app.url, id)).json()).toEqual({ status: 'duplicate' });
      }

      await app.idle();
      await app.stop();
      const store = await openLowdbStore({ directory: data.path, log: keepingLog(), clock });
      const [profile] = await store.profiles();
      const state = await store.load(profile?.id ?? 0);
      expect(state?.runs.map(({ id }) => id)).toEqual([1, 2, 3]);
      expect(state?.damage).toEqual([]);
      await store.close();
    } finally {
      app.kill();
      await app.gone();
      await data.remove();
    }
  },
  120_000,
);
