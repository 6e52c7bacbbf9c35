import { describe, expect, it } from 'vitest';
import { planSchedules } from '../../src/plan/plan.ts';
import { inputOf, scheduleOf } from './fixtures.ts';

const CRON = '0 1 * * *';
const late = (hour: number): number => (hour === 0 ? 60 : 120);

/** The plan's row of a schedule at 01:00 that may stay or go to one other time, in hour 0, an hour less late. */
function plannedTo(cron: string, shiftMinutes: number) {
  const schedule = scheduleOf('a.yml', CRON, { late, candidates: [{ cron, shiftMinutes }] });
  return planSchedules(inputOf([schedule], { minConfidence: 0, minGain: 0 }), 1).schedules[0];
}

describe('a time on the other side of a full hour', () => {
  it('is no better by itself when it is three minutes away', () => {
    expect(plannedTo('57 0 * * *', -3)?.outcome).not.toBe('move');
  });

  it.each([
    ['30 0 * * *', -30, 90],
    ['15 0 * * *', -45, 75],
    ['0 0 * * *', -60, 60],
  ])('is less late as far as it is away (%s)', (cron, shift, minutes) => {
    const row = plannedTo(cron, shift);
    expect(row?.outcome).toBe('move');
    expect(row?.proposed?.latenessMedianMinutes).toBeCloseTo(minutes, 6);
  });
});
