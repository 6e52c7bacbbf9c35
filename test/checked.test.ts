import { describe, expect, it } from 'vitest';
import { itemAt, numberAt } from '../src/checked.ts';

describe('checked access', () => {
  it('returns the item at an index', () => {
    expect(itemAt(['a', 'b'], 1)).toBe('b');
    expect(numberAt(Float64Array.of(0.5, 0), 1)).toBe(0);
  });

  it.each([-1, 2, 0.5, Number.NaN])('throws at the index %s of a list of two', (index) => {
    expect(() => itemAt(['a', 'b'], index)).toThrow(RangeError);
    expect(() => numberAt(Int32Array.of(1, 2), index)).toThrow(`Index ${index} is outside of a list of 2.`);
  });
});
