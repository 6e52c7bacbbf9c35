import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCron } from '../../src/cron/parse.ts';
import { ticksBetween } from '../../src/cron/ticks.ts';
import type { PlanInput, PlannedSchedule, PlanSettings } from '../../src/plan/input.ts';
import { planSchedules } from '../../src/plan/plan.ts';
import { sampledRuns } from '../sampled.ts';
import { around, DAY_MS, forecastOf, inputOf, NOW, scheduleOf } from './fixtures.ts';

/** More runners than the schedules of these tests could use. */
const PLENTY = { jobLimits: { standard: 20 } };
const SEED = 7;

function decided(input: PlanInput) {
  return planSchedules(input, SEED).schedules;
}

function moved(input: PlanInput): readonly string[] {
  return decided(input)
    .filter(({ outcome }) => outcome === 'move')
    .map(({ path }) => path);
}

describe('overlap', () => {
  const pair = (more: Partial<PlannedSchedule> = {}) => [
    scheduleOf('one', '0 2 * * *', { minutes: 60, ...more }),
    scheduleOf('two', '0 2 * * *', { minutes: 60, ...more }),
  ];

  it.each([
    ['nobody has said how many runners there are', {}, {}],
    ['more jobs could meet than run at once', { width: 3 }, { jobLimits: { standard: 5 } }],
    ['jobs were seen waiting', { waits: true }, PLENTY],
  ])('is a reason to move where %s', (_, more, settings) => {
    expect(moved(inputOf(pair(more), settings))).toHaveLength(1);
  });

  it('is no reason, and is not spoken of, where every job finds a runner', () => {
    expect(moved(inputOf(pair(), PLENTY))).toEqual([]);
    const late = (hour: number) => (hour === 2 ? 60 : 5);
    const rows = decided(inputOf([scheduleOf('one', '0 2 * * *', { minutes: 60, late }), ...pair()], PLENTY));
    const [first] = rows.filter(({ outcome }) => outcome === 'move');
    expect(first?.path).toBe('one');
    expect(JSON.stringify([first?.reasons, first?.explanation])).not.toMatch(
      /shares? \d|to share|other runs/,
    );
  });

  describe('of short runs', () => {
    const oneCandidate = (cron: string, shiftMinutes: number, more: Parameters<typeof scheduleOf>[2] = {}) =>
      decided(
        inputOf(
          [
            scheduleOf('one', '0 2 * * *', { minutes: 20, candidates: [{ cron, shiftMinutes }], ...more }),
            scheduleOf('two', '0 2 * * *', { minutes: 20, candidates: [] }),
          ],
          { jobLimits: { standard: 1 }, onlyNoticeable: true },
        ),
      )[0];

    it('is a reason to start earlier', () => {
      expect(oneCandidate('0 1 * * *', -60)).toMatchObject({ outcome: 'move' });
    });

    it('is no reason to start much later than it saves', () => {
      const row = oneCandidate('0 5 * * *', 180);
      expect(row).toMatchObject({ outcome: 'held' });
      expect(row?.reasons.join()).toContain('too small to notice');
      expect(row?.explanation?.wouldChange.join()).toContain('half an hour a week less beside other runs');
    });

    it('is no reason to fail more often', () => {
      const success = (hour: number) => (hour === 1 ? 0.93 : 0.97);
      expect(oneCandidate('0 1 * * *', -60, { success })?.outcome).not.toBe('move');
    });
  });

  it('with other repositories counts on shared runners', () => {
    const busy = Array.from({ length: 2016 }, (_, bin) => (bin % 288 < 36 ? 3 : 0));
    const gpu = { runners: 'gpu', width: 1 };
    const input = inputOf(pair(gpu), { jobLimits: { gpu: 4 } });
    expect(moved(input)).toEqual([]);
    expect(moved({ ...input, elsewhere: { gpu: busy } })).not.toEqual([]);
  });
});

describe('an hour of unknown lateness', () => {
  const unknownBut = (known: number) => {
    const forecast = forecastOf({ minutes: 60 });
    return {
      ...forecast,
      lateness: forecast.lateness.map((one, hour) => ({ ...one, observations: hour === known ? 60 : 0 })),
    };
  };
  const alone = (settings: object, more: Partial<PlannedSchedule> = {}) =>
    decided(
      inputOf(
        [
          scheduleOf('one', '45 2 * * *', { forecast: unknownBut(2), ...more }),
          scheduleOf('two', '45 2 * * *', { forecast: unknownBut(2) }),
          scheduleOf('three', '45 2 * * *', { forecast: unknownBut(2) }),
        ],
        settings,
      ),
    );

  it('is chosen for overlap only where runners are scarce', () => {
    const hours = (rows: ReturnType<typeof decided>) => rows.map(({ to }) => parseCron(to).hours[0]);
    expect(new Set(hours(alone(PLENTY)))).toEqual(new Set([2]));
    expect(new Set(hours(alone({ jobLimits: { standard: 1 } }))).size).toBeGreaterThan(1);
  });

  it('is chosen for a `finish-by` that is not kept', () => {
    const [row] = alone(PLENTY, { finishByMinute: 150 });
    expect(row).toMatchObject({ outcome: 'move' });
    expect(parseCron(row?.to ?? '').hours[0]).toBeLessThan(2);
  });

  it('is what the reason says where nothing else is left', () => {
    const candidates = [{ cron: '15 4 * * *', shiftMinutes: 90 }];
    const [row] = alone(PLENTY, { candidates });
    expect(row).toMatchObject({ outcome: 'keep' });
    expect(row?.reasons[0]).toMatch(/not known here/);
  });
});

