import { describe, expect, it } from 'vitest';
import { emptyLearned, newTrack } from '../../../src/forecast/learned.ts';
import { emptyRepository } from '../../../src/store/kept-repository.ts';
import { newProfile } from '../../../src/usecases/known-repository.ts';
import { isDecisionDue } from '../../../src/usecases/planning/is-decision-due.ts';
import type { RepositoryState } from '../../../src/usecases/ports.ts';
import { sampleRun } from '../../history/sample-run.ts';
import { DAY_MS, NOW, SEEN } from '../fakes.ts';

interface Wished {
  readonly scheduledRuns: number;
  readonly days: number;
  readonly lastRoundAt?: number;
}

function state({ scheduledRuns, days, lastRoundAt }: Wished): RepositoryState {
  const schedules = {
    'a#0': { ...newTrack('a'), runs: Math.floor(scheduledRuns / 2) },
    'b#0': { ...newTrack('b'), runs: Math.ceil(scheduledRuns / 2) },
  };
  const fresh = emptyRepository(newProfile(SEEN), NOW);
  return {
    ...fresh,
    profile: { ...fresh.profile, lastRoundAt: lastRoundAt ?? null },
    learned: { ...emptyLearned(), schedules },
    runs: [sampleRun(1, new Date(NOW - days * DAY_MS).toISOString())],
  };
}

describe('isDecisionDue', () => {
  it.each([
    ['enough of everything', { scheduledRuns: 50, days: 14 }, true],
    ['one run too few', { scheduledRuns: 49, days: 14 }, false],
    ['a day too few', { scheduledRuns: 500, days: 13 }, false],
    ['a round a day ago', { scheduledRuns: 50, days: 14, lastRoundAt: NOW - DAY_MS }, true],
    ['a round just before', { scheduledRuns: 50, days: 14, lastRoundAt: NOW - DAY_MS + 1 }, false],
  ])('%s: %j', (_, wished, worth) => {
    expect(isDecisionDue(state(wished), NOW)).toBe(worth);
  });

  it('is false where no run is known', () => {
    expect(isDecisionDue({ ...state({ scheduledRuns: 500, days: 60 }), runs: [] }, NOW)).toBe(false);
    expect(isDecisionDue(emptyRepository(newProfile(SEEN), NOW), NOW)).toBe(false);
  });
});
