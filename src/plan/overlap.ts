import { itemAt, numberAt } from '../checked.ts';
import type { Placeable } from './day-pattern-load.ts';
import type { LoadField } from './load-field.ts';
import { BIN_MINUTES, DAY_BINS, hourOfBin, TAP_SHARES, TAPS } from './week.ts';

/** A schedule that can be placed in a load field, and the shifts that it may get. */
export interface Shiftable extends Placeable {
  /** Per option: minutes of shift. */
  readonly shifts: Int32Array;
  /** Per pattern: bins from midnight over which ticks of any option are smeared. */
  readonly bins: readonly Int32Array[];
}

/** Expected minutes × jobs a week that this task at one option shares with a field whose sums are up to date. */
export function overlapOf(task: Shiftable, option: number, field: LoadField): number {
  const shift = numberAt(task.shifts, option);
  let sum = 0;
  for (const pattern of task.ticks.patterns) {
    for (const tick of pattern.minutes) {
      const minute = tick + shift;
      const own = Math.floor(minute / BIN_MINUTES);
      const taps = (minute - own * BIN_MINUTES) * TAPS;
      for (let tap = 0; tap < TAPS; tap += 1) {
        const bin = own + tap - 1;
        const share = numberAt(TAP_SHARES, taps + tap);
        sum += share * field.overlapAt(pattern, bin, task.kernel(hourOfBin(bin)));
      }
    }
  }
  return sum * task.ticks.weight * task.countedJobs;
}

/** `overlapOf` for all options of a task at once: every bin and minute is looked up only once. */
export function overlapsOf(task: Shiftable, field: LoadField, { perBin, perMinute }: Scratch): Float64Array {
  const { shifts, ticks } = task;
  const overlaps = new Float64Array(shifts.length);
  const scale = ticks.weight * task.countedJobs;
  ticks.patterns.forEach((pattern, place) => {
    const bins = itemAt(task.bins, place);
    for (const bin of bins) {
      perBin[bin + SCRATCH_ROOM] = field.overlapAt(pattern, bin, task.kernel(hourOfBin(bin)));
    }
    for (const bin of bins) smear(perBin, bin + SCRATCH_ROOM, perMinute);
    const { minutes } = pattern;
    for (let option = 0; option < shifts.length; option += 1) {
      const start = numberAt(shifts, option) + SCRATCH_ROOM * BIN_MINUTES;
      let sum = 0;
      for (let tick = 0; tick < minutes.length; tick += 1) {
        sum += numberAt(perMinute, start + numberAt(minutes, tick));
      }
      overlaps[option] = numberAt(overlaps, option) + sum * scale;
    }
  });
  return overlaps;
}

/** Overlap of ticks at the minutes of one bin: each takes its shares of the bin before, its own, and the one after. */
function smear(perBin: Float64Array, at: number, perMinute: Float64Array): void {
  const [before, own, after] = [numberAt(perBin, at - 1), numberAt(perBin, at), numberAt(perBin, at + 1)];
  for (let minute = 0; minute < BIN_MINUTES; minute += 1) {
    const taps = minute * TAPS;
    perMinute[at * BIN_MINUTES + minute] =
      numberAt(TAP_SHARES, taps) * before +
      numberAt(TAP_SHARES, taps + 1) * own +
      numberAt(TAP_SHARES, taps + 2) * after;
  }
}

/** A shift is less than a day, as are minutes of a tick: bins lie within a day before and two after midnight. */
const SCRATCH_ROOM = DAY_BINS + 2;

/** Arrays in which `overlapsOf` keeps what it has looked up, so that it need not allocate them for every call. */
export interface Scratch {
  readonly perBin: Float64Array;
  readonly perMinute: Float64Array;
}

/** New arrays for `overlapsOf`. */
export function scratchOf(): Scratch {
  const bins = SCRATCH_ROOM + 2 * DAY_BINS + 4;
  return { perBin: new Float64Array(bins), perMinute: new Float64Array(BIN_MINUTES * bins) };
}
