import { sql } from 'kysely';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { claimHeads, completeJob } from '../../src/queue/pg-boss/claims.ts';
import { openPgBossQueue } from '../../src/queue/pg-boss/pg-boss-queue.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import {
  closeEmbedded,
  dropTemplate,
  embeddedDatabase,
  missingServer,
  serverDatabase,
  type TestDatabase,
} from '../database/test-database.ts';
import { clock, profile, run } from '../store/sample.ts';
import { job, type OpenQueue, queueContract } from './contract.ts';

const queues: Queue[] = [];
const databases: TestDatabase[] = [];
const log = { debug() {}, info() {}, warn() {}, error() {} };

afterEach(async () => {
  for (const queue of queues.splice(0)) await queue.drain();
  for (const database of databases.splice(0)) await database.destroy();
});
afterAll(async () => {
  await dropTemplate();
  await closeEmbedded();
});

async function begin(fresh: () => Promise<TestDatabase>): Promise<OpenQueue> {
  const opened = await fresh();
  databases.push(opened);
  const { database } = opened;
  return async (setting) => {
    const queue = await openPgBossQueue({
      database,
      boss: await opened.boss(),
      transactions: openPostgresStore({ database, log, clock: { now: () => 0 } }),
      log,
      clock: { now: () => 0 },
      retryDelaySeconds: 0,
      ...setting,
    });
    queues.push(queue);
    return queue;
  };
}

const missing = await missingServer();

queueContract('pg-boss on PGlite', () => begin(embeddedDatabase));
describe.skipIf(missing !== undefined)(`PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  queueContract('pg-boss on PostgreSQL', () => begin(serverDatabase));

  it('keeps what a delivery has changed once it is done or given up, and nothing of a try in between', async () => {
    const opened = await serverDatabase();
    databases.push(opened);
    const { database } = opened;
    const store = openPostgresStore({ database, log, clock });
    const looker = openPostgresStore({ database, log, clock });
    const found: (number | undefined)[] = [];
    const queue = await openPgBossQueue({
      database,
      boss: await opened.boss(),
      transactions: store,
      async handle({ attempt }) {
        found.push((await looker.load(1))?.runs.length);
        await store.apply(1, { profile: profile(1), runs: [run(attempt)] });
        throw new Error('the plan failed');
      },
      log,
      clock,
      maxAttempts: 3,
      retryDelaySeconds: 0,
    });
    queues.push(queue);
    await queue.accept(job(1));
    await queue.idle();
    expect(found).toEqual([undefined, undefined, undefined]);
    expect((await looker.load(1))?.runs.map(({ id }) => id)).toEqual([3]);
    expect(await queue.deadLetters()).toMatchObject([{ attempts: 3 }]);
  });

  it('gives a delivery up that takes its process down every time', async () => {
    const opened = await serverDatabase();
    databases.push(opened);
    const { database } = opened;
    const boss = await opened.boss();
    const begun: number[] = [];
    const options = {
      database,
      boss,
      transactions: openPostgresStore({ database, log, clock }),
      handle: async ({ attempt }: { attempt: number }) => void begun.push(attempt),
      log,
      clock,
      maxAttempts: 2,
      retryDelaySeconds: 0,
    };
    const door = await openPgBossQueue({ ...options, concurrency: 0 });
    queues.push(door);
    await door.accept(job(1));
    // Claimed, and never heard of again: as a process leaves it that was killed.
    for (const _crash of [1, 2]) {
      const [claimed] = await boss.fetch('deliveries');
      if (claimed === undefined) throw new Error('There is no job.');
      await boss.fail('deliveries', claimed);
    }
    queues.push(await openPgBossQueue(options));
    await door.idle();
    expect(begun).toEqual([]);
    expect(await door.deadLetters()).toMatchObject([{ reason: expect.stringContaining('begun 2 times') }]);
  });

  it('goes on with the repository in hand, and gives way to others after a while', async () => {
    const opened = await serverDatabase();
    databases.push(opened);
    const { database } = opened;
    const order: string[] = [];
    const options = {
      database,
      boss: await opened.boss(),
      transactions: openPostgresStore({ database, log, clock }),
      handle: async ({ group }: { group: string }) => void order.push(group),
      log,
      clock,
    };
    const door = await openPgBossQueue({ ...options, concurrency: 0 });
    queues.push(door);
    const BURST = 18;
    for (let id = 0; id < 2 * BURST; id += 1) await door.accept(job(id, 1 + (id % 2)));
    queues.push(await openPgBossQueue({ ...options, concurrency: 1 }));
    await door.idle();
    const runs = order.join(' ').replaceAll('repository:', '');
    const row = (group: number, length: number) => Array.from({ length }, () => group);
    expect(runs).toBe([...row(1, 16), ...row(2, 16), ...row(1, 2), ...row(2, 2)].join(' '));
  });

  it('claims the heads of groups from behind the last one and once round, and none behind what is under way', async () => {
    const opened = await serverDatabase();
    databases.push(opened);
    const { database } = opened;
    const boss = await opened.boss();
    const door = await openPgBossQueue({
      database,
      boss,
      transactions: openPostgresStore({ database, log, clock }),
      handle: async () => undefined,
      log,
      clock,
      concurrency: 0,
      retryDelaySeconds: 3_600,
    });
    queues.push(door);
    for (let id = 0; id < 8; id += 1) await door.accept(job(id, 1 + (id % 4)));
    const claim = async (after: string, count: number) => {
      const jobs = await claimHeads(database, 'deliveries', after, count);
      return jobs.map(({ group, data }) => `${group} ${(data as { deliveryId: string }).deliveryId}`);
    };
    expect(await claimHeads(database, 'deliveries', 'repository:2', 0)).toEqual([]);
    const [second] = await claimHeads(database, 'deliveries', 'repository:1', 1);
    expect(second).toMatchObject({
      group: 'repository:2',
      retryCount: 0,
      data: { deliveryId: job(1).deliveryId },
    });
    if (second === undefined) throw new Error('There is no job.');
    await boss.fail('deliveries', second);
    // What is to be tried again in an hour holds its group up; the others come round.
    expect(await claim('repository:3', 9)).toEqual([
      `repository:4 ${job(3).deliveryId}`,
      `repository:1 ${job(0).deliveryId}`,
      `repository:3 ${job(2).deliveryId}`,
    ]);
    expect(await claim('', 9)).toEqual([]);
    const lost = await database
      .transaction()
      .execute((transaction) => completeJob(transaction, 'deliveries', second, 'repository:2'));
    expect(lost).toEqual({ wasMine: false, next: null });
  });

  it('shares one transaction among deliveries that come together', async () => {
    const opened = await serverDatabase();
    databases.push(opened);
    const { database } = opened;
    const door = await openPgBossQueue({
      database,
      boss: await opened.boss(),
      transactions: openPostgresStore({ database, log, clock }),
      handle: async () => undefined,
      log,
      clock,
      concurrency: 0,
    });
    queues.push(door);
    await Promise.all(Array.from({ length: 200 }, (_, id) => door.accept(job(id, id))));
    const { rows } = await sql<{ transactions: number }>`
      select count(distinct xmin::text)::integer as transactions from offbeat.seen_keys`.execute(database);
    expect(rows[0]?.transactions).toBeLessThan(5);
    expect(await door.accept(job(7, 7))).toBe('duplicate');
  });
});
