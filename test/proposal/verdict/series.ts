import type { Series, SeriesRun } from '../../../src/proposal/verdict/series.ts';

export const DAY_MS = 86_400_000;
export const MERGED = Date.UTC(2026, 4, 4);

/**
 * A daily schedule: `before` runs up to the merge, `after` from it on, each as told by its place (0 the first after).
 */
export function daily(
  key: string,
  before: number,
  after: number,
  run: (place: number) => Partial<SeriesRun> = () => ({}),
): Series {
  return {
    key,
    runs: Array.from({ length: before + after }, (_, at) => {
      const place = at - before;
      return {
        at: MERGED + place * DAY_MS + DAY_MS / 2,
        failed: false,
        // No two runs are quite alike.
        seconds: 600 * (1 + 0.05 * Math.sin(at * 2.4)),
        minutesLate: 60 * (1 + 0.1 * Math.sin(at * 1.7)),
        minutesShared: 30,
        ...run(place),
      };
    }),
  };
}
