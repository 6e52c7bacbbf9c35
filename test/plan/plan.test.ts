import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidatesOf } from '../../src/cron/candidates.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { type Shape, shapeOf } from '../../src/cron/shape.ts';
import { ScheduleDecision } from '../../src/plan/decision.ts';
import type { PlanInput, PlannedSchedule } from '../../src/plan/input.ts';
import { type Plan, planSchedules } from '../../src/plan/plan.ts';
import { sampled, sampledRuns } from '../sampled.ts';
import { DAY_MS, forecastOf, inputOf, NOW, scheduleOf } from './fixtures.ts';

const CRONS = [
  '0 2 * * *',
  '0 3 * * *',
  '30 2 * * *',
  '0 * * * *',
  '*/15 * * * *',
  '0 4 * * 1',
  '0 5 1 * *',
  '0 9 * * 1-5',
  '0 */6 * * *',
];

const schedules: fc.Arbitrary<readonly PlannedSchedule[]> = fc
  .array(
    fc.record({
      cron: fc.constantFrom(...CRONS),
      minutes: fc.integer({ min: 1, max: 90 }),
      observations: fc.constantFrom(0, 3, 60),
      runsSeen: fc.nat({ max: 80 }),
      width: fc.integer({ min: 1, max: 4 }),
      late: fc.constantFrom(1, 30, 150),
      refused: fc.boolean(),
      moved: fc.boolean(),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((all) =>
    all.map((one, at) =>
      scheduleOf(`w${at}.yml`, one.cron, {
        minutes: one.minutes,
        observations: one.observations,
        runsSeen: one.runsSeen,
        width: one.width,
        late: (hour) => one.late * (1 + Math.abs(hour - 12) / 12),
        refusal: one.refused ? { code: 'pinned', sentence: 'It is pinned.' } : null,
        movedAt: one.moved ? NOW - 5 * DAY_MS : null,
      }),
    ),
  );

const inputs: fc.Arbitrary<PlanInput> = fc
  .tuple(schedules, fc.constantFrom(0, 0.3, 1), fc.constantFrom(0, 0.1), fc.constantFrom(0, 0.6))
  .map(([all, maxChangeShare, minGain, minConfidence]) =>
    inputOf(all, { maxChangeShare, minGain, minConfidence }),
  );

const moves = (plan: Plan): readonly ScheduleDecision[] =>
  plan.schedules.filter((line) => line.outcome === 'move');

describe('every plan', () => {
  it('decides all schedules in input order and moves to candidates only', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const plan = planSchedules(input, 1);
        expect(plan.schedules.map((line) => line.key)).toEqual(input.schedules.map((one) => one.key));
        plan.schedules.forEach((line, at) => {
          ScheduleDecision.parse(line);
          const schedule = input.schedules[at] as PlannedSchedule;
          const known = [schedule.cron, ...schedule.candidates.map((one) => one.cron)];
          expect(known).toContain(line.to);
          expect(line.to === line.cron).toBe(line.outcome === 'keep' || line.outcome === 'refused');
          expect(line.outcome === 'refused').toBe(schedule.refusal !== null);
          if (line.outcome === 'move') expect(schedule.movedAt).toBeNull();
          expect(line.reasons.length).toBeGreaterThan(0);
          expect(line.alternatives.length).toBeLessThanOrEqual(5);
          const scores = line.alternatives.map((one) => one.score);
          expect(scores).toEqual([...scores].sort((a, b) => b - a));
        });
      }),
      sampledRuns(30, 10),
    );
  });

  it('keeps the shape of every schedule that it moves', () => {
    fc.assert(
      fc.property(inputs, fc.integer(), (input, seed) => {
        for (const { cron, to, timezone } of planSchedules(input, seed).schedules) {
          // Whether a tick meets people's hours or a change of clocks follows from the minute, and may change with it.
          const kept = ({ forPeople: _p, touchesClockChange: _c, ...rest }: Shape) => rest;
          expect(kept(shapeOf(parseCron(to), timezone))).toEqual(kept(shapeOf(parseCron(cron), timezone)));
        }
      }),
      sampledRuns(20, 7),
    );
  });

  it('stays within the change budget and never costs more than today', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const plan = planSchedules(input, 2);
        const { maxChangeShare, minConfidence = 0 } = input.settings;
        const most =
          maxChangeShare === 0 ? 0 : Math.max(1, Math.floor(maxChangeShare * input.schedules.length));
        expect(moves(plan).length).toBeLessThanOrEqual(most);
        expect(plan.benefit).toBeGreaterThanOrEqual(-1e-9);
        if (moves(plan).length === 0) expect(plan.terms.after).toEqual(plan.terms.before);
        expect(plan.load.before).toHaveLength(24);
        if (moves(plan).length === 1) expect(plan.confidence).toBeGreaterThanOrEqual(minConfidence);
      }),
      sampledRuns(30, 10),
    );
  });

  it('gives the same plan for the same input, in whatever order the schedules come', () => {
    fc.assert(
      fc.property(inputs, fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (input, seed, cut) => {
        const at = Math.floor(cut * input.schedules.length);
        const turned = [...input.schedules.slice(at), ...input.schedules.slice(0, at)].reverse();
        const byKey = (plan: Plan): unknown => [...plan.schedules].sort((a, b) => (a.key < b.key ? -1 : 1));
        const plan = planSchedules(input, seed);
        expect(planSchedules(input, seed)).toEqual(plan);
        const other = planSchedules({ ...input, schedules: turned }, seed);
        expect(byKey(other)).toEqual(byKey(plan));
        expect([other.benefit, other.confidence, other.terms, other.load]).toEqual([
          plan.benefit,
          plan.confidence,
          plan.terms,
          plan.load,
        ]);
      }),
      sampledRuns(20, 7),
    );
  });

  it('has a low confidence after a few runs', () => {
    for (const [runsSeen, most] of [
      [0, 0.5],
      [3, 0.8],
      [10, 0.917],
    ] as const) {
      const plan = planSchedules(
        inputOf([scheduleOf('a', '0 2 * * *', { runsSeen }), scheduleOf('b', '0 2 * * *', { runsSeen })]),
        1,
      );
      expect(moves(plan).length).toBeGreaterThan(0);
      expect(plan.confidence).toBeLessThanOrEqual(most);
    }
  });
});

