import { describe, expect, it } from 'vitest';
import { GroupScheduler } from '../../src/queue/group-scheduler.ts';

/** Starts of items, in order, each as its group's name and its number there; every item ends before the next begins. */
function orderOf(concurrency: number, counts: Readonly<Record<string, number>>): readonly string[] {
  const started: string[] = [];
  const underWay: string[] = [];
  const scheduler = new GroupScheduler<number>(concurrency, (group, item) => {
    started.push(`${group}${item}`);
    underWay.push(group);
  });
  scheduler.limitTo(0);
  for (const [group, count] of Object.entries(counts)) {
    for (let item = 1; item <= count; item += 1) scheduler.add(group, item);
  }
  scheduler.limitTo(concurrency);
  for (let group = underWay.shift(); group !== undefined; group = underWay.shift()) scheduler.done(group);
  expect(scheduler.waiting + scheduler.running).toBe(0);
  return started;
}

describe('the order of groups', () => {
  it('does some of a group in a row, then comes to the others', () => {
    const order = orderOf(1, { a: 40, b: 3, c: 17 });
    const turns = order.join(' ').replaceAll(/([a-z])\d+(?: \1\d+)*/g, '$1');
    expect(turns).toBe('a b c a c a');
    expect(order.indexOf('b1')).toBe(16);
    expect(order.filter((each) => each.startsWith('a'))).toEqual(
      Array.from({ length: 40 }, (_, index) => `a${index + 1}`),
    );
  });

  it('puts an item back at the head of its group, and lets others go on meanwhile', () => {
    const started: string[] = [];
    const scheduler = new GroupScheduler<number>(1, (group, item) => started.push(`${group}${item}`));
    for (const item of [1, 2]) scheduler.add('a', item);
    scheduler.add('b', 1);
    scheduler.putBack('a', 1);
    expect(started).toEqual(['a1', 'b1']);
    scheduler.resume('a');
    scheduler.done('b');
    scheduler.done('a');
    scheduler.done('a');
    expect(started).toEqual(['a1', 'b1', 'a1', 'a2']);
    expect(scheduler.waiting + scheduler.running).toBe(0);
  });

  it('begins nothing once it is stopped', () => {
    const started: string[] = [];
    const scheduler = new GroupScheduler<number>(1, (group, item) => started.push(`${group}${item}`));
    for (const item of [1, 2]) scheduler.add('a', item);
    scheduler.stop();
    scheduler.done('a');
    expect(started).toEqual(['a1']);
    expect(scheduler.waiting).toBe(1);
  });
});
