import { describe, expect, it } from 'vitest';
import { DEFAULT_GENES, type Genes } from '../../src/genes/genes.ts';
import { learningSettings, planGenes } from '../../src/genes/settings.ts';

const NAMES = Object.keys(DEFAULT_GENES) as (keyof Genes)[];

describe('genes', () => {
  it('stand at the measured settings by default', () => {
    expect(learningSettings(DEFAULT_GENES).discount).toBeCloseTo(0.985, 10);
    expect(learningSettings(DEFAULT_GENES).rate).toBeCloseTo(0.5, 10);
    expect(planGenes(DEFAULT_GENES).failurePrice).toBe(1);
    expect(planGenes(DEFAULT_GENES).slotEvidenceRuns).toBe(12);
  });

  it.each(NAMES)('%s changes what is predicted or picked', (name) => {
    const settings = (value: number): unknown => {
      const genes = { ...DEFAULT_GENES, [name]: value };
      return { ...learningSettings(genes), ...planGenes(genes) };
    };
    expect(settings(0.1)).not.toEqual(settings(0.9));
  });

  it.each([0, 1])('stay usable with every gene at %d', (value) => {
    const genes = Object.fromEntries(NAMES.map((name) => [name, value])) as Genes;
    const { discount, rate } = learningSettings(genes);
    expect(discount).toBeGreaterThan(0);
    expect(discount).toBeLessThan(1);
    expect(rate).toBeGreaterThan(0);
    expect(planGenes(genes).slotEvidenceRuns).toBeGreaterThan(0);
  });

  it('forget faster, and learn faster, with every step of recency_bias and success_weight', () => {
    const steps = Array.from({ length: 11 }, (_, step) => step / 10);
    const under = (name: keyof Genes) =>
      steps.map((value) => learningSettings({ ...DEFAULT_GENES, [name]: value }));
    const forgetting = under('recency_bias').map(({ discount }) => 1 - discount);
    const rates = under('success_weight').map(({ rate }) => rate);
    for (const values of [forgetting, rates]) {
      expect(values).toEqual([...values].sort((a, b) => a - b));
      expect(new Set(values).size).toBe(steps.length);
    }
  });
});
