import { describe, expect, it } from 'vitest';
import {
  fitConfidence,
  fittedConfidence,
  type MeasuredMove,
  shippedConfidence,
} from '../../src/plan/confidence-fit.ts';
import { seededRandom } from '../../src/plan/random.ts';

/** Confidences as moves are proposed with them, and what came of these moves where `truth` is their real chance. */
function made(count: number, seed: number, truth: (confidence: number) => number): readonly MeasuredMove[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const confidence = 0.6 + 0.36 * random();
    return { confidence, kept: random() < truth(confidence) };
  });
}

const SEEDS = Array.from({ length: 20 }, (_, at) => at + 1);
const SAID = Array.from({ length: 36 }, (_, at) => 0.6 + at / 100);

/** Mean distance of what is said from the real chance, over the confidences of proposed moves. */
function calibrationError(moves: readonly MeasuredMove[], truth: (confidence: number) => number): number {
  const fit = fitConfidence(moves) ?? undefined;
  return (
    SAID.reduce((sum, said) => sum + Math.abs(fittedConfidence(said, fit) - truth(said)), 0) / SAID.length
  );
}

describe('confidence fitted to verdicts', () => {
  it.each([
    ['right as shipped', (said: number) => said],
    ['too sure throughout', (said: number) => said - 0.25],
    ['too modest', (said: number) => Math.min(0.98, said + 0.15)],
    ['too steep', (said: number) => 0.7 + 0.2 * (said - 0.6)],
  ])('is off by at most 3 points in the mean after 500 measured moves: %s', (_, truth) => {
    const errors = SEEDS.map((seed) => calibrationError(made(500, seed, truth), truth));
    expect(errors.reduce((sum, error) => sum + error, 0) / SEEDS.length).toBeLessThan(0.03);
  });

  it('is nearer to the truth with each hundred, and hardly moves by one', () => {
    const truth = (said: number): number => said - 0.25;
    const errors = [0, 30, 100, 500].map(
      (count) =>
        SEEDS.reduce((sum, seed) => sum + calibrationError(made(count, seed, truth), truth), 0) /
        SEEDS.length,
    );
    expect(errors).toEqual(errors.toSorted((one, other) => other - one));
    const one = fitConfidence([{ confidence: 0.9, kept: false }]) ?? undefined;
    expect(fittedConfidence(0.9, one)).toBeGreaterThan(0.8);
  });

  it('changes nothing without a verdict, keeps the order, and can be taken back', () => {
    expect(fitConfidence([])).toBeNull();
    expect(SAID.map((said) => fittedConfidence(said, undefined))).toEqual(SAID);
    const fit = fitConfidence(made(200, 3, (said) => 1.5 - said)) ?? undefined;
    const fitted = SAID.map((said) => fittedConfidence(said, fit));
    expect(fitted).toEqual(fitted.toSorted((one, other) => one - other));
    for (const [at, value] of fitted.entries()) {
      expect(shippedConfidence(value, fit)).toBeCloseTo(SAID[at] ?? 0, 6);
    }
  });
});
