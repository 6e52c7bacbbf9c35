import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Storage } from '../../src/serve/storage.ts';
import { type BenchDatabase, benchDatabase, NO_DATABASE } from './bench-database.ts';
import { benchRepository } from './context.ts';
import { jobOf, type Traffic } from './deliveries.ts';
import {
  atLeast,
  atMost,
  type Figure,
  median,
  milliseconds,
  quantile,
  shown,
  times,
  whole,
} from './figures.ts';
import { openBenchStorage } from './open-storage.ts';
import type { WorkerNews, WorkerOrder } from './worker-process.ts';

const LEAST_PER_SECOND = 100;
const LEAST_TWO_AGAINST_ONE = 1.25;
const LEAST_WITH_MANY_WAITING = 0.5;
const MOST_START_MS = 200;
/** A call of GitHub's API. */
const CALL_MS = 50;
const REPOSITORIES = 200;
/** Every other run is scheduled and of a new commit, and asks GitHub twice: one call a delivery on average. */
const WORKFLOWS = 2;
/** Deliveries accepted at once while the queue is filled. */
const ACCEPTED_TOGETHER = 500;
/** Between two deliveries to an idle worker; not a divisor of the poll's period. */
const IDLE_GAP_MS = 130;
/** Deliveries by which a worker that has just started gets ready: it opens connections, and the compiler warms up. */
const FIRST_DELIVERIES = 20;

export interface WorkersSizes {
  readonly rounds: number;
  /** Deliveries handled by each worker before the clock starts: the compiler warms up. */
  readonly warmUp: number;
  /** Deliveries over which a rate is taken. */
  readonly measured: number;
  /** Deliveries that wait at least, while a rate is taken. */
  readonly waiting: number;
}

