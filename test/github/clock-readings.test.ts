import { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import { createClockReadings } from '../../src/github/clock-readings.ts';

const START = Date.parse('2026-11-02T03:00:00Z');
const DATE = 'Mon, 02 Nov 2026 03:00:00 GMT';
const quiet = (): void => undefined;

/** A client whose answers bear `DATE`, and a machine whose clock may be set. */
function machine() {
  const clock = { setBy: 0, passed: 0 };
  const answer = { status: 200, during: quiet };
  const readings = createClockReadings(
    () => START + clock.passed + clock.setBy,
    () => clock.passed,
  );
  const client = new Octokit({
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    request: {
      fetch: async () => {
        answer.during();
        return new Response('{}', {
          status: answer.status,
          headers: { date: DATE, 'content-type': 'application/json' },
        });
      },
    },
  });
  readings.watch(client.hook);
  const ask = () => client.request('GET /app').catch(quiet);
  return { clock, answer, readings, ask };
}

describe('the times of GitHub’s answers', () => {
  it.each([
    [200, 1],
    [404, 1],
    [422, 1],
    [502, 0],
  ])('are read from an answer %i: %i', async (status, read) => {
    const { answer, readings, ask } = machine();
    answer.status = status;
    await ask();
    expect(readings.newest()).toHaveLength(read);
  });

  it('keep a few, each with our times before and after', async () => {
    const { clock, answer, readings, ask } = machine();
    answer.during = () => {
      clock.passed += 200;
    };
    for (let asked = 0; asked < 12; asked += 1) await ask();
    expect(readings.newest()).toHaveLength(9);
    expect(readings.newest()?.at(-1)).toEqual({
      date: START,
      sentAt: START + 2_200,
      receivedAt: START + 2_400,
    });
  });

  it('tell nothing any more once the machine’s clock was set, until the next answer', async () => {
    const { clock, readings, ask } = machine();
    await ask();
    clock.passed += 3_600_000;
    expect(readings.newest()).toHaveLength(1);
    // As a clock is adjusted.
    clock.setBy = 9_000;
    expect(readings.newest()).toHaveLength(1);
    clock.setBy = -1_000_000;
    expect(readings.newest()).toBeNull();
    await ask();
    expect(readings.newest()).toMatchObject([{ receivedAt: START + 2_600_000 }]);
  });

  it('are not read where the clock was set while the answer was on its way', async () => {
    const { clock, answer, readings, ask } = machine();
    answer.during = () => {
      clock.setBy = 60_000;
    };
    await ask();
    expect(readings.newest()).toBeNull();
  });
});
