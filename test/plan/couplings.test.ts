import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Couplings } from '../../src/plan/couplings.ts';
import type { PlanInput, PlannedSchedule } from '../../src/plan/input.ts';
import { type Plan, planSchedules } from '../../src/plan/plan.ts';
import { type Task, TaskFactory } from '../../src/plan/task.ts';
import { inputOf, scheduleOf } from './fixtures.ts';

function tasksOf(input: PlanInput): Task[] {
  const taskFactory = new TaskFactory(input);
  return [...input.schedules].sort((a, b) => (a.key < b.key ? -1 : 1)).map((one) => taskFactory.taskOf(one));
}

/** The plan's choices, in key order. */
function choiceOf(input: PlanInput, plan: Plan): Int32Array {
  return Int32Array.from(tasksOf(input), (task) => {
    const line = plan.schedules.find(({ key }) => key === task.schedule.key);
    const to = line?.outcome === 'move' ? line.to : task.schedule.cron;
    return task.options.findIndex((option) => option.cron === to);
  });
}

const CRONS = ['0 0 * * *', '0 1 * * *', '30 1 * * *', '0 2 * * *', '0 2 * * 1', '0 */6 * * *'];

const coupled: fc.Arbitrary<PlanInput> = fc
  .array(
    fc.record({
      cron: fc.constantFrom(...CRONS),
      minutes: fc.integer({ min: 2, max: 60 }),
      group: fc.constantFrom(null, null, 'deploy'),
      after: fc.constantFrom(null, null, 0),
      late: fc.constantFrom(2, 40, 120),
    }),
    { minLength: 2, maxLength: 7 },
  )
  .map((all) =>
    inputOf(
      all.map(({ cron, minutes, group, after, late }, at) =>
        scheduleOf(`w${at}`, cron, {
          minutes,
          late: (hour) => late * (1 + (hour % 5) / 5),
          concurrencyGroup: group,
          after: after === null || at === 0 ? [] : ['w0#0'],
        }),
      ),
      { minGain: 0 },
    ),
  );

const refusal = { code: 'pinned', sentence: 'It is pinned.' } as const;
const late = (): number => 60;
/** Half of its runs fail at 03:45, few at 04:45, its only other time. */
const build = scheduleOf('build', '45 3 * * *', {
  late,
  success: (hour) => (hour === 3 ? 0.5 : 0.99),
  candidates: [{ cron: '45 4 * * *', shiftMinutes: 60 }],
});

describe('coupled schedules', () => {
  it('are never planned worse than they are, whatever else is gained', () => {
    fc.assert(
      fc.property(coupled, fc.integer(), (input, seed) => {
        const choice = choiceOf(input, planSchedules(input, seed));
        const couplings = new Couplings(tasksOf(input));
        choice.forEach((option, at) => {
          expect(couplings.allows(at, option, choice)).toBe(true);
        });
      }),
      { numRuns: 20 },
    );
  });

  const late = (hour: number): number => (hour < 4 ? 120 : 5);
  const night = (more: Partial<PlannedSchedule>): PlannedSchedule[] => [
    scheduleOf('build', '0 3 * * *', { late, minutes: 30 }),
    scheduleOf('test', '50 3 * * *', { late, minutes: 10, ...more }),
  ];

  it('move together where neither could move alone', () => {
    const plan = planSchedules(inputOf(night({ after: ['build#0'] })), 1);
    expect(plan.schedules.map(({ outcome }) => outcome)).toEqual(['move', 'move']);
    const minutes = plan.schedules.map(({ to }) => {
      const [minute = '', hour = ''] = to.split(' ');
      return Number(hour) * 60 + Number(minute);
    });
    expect((minutes[1] as number) - (minutes[0] as number)).toBeGreaterThanOrEqual(40);
  });

  it('stay where the one they follow is refused', () => {
    const [build, test] = night({ after: ['build#0'] }) as [PlannedSchedule, PlannedSchedule];
    const soon = { ...test, candidates: test.candidates.filter(({ shiftMinutes }) => shiftMinutes < 0) };
    const plan = planSchedules(inputOf([{ ...build, refusal }, soon]), 1);
    expect(plan.schedules[1]?.outcome).not.toBe('move');
  });

  it('say that an order would break, also of the schedule that others follow', () => {
    const plan = planSchedules(
      inputOf([build, scheduleOf('test', '20 4 * * *', { late, refusal, minutes: 10, after: ['build#0'] })]),
      1,
    );
    expect(plan.schedules[0]?.outcome).toBe('held');
    expect(plan.schedules[0]?.reasons[0]).toMatch(
      /^Held by its coupling: a better time would save \d+ % of its cost, but it would break the order/,
    );
  });
});

describe('a full minute', () => {
  it('holds a schedule and is named, with no word of a concurrency group', () => {
    expect(planSchedules(inputOf([build]), 1).schedules[0]?.outcome).toBe('move');
    const weights = { overlap: 0, lateness: 1, failure: 1, finishBy: 4, shift: 0.1, edit: 0.1 };
    const other = scheduleOf('other', '45 4 * * *', { late, refusal });
    const plan = planSchedules(inputOf([build, other], { weights }), 1);
    expect(plan.schedules[0]?.outcome).toBe('held');
    expect(plan.schedules[0]?.reasons[0]).toMatch(
      /^Held by a full minute: a better time would save \d+ % of its cost, but other schedules of this repository/,
    );
    expect(plan.schedules[0]?.explanation?.wouldChange).toEqual([
      'It would move if fewer schedules of this repository started in the same minute there.',
    ]);
    expect(plan.notes?.join(' ')).toContain('1 held by others in the same minute');
  });
});

describe('runners with a job limit', () => {
  it('get less crowded: jobs that could exceed the limit are moved apart', () => {
    const crowd = Array.from({ length: 6 }, (_, at) =>
      scheduleOf(`w${at}`, '0 4 * * *', { minutes: 40, late: () => 5, runners: 'gpu' }),
    );
    const weights = { overlap: 0, lateness: 0, failure: 0, finishBy: 0, shift: 0.1, edit: 0.1, crowding: 1 };
    const crowdingWith = (jobLimits: Readonly<Record<string, number>>) =>
      planSchedules(inputOf(crowd, { weights, jobLimits, minGain: 0 }), 1);
    const plan = crowdingWith({ gpu: 2 });
    expect(plan.terms.before.crowding).toBeGreaterThan(0.5);
    expect(plan.terms.after.crowding ?? 1).toBeLessThan(0.2 * (plan.terms.before.crowding ?? 0));
    expect(crowdingWith({ gpu: 6 }).schedules.every(({ outcome }) => outcome !== 'move')).toBe(true);
  });
});