describe('a plan', () => {
  it('moves two long schedules with the same tick apart, and says by how much', () => {
    const plan = planSchedules(inputOf([scheduleOf('a', '0 2 * * *'), scheduleOf('b', '0 2 * * *')]), 1);
    expect(moves(plan)).toHaveLength(1);
    const [move] = moves(plan) as [ScheduleDecision];
    expect(move.today?.overlapMinutesPerWeek).toBeGreaterThan(60);
    expect(move.proposed?.overlapMinutesPerWeek).toBeLessThan(15);
    expect(move.reasons[0]).toMatch(/share .* a week with other runs instead of/);
    expect(move.benefit).toBeGreaterThan(0.1);
    expect(plan.terms.after.overlap).toBeLessThan(0.2);
  });

  it('finds the overlap of ticks an hour apart whose lateness differs by an hour', () => {
    const shared = (late: (hour: number) => number): number => {
      const plan = planSchedules(
        inputOf([
          scheduleOf('a', '0 2 * * *', { late, candidates: [] }),
          scheduleOf('b', '0 3 * * *', { late, candidates: [] }),
        ]),
        1,
      );
      return plan.schedules[0]?.today?.overlapMinutesPerWeek ?? 0;
    };
    expect(shared(() => 60)).toBeLessThan(1);
    expect(shared((hour) => (hour < 3 ? 120 : 60))).toBeGreaterThan(15);
  });

  it('moves a schedule away from the background', () => {
    const input = inputOf([scheduleOf('a', '0 10 * * *')]);
    const background = input.background.map((_, bin) => (Math.floor(bin / 12) % 24 === 10 ? 20 : 0));
    const [line] = planSchedules({ ...input, background }, 1).schedules;
    expect(line?.outcome).toBe('move');
    expect(line?.proposed?.overlapMinutesPerWeek).toBeLessThan((line?.today?.overlapMinutesPerWeek ?? 0) / 4);
  });

  it.each([
    ['nobody has seen a tick there', 0, 'keep'],
    ['sixty ticks were seen there', 60, 'move'],
  ])('trusts another hour to be more punctual only by evidence: %s', (_, observations, outcome) => {
    const late = (hour: number): number => (hour === 2 ? 180 : 10);
    const [line] = planSchedules(
      inputOf([scheduleOf('a', '30 2 * * *', { late, observations })]),
      1,
    ).schedules;
    expect(line?.outcome).toBe(outcome);
    if (outcome === 'move') expect(line?.reasons.join(' ')).toContain('as much as 60 recent runs');
  });

  it('moves a schedule out of hours with many failures', () => {
    const success = (hour: number): number => (hour === 2 ? 0.5 : 0.98);
    const [line] = planSchedules(inputOf([scheduleOf('a', '30 2 * * *', { success })]), 1).schedules;
    expect(line?.outcome).toBe('move');
    expect(line?.reasons[0]).toContain('98 % of cases instead of 50 %');
  });

  it('is empty where there is no schedule', () => {
    expect(planSchedules(inputOf([]), 1)).toMatchObject({ schedules: [], benefit: 0, confidence: 0 });
  });

  it('keeps a schedule that is alone, and says what else was tried', () => {
    const [line] = planSchedules(inputOf([scheduleOf('a', '17 2 * * *')]), 1).schedules;
    expect(line?.outcome).toBe('keep');
    expect(line?.reasons[0]).toMatch(/of \d+ other times/);
    expect(line?.alternatives).toHaveLength(5);
  });

  it('counts refused schedules as load, and gives their reason', () => {
    const refusal = { code: 'pinned', sentence: 'It is pinned by a directive.' } as const;
    const plan = planSchedules(
      inputOf([scheduleOf('a', '0 2 * * *', { refusal }), scheduleOf('b', '0 2 * * *')]),
      1,
    );
    expect(plan.schedules.map((line) => line.outcome)).toEqual(['refused', 'move']);
    expect(plan.schedules[0]?.reasons).toEqual(['It is pinned by a directive.']);
  });

  it('ignores the cron of a refused schedule that cannot be read', () => {
    const unreadable = {
      ...scheduleOf('a', '0 2 * * *'),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what stands in the file
      cron: '${{ inputs.cron }}',
      candidates: [],
      refusal: { code: 'templated', sentence: 'Its cron is an expression.' } as const,
    };
    expect(planSchedules(inputOf([unreadable]), 1).schedules[0]?.outcome).toBe('refused');
  });

  it('plans the mean week of a monthly schedule', () => {
    const plan = planSchedules(inputOf([scheduleOf('a', '0 2 1 * *', { minutes: 60 })]), 1);
    const jobHours = plan.load.before.reduce((sum, jobs) => sum + jobs, 0) * 7;
    expect(jobHours).toBeGreaterThan(0.8 * (7 / 30.4));
    expect(jobHours).toBeLessThan(1.3 * (7 / 30.4));
  });
});

