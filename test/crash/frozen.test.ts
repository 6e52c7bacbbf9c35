import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { job } from '../queue/contract.ts';
import { run } from '../store/sample.ts';
import type { Answer, FreezePoint, Order } from './freezable-process.ts';
import { openAll } from './open-all.ts';
import { temporaryDirectory } from './replayed-life.ts';

/** A process on the data directory that can be told where to stand still. */
class FreezableProcess {
  readonly #process: ChildProcess;

  constructor(directory: string) {
    this.#process = fork(join(import.meta.dirname, 'freezable-process.ts'), [directory], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  async answer(): Promise<Answer> {
    const [answer] = await once(this.#process, 'message');
    return answer;
  }

  ask(order: Order): Promise<Answer> {
    const answer = this.answer();
    this.#process.send(order);
    return answer;
  }

  async untilFrozen(): Promise<void> {
    for (;;) {
      const stat = await readFile(`/proc/${this.#process.pid}/stat`, 'utf8');
      if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')) return;
      await sleep(10);
    }
  }

  thaw(): void {
    this.#process.kill('SIGCONT');
  }

  async end(): Promise<void> {
    this.#process.kill('SIGKILL');
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      await once(this.#process, 'exit');
  }
}

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let frozen: FreezableProcess;

beforeEach(async () => {
  directory = await temporaryDirectory();
  frozen = new FreezableProcess(directory.path);
  expect(await frozen.answer()).toBe('ready');
});

afterEach(async () => {
  await frozen.end();
  await directory.remove();
});

/** Opens the directory as a process does that finds no sign of life in the lock. */
async function takeOver(): ReturnType<typeof openAll> {
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(join(directory.path, 'lock.json'), longAgo, longAgo);
  return openAll(directory.path);
}

async function close({ store, queue }: Awaited<ReturnType<typeof openAll>>): Promise<void> {
  await queue.idle();
  await queue.drain();
  await store.close();
}

const idsIn = async ({ store }: Awaited<ReturnType<typeof openAll>>): Promise<readonly number[]> =>
  (await store.load(1))?.runs.map(({ id }) => id) ?? [];

describe.each(['before append', 'before fsync', 'after fsync'] as const satisfies readonly FreezePoint[])(
  'a process that stood still %s while another took its directory',
  (at) => {
    it('acknowledges neither a delivery nor a change, and leaves a journal that can be read', async () => {
      expect(await frozen.ask({ kind: 'accept', id: 1 })).toBe('done');
      // Whatever is appended next is what the test accepts.
      expect(await frozen.ask({ kind: 'idle' })).toBe('done');
      await frozen.ask({ kind: 'freeze', at });
      const accepted = frozen.ask({ kind: 'accept', id: 2 });
      await frozen.untilFrozen();
      const successor = await takeOver();
      await successor.queue.accept(job(3));
      await successor.queue.idle();
      frozen.thaw();
      expect(await accepted).toBe('store-locked');
      expect(await frozen.ask({ kind: 'accept', id: 4 })).toBe('store-locked');
      expect(await frozen.ask({ kind: 'apply', id: 5 })).toBe('store-locked');
      await successor.queue.accept(job(6));
      await successor.queue.idle();
      // What was written when the directory was taken counts, though nobody was told.
      const ids = at === 'before append' ? [1, 3, 6] : [1, 2, 3, 6];
      expect(await idsIn(successor)).toEqual(ids);
      await close(successor);

      const again = await openAll(directory.path);
      await again.queue.idle();
      expect(await idsIn(again)).toEqual(ids);
      expect(await again.store.damage()).toEqual([]);
      await close(again);
    }, 60_000);
  },
);

describe('a process that stood still in a checkpoint while another took its directory', () => {
  it('puts no document in the place of a newer one', async () => {
    expect(await frozen.ask({ kind: 'apply', id: 1 })).toBe('done');
    expect(await frozen.ask({ kind: 'checkpoint' })).toBe('done');
    expect(await frozen.ask({ kind: 'apply', id: 2 })).toBe('done');
    await frozen.ask({ kind: 'freeze', at: 'before rename' });
    const checkpoint = frozen.ask({ kind: 'checkpoint' });
    await frozen.untilFrozen();
    const successor = await takeOver();
    expect(await idsIn(successor)).toEqual([1, 2]);
    await successor.store.apply(1, { runs: [run(3)] });
    await successor.store.checkpoint();
    const path = join(directory.path, 'repositories', '1', 'runs.json');
    const written = await readFile(path, 'utf8');
    frozen.thaw();
    expect(await checkpoint).not.toBe('done');
    expect(await readFile(path, 'utf8')).toBe(written);
    await close(successor);
    const again = await openAll(directory.path);
    expect(await idsIn(again)).toEqual([1, 2, 3]);
    expect((await again.store.load(1))?.damage).toEqual([]);
    await close(again);
  }, 60_000);
});
