import { BIN_MINUTES, BINS_PER_WEEK, binOfWeek } from '../../src/forecast/slot.ts';
import { type Span, WEEK_MS } from './repositories.ts';

const MINUTE_MS = 60_000;
const LONGEST_MS = 24 * 60 * MINUTE_MS;
/** As ours forgets. */
const HALF_LIFE_WEEKS = 8;

/**
 * Jobs in progress as the plain mean of each part of the UTC week, its weeks fading; parts of an hour are what was used
 * before. 2016 values.
 */
export function plainMeans(spans: readonly Span[], minutes: number): readonly number[] {
  const bins = minutes / BIN_MINUTES;
  const sums = new Array<number>(BINS_PER_WEEK / bins).fill(0);
  let [weeks, lastAt] = [0, 0];
  for (const { startedAt, endedAt } of spans) {
    if (lastAt > 0 && startedAt > lastAt) {
      const elapsed = (startedAt - lastAt) / WEEK_MS;
      const fade = 0.5 ** (elapsed / HALF_LIFE_WEEKS);
      for (let part = 0; part < sums.length; part++) sums[part] = (sums[part] ?? 0) * fade;
      weeks = weeks * fade + elapsed;
    }
    lastAt = Math.max(lastAt, startedAt);
    const end = Math.min(endedAt, startedAt + LONGEST_MS);
    for (let from = startedAt; from < end; ) {
      const to = Math.min(end, (Math.floor(from / (minutes * MINUTE_MS)) + 1) * minutes * MINUTE_MS);
      const part = Math.floor(binOfWeek(from) / bins);
      sums[part] = (sums[part] ?? 0) + (to - from) / (minutes * MINUTE_MS);
      from = to;
    }
  }
  return sums.flatMap((sum) => new Array<number>(bins).fill(sum / Math.max(1, weeks)));
}
