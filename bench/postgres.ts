import { sql } from 'kysely';
import { openDatabase } from '../src/database/connect.ts';
import { migrate } from '../src/database/migrate.ts';
import { startBoss } from '../src/queue/pg-boss/boss.ts';
import { openPgBossQueue } from '../src/queue/pg-boss/pg-boss-queue.ts';
import type { AcceptedJob } from '../src/queue/queue.ts';
import { openPostgresStore } from '../src/store/postgres/postgres-store.ts';
import { delivery, observe, REPOSITORIES } from './postgres/learning.ts';
import { benchDatabase } from './server/bench-database.ts';

/*
 * What one process does on PostgreSQL: deliveries accepted a second, deliveries learned a second over many repositories
 * and of a single one, and the time from acceptance to the commit where nothing else is going on. The database is made
 * anew on the server that BENCH_DATABASE_URL names, and dropped at the end.
 */

const DELIVERIES = 4_000;
const OF_ONE = 500;
const ALONE = 200;

const log = { debug() {}, info() {}, warn: console.error, error: console.error };
const clock = { now: () => Date.now() };

const own = await benchDatabase();
if (own === null) throw new Error('Set BENCH_DATABASE_URL.');
const { url } = own;
// A lost connection fails whatever runs on it; at the end they may be closed from both sides at once.
const database = openDatabase({ url, poolSize: 10, onError: () => undefined });
await migrate(database);
const store = openPostgresStore({ database, log, clock });
const boss = await startBoss({ connection: { url }, log });
const finished = new Map<string, number>();

async function handle(job: AcceptedJob): Promise<void> {
  await observe(store, job);
  finished.set(job.deliveryId, performance.now());
}

const options = { database, boss, transactions: store, handle, log, clock };
const perSecond = (count: number, since: number): number =>
  Math.round((count / (performance.now() - since)) * 1_000);

const door = await openPgBossQueue({ ...options, concurrency: 0 });
let next = 0;
let since = performance.now();
await Promise.all(
  Array.from({ length: DELIVERIES }, () => {
    next += 1;
    return door.accept(delivery(next, 1 + (next % REPOSITORIES)));
  }),
);
console.log(`accepted, all at once: ${perSecond(DELIVERIES, since)}/s`);

since = performance.now();
const queue = await openPgBossQueue(options);
await queue.idle();
console.log(`learned, ${REPOSITORIES} repositories: ${perSecond(DELIVERIES, since)}/s`);

since = performance.now();
for (let count = 0; count < OF_ONE; count += 1) void queue.accept(delivery(++next, 1));
await queue.idle();
console.log(`learned, one repository: ${perSecond(OF_ONE, since)}/s`);

const accepting: number[] = [];
const waits: number[] = [];
for (let count = 0; count < ALONE; count += 1) {
  const job = delivery(++next, 1 + (count % REPOSITORIES));
  const begun = performance.now();
  await queue.accept(job);
  accepting.push(performance.now() - begun);
  while (!finished.has(job.deliveryId)) await new Promise((resolve) => setTimeout(resolve, 1));
  waits.push((finished.get(job.deliveryId) ?? 0) - begun);
}
const quantile = (values: number[], level: number): string =>
  (values.toSorted((a, b) => a - b)[Math.floor(level * values.length)] ?? 0).toFixed(1);
console.log(`one at a time: accepted in ${quantile(accepting, 0.5)} ms (95 %: ${quantile(accepting, 0.95)})`);
console.log(
  `one at a time: begun and handled ${quantile(waits, 0.5)} ms after it came (95 %: ${quantile(waits, 0.95)})`,
);
const { rows } = await sql<{ size: string }>`
  select pg_size_pretty(sum(pg_total_relation_size(oid))) as size from pg_class
  where relnamespace = 'offbeat'::regnamespace and relkind in ('r', 'p')`.execute(database);
console.log(`tables: ${rows[0]?.size}`);

await queue.drain();
await door.drain();
await boss.stop({ graceful: false });
await database.destroy();
await own.drop();
