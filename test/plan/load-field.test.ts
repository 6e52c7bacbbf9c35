import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Placeable } from '../../src/plan/day-pattern-load.ts';
import { DAY_KINDS, type Kernel, kernelOf, lateByKind, lengthsOf, reachOf } from '../../src/plan/kernel.ts';
import { LoadField } from '../../src/plan/load-field.ts';
import {
  BIN_MINUTES,
  DAY_BINS,
  DAYS,
  type DayPattern,
  daysIn,
  daysLater,
  EVERY_DAY,
  hourOfBin,
  TAP_SHARES,
  TAPS,
  WEEK_BINS,
} from '../../src/plan/week.ts';
import { around } from './fixtures.ts';

interface Placed extends Placeable {
  readonly kernels: readonly [Kernel, Kernel];
}

/** The bins of a week that its ticks are smeared over, each with its share, written out one by one. */
function smears(placed: Placeable, shift: number): { bin: number; share: number; kernel: Kernel }[] {
  return placed.ticks.patterns.flatMap(({ days, minutes }) =>
    [...Array(DAYS).keys()]
      .filter((day) => (days & (1 << day)) !== 0)
      .flatMap((day) =>
        [...minutes].flatMap((minute) => {
          const at = minute + shift;
          const own = Math.floor(at / BIN_MINUTES);
          return [0, 1, 2].map((tap) => ({
            bin: day * DAY_BINS + own + tap - 1,
            share: TAP_SHARES[(at - own * BIN_MINUTES) * TAPS + tap] as number,
            kernel: placed.kernel(hourOfBin(own + tap - 1)),
          }));
        }),
      ),
  );
}

/** Probability to be running in each bin of the week on one kind of day, added up bin by bin: slow and plain. */
function presence(placed: Placeable, shift: number, kind: number): Float64Array {
  const load = new Float64Array(WEEK_BINS);
  for (const { bin, share, kernel } of smears(placed, shift)) {
    let running = 0;
    for (let after = 0; after < WEEK_BINS; after += 1) {
      for (let at = kernel.starts[kind] as number; at < (kernel.starts[kind + 1] as number); at += 1) {
        if (kernel.offsets[at] === after) running += kernel.steps[at] as number;
      }
      const place = (((bin + after) % WEEK_BINS) + WEEK_BINS) % WEEK_BINS;
      load[place] = (load[place] as number) + share * running;
    }
  }
  return load;
}

function pattern(days: number, minutes: readonly number[]): DayPattern {
  return { days, dayCount: daysIn(days), minutes: Int32Array.from(minutes) };
}

const placeable: fc.Arbitrary<{ placed: Placed; shift: number }> = fc
  .record({
    days: fc.integer({ min: 1, max: EVERY_DAY }),
    minutes: fc.uniqueArray(fc.integer({ min: 0, max: 1439 }), { minLength: 1, maxLength: 3 }),
    late: fc.integer({ min: 0, max: 300 }),
    later: fc.integer({ min: 0, max: 100 }),
    duration: fc.integer({ min: 10, max: 20_000 }),
    width: fc.integer({ min: 1, max: 3 }),
    shift: fc.integer({ min: -300, max: 300 }),
  })
  .map(({ days, minutes, late, later, duration, width, shift }) => {
    const lengths = lengthsOf(around(duration));
    const kernelAt = (median: number): Kernel =>
      kernelOf(lateByKind({ minutes: around(median), dropProbability: 0.1, observations: 1 }), 0.9, lengths);
    const kernels = [kernelAt(late), kernelAt(late + later)] as const;
    const placed: Placed = {
      ticks: {
        patterns: [
          pattern(
            days,
            minutes.sort((a, b) => a - b),
          ),
        ],
        weight: 1,
        count: daysIn(days) * minutes.length,
        daily: [],
      },
      countedJobs: width,
      span: {
        from: Math.floor((minutes.at(0) ?? 0) / 5) - 70,
        to: Math.floor((minutes.at(-1) ?? 0) / 5) + 70,
      },
      reach: Math.max(...kernels.map(reachOf)),
      kernel: (hour) => kernels[hour < 12 ? 0 : 1],
      kernels,
    };
    return { placed, shift };
  });

