import { describe, expect, it } from 'vitest';
import type { LearnedRun } from '../../src/forecast/learn.ts';
import { sampleRun } from '../history/sample-run.ts';
import { Learner } from './learner.ts';
import { normal, seeded } from './random.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-03-02T02:00:00Z');

/** Learns runs that start so many hours apart and take `seconds(index, startedAt)`, but for a noise of 2 %. */
function learnSeries(
  runs: number,
  everyHours: number,
  seconds: (index: number, startedAt: number) => number,
): readonly LearnedRun[] {
  const random = seeded(1);
  const learner = new Learner();
  return Array.from({ length: runs }, (_, index) => {
    const startedAt = START + index * everyHours * HOUR_MS;
    const durationSeconds = seconds(index, startedAt) * Math.exp(0.02 * normal(random));
    const run = sampleRun(index + 1, new Date(startedAt).toISOString(), {
      event: 'workflow_dispatch',
      durationSeconds,
      endedAt: startedAt + durationSeconds * 1_000,
    });
    return learner.learn(run, []);
  });
}

describe('the expert that a duration forecast names', () => {
  it('is "two modes" when runs stay long or short for some time', () => {
    const learned = learnSeries(120, 24, (index) => (Math.floor(index / 6) % 2 === 0 ? 400 : 150));
    expect(learned.at(-1)?.predicted?.why).toContain('two modes carries most');
  });

  it('says which hours take longer', () => {
    const learned = learnSeries(400, 7, (_, startedAt) =>
      new Date(startedAt).getUTCHours() < 12 ? 600 : 270,
    );
    expect(learned.at(-1)?.predicted?.why).toMatch(/Runs take .* UTC/);
  });
});

describe('a change of the pattern', () => {
  const STEADY_RUNS = 60;
  const changes = (learned: readonly LearnedRun[]) =>
    learned.flatMap(({ patternChanged }, index) => (patternChanged ? [index] : []));

  it('is noticed once, within ten runs, when durations begin to grow', () => {
    const found = changes(
      learnSeries(90, 24, (index) => 400 * Math.exp(0.15 * Math.max(0, index - STEADY_RUNS))),
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toBeGreaterThan(STEADY_RUNS);
    expect(found[0]).toBeLessThanOrEqual(STEADY_RUNS + 10);
  });

  it('is not seen in steady durations', () => {
    expect(changes(learnSeries(90, 24, () => 400))).toEqual([]);
  });
});