describe('a better time is held by', () => {
  const pair = (more: Parameters<typeof scheduleOf>[2] = {}): PlannedSchedule[] => [
    scheduleOf('a', '0 2 * * *', more),
    scheduleOf('b', '0 2 * * *', { candidates: [] }),
  ];

  it('dwell', () => {
    const [line] = planSchedules(inputOf(pair({ movedAt: NOW - 5 * DAY_MS })), 1).schedules;
    expect(line?.outcome).toBe('held');
    expect(line?.reasons[0]).toMatch(/^Held by dwell: .*moved 5 days ago and rests for 14/);
    expect(line?.to).not.toBe(line?.cron);
    expect(planSchedules(inputOf(pair({ movedAt: NOW - 15 * DAY_MS })), 1).schedules[0]?.outcome).toBe(
      'move',
    );
  });

  it('the change share', () => {
    const crowd = Array.from({ length: 6 }, (_, at) => scheduleOf(`w${at}`, '0 2 * * *'));
    const plan = planSchedules(inputOf(crowd, { maxChangeShare: 0.3 }), 1);
    expect(moves(plan)).toHaveLength(1);
    const held = plan.schedules.filter((line) => line.outcome === 'held');
    expect(held.length).toBeGreaterThan(0);
    expect(held[0]?.reasons[0]).toMatch(/^Held by the change share: .*\(here 1 of 6\)/);
  });

  it('the edits of half a year, unless a finish-by is not kept', () => {
    const crowd = Array.from({ length: 6 }, (_, at) => scheduleOf(`w${at}`, '0 2 * * *'));
    const planAfter = (recentEdits: number, all = crowd) =>
      planSchedules({ ...inputOf(all, { maxEdits: 1 }), recentEdits }, 1);
    expect(moves(planAfter(3)).length).toBeLessThanOrEqual(3);
    expect(moves(planAfter(5))).toHaveLength(1);
    const held = planAfter(6);
    expect(moves(held)).toHaveLength(0);
    expect(held.schedules[0]?.reasons[0]).toMatch(/^Held by the edits of half a year: .*6 moves were merged/);
    expect(held.notes?.[0]).toMatch(/waiting, as enough was edited in half a year/);
    const late = crowd.with(0, scheduleOf('w0', '0 2 * * *', { finishByMinute: 125, minutes: 5 }));
    const kept = planAfter(6, late);
    expect(moves(kept).map(({ path }) => path)).toEqual(['w0']);
  });

  it('the minimum gain, half as much again for a schedule that was moved before', () => {
    const gain = planSchedules(inputOf(pair()), 1).schedules[0]?.benefit ?? 0;
    const minGain = gain / 1.25;
    const first = planSchedules(inputOf(pair(), { minGain }), 1).schedules[0];
    const second = planSchedules(inputOf(pair({ movedAt: NOW - 60 * DAY_MS }), { minGain }), 1).schedules[0];
    expect(first?.outcome).toBe('move');
    expect(second?.outcome).toBe('held');
    expect(second?.reasons[0]).toMatch(/^Held by the minimum gain: .*earlier move/);
  });

  it('the minimum confidence', () => {
    const [line] = planSchedules(inputOf(pair({ runsSeen: 2 }), { minConfidence: 0.9 }), 1).schedules;
    expect(line?.outcome).toBe('held');
    expect(line?.reasons[0]).toMatch(/^Held by the minimum confidence/);
  });
});

