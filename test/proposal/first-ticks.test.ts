import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/history/run.ts';
import { lookAtFirstTicks } from '../../src/proposal/first-ticks.ts';
import { sampleRun } from '../history/sample-run.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const KEY = '.github/workflows/nightly.yml#0';
const MERGED = Date.UTC(2026, 4, 4, 12);
const MOVE = { from: '0 2 * * *', to: '17 21 * * *', timezone: 'UTC' };
const WATCHED = { key: KEY, actorBefore: 'mona', firstRunAt: null, alarms: [] };

function run(day: number, hour: number, minute: number, over: Partial<Run> = {}): Run {
  const tick = Date.UTC(2026, 4, day, hour, minute);
  return sampleRun(tick, new Date(tick + HOUR_MS).toISOString(), {
    scheduleKey: KEY,
    tick,
    actor: 'mona',
    ...over,
  });
}

const look = (runs: readonly Run[], days: number) =>
  lookAtFirstTicks(WATCHED, MOVE, runs, MERGED, MERGED + days * DAY_MS);

describe('the first ticks after a merge', () => {
  it('raise no alarm where the new cron fires', () => {
    expect(look([run(4, 21, 17)], 2)).toEqual({ ...WATCHED, firstRunAt: Date.UTC(2026, 4, 4, 22, 17) });
  });

  it('raise an alarm after two ticks without a run, not before', () => {
    expect(look([], 1).alarms).toEqual([]);
    expect(look([], 1.5).alarms).toEqual([]);
    expect(look([], 2.5).alarms).toEqual(['not-fired']);
  });

  it('raise an alarm where the old cron still fires after two days', () => {
    const news = [run(4, 21, 17), run(5, 21, 17)];
    expect(look([...news, run(5, 2, 0)], 2).alarms).toEqual([]);
    expect(look([...news, run(8, 2, 0)], 5).alarms).toEqual(['old-cron-fires']);
  });

  it('raise alarms for another actor and for runs that cannot start', () => {
    expect(look([run(4, 21, 17, { actor: 'hubot' })], 2).alarms).toEqual(['actor-changed']);
    expect(look([run(4, 21, 17, { conclusion: 'startup_failure' })], 2).alarms).toEqual(['startup-failure']);
  });

  it('leave out runs from before the merge', () => {
    expect(look([run(3, 21, 17)], 1).firstRunAt).toBeNull();
  });
});
