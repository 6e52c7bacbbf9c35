import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_GENES, type Genes } from '../../src/genes/genes.ts';
import { type AdaptSignals, adapt } from '../../src/strategy/adapt.ts';
import { emptyPopulation } from '../../src/strategy/population.ts';
import type { Strategy, Trend } from '../../src/strategy/strategy.ts';

const [start] = emptyPopulation(0).strategies as [Strategy];
const NAMES = Object.keys(DEFAULT_GENES) as (keyof Genes)[];

function adapted(signals: AdaptSignals, runs: number): Strategy {
  let strategy = start;
  for (let run = 0; run < runs; run += 1) strategy = adapt(strategy, signals, run)?.strategy ?? strategy;
  return strategy;
}

const SILENT: AdaptSignals = { reward: null, usual: 0.5, failed: null, trend: 'improving', gain: 0 };

describe('adapt', () => {
  it.each<[keyof Genes, AdaptSignals]>([
    ['success_weight', { ...SILENT, reward: 1 }],
    ['failure_penalty', { ...SILENT, failed: true }],
    ['exploration_rate', { ...SILENT, trend: 'stable' }],
    ['recency_bias', { ...SILENT, trend: 'declining' }],
  ])('raises %s, and no other gene, by its own signal', (gene, signals) => {
    const moved = adapt(start, signals, 5);
    expect(moved?.strategy.parameters[gene]).toBeGreaterThan(DEFAULT_GENES[gene]);
    for (const other of NAMES.filter((name) => name !== gene)) {
      expect(moved?.strategy.parameters[other]).toBe(DEFAULT_GENES[other]);
    }
    expect(moved?.event).toMatchObject({
      at: 5,
      kind: 'adapted',
      strategy: 'default',
      before: DEFAULT_GENES,
    });
    expect(moved?.event.why).toContain(gene);
  });

  it('drives no gene to a bound with 10,000 constant inputs', () => {
    fc.assert(
      fc.property(
        fc.record({
          reward: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
          usual: fc.double({ min: 0, max: 1, noNaN: true }),
          failed: fc.option(fc.boolean()),
          trend: fc.constantFrom<Trend>('improving', 'stable', 'declining'),
          gain: fc.double({ min: -1, max: 1, noNaN: true }),
        }),
        (signals) => {
          const { parameters } = adapted(signals, 10_000);
          for (const name of NAMES) {
            // Half-way from the default to the bound at most.
            expect(parameters[name]).toBeGreaterThanOrEqual(DEFAULT_GENES[name] / 2 - 1e-9);
            expect(parameters[name]).toBeLessThanOrEqual((DEFAULT_GENES[name] + 1) / 2 + 1e-9);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('returns to the default when the signal ends', () => {
    let strategy = adapted({ ...SILENT, failed: true }, 500);
    expect(strategy.parameters.failure_penalty).toBeGreaterThan(0.5);
    for (let run = 0; run < 500; run += 1) strategy = adapt(strategy, SILENT, run)?.strategy ?? strategy;
    expect(strategy.parameters.failure_penalty).toBeLessThan(0.3);
  });

  it('returns to the genes a strategy was born with, not to the shipped ones', () => {
    const genes: Genes = {
      success_weight: 0.7,
      failure_penalty: 0.5,
      recency_bias: 0.6,
      exploration_rate: 0.3,
    };
    let born: Strategy = { ...start, parameters: { ...genes, recency_bias: 0.9 }, home: genes };
    for (let run = 0; run < 500; run += 1) born = adapt(born, SILENT, run)?.strategy ?? born;
    for (const name of NAMES) expect(Math.abs(born.parameters[name] - genes[name])).toBeLessThan(0.06);
  });

  it('takes a forecast worth less than usual as a reproof', () => {
    const moved = adapt(start, { ...SILENT, reward: 0.4, usual: 0.9 }, 5);
    expect(moved?.strategy.parameters.success_weight).toBeLessThan(DEFAULT_GENES.success_weight);
    expect(moved?.event.why).toContain('reward 0.4 (usually 0.90)');
  });

  it('takes back the steps that bend forecasts once they have cost more than they brought', () => {
    const genes: Genes = {
      success_weight: 0.5,
      failure_penalty: 0.4,
      recency_bias: 0.5,
      exploration_rate: 0.2,
    };
    const strayed: Strategy = { ...start, parameters: genes };
    const ahead = adapt(strayed, { ...SILENT, gain: 0.3 }, 1)?.strategy ?? start;
    expect(ahead.lead).toBeCloseTo(0.3);
    const level = adapt(ahead, { ...SILENT, gain: -0.3 }, 2)?.strategy ?? start;
    expect(level.parameters.recency_bias).toBeGreaterThan(0.45);
    const behind = adapt(level, { ...SILENT, gain: -0.3 }, 3);
    expect(behind?.strategy.parameters).toEqual({
      ...level.parameters,
      success_weight: DEFAULT_GENES.success_weight,
      recency_bias: DEFAULT_GENES.recency_bias,
    });
    expect(behind?.strategy.lead).toBe(0);
    expect(behind?.event).toMatchObject({ kind: 'adapted', before: level.parameters });
    expect(behind?.event.why).toContain('born with');
  });

  it('says nothing where nothing changes', () => {
    expect(adapt(start, SILENT, 0)).toBeNull();
  });
});
