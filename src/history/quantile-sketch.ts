import { z } from 'zod';

/** Counts of values in buckets that grow by a tenth: quantiles within 5 % (DDSketch, Masson et al. 2019). */
export const QuantileSketch = z.record(z.string(), z.number().int().positive());
export type QuantileSketch = z.infer<typeof QuantileSketch>;

const BUCKET_GROWTH = Math.log(1.1);
/** Durations below a second, or latenesses below a minute, are not distinguished. */
const LEAST_VALUE = 1;

/** The sketch with one value more. */
export function withValue(sketch: QuantileSketch, value: number): QuantileSketch {
  return mergedSketches(sketch, { [Math.floor(Math.log(Math.max(LEAST_VALUE, value)) / BUCKET_GROWTH)]: 1 });
}

/** The merge of two sketches. */
export function mergedSketches(one: QuantileSketch, other: QuantileSketch): QuantileSketch {
  const sums = { ...one };
  for (const [bucket, count] of Object.entries(other)) sums[bucket] = (sums[bucket] ?? 0) + count;
  return sums;
}

/** The value below which the given share of the counted values lie, within 5 %; `null` of an empty sketch. */
export function sketchQuantile(sketch: QuantileSketch, level: number): number | null {
  const buckets = Object.entries(sketch)
    .map(([bucket, count]) => ({ bucket: Number(bucket), count }))
    .sort((a, b) => a.bucket - b.bucket);
  const total = buckets.reduce((sum, one) => sum + one.count, 0);
  let below = 0;
  for (const { bucket, count } of buckets) {
    below += count;
    if (below >= level * total) return Math.exp((bucket + 0.5) * BUCKET_GROWTH);
  }
  return null;
}