/** A database with known repositories, and the process that accepts for it. */
class Site {
  readonly #database: BenchDatabase;
  readonly #directory: string;
  readonly #storage: Storage;
  readonly #traffic: Traffic = {
    repositories: REPOSITORIES,
    workflowsPerRepository: WORKFLOWS,
    burst: 1,
    from: 0,
    newCommits: true,
  };
  #accepted = 0;
  #handled = 0;

  private constructor(database: BenchDatabase, directory: string, storage: Storage) {
    this.#database = database;
    this.#directory = directory;
    this.#storage = storage;
  }

  static async open(): Promise<Site | null> {
    const database = await benchDatabase();
    if (database === null) return null;
    const directory = await mkdtemp(join(tmpdir(), 'offbeat-bench-'));
    const storage = await openBenchStorage({ directory, url: database.url, workers: 0, learns: false });
    for (let index = 0; index < REPOSITORIES; index += 1) {
      const { id, change } = benchRepository(index, Date.now());
      await storage.store.apply(id, change);
    }
    return new Site(database, directory, storage);
  }

  /** Accepts one delivery; resolves with its id and when it was safe (epoch ms, with a fraction). */
  async acceptOne(): Promise<{ readonly deliveryId: string; readonly at: number }> {
    const job = jobOf(this.#traffic, this.#accepted, Date.now());
    this.#accepted += 1;
    await this.#storage.queue.accept(job);
    return { deliveryId: job.deliveryId, at: performance.timeOrigin + performance.now() };
  }

  /** Accepts as many as it takes for `count` to wait. */
  async fillTo(count: number): Promise<void> {
    while (this.#accepted - this.#handled < count) {
      const missing = Math.min(ACCEPTED_TOGETHER, count - (this.#accepted - this.#handled));
      await Promise.all(Array.from({ length: missing }, () => this.acceptOne()));
    }
  }

  async startWorker(learns: boolean): Promise<ChildProcess> {
    const worker = fork(join(import.meta.dirname, 'worker-process.ts'));
    const order: WorkerOrder = {
      directory: this.#directory,
      url: this.#database.url,
      callMs: CALL_MS,
      workflows: WORKFLOWS,
      learns,
    };
    worker.send(order);
    return worker;
  }

  /** Deliveries a second that so many workers handle, warm, while never fewer than `waiting` wait. */
  async rateOf(count: number, { waiting, warmUp, measured }: Omit<WorkersSizes, 'rounds'>): Promise<Rate> {
    await this.fillTo(waiting + warmUp * count + measured);
    const workers = await Promise.all(Array.from({ length: count }, () => this.startWorker(true)));
    try {
      const before = await handledBy(workers, warmUp * count);
      const after = await handledBy(workers, warmUp * count + measured);
      this.#handled += after.handled;
      const handled = after.handled - before.handled;
      return {
        perSecond: (handled / (after.at - before.at)) * 1_000,
        callsEach: (after.calls - before.calls) / handled,
        workerCpu: (after.cpuMicroseconds - before.cpuMicroseconds) / handled,
      };
    } finally {
      await Promise.all(workers.map(stop));
    }
  }

  async close(): Promise<void> {
    await this.#storage.close();
    await this.#database.drop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

interface Rate {
  readonly perSecond: number;
  readonly callsEach: number;
  readonly workerCpu: number;
}

/** What two worker processes do a second on PostgreSQL, against one, when GitHub takes its time and much waits. */
export async function benchWorkers(sizes: WorkersSizes): Promise<readonly Figure[]> {
  const site = await Site.open();
  if (site === null) return [shown('workers', NO_DATABASE)];
  try {
    const one: Rate[] = [];
    const two: Rate[] = [];
    for (let round = 0; round < sizes.rounds; round += 1) {
      // Whoever goes first this time goes last the next.
      for (const count of round % 2 === 0 ? [1, 2] : [2, 1]) {
        (count === 1 ? one : two).push(await site.rateOf(count, sizes));
      }
    }
    const ratio = median(
      two.map(({ perSecond }, round) => perSecond / (one[round]?.perSecond ?? Number.NaN)),
    );
    const calls = median([...one, ...two].map(({ callsEach }) => callsEach));
    return [
      atLeast(
        `one worker, ${CALL_MS} ms a GitHub call, ${calls.toFixed(2)} calls a delivery: deliveries/s`,
        median(one.map(({ perSecond }) => perSecond)),
        LEAST_PER_SECOND,
        whole,
      ),
      shown(
        'processor time a delivery, one worker · two',
        [one, two].map((rates) => `${whole(median(rates.map(({ workerCpu }) => workerCpu)))} µs`).join(' · '),
      ),
      atLeast(
        `two workers against one, ${whole(sizes.waiting)} waiting`,
        ratio,
        LEAST_TWO_AGAINST_ONE,
        times,
      ),
    ];
  } finally {
    await site.close();
  }
}

/** What one worker does a second while very many deliveries wait, against few, on two databases in turns. */
export async function benchBacklog(
  sizes: WorkersSizes & { readonly fewWaiting: number },
): Promise<readonly Figure[]> {
  const [few, many] = [await Site.open(), await Site.open()];
  const name = `${whole(sizes.waiting)} deliveries waiting against ${whole(sizes.fewWaiting)}`;
  if (few === null || many === null) return [shown(name, NO_DATABASE)];
  try {
    const rates: { few: number; many: number }[] = [];
    for (let round = 0; round < sizes.rounds; round += 1) {
      const ofFew = await few.rateOf(1, { ...sizes, waiting: sizes.fewWaiting });
      const ofMany = await many.rateOf(1, sizes);
      rates.push({ few: ofFew.perSecond, many: ofMany.perSecond });
    }
    const ratio = median(rates.map((each) => each.many / each.few));
    const [withMany, withFew] = [rates.map((each) => each.many), rates.map((each) => each.few)];
    const shownRates = `${whole(median(withMany))} · ${whole(median(withFew))}/s`;
    return [atLeast(`${name}: rate (${shownRates})`, ratio, LEAST_WITH_MANY_WAITING, times)];
  } finally {
    await few.close();
    await many.close();
  }
}

/** How long after its commit a delivery is begun by a worker in another process that has nothing else to do. */
export async function benchIdle({ deliveries }: { readonly deliveries: number }): Promise<readonly Figure[]> {
  const name = 'idle, from commit to start, p99';
  const site = await Site.open();
  if (site === null) return [shown(name, NO_DATABASE)];
  try {
    const worker = await site.startWorker(false);
    try {
      const begun = new Map<string, number>();
      worker.on('message', (news: WorkerNews) => {
        for (const { deliveryId, at } of news.begun) begun.set(deliveryId, at);
      });
      const waits: number[] = [];
      for (let count = -FIRST_DELIVERIES; count < deliveries; count += 1) {
        const { deliveryId, at } = await site.acceptOne();
        while (!begun.has(deliveryId)) {
          if (worker.exitCode !== null) throw new Error('A worker of the bench ended.');
          await wait(IDLE_GAP_MS);
        }
        // What began before the answer came back has not waited.
        if (count >= 0) waits.push(Math.max(0, (begun.get(deliveryId) ?? at) - at));
      }
      return [
        shown('idle, from commit to start, median', milliseconds(median(waits))),
        atMost(name, quantile(waits, 0.99), MOST_START_MS, milliseconds),
      ];
    } finally {
      await stop(worker);
    }
  } finally {
    await site.close();
  }
}

async function stop(worker: ChildProcess): Promise<void> {
  worker.kill('SIGKILL');
  if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit');
}

/** The sums over all workers, and when they were heard of (ms by the clock of `performance`). */
type Sums = Omit<WorkerNews, 'begun'> & { readonly at: number };

/** Resolves with the first news by which so many were handled in all, and by every worker some. */
function handledBy(workers: readonly ChildProcess[], least: number): Promise<Sums> {
  return new Promise((resolve, reject) => {
    const newest = new Map<ChildProcess, WorkerNews>();
    for (const worker of workers) {
      worker.on('exit', () => reject(new Error('A worker of the bench ended.')));
      worker.on('message', (news: WorkerNews) => {
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
