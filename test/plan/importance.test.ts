import { describe, expect, it } from 'vitest';
import { planSchedules } from '../../src/plan/plan.ts';
import { inputOf, scheduleOf } from './fixtures.ts';

const moved = (input: ReturnType<typeof inputOf>): readonly string[] =>
  planSchedules(input, 1)
    .schedules.filter(({ outcome }) => outcome === 'move')
    .map(({ path }) => path);

describe('a workflow that matters more', () => {
  const meeting = (name: string, importance: number) =>
    scheduleOf(name, '0 2 * * *', { minutes: 60, waits: true, ...(importance === 1 ? {} : { importance }) });

  it.each([
    [2, 1, ['b.yml']],
    [1, 2, ['a.yml']],
    [1, 0.5, ['b.yml']],
    [0.5, 1, ['a.yml']],
  ])('stays where it meets another (%d beside %d)', (first, second, paths) => {
    const settings = { maxChangeShare: 0.5, minGain: 0, minConfidence: 0 };
    expect(moved(inputOf([meeting('a.yml', first), meeting('b.yml', second)], settings))).toEqual(paths);
  });

  it.each([
    [2, 1, ['a.yml']],
    [1, 2, ['b.yml']],
  ])('gets the one move that waits less (%d beside %d)', (first, second, paths) => {
    const late = (hour: number): number => (hour === 2 || hour === 10 ? 200 : 5);
    const waiting = (name: string, cron: string, importance: number) =>
      scheduleOf(name, cron, { minutes: 5, late, ...(importance === 1 ? {} : { importance }) });
    const settings = { maxChangeShare: 0.5, minGain: 0, minConfidence: 0 };
    const input = inputOf(
      [waiting('a.yml', '10 2 * * *', first), waiting('b.yml', '10 10 * * *', second)],
      settings,
    );
    expect(moved(input)).toEqual(paths);
  });
});
