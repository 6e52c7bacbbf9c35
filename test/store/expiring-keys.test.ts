import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createSessions } from '../../src/http/session/sessions.ts';
import { openExpiringKeysFile } from '../../src/store/expiring-keys-file.ts';
import { openExpiringKeysTable } from '../../src/store/postgres/expiring-keys-table.ts';
import type { ExpiringKeys } from '../../src/usecases/ports.ts';
import { dropTemplate, embeddedDatabase, missingServer, serverDatabase } from '../database/test-database.ts';

const START = Date.UTC(2026, 4, 4);
const HOUR_MS = 3_600_000;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(dropTemplate);

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-keys-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Opens the keys of one place, again and again, at a time that can be set. */
type Place = (clock: { now(): number }) => ExpiringKeys;

function contract(name: string, fresh: () => Promise<Place>): void {
  describe(`expiring keys (${name})`, () => {
    it('remember a key until it expires, also after a restart', async () => {
      const open = await fresh();
      let now = START;
      const clock = { now: () => now };
      const keys = open(clock);
      expect(await keys.has('a')).toBe(false);
      expect(await keys.add('a', START + HOUR_MS)).toBe(true);
      expect(await keys.add('a', START + HOUR_MS)).toBe(false);
      const again = open(clock);
      expect([await again.has('a'), await again.has('b')]).toEqual([true, false]);
      now = START + HOUR_MS;
      expect(await again.has('a')).toBe(false);
      expect(await again.add('a', now + HOUR_MS)).toBe(true);
    });

    it('make a cookie worthless once its session was ended, in every process', async () => {
      const open = await fresh();
      const clock = { now: () => START };
      const process = () =>
        createSessions({ secret: 'a secret of the App', secure: true, clock, ended: open(clock) });
      const one = process();
      const cookie = (await one.begin({ id: 7, login: 'mona' }, 'token', null)).split(';', 1)[0] ?? '';
      const session = await one.read(cookie);
      if (session === null) throw new Error('There is no session.');
      expect(await one.isLive(session)).toBe(true);
      await one.end(session);
      expect([await one.read(cookie), await process().read(cookie), await one.isLive(session)]).toEqual([
        null,
        null,
        false,
      ]);
    });
  });
}

contract('files', async () => {
  const directory = await temporaryDirectory();
  return (clock) => openExpiringKeysFile(directory, clock);
});
const hasServer = (await missingServer()) === undefined;
contract(hasServer ? 'PostgreSQL' : 'PGlite', async () => {
  const { database, destroy } = await (hasServer ? serverDatabase() : embeddedDatabase());
  cleanups.push(destroy);
  return (clock) => openExpiringKeysTable(database, clock);
});

it('a key that the disk could not take is known to the process, and a damaged file counts as empty', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'expiring_keys.json'), '{"a":');
  const keys = openExpiringKeysFile(directory, { now: () => START });
  expect(await keys.has('a')).toBe(false);
  await rm(directory, { recursive: true });
  await writeFile(directory, 'a file where the directory was');
  await expect(keys.add('b', START + HOUR_MS)).rejects.toThrow();
  expect(await keys.has('b')).toBe(true);
});
