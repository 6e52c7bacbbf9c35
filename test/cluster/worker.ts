import { writeSync } from 'node:fs';
import pg from 'pg';
import { openDatabase } from '../../src/database/connect.ts';
import { startBoss } from '../../src/queue/pg-boss/boss.ts';
import { openPgBossQueue } from '../../src/queue/pg-boss/pg-boss-queue.ts';
import type { AcceptedJob } from '../../src/queue/queue.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { clock, profile, run } from '../store/sample.ts';

/**
 * A worker process on the database in `argv[2]`: learns each delivery in a way that shows when one is applied twice,
 * and takes a lock of the server's on its repository meanwhile, which shows when another process is at the same one.
 * Writes a line for each thing that happens. In the middle of the delivery `argv[3]` it waits for ever.
 */
const [, , url = '', hangsIn = ''] = process.argv;
const log = { debug() {}, info() {}, warn() {}, error() {} };
const say = (text: string): void => void writeSync(1, `${text}\n`);

const database = openDatabase({ url, poolSize: 6, onError: () => undefined });
const store = openPostgresStore({ database, log, clock });
const guard = new pg.Pool({ connectionString: url, max: 20 });
guard.on('error', () => undefined);
guard.on('connect', (client) => void client.on('error', () => undefined));

async function handle(job: AcceptedJob): Promise<void> {
  const repositoryId = job.repositoryId ?? 0;
  const { id } = job.payload as { id: number };
  const lock = await guard.connect();
  try {
    const { rows } = await lock.query('select pg_try_advisory_lock($1, 1) as mine', [repositoryId]);
    if (rows[0]?.mine !== true) say(`overlap ${repositoryId}`);
    const state = await store.load(repositoryId);
    const population = state?.population;
    await store.apply(repositoryId, {
      ...(state === undefined ? { profile: profile(repositoryId) } : {}),
      runs: [run(id)],
      ...(population === undefined
        ? {}
        : { population: { ...population, runsLearned: population.runsLearned + 1 } }),
      learningEvents: [
        { at: id, kind: 'adapted', strategy: 'default', before: null, after: null, why: `run ${id}` },
      ],
      latenessPool: { count: 1, level: 0, drift: [] },
    });
    say(`handling ${id}`);
    if (hangsIn === String(id)) await new Promise(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, id % 5));
    await lock.query('select pg_advisory_unlock($1, 1)', [repositoryId]);
  } finally {
    lock.release();
  }
}

const boss = await startBoss({ connection: { url }, log, superviseSeconds: 1 });
await openPgBossQueue({
  database,
  boss,
  transactions: store,
  handle,
  log,
  clock,
  // Fewer than there are repositories: what one process cannot begin at once is left to the other.
  concurrency: 4,
  heartbeatSeconds: 10,
});
say('ready');
