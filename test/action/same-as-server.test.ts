import { expect, it } from 'vitest';
import { DAYS_TO_PROPOSAL } from '../e2e/story.ts';
import { liveTwice } from './same-as-server.ts';

const MOST_CALLS = 30;

it('decides as a server does that has read the same runs and jobs', async () => {
  const { server, action, steps } = await liveTwice(DAYS_TO_PROPOSAL + 1, 24, async (world) => {
    const { outputs, said, failure } = await world.run();
    expect(failure).toBeNull();
    return { calls: Number(outputs.get('calls')), said: said.join('\n') };
  });
  expect(action.runs).toEqual(server.runs);
  expect(action.streams).toEqual(server.streams);
  expect(action.schedules).toEqual(server.schedules);
  expect(action.strategies).toEqual(server.strategies);
  expect(action.decisions.length).toBeGreaterThan(0);
  expect(action.decisions).toEqual(server.decisions);
  for (const { calls, scheduled } of steps) expect(calls).toBeLessThanOrEqual(MOST_CALLS + scheduled);
});
