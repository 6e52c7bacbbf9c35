import { describe, expect, it } from 'vitest';
import { normalDraw, seededRandom } from '../../../src/plan/random.ts';
import { emptyPopulation } from '../../../src/strategy/population.ts';
import { type LearningEvent, type Strategy, StrategyPopulation } from '../../../src/strategy/strategy.ts';
import { performance } from '../../../src/strategy/track-record.ts';
import { learnStrategies, mixturesOf } from '../../../src/usecases/learning/learn-strategies.ts';
import { Learner } from '../../forecast/learner.ts';
import { sampleRun } from '../../history/sample-run.ts';

const DAY_MS = 86_400_000;
const START = Date.parse('2026-01-05T02:00:00Z');

/** Plays daily runs of these lengths (seconds) to a population; failures by day. */
function play(
  population: StrategyPopulation,
  seconds: readonly number[],
  failed: (day: number) => boolean = () => false,
) {
  const learner = new Learner();
  const events: LearningEvent[] = [];
  let now = population;
  seconds.forEach((durationSeconds, day) => {
    const at = START + day * DAY_MS;
    const run = sampleRun(day + 1, new Date(at).toISOString(), {
      durationSeconds,
      endedAt: at + 1000 * durationSeconds,
      conclusion: failed(day) ? 'failure' : 'success',
    });
    const { own, shadows } = mixturesOf(now);
    const learnt = learner.learn(run, [], { shadows, own });
    const step = learnStrategies(now, learnt, at);
    now = step.population;
    events.push(...step.events);
  });
  return { population: now, events, learner };
}

function noisy(count: number, seed = 1): readonly number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => 300 * Math.exp(0.2 * normalDraw(random)));
}

function withOthers(...genes: readonly Partial<Strategy['parameters']>[]): StrategyPopulation {
  const population = emptyPopulation(0);
  const [base] = population.strategies as [Strategy];
  const others = genes.map((changed, at) => {
    const parameters = { ...base.parameters, ...changed };
    return { ...base, name: `gen1-${at + 1}`, generation: 1, parameters, home: parameters };
  });
  return { ...population, strategies: [base, ...others] };
}

describe('strategies in shadow', () => {
  it('each have a record of every run that could be forecast, and counts runs once', () => {
    const { population } = play(withOthers({ recency_bias: 0.8 }, { success_weight: 1 }), noisy(40));
    expect(population.strategies.map((one) => one.performance_history.total)).toEqual([39, 39, 39]);
    expect(population.runsLearned).toBe(39);
    const errors = population.strategies.map((one) => one.performance_history.maeSeconds);
    expect(new Set(errors).size).toBe(3);
    StrategyPopulation.parse(population);
  });

  it('keep the genes they were born with, while the one in use adapts', () => {
    const start = withOthers({ recency_bias: 0.8 });
    const { population, events } = play(start, noisy(60), (day) => day % 3 === 0);
    const [home, other] = population.strategies;
    expect(other?.parameters).toEqual(start.strategies[1]?.parameters);
    expect(home?.parameters.failure_penalty).toBeGreaterThan(0.2);
    expect(new Set(events.map(({ strategy }) => strategy))).toEqual(new Set(['default']));
  });

  it('are joined by the one in use as it was born, which proves or disproves its steps', () => {
    const [base] = emptyPopulation(0).strategies as [Strategy];
    // Genes that follow every value, in use from the first day: on noise they lose, and are given back.
    const parameters = { ...base.parameters, recency_bias: 0.95, success_weight: 1 };
    const { population, events } = play(
      { ...emptyPopulation(0), strategies: [{ ...base, parameters }] },
      noisy(80),
    );
    expect(events.filter(({ why }) => why.includes('born with')).length).toBeGreaterThan(0);
    expect(Math.abs((population.strategies[0]?.parameters.recency_bias ?? 1) - 0.3)).toBeLessThan(0.05);
    expect(population.strategies.map(({ name }) => name)).toEqual(['default']);
  });

  it('begin with what the default one knows of a series, not from nothing', () => {
    const { learner } = play(emptyPopulation(0), noisy(40));
    const at = START + 41 * DAY_MS;
    const run = sampleRun(99, new Date(at).toISOString(), { durationSeconds: 300, endedAt: at + 300_000 });
    const { own, shadows } = mixturesOf(withOthers({}));
    const learnt = learner.learn(run, [], { shadows, own });
    expect(learnt.shadows['gen1-1']?.predictedSeconds).toBe(learnt.predicted?.seconds.q50);
  });

  it('leave with their views when they leave the population', () => {
    const { learner } = play(withOthers({}, {}), noisy(5));
    const { own, shadows } = mixturesOf(withOthers({}));
    const at = START + 9 * DAY_MS;
    const run = sampleRun(99, new Date(at).toISOString(), { durationSeconds: 300, endedAt: at + 300_000 });
    learner.learn(run, [], { shadows, own });
    expect(Object.keys(Object.values(learner.learned.streams)[0]?.shadows ?? {})).toEqual([
      'gen1-1',
      'default as born',
    ]);
  });
});

describe('a pattern that changes', () => {
  const weekly = (weeks: number, effect: number, seed: number): readonly number[] => {
    const random = seededRandom(seed);
    return Array.from(
      { length: 7 * weeks },
      (_, day) => 300 * Math.exp((day % 7 >= 5 ? effect : 0) + 0.1 * normalDraw(random)),
    );
  };

  it('is noticed once, and said with the file', () => {
    const { events } = play(emptyPopulation(0), [...weekly(28, -0.7, 3), ...weekly(4, 0, 4)]);
    const noticed = events.filter(({ why }) => why.includes('has changed'));
    const afterChange = noticed.filter(({ at }) => at >= START + 28 * 7 * DAY_MS);
    expect(afterChange).toHaveLength(1);
    expect(afterChange[0]?.why).toContain('nightly.yml');
  });

  it('is not seen in noise', () => {
    const { events } = play(emptyPopulation(0), noisy(300));
    expect(events.filter(({ why }) => why.includes('has changed')).length).toBeLessThanOrEqual(2);
  });
});

describe('each adaptation', () => {
  it('is a learning event with before, after and why, and the next begins where it ended', () => {
    const { events, population } = play(emptyPopulation(0), noisy(50), (day) => day % 4 === 0);
    expect(events.length).toBeGreaterThan(30);
    for (const [at, event] of events.entries()) {
      expect(event.kind).toBe('adapted');
      expect(event.why).toMatch(/success_weight|failure_penalty|recency_bias|exploration_rate|has changed/);
      const next = events[at + 1];
      if (event.after !== null && next !== undefined && next.before !== null)
        expect(next.before).toEqual(event.after);
    }
    expect(events.findLast(({ after }) => after !== null)?.after).toEqual(
      population.strategies[0]?.parameters,
    );
    expect(performance(population.strategies[0]?.performance_history ?? ({} as never))).toBeGreaterThan(0.5);
  });
});
