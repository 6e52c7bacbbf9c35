import { describe, expect, it } from 'vitest';
import { countSteps, forecastLoad } from '../../src/jobs/load.ts';
import { HOUR_MS } from '../../src/time.ts';
import { seeded } from '../forecast/random.ts';

/** Hourly counts of so many weeks: busy by day, quiet on weekends. */
const office = (weeks: number): number[] =>
  Array.from({ length: weeks * 168 }, (_, hour) => {
    const [day, ofDay] = [Math.floor(hour / 24) % 7, hour % 24];
    return day < 5 && ofDay >= 8 && ofDay < 18 ? 20 + (ofDay % 3) : 1;
  });

describe('the load ahead', () => {
  it('follows the pattern of the week, and says how well it did', () => {
    const monday = forecastLoad(office(5).slice(0, 4 * 168 + 9), HOUR_MS);
    expect(monday?.expected).toBeCloseTo(20, 0);
    expect(monday?.isReliable).toBe(true);
    expect(monday?.models[0]?.accuracy).toBeGreaterThan(0.95);
    const saturday = forecastLoad(office(5).slice(0, 4 * 168 + 5 * 24 + 9), HOUR_MS);
    expect(saturday?.expected).toBeCloseTo(1, 0);
  });

  it('follows a level that has doubled', () => {
    const counts = office(6).map((count, hour) => (hour > 5 * 168 ? 2 * count : count));
    expect(forecastLoad(counts.slice(0, 5 * 168 + 60), HOUR_MS)?.expected).toBeGreaterThan(28);
  });

  it('is not to be relied on where no model is good enough', () => {
    const random = seeded(5);
    const noise = Array.from({ length: 400 }, () => (random() < 0.1 ? 30 * random() : 0));
    const forecast = forecastLoad(noise, HOUR_MS);
    expect(forecast?.isReliable).toBe(false);
    expect(forecast?.low).toBe(0);
    expect(forecast?.high).toBeGreaterThan(forecast?.expected ?? 0);
  });

  it('says nothing of a handful of steps', () => {
    expect(forecastLoad([1, 2, 3, 4, 5], HOUR_MS)).toBeNull();
  });

  it('counts jobs in steps that end now', () => {
    const now = 10 * HOUR_MS;
    const jobs = [
      { at: now, jobs: 9 },
      { at: now - 1, jobs: 2 },
      { at: now - HOUR_MS, jobs: 3 },
      { at: now - HOUR_MS - 1, jobs: 4 },
      { at: now - 5 * HOUR_MS, jobs: 5 },
    ];
    expect(countSteps(jobs, HOUR_MS, { from: now - 3.5 * HOUR_MS, now })).toEqual([0, 4, 5]);
  });
});
