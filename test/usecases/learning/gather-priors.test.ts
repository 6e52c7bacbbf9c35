import { beforeEach, describe, expect, it } from 'vitest';
import { normalDraw, seededRandom } from '../../../src/plan/random.ts';
import { meetRepository, type SeenRepository } from '../../../src/usecases/known-repository.ts';
import { gatherPriors, keepPopulation } from '../../../src/usecases/learning/gather-priors.ts';
import { observeRun } from '../../../src/usecases/learning/observe-run.ts';
import { sampleRun } from '../../history/sample-run.ts';
import { fakeContext, SEEN } from '../fakes.ts';

const DAY_MS = 86_400_000;
const START = Date.parse('2026-01-05T02:00:00Z');
const SECRET = 'secret-project';

let fake: ReturnType<typeof fakeContext>;
beforeEach(() => {
  fake = fakeContext({ files: [] });
});

const repository = (id: number, installationId: number): SeenRepository => ({
  ...SEEN,
  id,
  installationId,
  name: `${SECRET}-${id}`,
});

/** Daily runs of one workflow whose lengths spread by so much. */
async function learn(seen: SeenRepository, spread: number, runs = 30): Promise<void> {
  const random = seededRandom(seen.id);
  for (let day = 0; day < runs; day += 1) {
    const at = START + day * DAY_MS;
    const seconds = 300 * Math.exp(spread * normalDraw(random));
    const run = sampleRun(1_000 * seen.id + day, new Date(at).toISOString(), {
      path: `.github/workflows/${SECRET}.yml`,
      event: 'push',
      durationSeconds: seconds,
      endedAt: at + 1000 * seconds,
    });
    await observeRun(fake.context, seen, run);
  }
}

const stateOf = (id: number) => {
  const state = fake.store.states.get(id);
  if (state === undefined) throw new Error(`repository ${id} is not known`);
  return state;
};

describe('a new repository', () => {
  it('begins with the errors of its neighbours in the installation', async () => {
    await learn(repository(1, 9), 0.02);
    await learn(repository(2, 9), 0.02);
    await learn(repository(3, 9), 0.02, 1);
    const { learned } = stateOf(3);
    expect(learned.priors).toMatchObject({ repositories: 2, series: 2 });
    const [stream] = Object.values(learned.streams);
    expect(stream?.duration.view.interval.scale).toBeLessThan(0.06);
    expect(Object.values(stateOf(1).learned.streams)[0]?.duration.view.interval.shape).toBeUndefined();
  });

  it('asks once', async () => {
    await learn(repository(1, 9), 0.02, 3);
    expect(stateOf(1).learned.priors).toBeNull();
    await learn(repository(2, 9), 0.02);
    await learn({ ...repository(1, 9), name: 'renamed' }, 0.02, 4);
    expect(stateOf(1).learned.priors).toBeNull();
  });

  it('learns nothing from another installation unless both say so', async () => {
    const share = async (id: number) => {
      const state = stateOf(id);
      await keepPopulation(fake.context, state, { ...state.population, sharesLearning: true });
    };
    await learn(repository(1, 9), 0.02);
    await meetRepository(fake.context, repository(2, 10));
    expect(await gatherPriors(fake.context, stateOf(2))).toBeNull();
    await share(1);
    expect(await gatherPriors(fake.context, stateOf(2))).toBeNull();
    await learn(repository(2, 10), 0.3, 1);
    expect(stateOf(2).learned.priors).toBeNull();
    // From here on both share: what could not be learned before the first run is learned now.
    await share(2);
    expect(stateOf(2).learned.priors).toMatchObject({ repositories: 1 });
    await meetRepository(fake.context, repository(3, 11));
    const asking = stateOf(3);
    const open = { ...asking, population: { ...asking.population, sharesLearning: true } };
    expect(await gatherPriors(fake.context, open)).toMatchObject({ repositories: 1 });
  });

  it('is told no names, no paths and no times', async () => {
    await learn(repository(1, 9), 0.1);
    await meetRepository(fake.context, repository(2, 9));
    const text = JSON.stringify(await gatherPriors(fake.context, stateOf(2)));
    expect(text).not.toContain(SECRET);
    expect(text).not.toMatch(/github|workflow|yml|acme|":"/);
    const numbers = text.match(/-?\d+(\.\d+)?(e-?\d+)?/g)?.map(Number) ?? [];
    // Nothing that could be an instant, nor how long anything took.
    expect(Math.max(...numbers.map(Math.abs))).toBeLessThan(50);
  });

  it('is not taught by one that was removed', async () => {
    await learn(repository(1, 9), 0.1);
    const { profile } = stateOf(1);
    await fake.store.apply(1, { profile: { ...profile, removedAt: START } });
    await meetRepository(fake.context, repository(2, 9));
    expect(await gatherPriors(fake.context, stateOf(2))).toBeNull();
  });
});
