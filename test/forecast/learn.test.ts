import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backgroundLoad, forecastSchedule, runsSeen } from '../../src/forecast/forecast-schedule.ts';
import { emptyLatenessPool } from '../../src/forecast/lateness-pool.ts';
import { emptyLearned, LearnedRepository, streamName } from '../../src/forecast/learned.ts';
import { DEFAULT_MIX } from '../../src/forecast/mixture.ts';
import { scheduleKey } from '../../src/history/run.ts';
import { NIGHTLY, sampleRun } from '../history/sample-run.ts';
import { Learner } from './learner.ts';
import { normal, seeded } from './random.ts';

const KEY = scheduleKey(NIGHTLY, 0);
const entries = [{ key: KEY, path: NIGHTLY, cron: '0 2 * * *', timezone: 'UTC' }];
const DAY_MS = 86_400_000;
const START = Date.parse('2026-03-02T02:00:00Z');

function nights(count: number, seed = 1) {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, day) => {
    const late = 45 * Math.exp(0.2 * normal(random)) * 60_000;
    const seconds = 600 * Math.exp(0.1 * normal(random));
    const createdAt = START + day * DAY_MS + late;
    return sampleRun(day + 1, new Date(createdAt).toISOString(), {
      durationSeconds: seconds,
      endedAt: createdAt + seconds * 1000,
      conclusion: random() < 0.1 ? 'failure' : 'success',
    });
  });
}

describe('learnRun', () => {
  it('fills the tick, judges the forecast made before, and tells the lateness', () => {
    const learner = new Learner();
    const results = nights(30).map((run) => learner.learn(run, entries));
    expect(results[0]).toMatchObject({ predicted: null, relativeError: null, missedTicks: 0 });
    const last = results.at(-1);
    expect(last?.run).toMatchObject({ scheduleKey: KEY, tick: START + 29 * DAY_MS, ambiguous: false });
    expect(last?.relativeError).toBeLessThan(0.5);
    expect(last?.latenessMinutes).toBeGreaterThan(15);
    expect(runsSeen(learner.learned, KEY)).toBe(30);
  });

  it('changes nothing on a run learned before, in whatever order events repeat', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9 }), { maxLength: 12 }), (repeats) => {
        const learner = new Learner();
        const runs = nights(10);
        for (const run of runs) learner.learn(run, entries);
        const before = JSON.stringify(learner);
        for (const index of repeats) {
          const run = runs[index];
          if (run === undefined) continue;
          const again = learner.learn(run, entries);
          expect(again.run.tick).toBe(START + index * DAY_MS);
          expect(again.predicted).toBeNull();
        }
        expect(JSON.stringify(learner)).toBe(before);
      }),
    );
  });

  it('learns lateness while a run goes, and its duration once when it has ended', () => {
    const learner = new Learner();
    const [run] = nights(1);
    if (run === undefined) throw new Error('one night');
    const going = { ...run, endedAt: null, conclusion: null, durationSeconds: null };
    expect(learner.learn(going, entries)).toMatchObject({
      actualSeconds: null,
      run: { tick: START },
    });
    expect(learner.learn(run, entries)).toMatchObject({ run: { tick: START } });
    expect(runsSeen(learner.learned, KEY)).toBe(1);
    expect(learner.learned.streams[`${NIGHTLY}|schedule`]?.duration.experts.count).toBe(1);
  });

  it('lets re-runs, cancelled and skipped runs teach neither duration nor success', () => {
    const learner = new Learner();
    const [run] = nights(1);
    if (run === undefined) throw new Error('one night');
    learner.learn({ ...run, attempt: 2 }, entries);
    learner.learn({ ...run, id: 11, conclusion: 'cancelled' }, entries);
    learner.learn({ ...run, id: 12, event: 'push', conclusion: 'skipped' }, entries);
    expect(Object.values(learner.learned.streams)).toEqual([]);
  });

  it('forgets no workflow of a repository of a thousand, scheduled and pushed', () => {
    const learner = new Learner();
    const [first] = nights(1);
    if (first === undefined) throw new Error('one night');
    let id = 0;
    for (const event of ['schedule', 'push', 'schedule']) {
      for (let file = 0; file < 1_000; file += 1) {
        id += 1;
        learner.learn({ ...first, id, event, path: `${file}.yml`, startedAt: START + id }, []);
      }
    }
    expect(learner.learned.streams[streamName('0.yml', 'schedule')]?.success.count).toBe(2);
    expect(Object.keys(learner.learned.streams)).toHaveLength(2_000);
  });

  it('lets a startup failure teach success alone', () => {
    const learner = new Learner();
    const [run] = nights(1);
    if (run === undefined) throw new Error('one night');
    const result = learner.learn({ ...run, conclusion: 'startup_failure' }, entries);
    expect(result.actualSeconds).toBeNull();
    const stream = learner.learned.streams[`${NIGHTLY}|schedule`];
    expect([stream?.success.count, stream?.duration.experts.count]).toEqual([1, 0]);
  });

  it('has shadow strategies forecast every run, each in its own view', () => {
    const learner = new Learner();
    const same = { name: 'same', settings: DEFAULT_MIX };
    const hasty = { name: 'hasty', settings: { ...DEFAULT_MIX, discount: 0.5, rate: 4 } };
    const results = nights(40).map((run) => learner.learn(run, entries, { shadows: [same, hasty] }));
    for (const result of results.slice(1)) {
      expect(result.shadows.same?.predictedSeconds).toBe(result.predicted?.seconds.q50);
    }
    const differs = results.some((one) => one.shadows.hasty?.relativeError !== one.relativeError);
    expect(differs).toBe(true);
  });
});

