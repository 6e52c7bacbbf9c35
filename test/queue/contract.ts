import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import type { AcceptedJob, Job, Queue } from '../../src/queue/queue.ts';

export interface QueueSetting {
  readonly handle: (job: AcceptedJob) => Promise<void>;
  readonly maxAttempts?: number;
  readonly concurrency?: number;
}

/** Opens a queue on data that outlives it: opened again, it finds what the one before has left. */
export type OpenQueue = (setting: QueueSetting) => Promise<Queue>;

export function job(id: number, repositoryId: number | null = 1, more: Partial<Job> = {}): Job {
  return {
    deliveryId: `delivery-${id}`,
    event: 'workflow_run',
    group: repositoryId === null ? 'installation:9' : `repository:${repositoryId}`,
    repositoryId,
    payload: { id },
    keys: [`workflow_run:${id}`],
    acceptedAt: 0,
    ...more,
  };
}

const HOUR_MS = 3_600_000;

function limitedFor(retryAfterMs: number): OffbeatError {
  return new OffbeatError('github-busy', 'GitHub asks this installation to wait.', { retryAfterMs });
}

const idOf = ({ payload }: Job): number => (payload as { id: number }).id;

/**
 * What every queue must do. `begin` gives a fresh place to keep jobs in; `lines` is for how many repositories 200 jobs
 * of one installation wait.
 */
