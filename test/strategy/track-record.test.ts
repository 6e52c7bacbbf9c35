import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/plan/random.ts';
import { emptyPopulation, findStrategy, recordForecasts } from '../../src/strategy/population.ts';
import { StrategyPopulation, TrackRecord } from '../../src/strategy/strategy.ts';
import { accuracyScore, emptyRecord, extendRecord, performance } from '../../src/strategy/track-record.ts';
import { trendOf } from '../../src/strategy/trend.ts';

const run = (predictedSeconds: number, actualSeconds = 100, insideInterval = true) => ({
  strategy: 'default',
  predictedSeconds,
  actualSeconds,
  insideInterval,
});

describe('track record', () => {
  it.each([
    [110, 'excellent', 1],
    [111, 'good', 0.7],
    [75, 'good', 0.7],
    [74, 'fair', 0.4],
    [150, 'fair', 0.4],
    [151, 'poor', 0],
  ] as const)('calls %d seconds for 100 %s', (predicted, band, worth) => {
    const record = extendRecord(emptyRecord(), run(predicted));
    expect(record[band]).toBe(1);
    expect(performance(record)).toBeCloseTo(worth, 10);
  });

  it('is a strategy’s own, and counts runs once', () => {
    const first = recordForecasts(emptyPopulation(0), [run(100)], 1);
    const second = recordForecasts(first, [run(400, 100, false)], 2);
    const [strategy] = second.strategies;
    expect(second.runsLearned).toBe(2);
    expect(strategy?.last_updated).toBe(2);
    expect(strategy?.performance_history).toMatchObject({
      total: 2,
      excellent: 1,
      poor: 1,
      meanErrorPercent: 50,
      mapePercent: 150,
      maeSeconds: 150,
      coverage: 0.5,
    });
    expect(accuracyScore(strategy?.performance_history ?? emptyRecord())).toBe(50);
    StrategyPopulation.parse(second);
  });

  it('holds its laws after any forecasts', () => {
    const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(seconds, seconds, fc.boolean()), { maxLength: 120 }), (all) => {
        const record = all.reduce(
          (sum, [predicted, actual, inside]) => extendRecord(sum, run(predicted, actual, inside)),
          emptyRecord(),
        );
        TrackRecord.parse(record);
        expect(record.excellent + record.good + record.fair + record.poor).toBe(all.length);
        expect(record.recent.length).toBeLessThanOrEqual(60);
        expect(accuracyScore(record)).toBeGreaterThanOrEqual(0);
        expect(accuracyScore(record)).toBeLessThanOrEqual(100);
        expect(performance(record)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is each strategy’s own', () => {
    const population = emptyPopulation(0);
    const [base] = population.strategies;
    if (base === undefined) throw new Error('no default');
    const two = { ...population, strategies: [base, { ...base, name: 'gen1-1' }] };
    const after = recordForecasts(two, [run(100), { ...run(300), strategy: 'gen1-1' }], 1);
    expect(after.runsLearned).toBe(1);
    expect(after.strategies.map((one) => one.performance_history.maeSeconds)).toEqual([0, 200]);
  });

  it('names the nearest strategy, and all there are, where there is none of a name', () => {
    const wanted = {
      message: 'There is no strategy named "defualt".',
      fix: 'Did you mean "default"? The strategies here: default.',
    };
    expect(() => findStrategy(emptyPopulation(0), 'defualt')).toThrow(expect.objectContaining(wanted));
  });
});

describe('trend', () => {
  const errors = (count: number, scale: number, random: () => number): number[] =>
    Array.from({ length: count }, () => scale * random());

  it('is stable for a record without change, but for one in twenty', () => {
    const random = seededRandom(3);
    const calls = Array.from({ length: 1000 }, () => trendOf(errors(40, 1, random)));
    const alarms = calls.filter((trend) => trend !== 'stable').length;
    expect(alarms).toBeGreaterThan(15);
    expect(alarms).toBeLessThan(85);
  });

  it.each([
    ['declining', 0.1, 0.4],
    ['improving', 0.4, 0.1],
  ] as const)('is %s from errors around %d to errors around %d', (trend, before, after) => {
    const random = seededRandom(5);
    expect(trendOf([...errors(20, before, random), ...errors(20, after, random)])).toBe(trend);
  });

  it('is stable until two windows are full, and where all errors are the same', () => {
    expect(trendOf([...errors(19, 0.1, () => 0.5), ...errors(20, 9, () => 0.5)])).toBe('stable');
    expect(trendOf(errors(60, 1, () => 0.5))).toBe('stable');
  });
});
