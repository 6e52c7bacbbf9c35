import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/plan/random.ts';
import { evidence, upperShare } from '../../../src/proposal/verdict/e-process.ts';

describe('e-value of bets', () => {
  it('is 1 before any run', () => {
    expect(evidence([], 1)).toBe(1);
  });

  it('exceeds 1/α at any time with probability α at most while the claim holds', () => {
    const random = seededRandom(7);
    const worlds = 2_000;
    let alarms = 0;
    for (let world = 0; world < worlds; world += 1) {
      const bets: { hit: boolean; atMost: number }[] = [];
      for (let run = 0; run < 60; run += 1) {
        bets.push({ hit: random() < 0.2, atMost: 0.2 });
        if (evidence(bets, 1) >= 20) {
          alarms += 1;
          break;
        }
      }
    }
    expect(alarms / worlds).toBeLessThanOrEqual(0.05);
  });

  it('grows with every hit and shrinks with every miss', () => {
    const bet = fc.record({ hit: fc.boolean(), atMost: fc.double({ min: 0.01, max: 0.9, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(bet, { maxLength: 30 }), bet, (bets, next) => {
        const before = evidence(bets, 0.5);
        expect(evidence([...bets, { ...next, hit: true }], 0.5)).toBeGreaterThan(before);
        expect(evidence([...bets, { ...next, hit: false }], 0.5)).toBeLessThan(before);
      }),
    );
  });
});

describe('upper share', () => {
  it.each([
    [0, 0, 1],
    [0, 60, 0.016],
    [30, 60, 0.564],
    [60, 60, 1],
  ])('%d of %d: %d', (hits, runs, bound) => {
    expect(upperShare(hits, runs, 1)).toBeCloseTo(bound, 3);
  });
});
