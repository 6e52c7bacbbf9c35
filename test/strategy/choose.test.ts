import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/plan/random.ts';
import {
  chooseStrategy,
  dominates,
  leadingStrategy,
  type ObjectiveWeights,
  performanceBound,
} from '../../src/strategy/choose.ts';
import { emptyPopulation } from '../../src/strategy/population.ts';
import type { Objectives, Strategy, StrategyPopulation } from '../../src/strategy/strategy.ts';
import { emptyRecord } from '../../src/strategy/track-record.ts';

const EVEN: ObjectiveWeights = { success: 1, lateness: 1, overlap: 1, cost: 1 };
const TODAY: Objectives = { success: 1, lateness: 1, overlap: 1, cost: 1 };
const [base] = emptyPopulation(0).strategies as [Strategy];

/** A strategy whose newest forecasts all had this error. */
function strategy(name: string, error: number, forecasts = 60, exploration = 0): Strategy {
  return {
    ...base,
    name,
    parameters: { ...base.parameters, exploration_rate: exploration },
    performance_history: { ...emptyRecord(), total: forecasts, recent: Array(forecasts).fill(error) },
  };
}

function populationOf(...strategies: readonly Strategy[]): StrategyPopulation {
  return { ...emptyPopulation(0), strategies: [...strategies] };
}

const never = (): number => {
  throw new Error('nothing is to be drawn');
};

describe('the lower bound of a performance', () => {
  it('lies below the mean, and comes closer with more forecasts', () => {
    const bounds = [1, 5, 20, 60].map((forecasts) => performanceBound(strategy('a', 0.2, forecasts)));
    expect(bounds).toEqual([...bounds].sort((a, b) => a - b));
    for (const bound of bounds) expect(bound).toBeLessThan(0.7);
    expect(performanceBound(strategy('a', 0.2, 60))).toBeGreaterThan(0.6);
    expect(performanceBound(strategy('a', 0, 0))).toBe(0);
  });
});

describe('the strategy in use', () => {
  it('is default until another has proved better on enough forecasts', () => {
    const home = strategy('default', 0.2);
    expect(leadingStrategy(populationOf(home, strategy('gen1-1', 0.05, 19))).name).toBe('default');
    expect(leadingStrategy(populationOf(home, strategy('gen1-1', 0.05, 60))).name).toBe('gen1-1');
    expect(leadingStrategy(populationOf(home, strategy('gen1-1', 0.2, 60))).name).toBe('default');
    // Better by what may be chance is not proven: one forecast in sixty.
    const lucky = strategy('gen1-1', 0.2);
    const recent = lucky.performance_history.recent.with(7, 0.05);
    const history = { ...lucky.performance_history, recent };
    expect(leadingStrategy(populationOf(home, { ...lucky, performance_history: history })).name).toBe(
      'default',
    );
    // As good on fewer forecasts is not proven.
    expect(leadingStrategy(populationOf(home, strategy('gen1-1', 0.2, 30))).name).toBe('default');
  });
});

describe('where default was born with other genes', () => {
  const bad = { ...base.parameters, recency_bias: 0.8 };
  const home = { ...strategy('default', 0.2), home: bad };
  const shipped = { ...strategy('gen1-6', 0.2), home: base.parameters };

  it('the strategy with the shipped ones is in use, until default is proven better', () => {
    expect(leadingStrategy(populationOf(home, shipped)).name).toBe('gen1-6');
    const good = { ...home, performance_history: strategy('default', 0.05).performance_history };
    expect(leadingStrategy(populationOf(good, shipped)).name).toBe('default');
  });
});

describe('the choice of a decision', () => {
  it('takes the best lower bound where the plans are alike, and draws nothing', () => {
    const population = populationOf(strategy('default', 0.2), strategy('gen1-1', 0.05));
    const chosen = chooseStrategy(population, new Map(), EVEN, never);
    expect(chosen).toMatchObject({ strategy: { name: 'gen1-1' }, propensity: 1 });
  });

  it.each([
    [{ success: 10, lateness: 0, overlap: 0, cost: 0 }, 'careful'],
    [{ success: 0, lateness: 10, overlap: 0, cost: 0 }, 'punctual'],
  ])('lets the weights %j pick among plans of which none is worse in everything', (weights, wanted) => {
    const population = populationOf(
      strategy('default', 0.05),
      strategy('careful', 0.05),
      strategy('punctual', 0.05),
    );
    const plans = new Map<string, Objectives>([
      ['default', TODAY],
      ['careful', { ...TODAY, success: 0.4, lateness: 0.9 }],
      ['punctual', { ...TODAY, success: 0.9, lateness: 0.4 }],
    ]);
    expect(chooseStrategy(population, plans, weights, never).strategy.name).toBe(wanted);
  });

  it('marks the dominated, and never takes one', () => {
    const population = populationOf(strategy('default', 0.05, 60, 1), strategy('gen1-1', 0.05, 60, 1));
    const plans = new Map([
      ['default', TODAY],
      ['gen1-1', { ...TODAY, overlap: 0.999 }],
    ]);
    const random = seededRandom(1);
    for (let draw = 0; draw < 50; draw += 1) {
      const { strategy: chosen, contenders } = chooseStrategy(population, plans, EVEN, random);
      expect(chosen.name).toBe('gen1-1');
      expect(contenders.filter((one) => one.dominated).map((one) => one.strategy.name)).toEqual(['default']);
    }
  });

  it('draws a near-tie as often as it says', () => {
    const population = populationOf(
      strategy('default', 0.05, 60, 0.3),
      strategy('gen1-1', 0.05, 60, 0.3),
      strategy('poor', 0.4, 60, 0.3),
    );
    const random = seededRandom(2);
    const draws = 4_000;
    const seen = new Map<string, { times: number; propensity: number }>();
    for (let draw = 0; draw < draws; draw += 1) {
      const { strategy: chosen, propensity } = chooseStrategy(population, new Map(), EVEN, random);
      const one = seen.get(chosen.name) ?? { times: 0, propensity };
      seen.set(chosen.name, { times: one.times + 1, propensity });
      expect(propensity).toBe(one.propensity);
    }
    expect([...seen.keys()].sort()).toEqual(['default', 'gen1-1']);
    for (const { times, propensity } of seen.values()) {
      expect(Math.abs(times / draws - propensity)).toBeLessThan(0.02);
    }
    expect([...seen.values()].reduce((sum, one) => sum + one.propensity, 0)).toBeCloseTo(1, 10);
  });
});

describe('domination', () => {
  it.each([
    [TODAY, TODAY, false],
    [{ ...TODAY, cost: 0.5 }, TODAY, true],
    [{ ...TODAY, cost: 0.5, lateness: 1.1 }, TODAY, false],
    [TODAY, { ...TODAY, cost: 0.5 }, false],
  ])('%j over %j: %s', (one, other, expected) => {
    expect(dominates(one, other)).toBe(expected);
  });
});