describe('finish-by', () => {
  const at = (hour: number, cron: string, minutes: number, maxShiftMinutes?: number): PlannedSchedule =>
    scheduleOf('nightly', cron, {
      minutes,
      late: () => 60,
      finishByMinute: hour * 60,
      candidates: candidatesOf(parseCron(cron), 'UTC', {
        finishByMinute: hour * 60,
        ...(maxShiftMinutes === undefined ? {} : { maxShiftMinutes }),
      }),
    });

  it('is kept by nine runs in ten after the move', () => {
    const [line] = planSchedules(inputOf([at(7, '30 6 * * *', 60)]), 1).schedules;
    expect(line?.outcome).toBe('move');
    expect(line?.today?.finishByProbability).toBeLessThan(0.1);
    expect(line?.proposed?.finishByProbability).toBeGreaterThanOrEqual(0.9);
    expect(line?.reasons[0]).toMatch(/done by 07:00 in \d+ % of runs instead of/);
  });

  it('is not met by a move past the time from which the next day’s is meant', () => {
    for (const [cron, candidate, shiftMinutes] of [
      ['0 18 * * *', '13 20 * * *', 133],
      ['0 14,16 * * *', '3 17,19 * * *', 183],
    ] as const) {
      const late = scheduleOf('late', cron, {
        finishByMinute: 7 * 60,
        candidates: [{ cron: candidate, shiftMinutes }],
      });
      const [line] = planSchedules(inputOf([late]), 1).schedules;
      expect(line).toMatchObject({ outcome: 'keep', today: { finishByProbability: 0 } });
    }
  });

  it('belongs to a tick from its not-before on', () => {
    const evening = { finishByMinute: 7 * 60, notBeforeMinute: 8 * 60 };
    const [line] = planSchedules(inputOf([scheduleOf('long', '0 16 * * *', evening)]), 1).schedules;
    expect(line?.today?.finishByProbability).toBeGreaterThan(0.9);
  });

  it('counts as much where there are many, and needs no least gain', () => {
    const many = Array.from({ length: 12 }, (_, one) =>
      scheduleOf(`late${one}`, '30 6 * * *', { minutes: 60, finishByMinute: 7 * 60, candidates: [] }),
    );
    const nearly = scheduleOf('nearly', '0 3 * * *', {
      minutes: 60,
      late: () => 60,
      finishByMinute: 5 * 60 + 25,
    });
    const [line] = planSchedules(inputOf([nearly, ...many], { minGain: 0.5 }), 1).schedules;
    expect(line?.today?.finishByProbability).toBeLessThan(0.9);
    expect(line?.today?.finishByProbability).toBeGreaterThan(0.7);
    expect(line?.outcome).toBe('move');
    expect(line?.proposed?.finishByProbability).toBeGreaterThanOrEqual(0.9);
  });

  it('moves the schedule no further than needed', () => {
    const [line] = planSchedules(inputOf([at(7, '30 6 * * *', 60)]), 1).schedules;
    expect(line?.proposed?.finishByProbability).toBeLessThan(0.999);
  });

  it('gets the best time, and a sentence, where nine in ten cannot be reached', () => {
    const [line] = planSchedules(inputOf([at(7, '30 6 * * *', 60, 90)]), 1).schedules;
    expect(line?.outcome).toBe('move');
    expect(line?.cautions?.join(' ')).toMatch(
      /At no time that it may move to would nine runs of ten be done by 07:00/,
    );
  });

  it('moves no schedule that is done in time', () => {
    const [line] = planSchedules(inputOf([at(7, '17 2 * * *', 30)]), 1).schedules;
    expect(line?.outcome).toBe('keep');
  });
});

