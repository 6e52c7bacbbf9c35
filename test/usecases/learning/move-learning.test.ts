import { beforeEach, describe, expect, it } from 'vitest';
import { MOST_STRATEGIES } from '../../../src/strategy/population.ts';
import type { Strategy } from '../../../src/strategy/strategy.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import {
  ExportedLearning,
  exportLearning,
  importLearning,
} from '../../../src/usecases/learning/move-learning.ts';
import { fakeContext, SEEN } from '../fakes.ts';
import { liveThrough } from '../learned-repository.ts';

const OTHER = { ...SEEN, id: 2, owner: 'umbra', name: 'other' };
const GENES = { success_weight: 0.7, failure_penalty: 0.5, recency_bias: 0.2, exploration_rate: 0.3 };

let fake: ReturnType<typeof fakeContext>;
let exported: ExportedLearning;
beforeEach(async () => {
  fake = fakeContext({ files: [] });
  await liveThrough(fake.context, 40);
  await meetRepository(fake.context, OTHER);
  exported = await exportLearning(fake.context, SEEN.id);
});

const stateOf = (id: number) => {
  const state = fake.store.states.get(id);
  if (state === undefined) throw new Error(`repository ${id} is not known`);
  return state;
};

function named(name: string): Strategy {
  const [born] = exported.strategies as [Strategy];
  return { ...born, name, generation: 3, parents: ['default'], parameters: GENES, home: GENES };
}

describe('what was learned in one repository', () => {
  it('goes through text and its schema unchanged, without a name, a path or a run', () => {
    const text = JSON.stringify(exported);
    expect(ExportedLearning.parse(JSON.parse(text))).toEqual(exported);
    expect(text).not.toMatch(/acme|site|nightly|github|\.yml/);
    expect(exported.priors).toMatchObject({ repositories: 1 });
    expect(exported.strategies[0]?.performance_history.total).toBe(39);
  });

  it('is taken in elsewhere with its genes, without its record, and said in the log', async () => {
    const imported = await importLearning(fake.context, OTHER.id, {
      ...exported,
      strategies: [named('gen3-1')],
    });
    expect(imported).toEqual({ added: ['gen3-1'], left: [], priors: true });
    const { population, learned, learningLog } = stateOf(OTHER.id);
    expect(population.strategies.map(({ name }) => name)).toEqual(['default', 'gen3-1']);
    expect(population.strategies[1]).toMatchObject({
      generation: 3,
      parents: [],
      parameters: GENES,
      performance_history: { total: 0, recent: [] },
    });
    expect(learned.priors).toEqual(exported.priors);
    expect([...learningLog]).toMatchObject([{ kind: 'created', strategy: 'gen3-1', after: GENES }]);
  });

  it('leaves what is there alone: the default, a strategy of the same name, priors of its own', async () => {
    const incoming = { ...exported, strategies: [...exported.strategies, named('gen3-1'), named('gen3-1')] };
    const imported = await importLearning(fake.context, OTHER.id, incoming);
    expect(imported.added).toEqual(['gen3-1']);
    expect(imported.left).toEqual([
      { name: 'default', why: 'every repository has its own' },
      { name: 'gen3-1', why: 'there is one of that name' },
    ]);
    expect(await importLearning(fake.context, OTHER.id, incoming)).toMatchObject({
      added: [],
      priors: false,
    });
  });

  it('fills a population, and no more', async () => {
    const strategies = Array.from({ length: MOST_STRATEGIES }, (_, at) => named(`gen3-${at}`));
    const imported = await importLearning(fake.context, OTHER.id, { ...exported, strategies });
    expect(imported.added).toHaveLength(MOST_STRATEGIES - 1);
    expect(imported.left).toMatchObject([{ why: `there are ${MOST_STRATEGIES} already` }]);
  });

  it.each([
    ['a gene above 1', { parameters: { ...GENES, recency_bias: 1.2 } }],
    ['a name with markup', { name: '<b>' }],
  ])('is refused with %s', (_, damage) => {
    const strategies = [{ ...named('gen3-1'), ...damage }];
    expect(ExportedLearning.safeParse({ ...exported, strategies }).success).toBe(false);
  });
});
