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

  it('finds the best choice of nearly every model where budget and gains limit nothing', () => {
    // Its kicks are drawn, so that now and then the best choice is not among what they reach.
    const made = fc.sample(fc.tuple(models, fc.integer()), { numRuns: 400, seed: 1 });
    const outcomes = made.flatMap(([model, seed]) => {
      const free = { ...model, budget: model.own.length };
      const best = bestChoice(free);
      // The best of all may ask one to be worse off than at home.
      if (!gainsKept(free, best, [0, 0, 0, 0, 0])) return [];
      const choice = polish(free, new Int32Array(model.own.length), [0, 0, 0, 0, 0], seededRandom(seed));
      return [costOf(free, [...choice]) <= costOf(free, best) + 1e-5];
    });
    expect(outcomes.length).toBeGreaterThan(100);
    expect(outcomes.filter((isBest) => isBest).length / outcomes.length).toBeGreaterThan(0.99);
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
