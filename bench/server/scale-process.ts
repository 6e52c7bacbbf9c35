import { createInProcessQueue } from '../../src/queue/in-process.ts';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { benchContext, benchLog, benchRepository, systemClock } from './context.ts';
import { jobOf, type Traffic } from './deliveries.ts';
import { benchJobHandler } from './process-job.ts';

/** Opens a store, works off some runs past the HTTP side, and tells what that cost. */
export type ScaleOrder =
  | { readonly kind: 'open'; readonly directory: string; readonly newRepositories: number }
  | { readonly kind: 'work'; readonly traffic: Traffic; readonly runs: number }
  | { readonly kind: 'memory' }
  | { readonly kind: 'close' };

export interface Opened {
  readonly startMs: number;
}
export interface Worked {
  readonly microsecondsAnEvent: number;
  readonly cpuMicrosecondsAnEvent: number;
}
export interface Memory {
  readonly rssBytes: number;
}

/** Deliveries accepted and not yet worked off, at most: about what as many connections bring. */
const IN_FLIGHT = 50;

type Opener = Awaited<ReturnType<typeof open>>;
let opened: Opener | undefined;

async function open(directory: string) {
  const store = await openLowdbStore({ directory, log: benchLog, clock: systemClock });
  const queue = await createInProcessQueue({
    directory: `${directory}/queue`,
    ledger: store,
    handle: benchJobHandler(benchContext(store)),
    log: benchLog,
    clock: systemClock,
    random: Math.random,
  });
  return { store, queue };
}

async function work({ queue }: Opener, traffic: Traffic, runs: number): Promise<Worked> {
  const now = Date.now();
  let spentMs = 0;
  let spentCpu = 0;
  for (let done = 0; done < runs; done += IN_FLIGHT) {
    const count = Math.min(IN_FLIGHT, runs - done);
    // Making them is not what is measured.
    const jobs = Array.from({ length: count }, (_, index) =>
      jobOf(traffic, traffic.from + done + index, now),
    );
    const started = performance.now();
    const cpu = process.cpuUsage();
    await Promise.all(jobs.map((job) => queue.accept(job)));
    await queue.idle();
    spentMs += performance.now() - started;
    const used = process.cpuUsage(cpu);
    spentCpu += used.user + used.system;
  }
  return { microsecondsAnEvent: (spentMs * 1_000) / runs, cpuMicrosecondsAnEvent: spentCpu / runs };
}

async function answer(order: ScaleOrder): Promise<unknown> {
  if (order.kind === 'open') {
    const started = performance.now();
    opened = await open(order.directory);
    const startMs = performance.now() - started;
    for (let index = 0; index < order.newRepositories; index += 1) {
      const { id, change } = benchRepository(index, Date.now());
      await opened.store.apply(id, change);
    }
    return { startMs } satisfies Opened;
  }
  if (opened === undefined) throw new Error('Nothing is open.');
  if (order.kind === 'work') return work(opened, order.traffic, order.runs);
  if (order.kind === 'memory') {
    globalThis.gc?.();
    return { rssBytes: process.memoryUsage.rss() } satisfies Memory;
  }
  await opened.queue.drain();
  await opened.store.close();
  return null;
}

process.on('message', (order: ScaleOrder) => {
  void answer(order).then(
    (reply) => {
      process.send?.(reply);
      if (order.kind === 'close') process.disconnect();
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
