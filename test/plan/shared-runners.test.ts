import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundOf } from '../../bench/plan/proof/bound.ts';
import type { PlanInput, PlannedSchedule } from '../../src/plan/input.ts';
import { planSchedules } from '../../src/plan/plan.ts';
import { loadsTogether, type SharedLoad, sharedLoadOf } from '../../src/plan/shared-load.ts';
import { DAY_MS, forecastOf, inputOf, NOW, scheduleOf } from './fixtures.ts';

const WEEK_BINS = 2016;
const DAY_BINS = 288;
const NOTHING = Array.from({ length: WEEK_BINS }, () => 0);

/** So many jobs in progress between two hours of every day. */
function daily(fromHour: number, toHour: number, jobs: number): readonly number[] {
  return NOTHING.map((_, bin) => {
    const hour = ((bin % DAY_BINS) * 24) / DAY_BINS;
    return hour >= fromHour && hour < toHour ? jobs : 0;
  });
}

const training = scheduleOf('training.yml', '0 2 * * *', { runners: 'gpu', minutes: 60 });

function withOthers(
  elsewhere: PlanInput['elsewhere'],
  schedules: readonly PlannedSchedule[] = [training],
): PlanInput {
  const input = inputOf(schedules, { jobLimits: { gpu: 2, standard: 20 } });
  return elsewhere === undefined ? input : { ...input, elsewhere };
}

const minuteOf = (cron: string): number => {
  const [minute = '', hour = ''] = cron.split(' ');
  return Number(hour) * 60 + Number(minute);
};

describe('runners shared with other repositories', () => {
  it('are avoided while others use them, with a reason', () => {
    const plan = planSchedules(withOthers({ gpu: daily(1, 4, 2) }), 1);
    const [line] = plan.schedules;
    expect(line?.outcome).toBe('move');
    // Ten minutes late and an hour long, within three hours of two o'clock.
    const moved = minuteOf(line?.to ?? '');
    expect(moved >= 4 * 60 - 15 || moved <= 15 || moved >= 23 * 60).toBe(true);
    expect(line?.explanation?.reasons[0]).toMatchObject({ term: 'runners' });
    expect(line?.reasons[0]).toBe(
      'Other repositories are expected to have 19 % of the gpu runners while it runs instead of 100 %.',
    );
    expect(line?.explanation?.counterfactual).toContain('other repositories have 100 % of the gpu runners');
    expect(plan.notes).toContain(
      'Jobs of other repositories on the gpu runners were counted: 2.0 in progress at the busiest, ' +
        'Monday 01:00 UTC, where 2 may run at once.',
    );
  });

  it('matter only to schedules whose jobs use them', () => {
    const elsewhere = { gpu: daily(1, 4, 2) };
    const nightly = scheduleOf('nightly.yml', '0 2 * * *', { minutes: 60 });
    const { schedules, notes } = planSchedules(withOthers(elsewhere, [nightly]), 1);
    expect(schedules[0]?.outcome).toBe('keep');
    expect(schedules[0]?.today).not.toHaveProperty('runnersHeld');
    expect(notes?.join()).not.toContain('gpu');
  });

  it('may have any name', () => {
    const odd = scheduleOf('odd.yml', '0 2 * * *', { runners: 'constructor', minutes: 60 });
    const { schedules, benefit } = planSchedules(withOthers({ gpu: daily(1, 4, 2) }, [odd, training]), 1);
    expect(schedules.map(({ outcome }) => outcome)).toEqual(['keep', 'move']);
    expect(benefit).toBeGreaterThan(0);
    const left = [{ repositoryId: 1, load: { at: NOW, jobs: {} } }];
    expect(loadsTogether(left, ['constructor'], NOW)).toEqual({ constructor: NOTHING });
  });

  it('count by the share that others have: two of many do not matter', () => {
    const input = withOthers({ gpu: daily(1, 4, 2) });
    const plenty = { ...input, settings: { ...input.settings, jobLimits: { gpu: 500 } } };
    expect(planSchedules(plenty, 1).schedules[0]?.outcome).not.toBe('move');
  });

  it('change nothing where nobody else uses them', () => {
    const schedules = [training, scheduleOf('other.yml', '30 2 * * *', { runners: 'gpu', minutes: 60 })];
    const { notes, ...plan } = planSchedules(withOthers({ gpu: NOTHING }, schedules), 1);
    const { notes: alone, ...same } = planSchedules(withOthers(undefined, schedules), 1);
    expect(plan).toEqual(same);
    expect(notes).toEqual([...(alone ?? []), 'No jobs of other repositories are known on the gpu runners.']);
  });

  it('keep the laws of every plan: input order has no effect, and no plan is below the bound', () => {
    const inputs = fc
      .record({
        hours: fc.array(fc.integer({ min: 0, max: 23 }), { minLength: 2, maxLength: 5 }),
        from: fc.integer({ min: 0, max: 20 }),
        jobs: fc.constantFrom(0.3, 1, 5),
      })
      .map(({ hours, from, jobs }) =>
        withOthers(
          { gpu: daily(from, from + 3, jobs) },
          hours.map((hour, at) =>
            scheduleOf(`w${at}.yml`, `0 ${hour} * * *`, {
              runners: at % 2 === 0 ? 'gpu' : 'standard',
              minutes: 40,
            }),
          ),
        ),
      );
    fc.assert(
      fc.property(inputs, (input) => {
        const plan = planSchedules(input, 3);
        const turned = planSchedules({ ...input, schedules: input.schedules.toReversed() }, 3);
        expect(turned.schedules.toReversed()).toEqual(plan.schedules);
        expect(turned.terms).toEqual(plan.terms);
        expect(plan.benefit).toBeGreaterThanOrEqual(-1e-9);
        const moves = plan.schedules.filter(({ outcome }) => outcome === 'move');
        const { bound, cost } = boundOf(input, new Map(moves.map(({ key, to }) => [key, to])), {
          stop: () => false,
        });
        expect(bound).toBeLessThanOrEqual(cost + 1e-9);
      }),
      { numRuns: 15 },
    );
  });
});

