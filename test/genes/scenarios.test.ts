import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { forecastValue, newForecaster, updateForecaster } from '../../src/forecast/forecaster.ts';
import { mixOf } from '../../src/forecast/mixture.ts';
import { DEFAULT_GENES, type Genes } from '../../src/genes/genes.ts';
import { planSchedules } from '../../src/plan/plan.ts';
import { normalDraw, seededRandom } from '../../src/plan/random.ts';
import { planSettings } from '../../src/plan/settings.ts';
import { inputOf, scheduleOf } from '../plan/fixtures.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 5);

/** Forecast, in log seconds, of the run after a series of daily ones. */
function forecastAfter(genes: Genes, values: readonly number[]): number {
  let forecaster = newForecaster();
  for (const [day, value] of values.entries()) {
    forecaster = updateForecaster(forecaster, mixOf(genes), value, START + day * DAY_MS).forecaster;
  }
  const at = START + values.length * DAY_MS;
  return forecastValue(forecaster, forecaster.view, mixOf(genes), at)?.q50 ?? Number.NaN;
}

/** The plan's cron for one schedule that is late at night and fails by day. */
function planned(genes: Genes, seed = 1): string {
  const schedule = scheduleOf('nightly.yml', '30 2 * * *', {
    late: (hour) => (hour < 1 ? 10 : 120),
    success: (hour) => (hour < 1 ? 0.93 : 0.99),
  });
  const { weights } = planSettings(parseConfig(''), genes);
  const settings = planSettings(parseConfig(''), genes);
  const plan = planSchedules(inputOf([schedule], { ...settings, weights, minConfidence: 0 }), seed);
  return plan.schedules[0]?.to ?? '';
}

describe('recency_bias', () => {
  it('decides how soon a pattern that has ended is forgotten', () => {
    // For half a year runs took another time every 13 days, so that the newest alone told of the next; then they stay
    // the same.
    const series = (seed: number): number[] => {
      const random = seededRandom(seed);
      let level = 6;
      return Array.from({ length: 190 }, (_, day) => {
        if (day < 182 && day % 13 === 0) level = 6 + (random() < 0.5 ? -0.6 : 0.6);
        if (day >= 182) level = 6;
        return level + 0.05 * normalDraw(random);
      });
    };
    const error = (recency_bias: number): number =>
      Array.from({ length: 20 }, (_, seed) =>
        Math.abs(forecastAfter({ ...DEFAULT_GENES, recency_bias }, series(seed + 1)) - 6),
      ).reduce((sum, one) => sum + one / 20, 0);
    expect(error(0.6)).toBeLessThan(0.8 * error(0.1));
  });
});

describe('success_weight', () => {
  it('decides how far the experts that were right are followed', () => {
    const random = seededRandom(2);
    // Two values in turn: only what leans on the last value's neighbours foretells them.
    const series = Array.from(
      { length: 61 },
      (_, at) => 6 + (at % 2 === 0 ? 0.4 : -0.4) + 0.01 * normalDraw(random),
    );
    const timid = forecastAfter({ ...DEFAULT_GENES, success_weight: 0 }, series);
    const bold = forecastAfter({ ...DEFAULT_GENES, success_weight: 1 }, series);
    expect(bold).not.toBeCloseTo(timid, 3);
  });
});

describe('failure_penalty', () => {
  it('decides whether a punctual hour that fails more often is taken', () => {
    const indifferent = planned({ ...DEFAULT_GENES, failure_penalty: 0 });
    const careful = planned({ ...DEFAULT_GENES, failure_penalty: 1 });
    expect(indifferent).not.toBe(careful);
    const hourOf = (cron: string): number => Number(cron.split(' ')[1]);
    expect(hourOf(indifferent)).toBe(0);
    expect(hourOf(careful)).toBeGreaterThan(0);
  });
});

describe('exploration_rate', () => {
  it('decides how often another slot than the best is tried', () => {
    const slots = (exploration_rate: number): Set<string> =>
      new Set(
        Array.from({ length: 30 }, (_, seed) =>
          planned({ ...DEFAULT_GENES, failure_penalty: 0, exploration_rate }, seed + 1),
        ),
      );
    expect(slots(0).size).toBe(1);
    expect(slots(0.8).size).toBeGreaterThan(1);
  });
});
