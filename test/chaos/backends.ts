import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { openDatabase } from '../../src/database/connect.ts';
import { migrate } from '../../src/database/migrate.ts';
import { type DataDirectory, openDataDirectory } from '../../src/disk/data-directory.ts';
import type { Env } from '../../src/env.ts';
import { createInProcessQueue, type InProcessQueue } from '../../src/queue/in-process.ts';
import { BOSS_SCHEMA, startBoss } from '../../src/queue/pg-boss/boss.ts';
import { type DeadLetter, Job } from '../../src/queue/queue.ts';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import type { RepositoryState } from '../../src/usecases/ports.ts';
import { clock, keepingLog } from '../store/sample.ts';
import type { PrivatePostgres } from './private-postgres.ts';

const run = promisify(execFile);

/** Room for the whole life and not much more. */
const DISK_BYTES = 48 * 1024 * 1024;

/** Where the App under test keeps everything, and what can be done to that. */
export interface Backend {
  readonly env: Pick<Env, 'dataDirectory' | 'database'>;
  /** Fills the disk for a while; absent where there is no disk of its own. */
  readonly fillDisk?: (forMs: number) => Promise<void>;
  /** Takes jobs back from dead processes and lost connections, without the half minute that the queue waits. */
  buryTheDead(): Promise<void>;
  /** Everything that was accepted, in the order accepted. */
  accepted(): Promise<readonly Job[]>;
  deadLetters(): Promise<readonly Pick<DeadLetter, 'deliveryId' | 'reason'>[]>;
  state(repositoryId: number): Promise<RepositoryState | undefined>;
  drop(): Promise<void>;
}

/** A directory on a small file system in memory where one can be mounted, else an ordinary one that never fills. */
export async function onFiles({ smallDisk }: { readonly smallDisk: boolean }): Promise<Backend> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-chaos-'));
  const mounted = smallDisk && (await mount(directory));
  return {
    env: { dataDirectory: directory },
    ...(mounted ? { fillDisk: (forMs: number) => fill(directory, forMs) } : {}),
    buryTheDead: async () => undefined,
    accepted: () => withQueue(directory, readAccepted),
    deadLetters: () => withQueue(directory, (queue) => queue.deadLetters()),
    async state(repositoryId) {
      const store = await openLowdbStore({ directory, log: keepingLog(), clock });
      try {
        return await store.load(repositoryId);
      } finally {
        await store.close();
      }
    },
    async drop() {
      if (mounted) await run('umount', [directory]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A database of its own on the server. */
export async function onPostgres(server: PrivatePostgres): Promise<Backend> {
  const { url, drop } = await server.database();
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-chaos-'));
  const query = async <Row extends pg.QueryResultRow>(text: string): Promise<readonly Row[]> => {
    const client = new pg.Client({ connectionString: url });
    // The query that is under way fails on its own.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  };
  await recordArrivals(url, query);
  return {
    env: { dataDirectory: directory, database: { url, poolSize: 4 } },
    async buryTheDead() {
      await query(
        `update ${BOSS_SCHEMA}.job set state = 'retry', start_after = now() where state = 'active'`,
      ).catch(() => []);
    },
    async accepted() {
      const rows = await query<{ data: unknown }>('select data from arrivals order by created_on, id');
      return rows.map(({ data }) => Job.parse(data));
    },
    deadLetters: () =>
      query<{ deliveryId: string; reason: string }>(
        'select delivery_id as "deliveryId", reason from offbeat.dead_letters',
      ),
    async state(repositoryId) {
      const database = openDatabase({ url, poolSize: 1, onError: () => undefined });
      const store = openPostgresStore({ database, log: keepingLog(), clock });
      try {
        return await store.load(repositoryId);
      } finally {
        await store.close();
        await database.destroy();
      }
    },
    async drop() {
      await drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What is done leaves the queue: a trigger remembers all that ever came, in the same transaction. */
async function recordArrivals(url: string, query: (text: string) => Promise<unknown>): Promise<void> {
  const database = openDatabase({ url, poolSize: 1, onError: () => undefined });
  const boss = await migrate(database).then(() => startBoss({ connection: { url }, log: keepingLog() }));
  await boss.stop({ graceful: false });
  await database.destroy();
  await query(`
    create table arrivals (id uuid primary key, created_on timestamptz, data jsonb);
    create function record_arrival() returns trigger language plpgsql as $$
      begin
        if new.name like 'deliveries.%' then
          -- One that failed is taken out and put in again under the same id.
          insert into arrivals values (new.id, new.created_on, new.data) on conflict do nothing;
        end if;
        return null;
      end $$;
    create trigger arrival after insert on ${BOSS_SCHEMA}.job for each row execute function record_arrival();
  `);
}

async function mount(directory: string): Promise<boolean> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', directory]);
    return true;
  } catch {
    // Only root may.
    return false;
  }
}

async function fill(directory: string, forMs: number): Promise<void> {
  const ballast = join(directory, 'ballast');
  const { bavail, bsize } = await statfs(directory);
  // What a running server frees or takes meanwhile is part of the trouble.
  await writeFile(ballast, Buffer.alloc(bavail * bsize)).catch(() => undefined);
  await sleep(forMs);
  await rm(ballast, { force: true });
}

/** Reads what the App has left, as the next process on the directory would. */
async function withQueue<T>(
  directory: string,
  read: (queue: InProcessQueue, data: DataDirectory) => Promise<T>,
): Promise<T> {
  const log = keepingLog();
  const data = await openDataDirectory({ directory, log });
  try {
    const handle = () => Promise.reject(new Error('Nothing is handled here.'));
    const queue = await createInProcessQueue({ data, handle, log, clock, random: () => 0.5, concurrency: 0 });
    const result = await read(queue, data);
    await queue.drain();
    return result;
  } finally {
    await data.close();
  }
}

async function readAccepted(_queue: InProcessQueue, { journal }: DataDirectory): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  await journal.walk(({ body }) => {
    const line: { job?: unknown } = JSON.parse(body);
    if (line.job !== undefined) jobs.push(Job.parse(line.job));
  });
  return jobs;
}
