import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveVariables } from '../../src/http/setup/env-file.ts';
import { startInProcessTimers } from '../../src/queue/in-process-timers.ts';
import { openDeploymentFile } from '../../src/store/deployment-file.ts';
import { openExpiringKeysFile } from '../../src/store/expiring-keys-file.ts';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { openOperatorAuditFile } from '../../src/store/operator-audit-file.ts';
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

/** Uses everything that writes into a data directory; returns the names of what lies there then. */
async function fill(): Promise<readonly string[]> {
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
  await openOperatorAuditFile(directory).note(ACT);
  await openExpiringKeysFile(directory, clock, 'terminal').add('code', clock.now() + 1);
  await saveVariables(join(directory, 'app.env'), { APP_ID: '7' });
  const entries = await readdir(directory, { recursive: true });
  await store.close();
  expect(entries).toEqual(
    expect.arrayContaining([
      'deployment.json',
      'operator_audit.ndjson',
      'terminal_keys.json',
      'timers.json',
      'app.env',
      'repositories/1/runs.json',
    ]),
  );
  return readdir(directory, { recursive: true });
}

const ACT = { at: 0, action: 'emergency-stop', by: null, why: 'a test' };

it("is its owner's alone, whatever the umask", async () => {
  await chmod(directory, 0o755);
  const entries = await fill();
  const modes = await Promise.all(
    ['', ...entries].map(async (entry) => {
      const found = await stat(join(directory, entry));
      return `${entry} ${(found.mode & 0o777).toString(8)} ${found.isDirectory() ? 'directory' : 'file'}`;
    }),
  );
  expect(modes.filter((line) => !/ (?:700 directory|600 file)$/.test(line))).toEqual([]);
});

const isRoot = process.geteuid?.() === 0;
const SERVER_USER = 4242;

describe.runIf(isRoot)('when root writes into the directory of another user', () => {
  beforeEach(() => chown(directory, SERVER_USER, SERVER_USER));

  it('gives every file and directory to that user', async () => {
    const entries = await fill();
    const owners = await Promise.all(
      entries.map(async (entry) => {
        const { uid, gid } = await stat(join(directory, entry));
        return `${entry} ${uid}:${gid}`;
      }),
    );
    expect(owners.filter((line) => !line.endsWith(' 4242:4242'))).toEqual([]);
  });

  it('gives away nothing that a link of that user points to', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'offbeat-outside-'));
    try {
      const target = join(outside, 'shadow');
      await writeFile(target, 'secret');
      await symlink(target, join(directory, 'operator_audit.ndjson'));
      await expect(openOperatorAuditFile(directory).note(ACT)).rejects.toThrow('ELOOP');
      expect([(await stat(target)).uid, await readFile(target, 'utf8')]).toEqual([0, 'secret']);
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  it('lets that user hear what to do where files are root’s all the same', async () => {
    const now = { version: 1, emergencyStop: null, rollouts: [] };
    await writeFile(join(directory, 'operator_audit.ndjson'), '', { mode: 0o600 });
    await writeFile(join(directory, 'deployment.json'), JSON.stringify(now), { mode: 0o600 });
    process.seteuid?.(SERVER_USER);
    try {
      await expect(openOperatorAuditFile(directory).note(ACT)).rejects.toMatchObject({
        code: 'store-forbidden',
        publicSentence: expect.stringMatching(
          /^operator_audit.ndjson cannot be written \(EACCES\)\..* chown -R USER/,
        ),
      });
      await expect(openDeploymentFile(directory).load()).rejects.toMatchObject({
        code: 'stop-unreadable',
        publicSentence: expect.stringMatching(
          /^deployment.json: .* cannot be read \(EACCES\)\..* chown -R USER/,
        ),
      });
    } finally {
      process.seteuid?.(0);
    }
  });
});
