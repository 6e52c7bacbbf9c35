import fc from 'fast-check';
import { sql } from 'kysely';
import type { PgBoss } from 'pg-boss';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import { audited } from '../../src/proposal/audit.ts';
import { queueOf } from '../../src/queue/pg-boss/delivery-queues.ts';
import {
  openPgBossQueue,
  type PgBossQueue,
  type PgBossQueueOptions,
} from '../../src/queue/pg-boss/pg-boss-queue.ts';
import type { AcceptedJob, Queue } from '../../src/queue/queue.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import {
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
afterAll(dropTemplate);

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

const noted = (at: number) => audited('written', at, null, 'noted');

/** A database on the server, and queues on it that retry at once. */
async function beginOnServer() {
  const opened = await serverDatabase();
  databases.push(opened);
  const { database } = opened;
  const boss = await opened.boss();
  const store = openPostgresStore({ database, log, clock });
  const open = async (setting: Partial<PgBossQueueOptions>): Promise<PgBossQueue> => {
    const defaults = { database, boss, transactions: store, handle: async () => undefined, log, clock };
    const queue = await openPgBossQueue({ ...defaults, retryDelaySeconds: 0, ...setting });
    queues.push(queue);
    return queue;
  };
  return { database, boss, store, open };
}

/** Claims the first delivery of a repository, as another process would. */
async function claimFirst(boss: PgBoss, group: string) {
  const [claimed] = await boss.fetch(queueOf(group));
  if (claimed === undefined) throw new Error('There is no job.');
  return claimed;
}

const missing = await missingServer();

