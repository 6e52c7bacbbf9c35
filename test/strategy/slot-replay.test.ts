import { describe, expect, it } from 'vitest';
import { indexDraw, normalDraw, seededRandom } from '../../src/plan/random.ts';
import { estimatedLoss, type LoggedSlot, slotRegrets } from '../../src/strategy/slot-replay.ts';

function slot(over: Partial<LoggedSlot> = {}): LoggedSlot {
  return {
    propensity: 1,
    expected: 1,
    seen: null,
    picks: new Map([
      ['default', { expected: 1, inForce: true }],
      ['bold', { expected: 0.5, inForce: false }],
    ]),
    ...over,
  };
}

describe('the estimate', () => {
  it('is what was expected where nothing was seen, or of a slot that was not in force', () => {
    expect(estimatedLoss(slot(), 'default')).toBe(1);
    expect(estimatedLoss(slot({ seen: 3 }), 'bold')).toBe(0.5);
    expect(estimatedLoss(slot(), 'nobody')).toBeNull();
  });

  it('is corrected by what was seen, the more the seldomer it was tried', () => {
    expect(estimatedLoss(slot({ seen: 1.4 }), 'default')).toBeCloseTo(1.4, 10);
    expect(estimatedLoss(slot({ seen: 1.4, propensity: 0.5 }), 'default')).toBeCloseTo(1.8, 10);
    expect(Math.abs(estimatedLoss(slot({ seen: 1.4, propensity: 1e-9 }), 'default') ?? 0)).toBeLessThan(10);
  });

  it('is right on the mean although the expectations are wrong', () => {
    const random = seededRandom(3);
    const truth = [2, 1.5, 1];
    const wrong = [1, 1, 1.8];
    const rate = 0.4;
    const estimates = Array.from({ length: 20_000 }, () => {
      const chosen = random() < rate ? indexDraw(random, 3) : 0;
      const propensity = (chosen === 0 ? 1 - rate : 0) + rate / 3;
      const picks = new Map([['bold', { expected: wrong[2] ?? 0, inForce: chosen === 2 }]]);
      const seen = (truth[chosen] ?? 0) + 0.3 * normalDraw(random);
      return estimatedLoss({ propensity, expected: wrong[chosen] ?? 0, seen, picks }, 'bold') ?? 0;
    });
    expect(estimates.reduce((sum, value) => sum + value, 0) / estimates.length).toBeCloseTo(1, 1);
  });
});

describe('regret', () => {
  it('is 0 for the best, and the difference to it for the others', () => {
    const records = slotRegrets([slot(), slot({ seen: 1.2 })], 'default');
    expect(records.get('bold')).toEqual({ choices: 2, regretHours: 0 });
    expect(records.get('default')?.regretHours).toBeCloseTo(0.6, 10);
  });

  it('compares a strategy only where it chose', () => {
    const without = slot({ picks: new Map([['default', { expected: 5, inForce: true }]]) });
    const records = slotRegrets([slot(), without], 'default');
    expect(records.get('bold')?.choices).toBe(1);
    expect(records.get('default')).toMatchObject({ choices: 2 });
  });

  it('is empty where nothing was logged', () => {
    expect(slotRegrets([], 'default').size).toBe(0);
  });
});
