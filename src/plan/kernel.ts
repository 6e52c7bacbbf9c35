import { numberAt } from '../checked.ts';
import { quantileAtScore, SLICE_SCORES } from '../forecast/quantile.ts';
import type { LatenessForecast, Quantiles } from '../forecast/types.ts';
import { BIN_MINUTES } from './week.ts';

/**
 * GitHub's lateness is mostly the same for all schedules on one day, and very different from day to day. So the week
 * is planned on four equally likely kinds of day: in each, every schedule is late by the same quantile of its own
 * forecast. Two schedules with the same tick then overlap, as they really do, though either alone may be late by
 * anything between half an hour and four hours.
 */
export const DAY_KINDS = SLICE_SCORES.length;

/** How one schedule's lateness varies on a given kind of day: ± 12 % (12 minutes on a mean of 70, the day included). */
const OWN_SPREAD = [0.88, 1.12] as const;
/** Normal scores of two equally likely durations, which have nearly the spread of the whole distribution. */
const DURATION_SCORES = [-0.8, 0.8] as const;
/** Latenesses and durations are cut at half a day. A run over a whole day overlaps with all others anyway. */
const LONGEST_BINS = (12 * 60) / BIN_MINUTES;
/** Most entries of one kind of day: for each spread a start, and for each duration two ends. */
const MOST_ENTRIES = OWN_SPREAD.length * (1 + 2 * DURATION_SCORES.length);

/**
 * Probability to be running in each bin after a tick, kept as its first difference, which is mostly zero:
 * `offsets[i]` bins after the tick it changes by `steps[i]`. The entries of day kind `k` are `starts[k] ≤ i <
 * starts[k + 1]`, in no order. `places[i]` is `offsets[i] × DAY_KINDS + k`, the index in arrays that hold the kinds
 * of day side by side.
 */
export interface Kernel {
  readonly starts: Int32Array;
  readonly offsets: Int32Array;
  readonly places: Int32Array;
  readonly steps: Float64Array;
}

/** How a run's lateness and duration differ from their forecasts in one draw of the future. */
export interface Stretch {
  readonly lateness: number;
  readonly duration: number;
}

/** Lateness and duration are what the forecasts say. */
export const AS_FORECAST: Stretch = { lateness: 1, duration: 1 };

/** Minutes late on each kind of day. */
export function lateByKind(lateness: LatenessForecast): Float64Array {
  return Float64Array.from(SLICE_SCORES, (score) => quantileAtScore(lateness.minutes, score));
}

/** Representative durations, in bins. */
export function lengthsOf(durationSeconds: Quantiles): Float64Array {
  return Float64Array.from(
    DURATION_SCORES,
    (score) => quantileAtScore(durationSeconds, score) / 60 / BIN_MINUTES,
  );
}

/**
 * The kernel of a tick that is so late on each kind of day, runs for `lengths` bins, and has a run with probability
 * `ran`.
 */
export function kernelOf(
  lateMinutes: Float64Array,
  ran: number,
  lengths: Float64Array,
  stretch: Stretch = AS_FORECAST,
): Kernel {
  const starts = new Int32Array(DAY_KINDS + 1);
  const offsets = new Int32Array(DAY_KINDS * MOST_ENTRIES);
  const places = new Int32Array(DAY_KINDS * MOST_ENTRIES);
  const steps = new Float64Array(DAY_KINDS * MOST_ENTRIES);
  const probability = ran / OWN_SPREAD.length / DURATION_SCORES.length;
  let [count, first] = [0, 0];
  const add = (kind: number, offset: number, step: number): void => {
    if (step === 0) return;
    for (let at = first; at < count; at += 1) {
      if (offsets[at] !== offset) continue;
      steps[at] = numberAt(steps, at) + step;
      return;
    }
    offsets[count] = offset;
    places[count] = offset * DAY_KINDS + kind;
    steps[count] = step;
    count += 1;
  };
  for (let kind = 0; kind < DAY_KINDS; kind += 1) {
    first = count;
    const late = (numberAt(lateMinutes, kind) * stretch.lateness) / BIN_MINUTES;
    for (const spread of OWN_SPREAD) {
      const start = Math.min(Math.round(late * spread), LONGEST_BINS);
      for (const length of lengths) {
        const bins = Math.min(length * stretch.duration, LONGEST_BINS);
        const whole = Math.floor(bins);
        const part = bins - whole;
        add(kind, start, probability);
        add(kind, start + whole, (part - 1) * probability);
        add(kind, start + whole + 1, -part * probability);
      }
    }
    starts[kind + 1] = count;
  }
  return {
    starts,
    offsets: offsets.slice(0, count),
    places: places.slice(0, count),
    steps: steps.slice(0, count),
  };
}

/** Bins after its tick until which a run of this kernel may last. */
export function reachOf(kernel: Kernel): number {
  let reach = 0;
  for (const offset of kernel.offsets) if (offset > reach) reach = offset;
  return reach;
}
