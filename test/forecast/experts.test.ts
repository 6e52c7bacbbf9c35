import { describe, expect, it } from 'vitest';
import {
  consultExperts,
  EXPERTS,
  type Experts,
  newExperts,
  updateExperts,
} from '../../src/forecast/experts.ts';
import { DAY_MS, HOUR_MS } from '../../src/time.ts';

const MONDAY = Date.parse('2026-03-02T00:00:00Z');
type Name = (typeof EXPERTS)[number]['name'];

function learned(values: readonly number[], at: (place: number) => number): Experts {
  return values.reduce((experts, value, place) => updateExperts(experts, value, at(place)), newExperts());
}

/** Each expert's forecast by its name. */
function forecasts(experts: Experts, at: number): Readonly<Record<Name, number>> {
  const values = consultExperts(experts, at);
  expect(values).toHaveLength(EXPERTS.length);
  return Object.fromEntries(EXPERTS.map(({ name }, place) => [name, values[place]])) as Record<Name, number>;
}

describe('the forecasts of the experts', () => {
  it('stand in the order of their names: the last value and the medians', () => {
    // Each newest value is below all before it, so that every median is the value in the middle of its window.
    const falling = Array.from({ length: 40 }, (_, place) => -place / 10);
    const said = forecasts(
      learned(falling, (place) => MONDAY + place * DAY_MS),
      MONDAY + 40 * DAY_MS,
    );
    expect(said['last value']).toBe(-3.9);
    expect(said['median of 3']).toBe(-3.8);
    expect(said['median of 5']).toBe(-3.7);
    expect(said['median of 15']).toBe(-3.2);
    expect(said['median of 31']).toBe(-2.4);
  });

  it('differ between hours for "hour and weekend" alone', () => {
    const at = (place: number): number =>
      MONDAY + Math.floor(place / 2) * DAY_MS + (place % 2) * 12 * HOUR_MS;
    const slowAtNoon = Array.from({ length: 56 }, (_, place) => (place % 2 === 0 ? 0 : 0.2));
    const experts = learned(slowAtNoon, at);
    const midnight = forecasts(experts, at(56));
    const noon = forecasts(experts, at(57));
    const other = EXPERTS.map(({ name }) => name).filter((name) => noon[name] !== midnight[name]);
    expect(other).toEqual(['hour and weekend']);
    expect(noon['hour and weekend'] - midnight['hour and weekend']).toBeGreaterThan(0.1);
  });

  it('differ between a weekday and the weekend for "hour and weekend" alone', () => {
    const at = (place: number): number => MONDAY + place * DAY_MS;
    const quickAtWeekends = Array.from({ length: 56 }, (_, place) => (place % 7 >= 5 ? -0.3 : 0));
    const experts = learned(quickAtWeekends, at);
    const weekday = forecasts(experts, at(56));
    const weekend = forecasts(experts, at(61));
    expect(EXPERTS.map(({ name }) => name).filter((name) => weekend[name] !== weekday[name])).toEqual([
      'hour and weekend',
    ]);
    expect(weekend['hour and weekend']).toBeLessThan(weekday['hour and weekend'] - 0.1);
  });

  it('lie between the median and an outlier for "return to the median", as far as outliers have lasted', () => {
    // Excursions halve from one value to the next.
    const excursions = [0.4, 0.2, 0.1, 0, 0, 0, 0, 0];
    const values = Array.from({ length: 120 }, (_, place) => excursions[place % excursions.length] ?? 0);
    const said = forecasts(
      learned([...values, 0.4], (place) => MONDAY + place * DAY_MS),
      MONDAY + 121 * DAY_MS,
    );
    expect(said['median of 31']).toBe(0);
    expect(said['return to the median']).toBeCloseTo(0.2, 1);
  });

  it('are the value that follows for "two modes": changes that come every time are expected again', () => {
    const values = Array.from({ length: 40 }, (_, place) => (place % 2 === 0 ? 0 : 1));
    const said = forecasts(
      learned(values, (place) => MONDAY + place * DAY_MS),
      MONDAY + 40 * DAY_MS,
    );
    expect(said['last value']).toBe(1);
    expect(said['two modes']).toBe(0);
  });

  it('are nearer to a new level the faster an expert smooths', () => {
    const values = Array.from({ length: 40 }, (_, place) => (place < 39 ? 0 : 0.01));
    const said = forecasts(
      learned(values, (place) => MONDAY + place * DAY_MS),
      MONDAY + 40 * DAY_MS,
    );
    expect(said['robust smoothing']).toBeGreaterThan(said['robust smoothing, slow']);
    expect(said['loose smoothing']).toBeGreaterThan(said['loose smoothing, slow']);
    expect(said['loose smoothing']).toBeGreaterThan(said['robust smoothing']);
    expect(said['loose smoothing, fast']).toBeGreaterThan(said['loose smoothing']);
    expect(said['nimble level']).toBeGreaterThan(said['steady level']);
  });

  it('follow an outlier without a limit for "plain smoothing", and less for the robust ones', () => {
    const values = Array.from({ length: 40 }, (_, place) => (place < 39 ? 0 : 5));
    const said = forecasts(
      learned(values, (place) => MONDAY + place * DAY_MS),
      MONDAY + 40 * DAY_MS,
    );
    expect(said['plain smoothing']).toBeCloseTo(0.5);
    expect(said['loose smoothing, slow']).toBeGreaterThan(said['robust smoothing, slow']);
    expect(said['robust smoothing']).toBeLessThan(0.1);
  });
});
