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

/** The kernel of a tick so late on each kind of day, with a run of `lengths` bins with probability `ran`. */
export function kernelOf(
  lateMinutes: Float64Array,
  ran: number,
  lengths: Float64Array,
  stretch: Stretch = AS_FORECAST,
): Kernel {
  const builder = new KernelBuilder();
  const probability = ran / OWN_SPREAD.length / DURATION_SCORES.length;
  for (let kind = 0; kind < DAY_KINDS; kind += 1) {
    const late = (numberAt(lateMinutes, kind) * stretch.lateness) / BIN_MINUTES;
    for (const spread of OWN_SPREAD) {
      const start = Math.min(Math.round(late * spread), LONGEST_BINS);
      for (const length of lengths) {
        const bins = Math.min(length * stretch.duration, LONGEST_BINS);
        const whole = Math.floor(bins);
        const part = bins - whole;
        builder.add(kind, start, probability);
        builder.add(kind, start + whole, (part - 1) * probability);
        builder.add(kind, start + whole + 1, -part * probability);
      }
    }
    builder.endKind(kind);
  }
  return builder.build();
}

/** Collects the entries of a kernel, one kind of day after the other. */
class KernelBuilder {
  readonly #starts = new Int32Array(DAY_KINDS + 1);
  readonly #offsets = new Int32Array(DAY_KINDS * MOST_ENTRIES);
  readonly #places = new Int32Array(DAY_KINDS * MOST_ENTRIES);
  readonly #steps = new Float64Array(DAY_KINDS * MOST_ENTRIES);
  #count = 0;
  #first = 0;

  /** Adds a step at an offset; steps of one kind at one offset are added up. */
  add(kind: number, offset: number, step: number): void {
    if (step === 0) return;
    for (let at = this.#first; at < this.#count; at += 1) {
      if (this.#offsets[at] !== offset) continue;
      this.#steps[at] = numberAt(this.#steps, at) + step;
      return;
    }
    this.#offsets[this.#count] = offset;
    this.#places[this.#count] = offset * DAY_KINDS + kind;
    this.#steps[this.#count] = step;
    this.#count += 1;
  }

  endKind(kind: number): void {
    this.#starts[kind + 1] = this.#count;
    this.#first = this.#count;
  }

  build(): Kernel {
    return {
      starts: this.#starts,
      offsets: this.#offsets.slice(0, this.#count),
      places: this.#places.slice(0, this.#count),
      steps: this.#steps.slice(0, this.#count),
    };
  }
}

/** Bins after its tick until which a run of this kernel may last. */
export function reachOf(kernel: Kernel): number {
  let reach = 0;
  for (const offset of kernel.offsets) if (offset > reach) reach = offset;
  return reach;
}
