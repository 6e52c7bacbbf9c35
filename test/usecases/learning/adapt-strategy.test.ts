import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_GENES } from '../../../src/genes/genes.ts';
import { emptyPopulation } from '../../../src/strategy/population.ts';
import type { Strategy } from '../../../src/strategy/strategy.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { adaptStrategy } from '../../../src/usecases/learning/adapt-strategy.ts';
import { fakeContext, SEEN } from '../fakes.ts';

const [born] = emptyPopulation(0).strategies as [Strategy];

let fake: ReturnType<typeof fakeContext>;
beforeEach(async () => {
  fake = fakeContext();
  await meetRepository(fake.context, SEEN);
});

/** A record of so many forecasts, half of them excellent and half good, the newest with these errors. */
async function recorded(name: string, newest: readonly number[]): Promise<void> {
  const population = fake.store.states.get(SEEN.id)?.population ?? emptyPopulation(0);
  const performance_history = {
    ...born.performance_history,
    total: 40,
    excellent: 20,
    good: 20,
    recent: [...newest],
  };
  const strategy = { ...born, name, performance_history };
  const others = population.strategies.filter((one) => one.name !== name);
  await fake.store.apply(SEEN.id, { population: { ...population, strategies: [...others, strategy] } });
}

const kept = () => fake.store.states.get(SEEN.id);

describe('one step that somebody asks for', () => {
  it('rewards a strategy whose newest forecasts are better than usual, and keeps why', async () => {
    await recorded('default', [0.01, 0.02, 0.01, 0.03, 0.02]);
    const { strategy, event } = await adaptStrategy(fake.context, SEEN.id, 'default');
    expect(strategy.parameters.success_weight).toBeGreaterThan(DEFAULT_GENES.success_weight);
    expect(event).toMatchObject({ kind: 'adapted', before: DEFAULT_GENES, after: strategy.parameters });
    expect(event?.why).toContain('reward 1.0 (usually 0.85)');
    expect(kept()?.population.strategies).toContainEqual(strategy);
    expect([...(kept()?.learningLog ?? [])]).toEqual([event]);
  });

  it('reproves one whose newest forecasts are worse, and touches no other', async () => {
    await recorded('default', []);
    await recorded('bold', [0.9, 0.9, 0.9, 0.9, 0.9]);
    const { strategy } = await adaptStrategy(fake.context, SEEN.id, 'bold');
    expect(strategy.parameters.success_weight).toBeLessThan(DEFAULT_GENES.success_weight);
    const home = kept()?.population.strategies.find(({ name }) => name === 'default');
    expect(home?.parameters).toEqual(DEFAULT_GENES);
  });

  it('changes and logs nothing where its genes are at rest', async () => {
    // Where the step of a stable record, 0.002 of the way to 1, and the pull home, 0.02 of the way to 0.1, are equal.
    const parameters = { ...DEFAULT_GENES, exploration_rate: 0.004 / 0.022 };
    const population = { ...emptyPopulation(0), strategies: [{ ...born, parameters }] };
    await fake.store.apply(SEEN.id, { population });
    const { strategy, event } = await adaptStrategy(fake.context, SEEN.id, 'default');
    expect(event).toBeNull();
    expect(strategy.parameters).toEqual(parameters);
    expect(kept()?.learningLog).toHaveLength(0);
  });

  it('names the nearest strategy for one that there is not', async () => {
    await expect(adaptStrategy(fake.context, SEEN.id, 'defualt')).rejects.toMatchObject({
      code: 'not-found',
      sentence: expect.stringContaining('Did you mean "default"?'),
    });
  });
});
