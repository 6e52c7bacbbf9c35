import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundOf } from '../../bench/plan/proof/bound.ts';
import { prove } from '../../bench/plan/proof/branch.ts';
import type { Domains } from '../../bench/plan/proof/dual-ascent.ts';
import { highsSolver } from '../../bench/plan/proof/highs.ts';
import { costOf, type PairModel } from '../../src/plan/pairs.ts';
import { planSchedules } from '../../src/plan/plan.ts';
import { inputOf, scheduleOf } from '../plan/fixtures.ts';
import { bestChoice, models } from '../plan/models.ts';
import { sampledRuns } from '../sampled.ts';

const LIMITS = { tolerance: 1e-6, mostNodes: 10_000, stop: () => false };
const highs = await highsSolver(60);

function allOptions({ own }: PairModel): Domains {
  return own.map((costs) => Int32Array.from(costs, (_, option) => option));
}

describe('branch and bound', () => {
  it('finds the cost of the best plan, as trying all plans does', () => {
    fc.assert(
      fc.property(models, (model) => {
        const home = model.own.map(() => 0);
        const best = costOf(model, bestChoice(model));
        const { bound, exact } = prove(model, allOptions(model), costOf(model, home), LIMITS);
        expect(exact).toBe(true);
        expect(bound).toBeLessThanOrEqual(best + 1e-6 * Math.max(1, best));
        expect(bound).toBeGreaterThanOrEqual(best - 1e-5 * Math.max(1, best));
      }),
      sampledRuns(200, 80),
    );
  });

  it('finds what HiGHS finds', () => {
    fc.assert(
      fc.property(models, (model) => {
        const best = costOf(model, bestChoice(model));
        // Solvers count to a relative precision: forbidden pairs would hide all else.
        fc.pre(best < 1e5);
        expect(highs(model, allOptions(model))).toBeCloseTo(best, 4);
      }),
      { numRuns: 40 },
    );
  });

  it('finds no lower optimum when a constraint is added', () => {
    fc.assert(
      fc.property(models, fc.nat({ max: 4 }), fc.nat({ max: 24 }), (model, at, cell) => {
        const optimum = (one: PairModel): number => costOf(one, bestChoice(one));
        const free = optimum(model);
        const narrower = model.own.map((own, i) => (i === at ? own.slice(0, 1) : own));
        const fewer: PairModel = {
          ...model,
          own: narrower,
          pair: (i, j) => {
            const pair = model.pair(i, j);
            const columns = (model.own[j] as Float64Array).length;
            if (i === at) return pair.slice(0, columns);
            return j === at ? pair.filter((_, place) => place % columns === 0) : pair;
          },
        };
        const apart: PairModel = {
          ...model,
          pair: (i, j) =>
            model.pair(i, j).map((value, place) => (i === 0 && j === 1 && place === cell ? 1e6 : value)),
        };
        const poorer = { ...model, budget: Math.max(0, model.budget - 1) };
        for (const held of [fewer, apart, poorer]) {
          const proof = prove(
            held,
            allOptions(held),
            costOf(
              held,
              held.own.map(() => 0),
            ),
            LIMITS,
          );
          expect(proof.bound).toBeGreaterThanOrEqual(free - 1e-6 * Math.max(1, free));
        }
      }),
      sampledRuns(100, 40),
    );
  });
});

describe('the bound of a plan', () => {
  const hours = ['0 2 * * *', '5 2 * * *', '30 2 * * *', '0 4 * * 1', '0 3 * * *'];
  const input = inputOf(
    hours.map((cron, at) => scheduleOf(`w${at}.yml`, cron, { minutes: 40, late: (hour) => 10 + 5 * hour })),
    { minGain: 0 },
  );

  it('is at most the cost of any plan', () => {
    const chosen = new Map(planSchedules(input, 1).schedules.map(({ key, to }) => [key, to]));
    const [ours, today] = [chosen, new Map<string, string>()].map((plan) =>
      boundOf(input, plan, { stop: () => false }),
    );
    expect(ours?.method).toBe('exact');
    expect(ours?.gap).toBeLessThan(0.001);
    expect(today?.bound).toBeLessThanOrEqual((ours?.cost ?? 0) + 1e-9);
    expect(today?.gap).toBeGreaterThan(0.1);
  });

  it('equals the cost of our plan when runners are short', () => {
    const few = inputOf(
      hours.map((cron, at) => scheduleOf(`w${at}.yml`, cron, { minutes: 40, width: 1 + (at % 3) })),
      { minGain: -1000, jobLimits: { standard: 6 } },
    );
    const chosen = new Map(planSchedules(few, 1).schedules.map(({ key, to }) => [key, to]));
    const { gap, method } = boundOf(few, chosen, { stop: () => false });
    expect(method).toBe('exact');
    expect(gap).toBeLessThan(1e-4);
  });

  it('stays valid when it is cut short, and for many schedules', () => {
    const today = new Map<string, string>();
    const exact = boundOf(input, today, { stop: () => false });
    const short = boundOf(input, today, { stop: () => true });
    expect(short.method).toBe('branch-and-bound');
    expect(short.bound).toBeLessThanOrEqual(exact.bound + 1e-9);
    const many = inputOf(
      Array.from({ length: 30 }, (_, at) => scheduleOf(`w${at}.yml`, hours[at % 5] ?? '0 2 * * *')),
      { minGain: 0 },
    );
    const plan = planSchedules(many, 1);
    const relaxed = boundOf(many, new Map(plan.schedules.map(({ key, to }) => [key, to])), {
      stop: () => false,
    });
    expect(relaxed.method).toBe('relaxation');
    expect(relaxed.bound).toBeLessThanOrEqual(relaxed.cost);
    expect(relaxed.bound).toBeGreaterThan(0);
  });
});