describe('plans of least wait, overlap and cost', () => {
  const input = inputOf(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((name, at) =>
      scheduleOf(name, `0 ${at % 2} * * *`, {
        minutes: 40,
        late: (hour) => 20 + 100 / (1 + Math.abs(hour - 2)),
        success: (hour) => 0.9 + 0.003 * hour,
        usdPerRun: 1,
      }),
    ),
    { maxChangeShare: 0.4 },
  );
  const plan = planSchedules(input, 1, { withExtremes: true });
  const extremes = plan.extremes ?? [];

  it('have no more of their term than the chosen one, and as many moves at most', () => {
    const term = { 'least wait': 'lateness', 'least overlap': 'overlap', 'least cost': 'cost' } as const;
    expect(extremes.length).toBeGreaterThan(1);
    for (const { aim, terms, moves: own } of extremes) {
      expect(terms[term[aim]]).toBeLessThanOrEqual((plan.terms.after[term[aim]] ?? 0) + 0.02);
      expect(own.length).toBeLessThanOrEqual(3);
    }
  });

  it('differ from the chosen one and from each other', () => {
    const chosen = moves(plan).map(({ key, to }) => ({ key, to }));
    const all = [chosen, ...extremes.map(({ moves: own }) => own)].map((own) => JSON.stringify(own));
    expect(new Set(all).size).toBe(all.length);
  });

  it('change nothing of it, and are looked for only where they are asked for', () => {
    const { extremes: none, ...alone } = planSchedules(input, 1);
    const { extremes: _, ...beside } = plan;
    expect(none).toBeUndefined();
    expect(alone).toEqual(beside);
  });
});

it('is as sure as the deployment’s own verdicts let it be', () => {
  const input = inputOf(['a', 'b', 'c'].map((name) => scheduleOf(name, '0 2 * * *')));
  const confidenceFit = { intercept: -0.5, slope: 1 };
  const shipped = planSchedules(input, 1);
  const fitted = planSchedules({ ...input, settings: { ...input.settings, confidenceFit } }, 1);
  const sure = (plan: Plan): readonly number[] => moves(plan).map(({ confidence }) => confidence);
  expect(sure(shipped).length).toBeGreaterThan(0);
  expect(sure(fitted).every((value, at) => value < (sure(shipped)[at] ?? 0))).toBe(true);
});

it('keeps how the durations of a schedule differ by day', () => {
  const forecast = forecastOf();
  const patterns = ['Runs take 3.0 times as long on Mondays.'];
  const weekly = scheduleOf('weekly.yml', '0 2 * * *', {
    forecast: { ...forecast, duration: { ...forecast.duration, patterns } },
  });
  const [row, other] = planSchedules(inputOf([weekly, scheduleOf('x.yml', '0 3 * * *')]), 1).schedules;
  expect(row?.patterns).toEqual(patterns);
  expect(other).not.toHaveProperty('patterns');
});

describe('exploration', () => {
  const crowd = Array.from({ length: 4 }, (_, at) => scheduleOf(`w${at}`, '0 2 * * *', { minutes: 15 }));

  it('draws another good time as often as its propensity says, and never one without gain', () => {
    const best = planSchedules(inputOf(crowd), 1);
    expect(best.propensity).toBe(1);
    let explored = 0;
    const seeds = sampled(40, 16);
    for (let seed = 0; seed < seeds; seed += 1) {
      const plan = planSchedules(inputOf(crowd, { exploration: 0.5 }), seed);
      expect(plan.propensity).toBeGreaterThan(0);
      expect(plan.propensity).toBeLessThanOrEqual(1);
      if (plan.propensity < 0.5) explored += 1;
      for (const move of moves(plan)) expect(move.benefit).toBeGreaterThan(0);
    }
    expect(explored).toBeGreaterThan(seeds / 8);
    expect(explored).toBeLessThan((7 * seeds) / 8);
  });
});
