import { z } from 'zod';
import type { OlderRuns } from '../../history/older-runs.ts';
import { mergedSketches, type QuantileSketch, sketchQuantile } from '../../history/quantile-sketch.ts';

export const Spread = z.object({ median: z.number(), p90: z.number() });
export type Spread = z.infer<typeof Spread>;

/** What runs that are no longer kept one by one have shown; quantiles are within 5 %. */
export const OlderMonths = z.object({
  runs: z.number().int().nonnegative(),
  success_rate: z.number().min(0).max(1).nullable(),
  /** `null` where no duration was noted, or only the sum of them. */
  duration_seconds: Spread.nullable(),
  /** `null` where no tick was known for sure. */
  lateness_minutes: Spread.nullable(),
});
export type OlderMonths = z.infer<typeof OlderMonths>;

/** Months of any files and kinds taken together. */
export function summariseMonths(months: readonly OlderRuns[]): OlderMonths {
  const sum = (of: (month: OlderRuns) => number): number =>
    months.reduce((total, month) => total + of(month), 0);
  const outcomes = sum(({ successes, failures }) => successes + failures);
  const spread = (of: (month: OlderRuns) => QuantileSketch): Spread | null => {
    const all = months.reduce<QuantileSketch>((sketch, month) => mergedSketches(sketch, of(month)), {});
    const [median, p90] = [sketchQuantile(all, 0.5), sketchQuantile(all, 0.9)];
    return median === null || p90 === null ? null : { median, p90 };
  };
  return {
    runs: sum(({ runs }) => runs),
    success_rate: outcomes === 0 ? null : sum(({ successes }) => successes) / outcomes,
    duration_seconds: spread(({ durationSeconds }) => durationSeconds),
    lateness_minutes: spread(({ latenessMinutes }) => latenessMinutes),
  };
}
