import type { PgBoss } from 'pg-boss';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WorkerPool } from '../../src/queue/pg-boss/worker-pool.ts';

const EXPIRE_SECONDS = 7_200;
const HEARTBEAT_SECONDS = 20;
const ENOUGH_MS = 5_000;
const QUEUES = ['deliveries.0', 'deliveries.1'];

/** A pool with two queues that hold so many jobs, and functions to finish these. */
function scene(counts: readonly [number, number]) {
  const waiting = new Map(
    QUEUES.map((queue, index) => [
      queue,
      Array.from({ length: counts[index] ?? 0 }, (_, number) => ({
        id: `${index}/${number}`,
        data: null,
        retryCount: 0,
        expireInSeconds: EXPIRE_SECONDS,
      })),
    ]),
  );
  const fetched: string[] = [];
  const touched: string[][] = [];
  const handedBack: string[] = [];
  const began: string[] = [];
  const finish = new Map<string, () => void>();
  const warnings: string[] = [];
  let isAway = false;
  let wake: (queues: readonly string[]) => void = () => undefined;
  const boss = {
    async fetch(queue: string, { batchSize }: { batchSize: number }) {
      if (isAway) throw new Error('gone');
      const jobs = waiting.get(queue)?.splice(0, batchSize) ?? [];
      if (jobs.length > 0) fetched.push(`${queue}: ${jobs.length} of ${batchSize}`);
      return jobs;
    },
    async touch(_queue: string, held: readonly { id: string }[]) {
      touched.push(held.map(({ id }) => id));
    },
    async fail(_queue: string, { id }: { id: string }) {
      handedBack.push(id);
    },
  } as unknown as PgBoss;
  const pool = new WorkerPool({
    boss,
    queues: QUEUES,
    async handle(_queue, { id }) {
      began.push(id);
      await new Promise<void>((resolve) => {
        finish.set(id, resolve);
      });
    },
    async listen(onArrival) {
      wake = onArrival;
      return { close: async () => undefined };
    },
    log: { debug() {}, info() {}, warn: (_fields, message) => void warnings.push(message), error() {} },
    heartbeatSeconds: HEARTBEAT_SECONDS,
  });
  return {
    pool,
    fetched,
    touched,
    handedBack,
    began,
    warnings,
    finish: (id: string) => finish.get(id)?.(),
    arrive(queue: string, id: string) {
      waiting.get(queue)?.push({ id, data: null, retryCount: 0, expireInSeconds: EXPIRE_SECONDS });
      wake([queue]);
    },
    setAway(value: boolean) {
      isAway = value;
    },
  };
}

describe('WorkerPool', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('claims no more than it has free slots, and fills a slot as soon as it is free', async () => {
    const { pool, began, finish, fetched } = scene([5, 0]);
    await pool.start(2);
    await vi.advanceTimersByTimeAsync(ENOUGH_MS);
    expect(began).toEqual(['0/0', '0/1']);
    finish('0/1');
    await vi.advanceTimersByTimeAsync(0);
    expect(began).toEqual(['0/0', '0/1', '0/2']);
    expect(fetched).toEqual(['deliveries.0: 2 of 2', 'deliveries.0: 1 of 1']);
  });

  it('gives each queue its turn when all hold more than it can handle', async () => {
    const { pool, began, finish } = scene([9, 9]);
    await pool.start(1);
    await vi.advanceTimersByTimeAsync(0);
    for (let count = 0; count < 3; count += 1) {
      finish(began.at(-1) ?? '');
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(began).toEqual(['0/0', '1/0', '0/1', '1/1']);
  });

  it('claims a delivery when a notification names its queue, without waiting for a poll', async () => {
    const { pool, began, arrive } = scene([0, 0]);
    await pool.start(2);
    await vi.advanceTimersByTimeAsync(ENOUGH_MS + 100);
    arrive('deliveries.1', 'new');
    await vi.advanceTimersByTimeAsync(0);
    expect(began).toEqual(['new']);
  });

  it('waits for the running jobs when it stops, and begins no others', async () => {
    const { pool, began, finish } = scene([3, 0]);
    await pool.start(2);
    await vi.advanceTimersByTimeAsync(ENOUGH_MS);
    const stopped = vi.fn();
    const stopping = pool.stop().then(stopped);
    finish('0/0');
    await vi.advanceTimersByTimeAsync(ENOUGH_MS);
    expect(stopped).not.toHaveBeenCalled();
    finish('0/1');
    await stopping;
    expect(began).toEqual(['0/0', '0/1']);
  });

  it('stops within half a minute although a job hangs, and hands that one back', async () => {
    const { pool, handedBack, finish } = scene([2, 0]);
    await pool.start(2);
    await vi.advanceTimersByTimeAsync(ENOUGH_MS);
    const stopped = vi.fn();
    void pool.stop().then(stopped);
    finish('0/0');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(stopped).toHaveBeenCalled();
    expect(handedBack).toEqual(['0/1']);
  });

  it('sends heartbeats for a running job until its time is up; then its slot is free', async () => {
    const { pool, began, touched } = scene([2, 0]);
    await pool.start(1);
    await vi.advanceTimersByTimeAsync(HEARTBEAT_SECONDS * 1_000);
    expect(touched).toContainEqual(['0/0']);
    await vi.advanceTimersByTimeAsync(EXPIRE_SECONDS * 1_000);
    expect(began).toEqual(['0/0', '0/1']);
    expect(touched.at(-1)).toEqual(['0/1']);
  });

  it('warns once while nothing can be fetched, and goes on when that is over', async () => {
    const { pool, began, warnings, setAway } = scene([1, 0]);
    setAway(true);
    await pool.start(1);
    await vi.advanceTimersByTimeAsync(ENOUGH_MS);
    expect(began).toEqual([]);
    expect(warnings).toHaveLength(1);
    setAway(false);
    await vi.advanceTimersByTimeAsync(ENOUGH_MS);
    expect(began).toEqual(['0/0']);
  });
});
