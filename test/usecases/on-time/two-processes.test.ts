import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createKeyedMutex, type KeyedMutex } from '../../../src/keyed-mutex.ts';
import { openLowdbStore } from '../../../src/store/lowdb/lowdb-store.ts';
import { openPostgresStore, type PostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { dropTemplate, missingServer, serverDatabase } from '../../database/test-database.ts';
import { clock, keepingLog } from '../../store/sample.ts';
import { START, world } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(dropTemplate);

const missing = await missingServer();

/** Changes of one process, which are done again where another was quicker. */
function changesOf(store: PostgresStore): KeyedMutex {
  const alone = createKeyedMutex();
  return (repositoryId, work) => alone(repositoryId, () => store.inTransaction(work));
}

describe.skipIf(missing !== undefined)('two processes on one database', () => {
  it('start each tick once', async () => {
    const { database, destroy } = await serverDatabase();
    cleanups.push(destroy);
    const [one, other] = [1, 2].map(() => openPostgresStore({ database, log: keepingLog(), clock }));
    if (one === undefined || other === undefined) throw new Error('Two stores were opened.');
    const at = await world({ cron: '*/15 * * * *', store: one, change: changesOf(one) });
    at.another({ store: other, change: changesOf(other) });
    at.start();
    // Past the last tick: whichever process has not asked for it finds that out afterwards.
    await at.until(START + 3 * HOUR + 10 * MINUTE);
    expect(at.actions.asked).toHaveLength(12);
    expect((await at.ticks()).map(({ progress }) => progress.state)).toEqual(Array(12).fill('seen'));
  });
});

describe('a process on files', () => {
  it('starts no tick again after it was opened anew', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'offbeat-on-time-'));
    cleanups.push(() => rm(directory, { recursive: true, force: true }));
    const first = await openLowdbStore({ directory, log: keepingLog(), clock });
    const at = await world({ store: first });
    at.start();
    await at.until(START + 4 * HOUR);
    await first.close();
    const second = await openLowdbStore({ directory, log: keepingLog(), clock });
    cleanups.push(() => second.close());
    const again = await world({ store: second, clockAt: START + 4 * HOUR });
    again.start();
    await again.until(START + 20 * HOUR);
    expect(again.actions.asked).toEqual([]);
    expect((await again.ticks())[0]?.progress.state).toBe('seen');
  });
});
