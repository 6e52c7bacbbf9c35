/**
 * How far the long walks of the suite go: random cases, kills and fault schedules. `npm test` takes a fixed sample of
 * each walk, which is quick and the same every time; `npm run test:long` takes all of it, from other seeds every time.
 */
const ALL = process.env.OFFBEAT_LONG_WALKS === 'true';
const SAMPLE_SEED = 1;

/** As many steps of a walk as this run takes. */
export function sampled(all: number, sample: number): number {
  return ALL ? all : sample;
}

/** Parameters of a fast-check property that has `all` cases in the long run, and the same `sample` in the suite. */
export function sampledRuns(
  all: number,
  sample: number,
): { readonly numRuns: number; readonly seed?: number } {
  return ALL ? { numRuns: all } : { numRuns: sample, seed: SAMPLE_SEED };
}
