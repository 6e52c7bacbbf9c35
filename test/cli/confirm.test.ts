import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStorage } from '../../src/serve/storage.ts';
import { openDeploymentFile } from '../../src/store/deployment-file.ts';
import { clock, keepingLog } from '../store/sample.ts';
import { cli } from './checkout.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-confirm-'));
  process.env.DATA_DIR = directory;
});
afterEach(async () => {
  delete process.env.DATA_DIR;
  await rm(directory, { recursive: true, force: true });
});

/** Runs a command, and again with the code that it names. */
async function confirmed(...words: readonly string[]) {
  const asked = await cli(...words);
  expect(asked.code).toBe(2);
  const code = /--confirm (\w+)/.exec(asked.err)?.[1] ?? '';
  return cli(...words, '--confirm', code);
}

const audit = async () =>
  (await readFile(join(directory, 'operator_audit.ndjson'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('at a terminal', () => {
  it('the emergency stop and its lift take a code, and are audited', async () => {
    const stop = ['flags', 'set', 'emergency-stop', 'on', '--why', 'an incident'] as const;
    expect((await cli(...stop, '--confirm', 'WRONG2')).code).toBe(2);
    expect((await openDeploymentFile(directory).load()).emergencyStop).toBeNull();
    expect((await confirmed(...stop)).code).toBe(0);
    expect((await openDeploymentFile(directory).load()).emergencyStop).toMatchObject({ why: 'an incident' });
    expect((await confirmed('flags', 'set', 'emergency-stop', 'off')).code).toBe(0);
    expect(await audit()).toMatchObject([
      { action: 'emergency-stop', why: 'an incident', by: expect.any(String) },
      { action: 'lift-emergency-stop' },
    ]);
  });

  it.each(['no', 'x'.repeat(201)])('refuses a reason that the API refuses too: %s', async (why) => {
    const { code, err } = await cli('flags', 'set', 'emergency-stop', 'on', '--why', why);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--why: A reason has 3 to 200') });
  });

  it('shows the reason of a stop in quotes', async () => {
    await confirmed('flags', 'set', 'emergency-stop', 'on', '--why', 'test');
    expect((await cli('flags', 'list')).out).toMatch(
      /ON since .*, nothing is written to GitHub\. Reason: “test”/,
    );
  });

  it('a redrive of dead letters takes a code and is audited, and so is a drop', async () => {
    const storage = await openStorage({
      env: { dataDirectory: directory },
      log: keepingLog(),
      clock,
      workers: 0,
      handler: () => async () => undefined,
    });
    await storage.queue.reject({ deliveryId: 'd-1', event: 'push', reason: 'unreadable' });
    await storage.close();
    expect((await cli('queue', 'redrive', '--all')).code).toBe(2);
    const { code, out } = await confirmed('queue', 'redrive', '--all', '--why', 'the bug is mended');
    expect([code, out]).toEqual([0, expect.stringContaining('in the queue again')]);
    expect(await audit()).toMatchObject([{ action: 'redrive all', why: 'the bug is mended' }]);
    expect((await cli('queue', 'dead')).out).toContain('unread-d-1');
    expect((await cli('queue', 'drop', 'unread-d-1')).code).toBe(2);
    expect((await confirmed('queue', 'drop', 'unread-d-1')).out).toContain('1 dead letter is gone.');
    expect((await cli('queue', 'dead')).out).toContain('There are no dead letters.');
  });
});
