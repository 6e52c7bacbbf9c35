import { describe, expect, it } from 'vitest';
import { planSchedules } from '../../src/plan/plan.ts';
import { noOutcomeReason } from '../../src/plan/reasons.ts';
import { inputOf, scheduleOf } from './fixtures.ts';

const limited = { jobLimits: { standard: 1 } };

describe('a workflow of which no run has succeeded or failed', () => {
  it('stays, without figures', () => {
    const { schedules, notes } = planSchedules(
      inputOf([scheduleOf('a', '0 2 * * *', { noOutcome: true })]),
      1,
    );
    expect(notes).toEqual(['No change: 1 of which no run has succeeded or failed.']);
    expect(schedules).toMatchObject([
      { outcome: 'keep', to: '0 2 * * *', today: null, proposed: null, reasons: [noOutcomeReason(60)] },
    ]);
  });

  it('stands in nobody’s way, however often its cron ticks', () => {
    const daily = scheduleOf('daily', '0 2 * * *');
    const never = scheduleOf('poll', '* * * * *', { noOutcome: true });
    const alone = planSchedules(inputOf([daily], limited), 1);
    const beside = planSchedules(inputOf([daily, never], limited), 1);
    const of = ({ schedules }: typeof alone) => schedules.find(({ path }) => path === 'daily')?.today;
    expect(of(beside)).toEqual(of(alone));
    expect(beside.load.before).toEqual(alone.load.before);
  });
});