describe('forecastSchedule', () => {
  it('answers for 24 hours and a week before anything was seen', () => {
    const made = forecastSchedule(
      emptyLearned(),
      emptyLatenessPool(),
      { key: KEY, path: NIGHTLY, timezone: 'UTC' },
      START,
    );
    expect(made.lateness).toHaveLength(24);
    expect(made.success).toHaveLength(24);
    expect(made.duration.observations).toBe(0);
    expect(made.lateness.every((one) => one.observations === 0)).toBe(true);
    expect(backgroundLoad(emptyLearned())).toEqual(new Array(2016).fill(0));
  });

  it('says what was learned: duration, lateness at its hour, chance of success', () => {
    const learner = new Learner();
    for (const run of nights(60)) learner.learn(run, entries);
    const made = forecastSchedule(
      learner.learned,
      learner.pool,
      { key: KEY, path: NIGHTLY, timezone: 'UTC' },
      START + 60 * DAY_MS,
    );
    expect(Math.abs(made.duration.seconds.q50 / 600 - 1)).toBeLessThan(0.15);
    expect(made.duration.confidence).toBeGreaterThan(0.8);
    expect(Math.abs((made.lateness[2]?.minutes.q50 ?? 0) / 45 - 1)).toBeLessThan(0.3);
    expect(made.success[2]?.probability).toBeGreaterThan(0.75);
    expect(made.success[2]?.probability).toBeLessThan(0.99);
    expect(made.lateness[2]?.dropProbability).toBeLessThan(0.03);
  });

  it('lets another schedule of the repository speak for the hour it fires at', () => {
    const other = '.github/workflows/noon.yml';
    const otherKey = scheduleKey(other, 0);
    const both = [...entries, { key: otherKey, path: other, cron: '0 12 * * *', timezone: 'UTC' }];
    const learner = new Learner();
    for (const [day, run] of nights(40).entries()) {
      learner.learn(run, both);
      const noon = new Date(START + day * DAY_MS + (10 * 60 + 5) * 60_000).toISOString();
      learner.learn(sampleRun(1_000 + day, noon, { path: other, workflowId: 8 }), both);
    }
    const made = forecastSchedule(
      learner.learned,
      learner.pool,
      { key: KEY, path: NIGHTLY, timezone: 'UTC' },
      START + 40 * DAY_MS,
    );
    expect(made.lateness[12]?.minutes.q50).toBeLessThan(0.5 * (made.lateness[2]?.minutes.q50 ?? 0));
    expect(made.lateness[12]?.observations).toBeGreaterThan(10);
  });

  it('does not depend on the names of files, nor on the order in which other files are learned', () => {
    const renamed = '.github/workflows/renamed.yml';
    const one = new Learner();
    const two = new Learner();
    const renamedEntries = [
      { key: scheduleKey(renamed, 0), path: renamed, cron: '0 2 * * *', timezone: 'UTC' },
    ];
    for (const run of nights(25)) {
      one.learn(run, entries);
      two.learn({ ...run, path: renamed }, renamedEntries);
    }
    const now = START + 25 * DAY_MS;
    const first = forecastSchedule(one.learned, one.pool, { key: KEY, path: NIGHTLY, timezone: 'UTC' }, now);
    const second = forecastSchedule(
      two.learned,
      two.pool,
      { key: scheduleKey(renamed, 0), path: renamed, timezone: 'UTC' },
      now,
    );
    expect(second).toEqual(first);
  });

  it('restores from its written form with the same forecasts, and passes its own schema', () => {
    const learner = new Learner();
    const push = sampleRun(900, '2026-03-02T09:10:00Z', { event: 'push' });
    learner.learn(push, entries);
    for (const run of nights(50)) learner.learn(run, entries);
    const restored = LearnedRepository.parse(JSON.parse(JSON.stringify(learner.learned)));
    expect(restored).toEqual(learner.learned);
    const schedule = { key: KEY, path: NIGHTLY, timezone: 'UTC' };
    const now = START + 51 * DAY_MS;
    expect(forecastSchedule(restored, learner.pool, schedule, now)).toEqual(
      forecastSchedule(learner.learned, learner.pool, schedule, now),
    );
    expect(backgroundLoad(learner.learned).reduce((sum, hour) => sum + hour, 0)).toBeGreaterThan(0);
  });
});
