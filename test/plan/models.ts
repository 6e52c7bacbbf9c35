import fc from 'fast-check';
import { costOf, type PairModel } from '../../src/plan/pairs.ts';

/** Costs that are hard for a descent: many equals, rounding apart, and pairs that are as good as forbidden. */
const cost = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 0, max: 2, noNaN: true }) },
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 1 + 1e-9, 1 + 2e-9, 1 - 1e-9) },
  { weight: 1, arbitrary: fc.constant(1e6) },
);

/** Small models of two to five schedules with up to five options each; nobody's start is forbidden. */
export const models: fc.Arbitrary<PairModel> = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 5 }), fc.nat({ max: 5 }))
  .chain(([counts, budget]) => {
    const pairs = counts.flatMap((one, i) => counts.slice(i + 1).map((other) => one * other));
    return fc.record({
      own: fc.tuple(...counts.map((count) => fc.array(cost, { minLength: count, maxLength: count }))),
      pairs: fc.tuple(...pairs.map((size) => fc.array(cost, { minLength: size, maxLength: size }))),
      budget: fc.constant(budget),
    });
  })
  .map(({ own, pairs, budget }) => {
    const written = pairs.map((values) => Float64Array.from(values, (value, at) => (at === 0 ? 1 : value)));
    const place = new Map<string, number>();
    own.forEach((_, i) => {
      for (let j = i + 1; j < own.length; j += 1) place.set(`${i} ${j}`, place.size);
    });
    return {
      own: own.map((values) => Float64Array.from(values)),
      pair: (i, j) => written[place.get(`${i} ${j}`) ?? -1] ?? new Float64Array(0),
      budget,
    };
  });

/** The cheapest choice within the budget, by trying all. */
export function bestChoice(model: PairModel): readonly number[] {
  let best: readonly number[] = model.own.map(() => 0);
  let least = costOf(model, best);
  const tried = (choice: readonly number[]): void => {
    const own = model.own[choice.length];
    if (own === undefined) {
      const costs = costOf(model, choice);
      if (costs < least) [best, least] = [choice, costs];
      return;
    }
    for (let option = 0; option < own.length; option += 1) tried([...choice, option]);
  };
  tried([]);
  return best;
}

/** Whether everybody who left option 0 saves so large a share of its own cost there. */
export function gainsKept(
  model: PairModel,
  choice: readonly number[],
  leastGain: readonly number[],
): boolean {
  const costAt = (at: number, option: number): number =>
    choice.reduce((sum, chosen, other) => {
      if (other === at) return sum;
      const columns = (model.own[Math.max(at, other)] as Float64Array).length;
      const [row, column] = at < other ? [option, chosen] : [chosen, option];
      const pair = model.pair(Math.min(at, other), Math.max(at, other));
      return sum + (pair[row * columns + column] as number);
    }, model.own[at]?.[option] as number);
  return choice.every((option, at) => {
    const today = costAt(at, 0);
    return option === 0 || today - costAt(at, option) >= (leastGain[at] ?? 0) * today - 1e-6;
  });
}
