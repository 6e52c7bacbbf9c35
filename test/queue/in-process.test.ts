import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type DataDirectory, openDataDirectory } from '../../src/disk/data-directory.ts';
import { createInProcessQueue, type InProcessQueue } from '../../src/queue/in-process.ts';
import { copyLeftBehind } from '../left-behind.ts';
import { job, type QueueSetting, queueContract } from './contract.ts';

const opened: { readonly queue: InProcessQueue; readonly data: DataDirectory }[] = [];
const directories: string[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await close(each);
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function close({ queue, data }: (typeof opened)[number]): Promise<void> {
  await queue.drain();
  await data.close();
}

const log = { debug() {}, info() {}, warn() {}, error() {} };

async function freshDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-queue-'));
  directories.push(directory);
  return directory;
}

type OpenInProcess = (setting: QueueSetting) => Promise<InProcessQueue>;

/** Opens the queue of one directory; the one opened before is closed first. */
async function begin({
  directory,
  segmentBytes,
}: {
  readonly directory?: string;
  readonly segmentBytes?: number;
} = {}): Promise<OpenInProcess & { readonly directory: string }> {
  const path = directory ?? (await freshDirectory());
  let current: (typeof opened)[number] | undefined;
  const open: OpenInProcess = async (setting) => {
    if (current !== undefined) await close(current);
    const data = await openDataDirectory({ directory: path, log, segmentBytes });
    const clock = { now: () => 0 };
    const queue = await createInProcessQueue({
      data,
      log,
      clock,
      random: () => 0.5,
      firstRetryMs: 1,
      ...setting,
    });
    current = { queue, data };
    opened.push(current);
    return queue;
  };
  return Object.assign(open, { directory: path });
}

/** What a process that is killed now leaves behind. */
async function leftBehind(directory: string): Promise<string> {
  const copy = await freshDirectory();
  await copyLeftBehind(directory, copy);
  return copy;
}

/** The segments of the journal that hold something, oldest first. */
async function segmentsIn(directory: string): Promise<readonly string[]> {
  const names = (await readdir(join(directory, 'journal'))).filter((name) => name.endsWith('.ndjson')).sort();
  return names.map((name) => join(directory, 'journal', name));
}

queueContract('the in-process queue', () => begin(), 200);
queueContract('the in-process queue with a journal that is cut all the time', () =>
  begin({ segmentBytes: 1 }),
);

describe('the in-process queue', () => {
  it('handles again, in the order accepted, what was not done when the process was killed', async () => {
    const open = await begin();
    const held = Promise.withResolvers<void>();
    // The second delivery begins once it is on the disk that the first is done.
    const begun = Promise.withResolvers<void>();
    const first = await open({
      async handle({ deliveryId }) {
        if (deliveryId !== 'delivery-2') return;
        begun.resolve();
        await held.promise;
      },
    });
    for (const id of [1, 2, 3]) await first.accept(job(id));
    await begun.promise;
    const again: string[] = [];
    const second = await (await begin({ directory: await leftBehind(open.directory) }))({
      handle: async ({ deliveryId }) => void again.push(deliveryId),
    });
    await second.idle();
    expect(again).toEqual(['delivery-2', 'delivery-3']);
    held.resolve();
  });

  it('begins no job of a group before the disk has taken that the one before is done', async () => {
    const handled: string[] = [];
    const open = await begin();
    const queue = await open({ handle: async ({ deliveryId }) => void handled.push(deliveryId) });
    const journal = opened.at(-1)?.data.journal;
    if (journal === undefined) throw new Error('Nothing was opened.');
    const append = journal.append.bind(journal);
    let isFull = true;
    let tries = 0;
    vi.spyOn(journal, 'append').mockImplementation(async (body) => {
      if (!body.startsWith('{"done"')) return append(body);
      tries += 1;
      if (isFull) throw new Error('ENOSPC: no space left on device');
      return append(body);
    });
    for (const id of [1, 2]) await queue.accept(job(id));
    await vi.waitFor(() => expect(tries).toBeGreaterThan(1));
    expect(handled).toEqual(['delivery-1']);
    isFull = false;
    await queue.idle();
    expect(handled).toEqual(['delivery-1', 'delivery-2']);
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

  it('keeps its journal short while it works, and knows duplicates of what it has dropped', async () => {
    const open = await begin({ segmentBytes: 1 });
    const queue = await open({ handle: async () => undefined });
    for (let id = 0; id < 40; id += 1) {
      await queue.accept(job(id));
      await queue.idle();
    }
    expect((await segmentsIn(open.directory)).length).toBeLessThan(20);
    const again = await open({ handle: async () => undefined });
    for (let id = 0; id < 40; id += 1) expect(await again.accept(job(id))).toBe('duplicate');
  });

  it('drops nothing that is still waiting', async () => {
    const open = await begin({ segmentBytes: 1 });
    const held = Promise.withResolvers<void>();
    const first = await open({
      handle: ({ deliveryId }) => (deliveryId === 'delivery-0' ? held.promise : Promise.resolve()),
    });
    for (let id = 0; id < 30; id += 1) await first.accept(job(id, id === 0 ? 7 : 8));
    const seen: string[] = [];
    const second = await (await begin({ directory: await leftBehind(open.directory) }))({
      handle: async ({ deliveryId }) => void seen.push(deliveryId),
    });
    expect(second.replaying()).toBeGreaterThan(0);
    await second.idle();
    expect(second.replaying()).toBe(0);
    held.resolve();
    expect(seen).toContain('delivery-0');
  });

  it('leaves a line torn by a crash out and keeps the rest', async () => {
    const open = await begin();
    const held = Promise.withResolvers<void>();
    const first = await open({ handle: () => held.promise });
    await first.accept(job(1));
    const left = await leftBehind(open.directory);
    held.resolve();
    const [segment = ''] = await segmentsIn(left);
    await writeFile(segment, '{"seq":2,"crc":"00000000","body":{"job":', { flag: 'a' });
    const seen: string[] = [];
    const second = await (await begin({ directory: left }))({
      handle: async ({ deliveryId }) => void seen.push(deliveryId),
    });
    await second.idle();
    expect(seen).toEqual(['delivery-1']);
    expect(second.lost).toEqual([]);
    expect(await second.accept(job(2))).toBe('accepted');
  });

  it('names what damage in the middle has cost, and handles again what was under way then', async () => {
    const open = await begin();
    const held = Promise.withResolvers<void>();
    const first = await open({ handle: () => held.promise });
    for (const id of [1, 2, 3]) await first.accept(job(id, id, { acceptedAt: id * 1_000_000 }));
    held.resolve();
    await first.idle();
    await first.drain();
    const left = await leftBehind(open.directory);
    const [segment = ''] = await segmentsIn(left);
    const { readFile } = await import('node:fs/promises');
    await writeFile(segment, (await readFile(segment, 'utf8')).replace('"id":2', '"id":7'));
    const seen: string[] = [];
    const second = await (await begin({ directory: left }))({
      handle: async ({ deliveryId }) => void seen.push(deliveryId),
    });
    await second.idle();
    // Delivery 3 was accepted after the damage; 1 was still under way when it came.
    expect(seen).toEqual(['delivery-1']);
    expect(second.lost).toEqual([{ from: 940_000, to: 3_060_000 }]);
    expect([1, 2, 3].map((id) => second.knows(`delivery-${id}`))).toEqual([true, false, true]);
    expect(await second.accept(job(2))).toBe('accepted');
  });
});
