import type { PgBoss } from 'pg-boss';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Places } from '../../src/queue/pg-boss/places.ts';

const EXPIRE_SECONDS = 7_200;
const HEARTBEAT_SECONDS = 20;
const ENOUGH_MS = 5_000;

/** Jobs of as many groups, a queue that hands them out, and hands to finish them with. */
function scene(count: number) {
  const waiting = Array.from({ length: count }, (_, number) => ({
    id: `job-${number}`,
    data: number,
    retryCount: 0,
    expireInSeconds: EXPIRE_SECONDS,
  }));
  const asked: number[] = [];
  const touched: string[][] = [];
  const began: number[] = [];
  const finish = new Map<number, () => void>();
  const warnings: string[] = [];
  let away = false;
  const boss = {
    async touch(_queue: string, held: readonly { id: string }[]) {
      touched.push(held.map(({ id }) => id));
    },
    getDb: () => ({}),
  } as unknown as PgBoss;
  const places = new Places({
    boss,
    queue: 'deliveries',
    async fetch(count) {
      if (away) throw new Error('gone');
      asked.push(count);
      return waiting.splice(0, count);
    },
    async handle({ data }) {
      const number = Number(data);
      began.push(number);
      await new Promise<void>((resolve) => {
        finish.set(number, resolve);
      });
      return null;
    },
    log: { debug() {}, info() {}, warn: (_fields, message) => void warnings.push(message), error() {} },
    heartbeatSeconds: HEARTBEAT_SECONDS,
  });
  return {
    places,
    asked,
    touched,
    began,
    warnings,
    finish: (number: number) => finish.get(number)?.(),
    be: (state: 'away' | 'back') => {
      away = state === 'away';
    },
  };
}

describe('Places', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('fetches no more than there are places, and gives one that is free away while others are at work', async () => {
    const { places, began, finish, asked } = scene(5);
    await places.start(2);
    await vi.advanceTimersByTimeAsync(ENOUGH_MS);
    expect(began).toEqual([0, 1]);
    finish(1);
    await vi.advanceTimersByTimeAsync(ENOUGH_MS);
    expect(began).toEqual([0, 1, 2]);
    finish(2);
    await vi.advanceTimersByTimeAsync(ENOUGH_MS);
    expect(began).toEqual([0, 1, 2, 3]);
    expect(asked).toEqual([2, 1, 1]);
  });

  it('finishes what was begun before it stops, and begins nothing then', async () => {
    const { places, began, finish } = scene(3);
    await places.start(2);
    await vi.advanceTimersByTimeAsync(ENOUGH_MS);
    const stopped = vi.fn();
    const stopping = places.stop().then(stopped);
    finish(0);
    await vi.advanceTimersByTimeAsync(ENOUGH_MS);
    expect(stopped).not.toHaveBeenCalled();
    finish(1);
    await stopping;
    expect(began).toEqual([0, 1]);
  });

  it('says of what is at work that it is alive, until its time is up; then its place is free', async () => {
    const { places, began, touched } = scene(2);
    await places.start(1);
    await vi.advanceTimersByTimeAsync(HEARTBEAT_SECONDS * 1_000);
    expect(touched).toContainEqual(['job-0']);
    await vi.advanceTimersByTimeAsync(EXPIRE_SECONDS * 1_000);
    expect(began).toEqual([0, 1]);
    expect(touched.at(-1)).toEqual(['job-1']);
  });

  it('says once that nothing can be fetched, and goes on when that is over', async () => {
    const { places, began, warnings, be } = scene(1);
    be('away');
    await places.start(1);
    await vi.advanceTimersByTimeAsync(ENOUGH_MS);
    expect(began).toEqual([]);
    expect(warnings).toHaveLength(1);
    be('back');
    await vi.advanceTimersByTimeAsync(ENOUGH_MS);
    expect(began).toEqual([0]);
  });
});
