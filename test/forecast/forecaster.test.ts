import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  confidence,
  Forecaster,
  forecastValue,
  newForecaster,
  updateForecaster,
} from '../../src/forecast/forecaster.ts';
import { DEFAULT_MIX } from '../../src/forecast/mixture.ts';
import type { Quantiles } from '../../src/forecast/types.ts';
import { normal, seeded } from './random.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-03-02T02:00:00Z');
const at = (index: number): number => START + index * 7 * HOUR_MS;

/** What was forecast of each value before it was learned. */
function forecasts(values: readonly number[], from = newForecaster()): readonly (Quantiles | null)[] {
  return learn(values, from).made;
}

/** The same, and the forecaster after the last value. */
function learn(values: readonly number[], from = newForecaster()) {
  let forecaster = from;
  const made = values.map((value, index) => {
    const previous = forecaster;
    const next = updateForecaster(forecaster, DEFAULT_MIX, value, at(index));
    forecaster = next.forecaster;
    expect(next.forecast).toEqual(forecastValue(previous, previous.view, DEFAULT_MIX, at(index)));
    return next.forecast;
  });
  return { made, forecaster };
}

const logValues = fc.array(fc.double({ min: -2, max: 11, noNaN: true }), { minLength: 1, maxLength: 120 });

describe('laws of any series', () => {
  it('nests its quantiles, forecasts every value after the first, and skips none', () => {
    fc.assert(
      fc.property(logValues, (values) => {
        const made = forecasts(values);
        expect(made[0]).toBeNull();
        for (const quantiles of made.slice(1)) {
          const { q05, q25, q50, q75, q95 } = quantiles ?? { q05: 1, q25: 0, q50: 0, q75: 0, q95: 0 };
          expect([q05, q25, q50, q75, q95].every(Number.isFinite)).toBe(true);
          expect(q05 <= q25 && q25 <= q50 && q50 <= q75 && q75 <= q95).toBe(true);
        }
      }),
    );
  });

  it('goes on alike after being written and read, wherever it is cut', () => {
    fc.assert(
      fc.property(logValues, fc.nat(), (values, cut) => {
        const place = cut % values.length;
        const { forecaster: kept } = learn(values.slice(0, place));
        const restored = Forecaster.parse(JSON.parse(JSON.stringify(kept)));
        expect(forecasts(values.slice(place), restored)).toEqual(forecasts(values.slice(place), kept));
      }),
    );
  });

  it('changes nothing that it was given', () => {
    fc.assert(
      fc.property(logValues, (values) => {
        const { forecaster } = learn(values);
        const before = JSON.stringify(forecaster);
        learn(values, forecaster);
        expect(JSON.stringify(forecaster)).toBe(before);
      }),
    );
  });

  it('stays the same size however long the series is', () => {
    const random = seeded(1);
    // Both end at the same hour of the day: the day in progress holds its hours.
    const { forecaster: short } = learn(Array.from({ length: 100 }, () => 5 + normal(random) / 7));
    const { forecaster: long } = learn(Array.from({ length: 4_996 }, () => 5 + normal(random) / 7));
    const count = (state: Forecaster): number => JSON.stringify(state).match(/[\d.e-]+/g)?.length ?? 0;
    expect(count(long)).toBe(count(short));
  });
});

describe('what it learns', () => {
  const tail = (values: readonly number[]): number => forecasts([...values, 0]).at(-1)?.q50 ?? Number.NaN;

  it('is not moved by one odd run', () => {
    const random = seeded(2);
    const values = Array.from({ length: 40 }, () => 6 + 0.05 * normal(random));
    expect(Math.abs(tail([...values, 9]) - tail(values))).toBeLessThan(0.1);
  });

  it('follows a new level within five runs', () => {
    const random = seeded(3);
    const values = Array.from({ length: 40 }, () => 6 + 0.05 * normal(random));
    const moved = Array.from({ length: 5 }, () => 7 + 0.05 * normal(random));
    expect(tail([...values, ...moved])).toBeCloseTo(7, 0);
    expect(Math.abs(tail([...values, ...moved]) - 7)).toBeLessThan(0.25);
  });

  it('holds nine in ten of a noisy series within its interval', () => {
    const random = seeded(4);
    const values = Array.from({ length: 2_000 }, () => 6 + 0.3 * normal(random));
    const made = forecasts(values);
    const inside = values.filter((value, index) => {
      const quantiles = made[index];
      return quantiles != null && value >= quantiles.q05 && value <= quantiles.q95;
    });
    expect(inside.length / values.length).toBeGreaterThan(0.87);
    expect(inside.length / values.length).toBeLessThan(0.93);
  });

  it('is confident of a steady series and not of a wild one', () => {
    const random = seeded(5);
    const { forecaster: steady } = learn(Array.from({ length: 60 }, () => 6 + 0.03 * normal(random)));
    const { forecaster: wild } = learn(Array.from({ length: 60 }, () => 6 + 1.2 * normal(random)));
    expect(confidence(steady.view)).toBeGreaterThan(0.9);
    expect(confidence(wild.view)).toBeLessThan(0.4);
  });
});
