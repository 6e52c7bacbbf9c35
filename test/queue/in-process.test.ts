import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createInProcessQueue } from '../../src/queue/in-process.ts';
import type { Ledger, Queue } from '../../src/queue/queue.ts';
import { job, type OpenQueue, queueContract } from './contract.ts';

const queues: Queue[] = [];
const directories: string[] = [];

afterEach(async () => {
  for (const queue of queues.splice(0)) await queue.drain();
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});

/** Everything settled is safe at once. */
function memoryLedger(): Ledger & { readonly applied: Map<number, number> } {
  const applied = new Map<number, number>();
  return {
    applied,
    appliedThrough: async (id) => applied.get(id) ?? 0,
    during: (_id, _sequence, work) => work(),
    settled: (id, sequence) => void applied.set(id, sequence),
    checkpoint: async () => undefined,
  };
}

const log = { debug() {}, info() {}, warn() {}, error() {} };

async function begin(
  ledger: Ledger = memoryLedger(),
  more: { segmentBytes?: number } = {},
): Promise<OpenQueue & { directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-queue-'));
  directories.push(directory);
  const open: OpenQueue = async (setting) => {
    const queue = await createInProcessQueue({
      directory,
      ledger,
      log,
      clock: { now: () => 0 },
      random: () => 0.5,
      firstRetryMs: 1,
      ...more,
      ...setting,
    });
    queues.push(queue);
    return queue;
  };
  return Object.assign(open, { directory });
}

queueContract('the in-process queue', () => begin());
queueContract('the in-process queue with a journal that is cut all the time', () =>
  begin(memoryLedger(), { segmentBytes: 1 }),
);

describe('the in-process queue', () => {
  it('handles again, in the order accepted, only what the ledger does not have', async () => {
    const ledger = memoryLedger();
    const open = await begin(ledger);
    const first = await open({ handle: async () => undefined });
    for (const id of [1, 2, 3, 4]) await first.accept(job(id));
    await first.idle();
    await first.drain();
    ledger.applied.set(1, 2);
    const again: string[] = [];
    const second = await open({ handle: async ({ deliveryId }) => void again.push(deliveryId) });
    await second.idle();
    expect(again).toEqual(['delivery-3', 'delivery-4']);
  });

  it('lets the event loop turn between jobs that wait for nothing', async () => {
    let turned = false;
    const seen: boolean[] = [];
    const open = await begin();
    const queue = await open({
      async handle() {
        if (seen.length === 0) setImmediate(() => (turned = true));
        seen.push(turned);
        const until = performance.now() + 4;
        while (performance.now() < until);
      },
    });
    await Promise.all(Array.from({ length: 12 }, (_, id) => queue.accept(job(id))));
    await queue.idle();
    expect(seen).toHaveLength(12);
    expect(seen[0]).toBe(false);
    expect(seen.at(-1)).toBe(true);
  });

  it('keeps its journal short while it works', async () => {
    const open = await begin(memoryLedger(), { segmentBytes: 1 });
    const queue = await open({ handle: async () => undefined });
    for (let id = 0; id < 40; id += 1) {
      await queue.accept(job(id));
      await queue.idle();
    }
    const { readdir } = await import('node:fs/promises');
    expect((await readdir(join(open.directory, 'deliveries'))).length).toBeLessThan(20);
  });

  it('drops nothing that is still waiting', async () => {
    const open = await begin(memoryLedger(), { segmentBytes: 1 });
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const first = await open({
      handle: ({ deliveryId }) => (deliveryId === 'delivery-0' ? held : Promise.resolve()),
    });
    for (let id = 0; id < 30; id += 1) await first.accept(job(id, id === 0 ? 7 : 8));
    // The process dies while the first delivery is under way: what it did is in no ledger.
    const seen: string[] = [];
    const second = await open({ handle: async ({ deliveryId }) => void seen.push(deliveryId) });
    await second.idle();
    letGo();
    expect(seen).toContain('delivery-0');
  });

  it('passes over a line torn by a crash and keeps the rest', async () => {
    const ledger = memoryLedger();
    const open = await begin(ledger);
    const first = await open({ handle: async () => undefined });
    await first.accept(job(1));
    await first.drain();
    ledger.applied.clear();
    const path = join(open.directory, 'deliveries', `${'1'.padStart(16, '0')}.ndjson`);
    await writeFile(path, '{"seq":2,"crc":"00000000","body":{"job":', { flag: 'a' });
    const seen: string[] = [];
    const second = await open({ handle: async ({ deliveryId }) => void seen.push(deliveryId) });
    await second.idle();
    expect(seen).toEqual(['delivery-1']);
    expect(await second.accept(job(2))).toBe('accepted');
  });
});
