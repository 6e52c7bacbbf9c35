import { describe, expect, it } from 'vitest';
import { emptyLatenessPool } from '../../../src/forecast/lateness-pool.ts';
import { applyLatenessPoolChange } from '../../../src/forecast/lateness-pool-change.ts';
import type { Run } from '../../../src/history/run.ts';
import { applyChange } from '../../../src/store/apply-change.ts';
import { emptyRepository } from '../../../src/store/kept-repository.ts';
import { newProfile } from '../../../src/usecases/known-repository.ts';
import { learnRunStep } from '../../../src/usecases/learning/learn-run-step.ts';
import { deepFreeze } from '../../deep-freeze.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { servedTick } from '../../store/sample.ts';
import { DAY_MS, NOW, SEEN } from '../fakes.ts';

const SCHEDULES = [{ key: `${NIGHTLY}#0`, path: NIGHTLY, cron: '0 2 * * *', timezone: 'UTC' }];
/** Enough for a round of evolution. */
const RUNS = 60;

function runOf(index: number): Run {
  const createdAt = Date.UTC(2026, 4, 5, 2, 30 + (index % 7)) + index * DAY_MS;
  const seconds = 300 + 40 * (index % 5);
  return {
    ...sampleRun(index + 1, new Date(createdAt).toISOString()),
    // Every fifth was started by a push, and tells nothing of lateness.
    event: index % 5 === 4 ? 'push' : 'schedule',
    endedAt: createdAt + seconds * 1_000,
    durationSeconds: seconds,
  };
}

describe('a run that was started for a tick', () => {
  it('counts as a scheduled one, and as another where it served none', () => {
    const run: Run = { ...runOf(0), event: 'workflow_dispatch' };
    const progress = { state: 'running', firstAt: 0, runId: run.id, createdAt: 0, attempt: 1 } as const;
    const served = [servedTick(0, progress)];
    for (const [ticks, kind] of [
      [served, 'schedule'],
      [[], 'other'],
    ] as const) {
      const state = { ...emptyRepository(newProfile(SEEN), NOW), ticks };
      const { change } = learnRunStep(state, run, { now: NOW, schedules: [], pool: null, priors: undefined });
      expect(Object.keys(change.learned?.streams?.changed ?? {})).toEqual([`${NIGHTLY}|${kind}`]);
    }
  });
});

function learnAll(guard: <T>(value: T) => T) {
  let state = guard(emptyRepository(newProfile(SEEN), NOW));
  let pool = guard(emptyLatenessPool());
  const changes = Array.from({ length: RUNS }, (_, index) => {
    const run = guard(runOf(index));
    const isScheduled = run.event === 'schedule';
    const { change } = learnRunStep(state, run, {
      now: NOW + index,
      schedules: isScheduled ? guard(SCHEDULES) : [],
      pool: isScheduled ? pool : null,
      priors: undefined,
    });
    guard(change);
    state = guard(applyChange(state, change));
    if (change.latenessPool !== undefined) pool = guard(applyLatenessPoolChange(pool, change.latenessPool));
    return change;
  });
  return { state, changes };
}

describe('the step that learns a run', () => {
  it('changes nothing of what it was given, through a round of evolution too', () => {
    const { state } = learnAll(deepFreeze);
    expect(state.runs).toHaveLength(RUNS);
    expect(state.population.lastEvolution).toBeDefined();
  });

  it('gives the same for the same arguments', () => {
    expect(learnAll(deepFreeze).changes).toEqual(learnAll((value) => value).changes);
  });

  it('teaches lateness by scheduled runs only', () => {
    const { changes } = learnAll((value) => value);
    const teaching = changes.map(({ latenessPool }) => latenessPool !== undefined);
    expect(teaching).toEqual(Array.from({ length: RUNS }, (_, index) => index % 5 !== 4));
  });
});
