import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/plan/random.ts';
import {
  compareOutcomes,
  comparisonSentence,
  type Outcome,
  valueOfSaving,
} from '../../src/proposal/comparison.ts';
import { meanEvidence } from '../../src/proposal/verdict/bounded-bets.ts';
import { DAY_MS, NOW } from './sample.ts';

const SERIES = 1000;
const LOOKS = 400;

/** Differences of two verdicts, each improved, neutral or worse by the chances of its version. */
function differences(seed: number, [good, bad]: readonly [number, number]): readonly number[] {
  const random = seededRandom(seed);
  const verdict = (better: number, worse: number): number => {
    const drawn = random();
    return drawn < better ? 1 : drawn < better + worse ? 0 : 0.5;
  };
  return Array.from({ length: LOOKS }, () => verdict(good, bad) - verdict(0.3, 0.1));
}

/** Share of made series that are ever decided for one side, and for the other. */
function decided(chances: readonly [number, number]): readonly [above: number, below: number] {
  const signs = Array.from(
    { length: SERIES },
    (_, seed) => meanEvidence(differences(seed + 1, chances)).sign,
  );
  return [
    signs.filter((sign) => sign === 'above').length / SERIES,
    signs.filter((sign) => sign === 'below').length / SERIES,
  ];
}

describe('evidence on the mean of bounded differences', () => {
  it('decides in at most 5 % of series without a difference, however long one looks', () => {
    const [above, below] = decided([0.3, 0.1]);
    expect(above + below).toBeLessThanOrEqual(0.05);
  });

  it.each([
    ['better', [0.7, 0.1], 0],
    ['worse', [0.1, 0.4], 1],
  ] as const)('says that a %s version is it', (_, chances, side) => {
    const shares = decided(chances);
    expect(shares[side]).toBeGreaterThan(0.99);
    expect(shares[1 - side]).toBe(0);
  });

  it('stays with what it has decided', () => {
    const won = Array.from({ length: 20 }, () => 1);
    expect(meanEvidence([...won, ...won.map(() => -1), ...won.map(() => -1)]).sign).toBe('above');
  });
});

describe('the comparison of two versions', () => {
  const outcome = (repositoryId: number, over: Partial<Outcome> = {}): Outcome => ({
    repositoryId,
    reached: repositoryId % 2 === 0,
    kind: 'verdict',
    from: NOW,
    value: 0.5,
    ...over,
  });
  const pairs = (count: number, value: number): readonly Outcome[] =>
    Array.from({ length: 2 * count }, (_, id) => outcome(id, id % 2 === 0 ? { value } : {}));

  it('says that there is not enough yet as long as there is not', () => {
    const few = compareOutcomes(pairs(3, 1), NOW);
    expect(few).toMatchObject({ pairs: 3, difference: 0.5, sign: null });
    expect(comparisonSentence(few)).toMatch(/^Not enough yet .* 3 pairs .* of 40\.$/);
    expect(comparisonSentence(compareOutcomes(pairs(30, 1), NOW))).toMatch(/is better, by 0\.50/);
    expect(comparisonSentence(compareOutcomes(pairs(30, 0), NOW))).toMatch(/is worse, by 0\.50/);
  });

  it('counts no pair before those that began earlier, so that harm found early decides nothing', () => {
    const waiting = [outcome(0, { value: null }), outcome(1), ...pairs(9, 0)];
    expect(compareOutcomes(waiting, NOW + 59 * DAY_MS).pairs).toBe(0);
    expect(compareOutcomes(waiting, NOW + 61 * DAY_MS).pairs).toBe(10);
  });

  it('pairs ticks on time with ticks on time, and verdicts with verdicts', () => {
    const mixed = [outcome(0, { kind: 'served', value: 1 }), outcome(1, { value: 0 })];
    expect(compareOutcomes(mixed, NOW).pairs).toBe(0);
    expect(compareOutcomes([...mixed, outcome(3, { kind: 'served', value: 0 })], NOW)).toMatchObject({
      pairs: 1,
      difference: 1,
    });
  });

  it('knows a saving of no minutes and of four hours or more', () => {
    expect([-10, 0, 120, 240, 900].map(valueOfSaving)).toEqual([0, 0, 0.5, 1, 1]);
  });
});
