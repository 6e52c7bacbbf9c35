import { describe, expect, it, vi } from 'vitest';
import { createApi } from '../../../src/http/api/app.ts';
import { bearerAuthentication } from '../../../src/http/api/bearer.ts';
import { operationEndpoints } from '../../../src/http/api/operation-endpoints.ts';
import { boundCostlyQuestions, countAccepts } from '../../../src/http/shared/costly-questions.ts';
import { OPERATIONS } from '../../../src/operations/table.ts';
import type { Planning } from '../../../src/usecases/context.ts';
import { decideByStrategies } from '../../../src/usecases/planning/decide.ts';
import { REPOSITORY, SECRET, startApi, token } from '../api/harness.ts';

/** The API whose plans are made when they are allowed to be. */
async function heldApi() {
  const held = Promise.withResolvers<void>();
  let [planning, most] = [0, 0];
  const plan: Planning = async (request) => {
    planning += 1;
    most = Math.max(most, planning);
    await held.promise;
    planning -= 1;
    return decideByStrategies(request);
  };
  const { context, store, clock, log } = await startApi();
  const accepts = countAccepts();
  const app = createApi({
    endpoints: operationEndpoints(OPERATIONS, {
      contextFor: async () => ({ ...context, planning: plan }),
      lockRepository: (_id, work) => work(),
      costly: boundCostlyQuestions(accepts),
    }),
    authenticate: bearerAuthentication({ secret: SECRET, audience: 'offbeat', clock }),
    store,
    version: '1.2.3',
    clock,
    log,
  });
  const ask = async (subject: string, path = 'batch') =>
    app.request(`${REPOSITORY}/${path}`, {
      headers: { authorization: `Bearer ${await token({ subject })}` },
    });
  return { ask, accepts, release: held.resolve, planning: () => planning, most: () => most };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('costly questions', () => {
  it('of one caller are two at a time, and the others are told to wait', async () => {
    const { ask, release, most } = await heldApi();
    const asked = Array.from({ length: 100 }, () => ask('viewer'));
    const refused = await Promise.race(asked);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    expect(await refused.json()).toMatchObject({ code: 'too-busy' });
    await settled();
    release();
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(2);
    expect(statuses.filter((status) => status === 429)).toHaveLength(98);
    expect(most()).toBeLessThanOrEqual(2);
    expect((await ask('viewer')).status).toBe(200);
  });

  it('of many callers are two at a time, and other questions are answered meanwhile', async () => {
    const { ask, release, planning, most } = await heldApi();
    const asked = ['a', 'b', 'c', 'd', 'e'].map((subject) => ask(subject));
    await vi.waitFor(() => expect(planning()).toBe(2));
    expect((await ask('f', 'accuracy')).status).toBe(200);
    release();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(most()).toBe(2);
  });

  it('begin when no delivery is on its way into the queue', async () => {
    const { ask, accepts, release, planning } = await heldApi();
    const accepted = Promise.withResolvers<void>();
    const accepting = accepts.during(() => accepted.promise);
    const asked = ask('viewer');
    await settled();
    expect(planning()).toBe(0);
    accepted.resolve();
    await accepting;
    await vi.waitFor(() => expect(planning()).toBe(1));
    release();
    expect((await asked).status).toBe(200);
  });
});
