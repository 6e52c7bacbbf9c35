import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, type PairModel } from '../../src/plan/pairs.ts';
import { polish } from '../../src/plan/polish.ts';
import { seededRandom } from '../../src/plan/random.ts';
import { bestChoice, gainsKept, models } from './models.ts';

const leastGains = fc.array(fc.constantFrom(0, 0.1, 0.5, 0.99), { minLength: 5, maxLength: 5 });

describe('search on the pair model', () => {
  it('ends, keeps the budget and every gain, and never costs more, whatever the model', () => {
    fc.assert(
      fc.property(models, leastGains, fc.integer(), (model, leastGain, seed) => {
        const from = new Int32Array(model.own.length);
        const choice = polish(model, from, leastGain, seededRandom(seed));
        const cost = costOf(model, [...choice]);
        expect(cost).toBeLessThanOrEqual(costOf(model, [...from]) + 1e-6);
        expect(Number.isFinite(cost)).toBe(true);
        expect(gainsKept(model, [...choice], leastGain)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('finds the best choice where budget and gains limit nothing', () => {
    fc.assert(
      fc.property(models, fc.integer(), (model, seed) => {
        const free = { ...model, budget: model.own.length };
        const from = new Int32Array(model.own.length);
        const best = bestChoice(free);
        // The best of all may ask one to be worse off than at home.
        fc.pre(gainsKept(free, best, [0, 0, 0, 0, 0]));
        const choice = polish(free, from, [0, 0, 0, 0, 0], seededRandom(seed));
        expect(costOf(free, [...choice])).toBeCloseTo(costOf(free, best), 6);
      }),
      { numRuns: 200 },
    );
  });

  it('ends where a pair would save something but one of the two gains too little', () => {
    // Both away cost least, yet there the first gains too little: a pair's move that is found and refused.
    const model: PairModel = {
      own: [Float64Array.of(1, 5), Float64Array.of(10, 1)],
      pair: () => Float64Array.of(0, 8, 0, 0),
      budget: 2,
    };
    expect([...polish(model, new Int32Array(2), [0.99, 0.1], seededRandom(1))]).toEqual([0, 0]);
    expect([...polish(model, new Int32Array(2), [0.1, 0.1], seededRandom(1))]).toEqual([1, 1]);
  });
});
