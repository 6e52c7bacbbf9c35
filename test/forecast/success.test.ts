import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  newSuccess,
  successAt,
  successLater,
  successProbability,
  updateSuccess,
} from '../../src/forecast/success.ts';
import { seeded } from './random.ts';

const HOUR_MS = 3_600_000;

function learnedFrom(outcomes: readonly boolean[]) {
  let success = newSuccess();
  for (const [index, outcome] of outcomes.entries())
    success = updateSuccess(success, outcome, index * 25 * HOUR_MS);
  return success;
}

describe('chance of success', () => {
  it('stays a probability that is never certain', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200 }), fc.nat({ max: 24 * 400 }), (outcomes, hour) => {
        const success = learnedFrom(outcomes);
        for (const chance of [
          successProbability(success, hour * HOUR_MS),
          successAt(success, hour * HOUR_MS),
          successLater(success, hour % 24),
        ]) {
          expect(chance).toBeGreaterThan(0);
          expect(chance).toBeLessThan(1);
        }
      }),
    );
  });

  it('falls after a failure where failures come in streaks, and rises again', () => {
    const random = seeded(1);
    let failing = false;
    const streaks = Array.from({ length: 400 }, () => {
      if (random() < 0.1) failing = !failing;
      return !failing;
    });
    let success = learnedFrom(streaks);
    success = updateSuccess(success, false, 0);
    const afterFailure = successProbability(success, 3 * HOUR_MS);
    success = updateSuccess(success, true, 0);
    expect(successProbability(success, 3 * HOUR_MS) - afterFailure).toBeGreaterThan(0.5);
  });

  it('learns that one hour fails', () => {
    let success = newSuccess();
    for (let day = 0; day < 200; day++) {
      success = updateSuccess(success, true, day * 24 * HOUR_MS + 10 * HOUR_MS);
      success = updateSuccess(success, day % 2 === 0, day * 24 * HOUR_MS + 2 * HOUR_MS);
    }
    expect(successLater(success, 10) - successLater(success, 2)).toBeGreaterThan(0.2);
  });
});
