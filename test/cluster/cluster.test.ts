import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import { openPgBossQueue } from '../../src/queue/pg-boss/pg-boss-queue.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { bundledProcess } from '../bundled-process.ts';
import { dropTemplate, missingServer, serverDatabase } from '../database/test-database.ts';
import { job } from '../queue/contract.ts';
import { clock } from '../store/sample.ts';

const WORKER = await bundledProcess(join(import.meta.dirname, 'worker.ts'));
const REPOSITORIES = 7;
const log = { debug() {}, info() {}, warn() {}, error() {} };

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(dropTemplate);

interface Worker {
  readonly child: ChildProcess;
  readonly lines: string[];
  /** Resolves when it has written such a line. */
  said(line: string): Promise<void>;
}

function startWorker(url: string, hangsIn = ''): Worker {
  const child = spawn(process.execPath, [WORKER, url, hangsIn], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanups.push(async () => child.kill('SIGKILL'));
  const lines: string[] = [];
  const waiting = new Map<string, () => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    waiting.get(line)?.();
  });
  return {
    child,
    lines,
    said: (line) =>
      lines.includes(line) ? Promise.resolve() : new Promise((resolve) => void waiting.set(line, resolve)),
  };
}

/** A database, and a process on it that accepts and handles nothing: this one. */
async function openDoor() {
  const opened = await serverDatabase();
  cleanups.push(() => opened.destroy());
  const store = openPostgresStore({ database: opened.database, log, clock });
  const queue = await openPgBossQueue({
    database: opened.database,
    boss: await opened.boss(),
    transactions: store,
    handle: async () => undefined,
    log,
    clock,
    concurrency: 0,
    heartbeatSeconds: 10,
  });
  cleanups.push(() => queue.drain());
  return { ...opened, store, queue };
}

const idsUpTo = (count: number): number[] => Array.from({ length: count }, (_, id) => id + 1);
const jobOf = (id: number) => job(id, 1 + (id % REPOSITORIES));

/** Accepts, and asks again as long as the database is away: like a sender who was told that nothing was taken. */
async function acceptStubbornly(queue: Queue, id: number): Promise<void> {
  for (;;) {
    try {
      await queue.accept(jobOf(id));
      return;
    } catch (error) {
      if (!(error instanceof OffbeatError) || error.code !== 'store-unreachable') throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Every delivery applied once, in the order accepted, with all of its effects. */
async function expectAppliedOnce(
  { store, database }: Awaited<ReturnType<typeof openDoor>>,
  ids: readonly number[],
): Promise<void> {
  for (let repository = 1; repository <= REPOSITORIES; repository += 1) {
    const own = ids.filter((id) => 1 + (id % REPOSITORIES) === repository);
    const state = await store.load(repository);
    expect(state?.runs.map(({ id }) => id)).toEqual(own);
    expect(state?.learningLog.map(({ at }) => at)).toEqual(own);
    // The first run of a repository finds no population yet, and so counts nothing.
    expect(state?.population.runsLearned).toBe(own.length - 1);
  }
  expect((await store.loadLatenessPool()).count).toBe(ids.length);
  const { rows } = await sql`select job_id from offbeat.open_deliveries`.execute(database);
  expect(rows).toEqual([]);
}

const missing = await missingServer();

describe.skipIf(missing !== undefined)(
  `several processes${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    it('share the work, never run two jobs of one repository at once, and keep the order of each', async () => {
      const door = await openDoor();
      const workers = [startWorker(door.url), startWorker(door.url)];
      await Promise.all(workers.map((worker) => worker.said('ready')));
      const ids = idsUpTo(300);
      await Promise.all(ids.map((id) => door.queue.accept(jobOf(id))));
      await door.queue.idle();
      await expectAppliedOnce(door, ids);
      for (const { lines } of workers) {
        expect(lines.filter((line) => line.startsWith('overlap'))).toEqual([]);
        expect(lines.some((line) => line.startsWith('handling'))).toBe(true);
      }
    });

    it('take over the jobs of a killed worker and apply them once', async () => {
      const door = await openDoor();
      const doomed = startWorker(door.url, '12');
      await doomed.said('ready');
      const ids = idsUpTo(60);
      for (const id of ids) await door.queue.accept(jobOf(id));
      await doomed.said('handling 12');
      doomed.child.kill('SIGKILL');
      const heir = startWorker(door.url);
      await heir.said('ready');
      await door.queue.idle();
      expect(heir.lines).toContain('handling 12');
      await expectAppliedOnce(door, ids);
    });

    it('lose nothing when the database closes all connections', async () => {
      const door = await openDoor();
      const workers = [startWorker(door.url), startWorker(door.url)];
      await Promise.all(workers.map((worker) => worker.said('ready')));
      const ids = idsUpTo(200);
      const restarts = (async () => {
        for (let round = 0; round < 4; round += 1) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          await sql`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`
            .execute(door.database)
            .catch(() => undefined);
        }
      })();
      // One after the other, for the order of each repository to be known.
      for (const id of ids) await acceptStubbornly(door.queue, id);
      await restarts;
      await door.queue.idle();
      await expectAppliedOnce(door, ids);
    });
  },
);
