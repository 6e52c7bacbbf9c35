import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/database/connect.ts';
import { migrate } from '../../src/database/migrate.ts';
import { startBoss } from '../../src/queue/pg-boss/boss.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { openAccepting } from './accepting.ts';
import { benchDatabase, databaseCpuMicroseconds } from './bench-database.ts';
import { benchLog, benchRepository, systemClock } from './context.ts';
import { jobOf, type Traffic } from './deliveries.ts';
import { type Figure, median, whole } from './figures.ts';
import type { WorkerNews, WorkerOrder } from './worker-process.ts';

const LEAST_RATIO = 1.6;
/** A call of GitHub's API. */
const CALL_MS = 50;
const REPOSITORIES = 200;
/** Every other run is scheduled and of a new commit, and asks GitHub twice: one call a delivery on average. */
const WORKFLOWS = 2;
/** Handled by each worker before the clock starts: they have just been started, as no worker in use has. */
const WARM_UP = 700;

/** What two worker processes learn a second on PostgreSQL, against one, when GitHub takes its time. */
export async function benchWorkers(options: {
  readonly rounds: number;
  readonly runs: number;
}): Promise<readonly Figure[]> {
  const own = await benchDatabase();
  if (own === null) {
    console.log('No PostgreSQL: set BENCH_DATABASE_URL.');
    return [];
  }
  const { url } = own;
  const database = openDatabase({ url, poolSize: 10, onError: (error) => console.error(error) });
  const boss = await migrate(database).then(() => startBoss({ connection: { url }, log: benchLog }));
  try {
    const store = openPostgresStore({ database, log: benchLog, clock: systemClock });
    for (let index = 0; index < REPOSITORIES; index += 1) {
      const { id, change } = benchRepository(index, Date.now());
      await store.apply(id, change);
    }
    const door = await openAccepting(database, boss, store);
    const measured: Measured[][] = [];
    let from = 0;
    for (let round = 0; round <= options.rounds; round += 1) {
      // Whoever goes first this time goes last the next.
      const counts = round % 2 === 0 ? [1, 2] : [2, 1];
      const both: Measured[] = [];
      for (const count of counts) {
        both[count - 1] = await measure({ database, url, door, count, from, runs: options.runs });
        from += options.runs + WARM_UP * count;
      }
      // The first round grows tables and caches.
      if (round > 0) measured.push(both);
    }
    await door.drain();
    return figuresOf(measured);
  } finally {
    await boss.stop({ graceful: false });
    await database.destroy();
    await own.drop();
  }
}

interface Measured {
  readonly perSecond: number;
  readonly callsEach: number;
  readonly workerCpu: number;
  readonly databaseCpu: number | null;
}

interface Round {
  readonly database: Database;
  readonly url: string;
  readonly door: Queue;
  readonly count: number;
  readonly from: number;
  readonly runs: number;
}

/** From the moment the workers are warm to the last delivery handled; all have been accepted before. */
async function measure({ database, url, door, count, from, runs }: Round): Promise<Measured> {
  const workers = await Promise.all(Array.from({ length: count }, () => startWorker(url)));
  try {
    const traffic: Traffic = {
      repositories: REPOSITORIES,
      workflowsPerRepository: WORKFLOWS,
      burst: 1,
      from,
      newCommits: true,
    };
    const now = Date.now();
    const warmUp = WARM_UP * count;
    await Promise.all(
      Array.from({ length: warmUp + runs }, (_, index) => door.accept(jobOf(traffic, from + index, now))),
    );
    for (const worker of workers) worker.send({ kind: 'go' } satisfies WorkerOrder);
    const before = await handledBy(workers, warmUp);
    const cpuBefore = await databaseCpuMicroseconds(database);
    const after = await handledBy(workers, warmUp + runs);
    const cpuAfter = await databaseCpuMicroseconds(database);
    await door.idle();
    const handled = after.handled - before.handled;
    return {
      perSecond: (handled / (after.at - before.at)) * 1_000,
      callsEach: (after.calls - before.calls) / handled,
      workerCpu: (after.cpuMicroseconds - before.cpuMicroseconds) / handled,
      databaseCpu: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / handled,
    };
  } finally {
    for (const worker of workers) {
      worker.kill('SIGKILL');
      if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit');
    }
  }
}

async function startWorker(url: string): Promise<ChildProcess> {
  const worker = fork(join(import.meta.dirname, 'worker-process.ts'));
  const order: WorkerOrder = { kind: 'open', url, callMs: CALL_MS, workflows: WORKFLOWS };
  worker.send(order);
  await once(worker, 'message');
  return worker;
}

/** The sums over all workers, and when they were heard of (ms by the clock of `performance`). */
type Sums = WorkerNews & { readonly at: number };

/** Resolves with the first news by which so many were handled in all. */
function handledBy(workers: readonly ChildProcess[], least: number): Promise<Sums> {
  return new Promise((resolve, reject) => {
    const newest = new Map<ChildProcess, WorkerNews>();
    for (const worker of workers) {
      worker.on('exit', () => reject(new Error('A worker of the bench ended.')));
      worker.on('message', (news: WorkerNews | 'ready') => {
        if (news === 'ready') return;
        newest.set(worker, news);
        const sum = (pick: (each: WorkerNews) => number): number =>
          [...newest.values()].reduce((all, each) => all + pick(each), 0);
        const handled = sum((each) => each.handled);
        if (handled < least || newest.size < workers.length) return;
        resolve({
          handled,
          calls: sum(({ calls }) => calls),
          cpuMicroseconds: sum(({ cpuMicroseconds }) => cpuMicroseconds),
          at: performance.now(),
        });
      });
    }
  });
}

function figuresOf(measured: readonly (readonly Measured[])[]): readonly Figure[] {
  const of = (count: number): readonly Measured[] => measured.map((both) => both[count - 1] as Measured);
  const speed = (count: number): number => median(of(count).map(({ perSecond }) => perSecond));
  const ratio = median(
    measured.map(([one, two]) => (two?.perSecond ?? Number.NaN) / (one?.perSecond ?? Number.NaN)),
  );
  const calls = median(measured.flat().map(({ callsEach }) => callsEach));
  const figures: Figure[] = [1, 2].map((count) => ({
    name: `${count} ${count === 1 ? 'worker' : 'workers'}, ${CALL_MS} ms a call, ${calls.toFixed(2)} calls a delivery: deliveries/s`,
    value: whole(speed(count)),
    bar: '',
    met: null,
  }));
  for (const count of [1, 2]) {
    const worker = median(of(count).map(({ workerCpu }) => workerCpu));
    const database = median(of(count).map(({ databaseCpu }) => databaseCpu ?? Number.NaN));
    figures.push({
      name: `${count}: processor time a delivery, workers · PostgreSQL`,
      value: `${whole(worker)} · ${Number.isNaN(database) ? '?' : whole(database)} µs`,
      bar: '',
      met: null,
    });
  }
  figures.push({
    name: 'two workers against one, median of rounds',
    value: `× ${ratio.toFixed(2)}`,
    bar: `≥ ${LEAST_RATIO}`,
    met: ratio >= LEAST_RATIO,
  });
  return figures;
}