function overlap(field: LoadField, placed: Placeable, shift: number): number {
  let sum = 0;
  for (const one of placed.ticks.patterns) {
    for (const minute of one.minutes) {
      const at = minute + shift;
      const own = Math.floor(at / BIN_MINUTES);
      for (let tap = 0; tap < TAPS; tap += 1) {
        const bin = own + tap - 1;
        const share = TAP_SHARES[(at - own * BIN_MINUTES) * TAPS + tap] as number;
        sum += share * field.overlapAt(one, bin, placed.kernel(hourOfBin(bin)));
      }
    }
  }
  return sum;
}

describe('load field', () => {
  it('gives the same overlap as a sum over all bins of the week', () => {
    fc.assert(
      fc.property(placeable, placeable, (one, other) => {
        const field = new LoadField([one.placed, other.placed]);
        field.place(one.placed, one.shift, 1);
        field.updateSums();
        let plain = 0;
        for (let kind = 0; kind < DAY_KINDS; kind += 1) {
          const load = presence(one.placed, one.shift, kind);
          presence(other.placed, other.shift, kind).forEach((present, bin) => {
            plain += (present * (load[bin] as number) * one.placed.countedJobs * BIN_MINUTES) / DAY_KINDS;
          });
        }
        expect(overlap(field, other.placed, other.shift)).toBeCloseTo(plain, 5);
      }),
      { numRuns: 60 },
    );
  });

  it('removes one schedule for a while, or for good', () => {
    fc.assert(
      fc.property(placeable, placeable, (one, other) => {
        const both = [one.placed, other.placed];
        const field = new LoadField(both);
        field.place(one.placed, one.shift, 1);
        field.place(other.placed, other.shift, 1);
        const alone = new LoadField(both);
        alone.place(other.placed, other.shift, 1);
        alone.updateSums();
        const expected = overlap(alone, one.placed, 0);
        expect(
          field.withScheduleRemoved(one.placed, one.shift, () => overlap(field, one.placed, 0)),
        ).toBeCloseTo(expected, 6);
        field.place(one.placed, one.shift, -1);
        field.updateSums();
        expect(overlap(field, one.placed, 0)).toBeCloseTo(expected, 6);
      }),
      { numRuns: 40 },
    );
  });

  it('gives the background by hour of the day', () => {
    const field = new LoadField(
      [],
      Array.from({ length: WEEK_BINS }, (_, bin) => (Math.floor(bin / 12) % 24 === 9 ? 7 : 0)),
    );
    field.updateSums();
    expect(field.byHour().map((jobs) => Math.round(jobs))).toEqual(
      Array.from({ length: 24 }, (_, hour) => (hour === 9 ? 7 : 0)),
    );
  });

  it('keeps the expected work of a run whatever its lateness', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 300 }), (late, minutes) => {
        const seconds = around(minutes * 60, 1.05);
        const lateness = lateByKind({ minutes: around(late), dropProbability: 0, observations: 1 });
        const kernel = kernelOf(lateness, 1, lengthsOf(seconds));
        let binMinutes = 0;
        kernel.offsets.forEach((offset, at) => {
          binMinutes -= offset * (kernel.steps[at] as number) * BIN_MINUTES;
        });
        expect(binMinutes / DAY_KINDS).toBeCloseTo(minutes, -Math.log10(minutes / 20));
      }),
    );
  });
});

describe('days of the week', () => {
  it('rotate round the week and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: EVERY_DAY }), fc.integer({ min: -9, max: 9 }), (mask, by) => {
        expect(daysLater(daysLater(mask, by), -by)).toBe(mask);
        expect(daysIn(daysLater(mask, by))).toBe(daysIn(mask));
      }),
    );
    expect(daysLater(0b000_0001, 1)).toBe(0b000_0010);
    expect(daysLater(0b100_0000, 1)).toBe(0b000_0001);
  });
});
