import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleForecaster } from '../../src/forecast/forecast-schedule.ts';
import { closeShare, forecastStart } from '../../src/forecast/start.ts';
import { scheduleKey } from '../../src/history/run.ts';
import { NIGHTLY, sampleRun } from '../history/sample-run.ts';
import { Learner } from './learner.ts';
import { normal, seeded } from './random.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const START = Date.parse('2026-03-02T02:00:00Z');
const schedule = { key: scheduleKey(NIGHTLY, 0), path: NIGHTLY, timezone: 'UTC' };
const entries = [{ ...schedule, cron: '0 2 * * *' }];

/** A nightly schedule, 45 minutes late with this spread (log); every so many-th tick leaves no run. */
function lived(nights: number, spread: number, droppedEvery = 1e9) {
  const random = seeded(5);
  const learner = new Learner();
  for (let night = 0; night < nights; night += 1) {
    if (night % droppedEvery === droppedEvery - 1) continue;
    const late = 45 * Math.exp(spread * normal(random));
    const createdAt = new Date(START + night * DAY_MS + late * MINUTE_MS).toISOString();
    learner.learn(sampleRun(night, createdAt), entries);
  }
  return scheduleForecaster(learner.learned, learner.pool, START + nights * DAY_MS);
}

describe('when a run would start', () => {
  it('is told by median, nine in ten and the chance that none comes, with what stands behind it', () => {
    const start = forecastStart(lived(60, 0.2, 10), schedule, 2);
    expect(start.medianMinutes).toBeGreaterThan(35);
    expect(start.medianMinutes).toBeLessThan(57);
    expect(start.p90Minutes).toBeGreaterThan(start.medianMinutes * 1.1);
    expect(start.dropProbability).toBeGreaterThan(0.05);
    expect(start.dropProbability).toBeLessThan(0.15);
    expect(start.why).toMatch(/^54 runs seen; .+ carries most\. Within 30 minutes of the median in \d+ % of/);
  });

  it('is surer of a steady schedule than of a wild one, and least sure where nothing was seen', () => {
    const sure = (nights: number, spread: number) =>
      forecastStart(lived(nights, spread), schedule, 2).confidence;
    expect(sure(60, 0.1)).toBeGreaterThan(0.9);
    expect(sure(60, 0.8)).toBeLessThan(0.75);
    expect(sure(0, 0.1)).toBeLessThan(sure(60, 0.1));
  });

  it('says where nobody has been, and by whom it is told then', () => {
    expect(forecastStart(lived(0, 0.1), schedule, 5).why).toContain(
      'the shipped table of hours, a weak guess',
    );
    expect(forecastStart(lived(60, 0.1), schedule, 5).why).toMatch(
      /60 runs seen; .+; none at this hour, so moved by the shipped table of hours/,
    );
    const other = { ...schedule, key: scheduleKey('.github/workflows/other.yml', 0) };
    expect(forecastStart(lived(60, 0.1), other, 2).why).toMatch(
      /^No scheduled run of it seen: told by \d+ runs of others/,
    );
  });

  it('owns up to runs that are too late to belong to a tick for certain', () => {
    const learner = new Learner();
    const hourly = [{ ...schedule, cron: '0 * * * *' }];
    for (let at = 0; at < 40; at += 1) {
      const createdAt = new Date(START + (at * 233 + 17) * MINUTE_MS).toISOString();
      learner.learn(sampleRun(at, createdAt), hourly);
    }
    const forecaster = scheduleForecaster(learner.learned, learner.pool, START + 7 * DAY_MS);
    expect(forecastStart(forecaster, schedule, 2).why).toMatch(/^Its runs come so late that none belongs to/);
  });

  it('is nested and a probability at every hour', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 }), fc.double({ min: 0.05, max: 1.5, noNaN: true }), (nights, spread) => {
        const forecaster = lived(nights, spread);
        for (let hour = 0; hour < 24; hour += 1) {
          const start = forecastStart(forecaster, schedule, hour);
          expect(start.p90Minutes).toBeGreaterThanOrEqual(start.medianMinutes);
          for (const share of [start.confidence, start.dropProbability]) {
            expect(share).toBeGreaterThanOrEqual(0);
            expect(share).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    [{ q05: 10, q25: 20, q50: 30, q75: 40, q95: 50 }, 0.97, 1],
    [{ q05: 10, q25: 60, q50: 120, q75: 240, q95: 480 }, 0.15, 0.3],
  ])('is close to its median as often as its quantiles say: %o', (minutes, least, most) => {
    expect(closeShare(minutes)).toBeGreaterThanOrEqual(least);
    expect(closeShare(minutes)).toBeLessThanOrEqual(most);
  });
});