export function queueContract(name: string, begin: () => Promise<OpenQueue>, lines = 20): void {
  describe(`${name} as a queue`, () => {
    it('handles what it accepted, with its payload', async () => {
      const open = await begin();
      const handled: AcceptedJob[] = [];
      const queue = await open({ handle: async (each) => void handled.push(each) });
      expect(await queue.accept(job(1))).toBe('accepted');
      await queue.idle();
      expect(handled).toMatchObject([{ deliveryId: 'delivery-1', payload: { id: 1 }, attempt: 1 }]);
    });

    it('keeps the order of a group and never handles two of it at once', async () => {
      const open = await begin();
      const orders = new Map<string, number[]>();
      const running = new Set<string>();
      const queue = await open({
        async handle(each) {
          expect(running.has(each.group)).toBe(false);
          running.add(each.group);
          await new Promise((resolve) => setImmediate(resolve));
          running.delete(each.group);
          orders.set(each.group, [...(orders.get(each.group) ?? []), idOf(each)]);
        },
      });
      const ids = Array.from({ length: 60 }, (_, id) => id);
      await Promise.all(ids.map((id) => queue.accept(job(id, id % 3))));
      await queue.idle();
      for (const group of [0, 1, 2]) {
        expect(orders.get(`repository:${group}`)).toEqual(ids.filter((id) => id % 3 === group));
      }
    });

    it('handles groups side by side, up to its concurrency', async () => {
      const open = await begin();
      let running = 0;
      let most = 0;
      // The first ones wait for each other, and so until three are handled side by side.
      const three = Promise.withResolvers<void>();
      const queue = await open({
        concurrency: 3,
        async handle() {
          running += 1;
          most = Math.max(most, running);
          if (running === 3) three.resolve();
          await three.promise;
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
        },
      });
      await Promise.all(Array.from({ length: 12 }, (_, id) => queue.accept(job(id, id))));
      await queue.idle();
      expect(most).toBe(3);
    });

    it.each([
      ['the delivery id', job(2, 1, { deliveryId: 'delivery-1' })],
      ['a payload key', job(2, 1, { keys: ['workflow_run:1'] })],
    ])('handles a delivery once when %s comes again', async (_what, twin) => {
      const open = await begin();
      let handled = 0;
      const queue = await open({
        handle: async () => {
          handled += 1;
        },
      });
      const answers = await Promise.all([queue.accept(job(1)), queue.accept(twin)]);
      await queue.idle();
      answers.push(await queue.accept(twin));
      expect(answers).toEqual(['accepted', 'duplicate', 'duplicate']);
      expect(handled).toBe(1);
    });

    it('knows duplicates of before a restart', async () => {
      const open = await begin();
      const first = await open({ handle: async () => undefined });
      await first.accept(job(1));
      await first.idle();
      await first.drain();
      const second = await open({ handle: async () => undefined });
      expect(await second.accept(job(1))).toBe('duplicate');
    });

    it('tries again in place, before the next of the group', async () => {
      const open = await begin();
      const seen: string[] = [];
      const queue = await open({
        async handle(each) {
          seen.push(`${idOf(each)}/${each.attempt}`);
          if (idOf(each) === 1 && each.attempt < 3) throw new Error('not yet');
        },
      });
      await queue.accept(job(1));
      await queue.accept(job(2));
      await queue.idle();
      expect(seen).toEqual(['1/1', '1/2', '1/3', '2/1']);
    });

    it('does not count a try that says when the next makes sense', async () => {
      const open = await begin();
      const seen: string[] = [];
      let limited = 5;
      const queue = await open({
        maxAttempts: 2,
        async handle(each) {
          seen.push(`${idOf(each)}/${each.attempt}`);
          limited -= 1;
          if (limited >= 0) throw limitedFor(0);
        },
      });
      await queue.accept(job(1));
      await queue.accept(job(2));
      await queue.idle();
      expect(seen).toEqual(['1/1', '1/1', '1/1', '1/1', '1/1', '1/1', '2/1']);
      expect(await queue.deadLetters()).toEqual([]);
    });

    it('goes on with other groups while many wait for a stated time, and ends at once', async () => {
      const open = await begin();
      const tried: string[] = [];
      const { promise: isFree, resolve: setFree } = Promise.withResolvers<void>();
      const queue = await open({
        concurrency: 2,
        async handle(each) {
          tried.push(each.group);
          if (each.group !== 'repository:999') throw limitedFor(HOUR_MS);
          setFree();
        },
      });
      const ids = Array.from({ length: 200 }, (_, id) => id);
      await Promise.all(ids.map((id) => queue.accept(job(id, id % lines))));
      await queue.accept(job(1_000, 999));
      await isFree;
      await queue.drain();
      // Each line was tried once, and its second delivery waits behind the first.
      expect(new Set(tried).size).toBe(tried.length);
    });

    it('gives up after the last attempt, goes on, and redrives on request', async () => {
      const open = await begin();
      let broken = true;
      const done: number[] = [];
      const queue = await open({
        maxAttempts: 2,
        async handle(each) {
          if (idOf(each) === 1 && broken) throw new Error('always');
          done.push(idOf(each));
        },
      });
      await queue.accept(job(1));
      await queue.accept(job(2));
      await queue.idle();
      expect(done).toEqual([2]);
      const [letter] = await queue.deadLetters();
      expect(letter).toMatchObject({ deliveryId: 'delivery-1', attempts: 2, job: { payload: { id: 1 } } });
      expect(queue.stats().deadLetters).toBe(1);

      broken = false;
      expect(await queue.redrive(letter?.id ?? '')).toBe(true);
      await queue.idle();
      expect(done).toEqual([2, 1]);
      expect(await queue.deadLetters()).toEqual([]);
      expect(await queue.redrive('unknown')).toBe(false);
    });

    it('takes a redelivery of a dead letter', async () => {
      const open = await begin();
      let attempts = 0;
      const queue = await open({
        maxAttempts: 1,
        async handle() {
          attempts += 1;
          if (attempts === 1) throw new Error('once');
        },
      });
      await queue.accept(job(1));
      await queue.idle();
      expect(await queue.accept(job(1))).toBe('accepted');
      await queue.idle();
      expect(attempts).toBe(2);
    });

    it('forgets the dead letters of a delivery that is sent again and handled, and no others', async () => {
      const open = await begin();
      let broken = true;
      const handle = async (): Promise<void> => {
        if (broken) throw new Error('broken');
      };
      const queue = await open({ maxAttempts: 1, handle });
      await queue.reject({ deliveryId: 'delivery-1', event: job(1).event, reason: 'It has no id.' });
      await queue.accept(job(1));
      await queue.accept(job(2));
      await queue.idle();
      expect(await queue.deadLetters()).toHaveLength(3);
      await queue.accept(job(1));
      await queue.idle();
      expect(
        (await queue.deadLetters()).filter(({ deliveryId }) => deliveryId === 'delivery-1'),
      ).toHaveLength(3);

      broken = false;
      await queue.accept(job(1));
      await queue.idle();
      expect(await queue.deadLetters()).toMatchObject([{ deliveryId: 'delivery-2' }]);
      expect(queue.stats().deadLetters).toBe(1);
      await queue.drain();
      expect(await (await open({ handle })).deadLetters()).toMatchObject([{ deliveryId: 'delivery-2' }]);
    });

    it('does not try again what can never work', async () => {
      const open = await begin();
      let attempts = 0;
      const queue = await open({
        async handle() {
          attempts += 1;
          throw new OffbeatError('payload-invalid', 'This is no payload.', { where: 'workflow_run.id' });
        },
      });
      await queue.accept(job(1));
      await queue.idle();
      expect(attempts).toBe(1);
      expect((await queue.deadLetters())[0]?.reason).toContain('workflow_run.id');
    });

    it('keeps word of what could not be read over a restart, until it is dropped', async () => {
      const open = await begin();
      const first = await open({ handle: async () => undefined });
      await first.reject({ deliveryId: 'delivery-1', event: 'push', reason: 'push.ref: missing' });
      await first.drain();
      const second = await open({ handle: async () => undefined });
      expect(await second.deadLetters()).toMatchObject([
        { deliveryId: 'delivery-1', reason: 'push.ref: missing', job: null },
      ]);
      expect(await second.redrive('unread-delivery-1')).toBe(false);
      expect(await second.drop('unknown')).toBe(false);
      expect(await second.drop('unread-delivery-1')).toBe(true);
      await second.drain();
      const third = await open({ handle: async () => undefined });
      expect(await third.deadLetters()).toEqual([]);
    });

    it('finishes what runs when it drains, refuses new jobs, and handles the rest after the next start', async () => {
      const open = await begin();
      const handled: number[] = [];
      let letGo: () => void = () => undefined;
      let announce: () => void = () => undefined;
      const begun = new Promise<void>((resolve) => {
        announce = resolve;
      });
      const first = await open({
        async handle(each) {
          announce();
          await new Promise<void>((resolve) => {
            letGo = resolve;
          });
          handled.push(idOf(each));
        },
      });
      for (const id of [1, 2, 3]) await first.accept(job(id));
      await begun;
      const drained = first.drain();
      await expect(first.accept(job(4))).rejects.toMatchObject({ code: 'queue-closed' });
      letGo();
      await drained;
      expect(handled).toEqual([1]);
      const second = await open({ handle: async (each) => void handled.push(idOf(each)) });
      await second.idle();
      expect(handled).toEqual([1, 2, 3]);
    });

    it('handles again, after the next start, what was given up because it drains', async () => {
      const open = await begin();
      const handled: number[] = [];
      const begun = Promise.withResolvers<void>();
      const draining = Promise.withResolvers<never>();
      const first = await open({
        handle: () => {
          begun.resolve();
          return draining.promise;
        },
      });
      for (const id of [1, 2]) await first.accept(job(id));
      await begun.promise;
      const drained = first.drain();
      draining.reject(new OffbeatError('planning-cancelled', 'The process stops.'));
      await drained;
      const second = await open({ handle: async (each) => void handled.push(idOf(each)) });
      await second.idle();
      expect(handled).toEqual([1, 2]);
      expect(await second.deadLetters()).toEqual([]);
    });

    it('handles a job of an installation once, over a restart', async () => {
      const open = await begin();
      let handled = 0;
      const handle = async (): Promise<void> => {
        handled += 1;
      };
      const first = await open({ handle });
      await first.accept(job(1, null));
      await first.idle();
      await first.drain();
      const second = await open({ handle });
      await second.idle();
      expect(handled).toBe(1);
    });
  });
}
