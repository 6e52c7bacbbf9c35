import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { emptyLatenessPool } from '../../src/forecast/lateness-pool.ts';
import { emptyLearned } from '../../src/forecast/learned.ts';
import { createPlanner } from '../../src/serve/planner.ts';
import { emptyPopulation } from '../../src/strategy/population.ts';
import { type DecisionRequest, decideByStrategies } from '../../src/usecases/decide.ts';
import { NOW } from '../usecases/fakes.ts';

const WORKFLOWS = 3;
const request: DecisionRequest = {
  sources: Array.from({ length: WORKFLOWS }, (_, at) => ({
    path: `.github/workflows/${at}.yml`,
    text: 'on:\n  schedule:\n    - cron: "0 2 * * *"\njobs:\n  a:\n    runs-on: ubuntu-latest\n',
  })),
  config: parseConfig(''),
  learned: emptyLearned(),
  pool: emptyLatenessPool(),
  proposals: [],
  population: emptyPopulation(NOW),
  now: NOW,
  trigger: 'command',
  decisionsBefore: 0,
};
/** Every repository is too large for these. */
const inThread = () => createPlanner(0);

describe('a planner that keeps large repositories off the event loop', () => {
  it('decides as one that does not', async () => {
    const here = decideByStrategies(request);
    expect(await createPlanner(WORKFLOWS)(request)).toEqual(here);
    expect(await inThread()(request)).toEqual(here);
  });

  it('lets everything else go on', async () => {
    let turns = 0;
    const turning = setInterval(() => {
      turns += 1;
    }, 1);
    await inThread()(request);
    clearInterval(turning);
    expect(turns).toBeGreaterThan(5);
  });

  it('plans what was known when it was asked, though it comes to it later', async () => {
    const plan = inThread();
    const changing = { ...request };
    const [first, second] = [plan(request), plan(changing)];
    Object.assign(changing, { decisionsBefore: 7 });
    expect((await first).decision.id).toBe('d1');
    expect((await second).decision.id).toBe('d1');
  });

  it('is refused for the same reasons, and goes on after it', async () => {
    const plan = inThread();
    const refused = plan({ ...request, strategy: 'bold' });
    const next = plan(request);
    await expect(refused).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('bold'),
    });
    expect((await next).decision.schedules).toHaveLength(WORKFLOWS);
  });
});