describe('runners that the schedules of one repository fill', () => {
  it('count in the search: no other time of a moved schedule costs less, waits for runners included', () => {
    const schedules = [
      scheduleOf('a.yml', '0 10 * * *', { runners: 'gpu', minutes: 80, width: 3 }),
      scheduleOf('b.yml', '0 11 * * *', { runners: 'gpu', minutes: 100, width: 3 }),
    ];
    const input = inputOf(schedules, { jobLimits: { gpu: 3 } });
    const costAt = (moves: ReadonlyMap<string, string>): number =>
      boundOf(input, moves, { stop: () => true }).cost;
    const moved = planSchedules(input, 1).schedules.filter(({ outcome }) => outcome === 'move');
    expect(moved).toHaveLength(1);
    for (const { key, to } of moved) {
      const { candidates } = schedules.find((one) => one.key === key) ?? { candidates: [] };
      const planned = costAt(new Map([[key, to]]));
      const others = candidates.map(({ cron }) => costAt(new Map([[key, cron]])));
      expect(Math.min(...others)).toBeGreaterThanOrEqual(planned - 1e-9);
    }
  });
});

const NO_MOVES = new Map<string, string>();

describe('the shared load of a repository', () => {
  const from = (load: SharedLoad, runners = 'gpu'): readonly number[] =>
    loadsTogether([{ repositoryId: 1, load }], [runners], NOW)[runners] ?? [];
  const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
  const punctual = forecastOf({ late: () => 0, minutes: 60 });

  it('contains the work of a week at its expected times, across the end of the week too', () => {
    const sundays = scheduleOf('s.yml', '40 23 * * 0', { runners: 'gpu', width: 3, forecast: punctual });
    const load = from(sharedLoadOf(inputOf([sundays]), ['gpu'], NO_MOVES));
    expect(load).toHaveLength(WEEK_BINS);
    expect(sum(load)).toBeCloseTo((3 * 60) / 5, 0);
    expect(load[WEEK_BINS - 1]).toBeCloseTo(3, 5);
    expect(load[2]).toBeCloseTo(3, 5);
    expect(load[DAY_BINS]).toBe(0);
    expect(load[WEEK_BINS - 10]).toBe(0);
  });

  it('includes pinned schedules, and push jobs on the standard runners', () => {
    const pinned = { ...training, refusal: { code: 'pinned', sentence: 'It is pinned.' } as const };
    const input = { ...inputOf([pinned]), background: NOTHING.map(() => 0.5) };
    const load = sharedLoadOf(input, ['gpu', 'standard', 'macos'], NO_MOVES);
    expect(Object.keys(load.jobs)).toEqual(['gpu', 'standard']);
    expect(sum(from(load))).toBeGreaterThan(0);
    expect(from(load, 'standard')[7]).toBeCloseTo(0.5);
  });

  it('is at the new times of schedules that move', () => {
    const input = inputOf([scheduleOf('a.yml', '0 2 * * *', { runners: 'gpu', forecast: punctual })]);
    const load = from(sharedLoadOf(input, ['gpu'], new Map([['a.yml#0', '0 5 * * *']])));
    expect([load[2 * 12 + 5], load[5 * 12 + 5]]).toEqual([0, 1]);
  });

  it('adds up the same in any order, and expires after five weeks without a round', () => {
    const load = sharedLoadOf(inputOf([training]), ['gpu'], NO_MOVES);
    const left = [3, 1, 2].map((repositoryId) => ({ repositoryId, load }));
    const one = from(load);
    const all = loadsTogether(left, ['gpu', 'tpu'], NOW);
    expect(all).toEqual(loadsTogether(left.toReversed(), ['gpu', 'tpu'], NOW));
    expect(sum(all.gpu ?? [])).toBeCloseTo(3 * sum(one), 3);
    expect(all.tpu).toEqual(NOTHING);
    expect(sum(loadsTogether(left, ['gpu'], NOW + 35 * DAY_MS).gpu ?? [])).toBeGreaterThan(0);
    expect(loadsTogether(left, ['gpu'], NOW + 36 * DAY_MS).gpu).toEqual(NOTHING);
  });
});