describe('a later time', () => {
  const row = (late: (hour: number) => number, more: Parameters<typeof scheduleOf>[2] = {}) =>
    decided(inputOf([scheduleOf('one', '0 2 * * *', { minutes: 5, late, ...more })], PLENTY))[0];
  const shorterFrom = (hour: number, minutes: number) => (at: number) => (at < hour ? 120 : minutes);

  it('is not chosen for less delay where runs start no earlier by the clock', () => {
    expect(row(shorterFrom(4, 30))).toMatchObject({ outcome: 'keep' });
    expect(row(shorterFrom(3, 65), { candidates: [{ cron: '0 3 * * *', shiftMinutes: 60 }] })).toMatchObject({
      outcome: 'keep',
    });
  });

  it('is chosen for less delay where they start earlier, for what they start earlier', () => {
    const chosen = row(shorterFrom(3, 5), { candidates: [{ cron: '0 3 * * *', shiftMinutes: 60 }] });
    expect(chosen).toMatchObject({ outcome: 'move', to: '0 3 * * *' });
    expect(chosen?.reasons.join()).toContain(
      'By the clock half of its runs start 55 minutes earlier than today.',
    );
    // Delay is half of its cost, and 55 of 120 minutes of it count, not the 115 that the delay is less.
    expect(chosen?.benefit).toBeLessThan(55 / 120 / 2);
  });

  it('is chosen for fewer failures though runs start later, and that is said', () => {
    const chosen = row(() => 60, {
      success: (hour) => (hour < 4 ? 0.6 : 0.98),
      candidates: [{ cron: '0 4 * * *', shiftMinutes: 120 }],
    });
    expect(chosen).toMatchObject({ outcome: 'move', to: '0 4 * * *' }); // Less delay there is not counted, so no delay can be named from which it would stay.
    expect(chosen?.explanation?.wouldChange.join()).not.toContain('started more than');
  });

  it('is as sure as that runs start earlier by the clock, not as that their delay is less', () => {
    const candidates = [{ cron: '10 3 * * *', shiftMinutes: 70 }];
    const chosen = row(shorterFrom(3, 5), { candidates });
    expect(chosen).toMatchObject({ outcome: 'move' });
    expect(chosen?.confidence).toBeLessThan(0.8);
  });

  it('makes half of the runs no later by the clock unless nine in ten start earlier, whatever the delays', () => {
    const hours = fc.array(
      fc.record({
        median: fc.double({ min: 1, max: 300, noNaN: true }),
        spread: fc.double({ min: 1.05, max: 4, noNaN: true }),
      }),
      { minLength: 24, maxLength: 24 },
    );
    fc.assert(
      fc.property(hours, (lateness) => {
        const forecast = forecastOf({ minutes: 5 });
        const drawn = forecast.lateness.map((one, hour) => {
          const { median = 1, spread = 2 } = lateness[hour] ?? {};
          return { ...one, minutes: around(median, spread) };
        });
        const [move] = decided(
          inputOf([scheduleOf('one', '0 12 * * *', { forecast: { ...forecast, lateness: drawn } })], PLENTY),
        );
        if (move?.outcome !== 'move' || !move.today || !move.proposed) return;
        const shift = (parseCron(move.to).dayMinutes[0] ?? 0) - 12 * 60;
        const half = shift + move.proposed.latenessMedianMinutes - move.today.latenessMedianMinutes;
        const nineInTen = shift + move.proposed.latenessP90Minutes - move.today.latenessP90Minutes;
        expect(half <= 10 || nineInTen < 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('exploration', () => {
  /** Every other hour is known; the best is at midnight, and the next one costs a tenth more. */
  const late = (hour: number) => (hour === 2 ? 60 : hour === 0 ? 10 : 25);
  const input = (knownHour: (hour: number) => boolean) => {
    const forecast = forecastOf({ minutes: 5, late });
    const lateness = forecast.lateness.map((one, hour) => ({
      ...one,
      observations: knownHour(hour) ? 60 : 0,
    }));
    return inputOf([scheduleOf('one', '0 2 * * *', { forecast: { ...forecast, lateness } })], {
      ...PLENTY,
      exploration: 1,
    });
  };

  it('stays within five per cent of the best cost, at hours with evidence', () => {
    const drawn = Array.from({ length: 40 }, (_, seed) =>
      planSchedules(
        input(() => true),
        seed,
      ),
    );
    const hours = drawn.map(({ schedules }) => parseCron(schedules[0]?.to ?? '').hours[0]);
    expect(new Set(hours)).toEqual(new Set([0]));
    expect(new Set(drawn.map(({ schedules }) => schedules[0]?.to)).size).toBeGreaterThan(1);
    const unknown = planSchedules(
      input((hour) => hour === 2),
      1,
    );
    expect(parseCron(unknown.schedules[0]?.to ?? '').hours[0]).toBe(2);
  });
});

describe('a plan', () => {
  const CRONS = [
    '0 2 * * *',
    '17 2 * * *',
    '17 2 * * 1',
    '*/15 * * * *',
    '57 8 * * 6',
    '17 2 1 * *',
    '30 2 * * *',
  ];

  /** Minutes of four weeks by the number of schedules that ask for them. */
  function minutes(crons: readonly string[]): Map<number, number> {
    const counts = new Map<number, number>();
    for (const cron of crons) {
      for (const tick of ticksBetween(parseCron(cron), 'UTC', NOW, NOW + 28 * DAY_MS)) {
        counts.set(tick, (counts.get(tick) ?? 0) + 1);
      }
    }
    return counts;
  }

  it('brings no minute a second schedule that it did not have before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...CRONS), { minLength: 3, maxLength: 14 }),
        fc.nat(),
        (crons, seed) => {
          const late = (hour: number) => (hour === 3 ? 5 : 200);
          const schedules = crons.map((cron, at) => {
            const candidates = at % 2 === 0 ? { candidates: [{ cron: '17 3 * * *', shiftMinutes: 77 }] } : {};
            return scheduleOf(`w${at}`, cron, { late, ...(cron === '0 2 * * *' ? candidates : {}) });
          });
          const rows = planSchedules(inputOf(schedules, { exploration: 0.3 }), seed).schedules;
          const before = minutes(crons);
          const crowds = [
            ...minutes(rows.map(({ outcome, cron, to }) => (outcome === 'move' ? to : cron))),
          ].filter(([minute, count]) => count >= 2 && count > (before.get(minute) ?? 0));
          expect(crowds).toEqual([]);
        },
      ),
      sampledRuns(60, 12),
    );
  });
});

describe('what nobody would notice', () => {
  const free = { jobLimits: {}, onlyNoticeable: true } as const;
  const one = (more: Parameters<typeof scheduleOf>[2], settings: Partial<PlanSettings> = free) =>
    planSchedules(inputOf([scheduleOf('a.yml', '30 2 * * *', more)], settings), 1).schedules[0];

  it.each([
    ['4 minutes of delay', { late: (hour: number) => (hour === 2 ? 8 : 4) }, 'held'],
    ['6 minutes of delay', { late: (hour: number) => (hour === 2 ? 12 : 6) }, 'move'],
    ['1 % of success', { success: (hour: number) => (hour === 2 ? 0.985 : 0.999) }, 'held'],
    ['5 % of success', { success: (hour: number) => (hour === 2 ? 0.94 : 0.999) }, 'move'],
  ])('is held: %s', (_, more, outcome) => {
    const row = one({ late: () => 4, ...more });
    expect(row?.outcome).toBe(outcome);
    if (outcome === 'held') expect(row?.reasons[0]).toContain('too small to notice');
    expect(one({ late: () => 4, ...more }, { jobLimits: {} })?.outcome).toBe('move');
  });

  it('is held where `finish-by` gains a few per cent, though it is not kept', () => {
    const due = { finishByMinute: 6 * 60, late: () => 200 };
    const few = one({ ...due, candidates: [{ cron: '27 2 * * *', shiftMinutes: -3 }] });
    expect(few?.outcome).toBe('held');
    expect(few?.explanation?.wouldChange[0]).toContain('5 % more runs done by `finish-by`');
    expect(one({ ...due, candidates: [{ cron: '0 2 * * *', shiftMinutes: -30 }] })?.outcome).toBe('move');
  });

  it('is named in the note of a plan that changes nothing', () => {
    const late = (hour: number) => (hour === 2 ? 8 : 4);
    const plan = planSchedules(inputOf([scheduleOf('a.yml', '30 2 * * *', { late })], free), 1);
    expect(plan.notes?.[0]).toBe('No change: 1 with a gain that nobody would notice.');
  });
});
