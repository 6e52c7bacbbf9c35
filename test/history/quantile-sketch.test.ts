import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  mergedSketches,
  QuantileSketch,
  sketchQuantile,
  withValue,
} from '../../src/history/quantile-sketch.ts';

const values = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 });
const sketchOf = (list: readonly number[]) => list.reduce<QuantileSketch>(withValue, {});

describe('a quantile sketch', () => {
  it('knows every quantile within 5 %', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (list, level) => {
        const sorted = list.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(level * sorted.length - 1e-9) - 1] ?? 0;
        const told = sketchQuantile(QuantileSketch.parse(sketchOf(list)), level) ?? 0;
        expect(Math.abs(told / exact - 1)).toBeLessThan(0.0501);
      }),
    );
  });

  it('is the same merged from two as counted in one', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        expect(mergedSketches(sketchOf(one), sketchOf(other))).toEqual(sketchOf([...one, ...other]));
      }),
    );
  });

  it('counts values below 1 as 1, and has no quantile when empty', () => {
    expect(sketchQuantile(withValue({}, 0), 0.5)).toBeCloseTo(1.05, 2);
    expect(sketchQuantile({}, 0.5)).toBeNull();
  });
});