queueContract('pg-boss on PGlite', () => begin(embeddedDatabase));
describe.skipIf(missing !== undefined)(`PostgreSQL${missing === undefined ? '' : ` (${missing})`}`, () => {
  queueContract('pg-boss on PostgreSQL', () => begin(serverDatabase));

  it('keeps the effects of a delivery that is done or given up, and none of a try in between', async () => {
    const { database, store, open } = await beginOnServer();
    const reader = openPostgresStore({ database, log, clock });
    const found: (number | undefined)[] = [];
    const queue = await open({
      maxAttempts: 3,
      async handle({ attempt }) {
        found.push((await reader.load(1))?.runs.length);
        await store.apply(1, { profile: profile(1), runs: [run(attempt)] });
        throw new Error('the plan failed');
      },
    });
    await queue.accept(job(1));
    await queue.idle();
    expect(found).toEqual([undefined, undefined, undefined]);
    expect((await reader.load(1))?.runs.map(({ id }) => id)).toEqual([3]);
    expect(await queue.deadLetters()).toMatchObject([{ attempts: 3 }]);
  });

  it('gives up a delivery whose effects cannot be saved, with the reason', async () => {
    const { store, open } = await beginOnServer();
    const queue = await open({
      maxAttempts: 2,
      handle: () => store.apply(1, { runs: [run(1)] }),
      transactions: {
        async inTransaction(work, settle) {
          return store.inTransaction(work, async (transaction, result) => {
            await settle(transaction, result);
            if (result === null) throw new Error('a constraint does not hold');
          });
        },
      },
    });
    await store.apply(1, { profile: profile(1) });
    await queue.accept(job(1));
    await queue.idle();
    expect((await store.load(1))?.runs.length).toBe(0);
    expect(await queue.deadLetters()).toMatchObject([
      { attempts: 2, reason: expect.stringContaining('a constraint does not hold') },
    ]);
  });

  it('counts what stood open at the start of a process until any process has handled it', async () => {
    const { open } = await beginOnServer();
    const door = await open({ concurrency: 0 });
    await door.accept(job(1));
    await door.accept(job(2));
    const later = await open({ concurrency: 0 });
    await later.accept(job(3));
    expect([door.replaying(), later.replaying()]).toEqual([0, 2]);
    await open({});
    await later.idle();
    expect(later.replaying()).toBe(0);
  });

  it('gives up a delivery that takes its process down every time', async () => {
    const { boss, open } = await beginOnServer();
    const begun: number[] = [];
    const door = await open({ concurrency: 0 });
    await door.accept(job(1));
    for (const _crash of [1, 2]) {
      await boss.fail(queueOf('repository:1'), await claimFirst(boss, 'repository:1'));
    }
    await open({ maxAttempts: 2, handle: async ({ attempt }) => void begun.push(attempt) });
    await door.idle();
    expect(begun).toEqual([]);
    expect(await door.deadLetters()).toMatchObject([{ reason: expect.stringContaining('begun 2 times') }]);
  });

  it('keeps the order of every repository, whichever tries fail, with two processes at work', async () => {
    const { open } = await beginOnServer();
    const REPOSITORIES = 5;
    const DELIVERIES = 8;
    const tries = new Map<string, string[]>();
    const handle = async ({ group, payload, attempt }: AcceptedJob): Promise<void> => {
      const { place, failures } = payload as { place: number; failures: number };
      tries.set(group, [...(tries.get(group) ?? []), `${place}/${attempt}`]);
      await new Promise((resolve) => setImmediate(resolve));
      if (attempt <= failures) throw new Error('not yet');
    };
    const workers = [await open({ handle, concurrency: 3 }), await open({ handle, concurrency: 3 })];
    let id = 0;
    // How often each delivery of each repository fails before it is handled.
    const failureCounts = fc.array(fc.array(fc.nat(2), { minLength: DELIVERIES, maxLength: DELIVERIES }), {
      minLength: REPOSITORIES,
      maxLength: REPOSITORIES,
    });
    await fc.assert(
      fc.asyncProperty(failureCounts, async (counts) => {
        tries.clear();
        for (let place = 0; place < DELIVERIES; place += 1) {
          for (let repository = 0; repository < REPOSITORIES; repository += 1) {
            id += 1;
            const payload = { place, failures: counts[repository]?.[place] };
            await workers[id % 2]?.accept(job(id, repository, { payload }));
          }
        }
        await workers[0]?.idle();
        for (const [repository, ofRepository] of counts.entries()) {
          const expected = ofRepository.flatMap((failures, place) =>
            Array.from({ length: failures + 1 }, (_, index) => `${place}/${index + 1}`),
          );
          expect(tries.get(`repository:${repository}`)).toEqual(expected);
        }
      }),
      { numRuns: 5 },
    );
  });

  it('applies a delivery once when the answer to its commit is lost', async () => {
    const { store, open } = await beginOnServer();
    await store.apply(1, { profile: profile(1) });
    let handled = 0;
    const queue = await open({
      async handle() {
        handled += 1;
        await store.apply(1, { auditEvents: [noted(handled)] });
      },
      transactions: {
        async inTransaction(work, settle) {
          await store.inTransaction(work, settle);
          throw new OffbeatError('store-unreachable', 'Connection terminated unexpectedly');
        },
      },
    });
    for (const id of [1, 2]) await queue.accept(job(id));
    await queue.idle();
    expect(handled).toBe(2);
    expect((await store.load(1))?.audit.map(({ at }) => at)).toEqual([1, 2]);
    expect(await queue.deadLetters()).toEqual([]);
  });

  it('writes nothing of a try whose delivery was given to another process meanwhile', async () => {
    const { boss, store, open } = await beginOnServer();
    await store.apply(1, { profile: profile(1) });
    const attempts: number[] = [];
    const queue = await open({
      async handle({ attempt }) {
        attempts.push(attempt);
        await store.apply(1, { auditEvents: [noted(attempt)] });
        if (attempt > 1) return;
        // As pg-boss does where heartbeats are missed; then another process has claimed it.
        const name = queueOf('repository:1');
        const [running] = await boss.findJobs(name);
        await boss.fail(name, running?.id ?? '');
        await boss.fail(name, await claimFirst(boss, 'repository:1'));
      },
    });
    await queue.accept(job(1));
    await queue.idle();
    expect(attempts).toEqual([1, 3]);
    expect((await store.load(1))?.audit.map(({ at }) => at)).toEqual([3]);
  });

  it('lets the first delivery of a repository wait for a stated time, and the others behind it', async () => {
    const { boss, open } = await beginOnServer();
    const handled: string[] = [];
    const handle = async (each: AcceptedJob) => void handled.push(each.deliveryId);
    const door = await open({ concurrency: 0 });
    for (const id of [1, 2]) await door.accept(job(id, 1));
    await door.accept(job(3, 2));
    const queue = queueOf('repository:1');
    const claimed = await claimFirst(boss, 'repository:1');
    await boss.fail(queue, claimed);
    await boss.update(queue, undefined, { id: claimed.id, startAfter: new Date(Date.now() + 3_600_000) });
    await open({ handle });
    await vi.waitFor(() => expect(handled).toEqual(['delivery-3']));
    // No worker gets any of them, whenever it asks.
    expect(await boss.fetch(queue, { batchSize: 10 })).toEqual([]);
    await boss.update(queue, undefined, { id: claimed.id, startAfter: new Date() });
    await door.idle();
    expect(handled).toEqual(['delivery-3', 'delivery-1', 'delivery-2']);
  });

  it('counts what waits and what runs, and the age of the oldest', async () => {
    const { boss, database, open } = await beginOnServer();
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const door = await open({ concurrency: 0 });
    await Promise.all([1, 2, 3].map((id) => door.accept(job(id))));
    const worker = await open({
      async handle() {
        begun.resolve();
        await finish.promise;
      },
    });
    await begun.promise;
    // pg-boss counts a queue once a second at most.
    await vi.waitFor(
      async () => {
        await boss.supervise();
        expect(await boss.getQueues([queueOf('repository:1')])).toMatchObject([{ activeCount: 1 }]);
      },
      { timeout: 10_000 },
    );
    await sql`update offbeat.open_deliveries set accepted_at = accepted_at - interval '1 minute'`.execute(
      database,
    );
    const watching = await open({ concurrency: 0 });
    expect(watching.stats()).toMatchObject({ waiting: 2, running: 1, deadLetters: 0 });
    expect(watching.stats().oldestAgeSeconds).toBeGreaterThan(60);
    finish.resolve();
    await worker.idle();
    expect(worker.stats()).toEqual({ waiting: 0, running: 0, deadLetters: 0, oldestAgeSeconds: 0 });
  });

  it('shares one transaction among deliveries that come together', async () => {
    const { database, open } = await beginOnServer();
    const door = await open({ concurrency: 0 });
    await Promise.all(Array.from({ length: 200 }, (_, id) => door.accept(job(id, id))));
    const { rows } = await sql<{ transactions: number }>`
      select count(distinct xmin::text)::integer as transactions from offbeat.seen_keys`.execute(database);
    expect(rows[0]?.transactions).toBeLessThan(5);
    expect(await door.accept(job(7, 7))).toBe('duplicate');
  });
});
