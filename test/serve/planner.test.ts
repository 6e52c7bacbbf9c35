import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { emptyLatenessPool } from '../../src/forecast/lateness-pool.ts';
import { emptyLearned } from '../../src/forecast/learned.ts';
import { guardedPlanner } from '../../src/serve/breakers.ts';
import { createPlanner } from '../../src/serve/planner.ts';
import { emptyPopulation } from '../../src/strategy/population.ts';
import { type DecisionRequest, decideByStrategies } from '../../src/usecases/planning/decide.ts';
import { NOW } from '../usecases/fakes.ts';

const WORKFLOWS = 3;
const sourcesOf = (workflows: number): DecisionRequest['sources'] =>
  Array.from({ length: workflows }, (_, at) => ({
    path: `.github/workflows/${at}.yml`,
    text: 'on:\n  schedule:\n    - cron: "0 2 * * *"\njobs:\n  a:\n    runs-on: ubuntu-latest\n',
  }));
const request: DecisionRequest = {
  sources: sourcesOf(WORKFLOWS),
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
const inThread = (stopping?: AbortSignal) =>
  createPlanner({ filesAtOnce: 0, ...(stopping === undefined ? {} : { stopping }) });
/** Nobody would wait for this one. */
const endless: DecisionRequest = { ...request, sources: sourcesOf(2_000) };

/** The next thread that is started, once it runs, and how it ends. */
async function nextThread() {
  const [worker]: Worker[] = await once(process, 'worker');
  if (worker === undefined) throw new Error('no thread');
  const exit = once(worker, 'exit');
  await once(worker, 'online');
  return { exit };
}

describe('a planner with a thread for large repositories', () => {
  it('makes the same decision as without the thread', async () => {
    const here = decideByStrategies(request);
    expect(await createPlanner({ filesAtOnce: WORKFLOWS })(request)).toEqual(here);
    expect(await inThread()(request)).toEqual(here);
  });

  it('leaves the event loop free while it plans', async () => {
    let turns = 0;
    const turning = setInterval(() => {
      turns += 1;
    }, 1);
    await inThread()(request);
    clearInterval(turning);
    expect(turns).toBeGreaterThan(5);
  });

  it('plans with the state at the time of the request when it has to wait', async () => {
    const plan = inThread();
    const changing = { ...request };
    const [first, second] = [plan(request), plan(changing)];
    Object.assign(changing, { decisionsBefore: 7 });
    expect((await first).decision.id).toBe('d1');
    expect((await second).decision.id).toBe('d1');
  });

  it('throws the same errors as without the thread, and plans again afterwards', async () => {
    const plan = inThread();
    const refused = plan({ ...request, strategy: 'bold' });
    const next = plan(request);
    await expect(refused).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('bold'),
    });
    expect((await next).decision.schedules).toHaveLength(WORKFLOWS);
  });

  it('ends the thread when the request is aborted, and answers the next request', async () => {
    const plan = inThread();
    const asker = new AbortController();
    const thread = nextThread();
    const given = plan(endless, asker.signal);
    const next = plan(request);
    const { exit } = await thread;
    asker.abort();
    await expect(given).rejects.toMatchObject({ code: 'planning-cancelled' });
    // A thread that comes to its end by itself says 0.
    expect(await exit).toEqual([1]);
    expect((await next).decision.schedules).toHaveLength(WORKFLOWS);
  });

  it('starts no thread for a waiting request that is aborted', async () => {
    const plan = inThread();
    const [first, second] = [new AbortController(), new AbortController()];
    const thread = nextThread();
    const running = plan(endless, first.signal);
    const waiting = plan(request, second.signal);
    const last = plan(request);
    await thread;
    let threads = 0;
    const count = () => {
      threads += 1;
    };
    process.on('worker', count);
    second.abort();
    // The first one is still at work.
    await expect(waiting).rejects.toMatchObject({ code: 'planning-cancelled' });
    first.abort();
    await expect(running).rejects.toMatchObject({ code: 'planning-cancelled' });
    expect((await last).decision.schedules).toHaveLength(WORKFLOWS);
    process.off('worker', count);
    expect(threads).toBe(1);
  });

  it('starts nothing for a request that was aborted before', async () => {
    const gone = AbortSignal.abort();
    await expect(inThread()(request, gone)).rejects.toMatchObject({ code: 'planning-cancelled' });
    await expect(createPlanner()(request, gone)).rejects.toMatchObject({ code: 'planning-cancelled' });
  });

  it('cancels large plans when the process stops, and finishes small ones', async () => {
    const leaving = new AbortController();
    const plan = createPlanner({ filesAtOnce: WORKFLOWS, stopping: leaving.signal });
    const thread = nextThread();
    const large = [plan(endless), plan(endless)];
    await thread;
    leaving.abort();
    for (const given of await Promise.allSettled(large)) {
      expect(given).toMatchObject({ status: 'rejected', reason: { code: 'planning-cancelled' } });
    }
    await expect(plan(endless)).rejects.toMatchObject({ code: 'planning-cancelled' });
    expect((await plan(request)).decision.schedules).toHaveLength(WORKFLOWS);
  });

  it('does not open the circuit breaker when plans are cancelled', async () => {
    const plan = guardedPlanner(inThread());
    for (let asked = 0; asked < 5; asked += 1) {
      await expect(plan(request, AbortSignal.abort())).rejects.toMatchObject({ code: 'planning-cancelled' });
    }
    expect((await plan(request)).decision.schedules).toHaveLength(WORKFLOWS);
  });
});
