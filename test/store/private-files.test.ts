import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { saveVariables } from '../../src/http/setup/env-file.ts';
import { startInProcessTimers } from '../../src/queue/in-process-timers.ts';
import { openDeploymentFile } from '../../src/store/deployment-file.ts';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { clock, keepingLog, profile, run } from './sample.ts';

let directory: string;
let umask: number;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-private-'));
  umask = process.umask(0);
});
afterEach(async () => {
  process.umask(umask);
  await rm(directory, { recursive: true, force: true });
});

it("is its owner's alone, whatever the umask", async () => {
  await chmod(directory, 0o755);
  const store = await openLowdbStore({ directory, log: keepingLog(), clock });
  await store.apply(1, { profile: profile(1), runs: [run(1)] });
  await store.checkpoint();
  await store.keepReport?.(1, { schedules: [] });
  const timers = await startInProcessTimers({
    directory,
    tasks: [{ name: 'task', every: 'hour', run: async () => undefined }],
    clock,
    log: keepingLog(),
  });
  await timers.stop();
  await openDeploymentFile(directory).change((deployment) => deployment);
  await saveVariables(join(directory, 'app.env'), { APP_ID: '7' });
  const entries = await readdir(directory, { recursive: true });
  expect(entries).toEqual(
    expect.arrayContaining(['deployment.json', 'timers.json', 'app.env', 'repositories/1/runs.json']),
  );
  const modes = await Promise.all(
    ['', ...entries].map(async (entry) => {
      const found = await stat(join(directory, entry));
      return `${entry} ${(found.mode & 0o777).toString(8)} ${found.isDirectory() ? 'directory' : 'file'}`;
    }),
  );
  expect(modes.filter((line) => !/ (?:700 directory|600 file)$/.test(line))).toEqual([]);
  await store.close();
});
