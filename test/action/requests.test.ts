import { expect, it } from 'vitest';
import { DAY_MS, FIRST_DAY, HOUR_MS, type Ran, withWorld } from './harness.ts';

/** What one step may send besides one request for each new scheduled run. */
const USUAL_CALLS = 30;

it.each([60, 90])(
  'sends %i requests at most where it may send no more, and goes on next time',
  async (mostCalls) => {
    await withWorld({}, async (world) => {
      const events = await world.history(20);
      await world.run();
      world.clock.set(FIRST_DAY + 20 * DAY_MS);
      world.live(events);
      const steps: Ran[] = [];
      for (
        let left = 20;
        left > 0 && !/[1-9]\d* runs were learned\.$/m.test(steps.at(-1)?.said.join('\n') ?? '');
        left -= 1
      ) {
        const before = world.emulated.requests.length;
        steps.push(await world.run({ mostCalls }));
        expect(world.emulated.requests.length - before).toBeLessThanOrEqual(mostCalls);
        world.clock.set(world.clock.now() + 60_000);
      }
      expect(steps.map(({ failure }) => failure)).toEqual(steps.map(() => null));
      expect(steps.length).toBeGreaterThan(1);
      const { runs } = JSON.parse((await world.document('runs.json')) ?? '{}');
      const ended = events.filter(({ kind, at }) => kind === 'completed' && at <= world.clock.now());
      expect(runs.rows).toHaveLength(ended.length);
    });
  },
);

it('sends no more for three hundred workflow files, at first and afterwards', async () => {
  const files = Array.from({ length: 300 }, (_, at) => ({
    path: `.github/workflows/part-${at}.yml`,
    text: `on: push\njobs:\n  part:\n    runs-on: ubuntu-latest\n    steps: [{ run: make part-${at} }]\n`,
  }));
  await withWorld({ files }, async (world) => {
    for (const hours of [24, 30, 54]) {
      world.clock.set(FIRST_DAY + hours * HOUR_MS);
      const { outputs, failure } = await world.run();
      expect(failure).toBeNull();
      expect(Number(outputs.get('calls'))).toBeLessThanOrEqual(USUAL_CALLS);
    }
  });
});
