import { z } from 'zod';
import { mean, sampleVariance, Z80, Z975 } from '../statistics.ts';
import { DAY_MS, MINUTE_MS } from '../time.ts';
import type { SimulationRequest } from './compare.ts';
import { textSeed } from './draw.ts';
import { execute } from './engine.ts';
import { type Started, startedRuns } from './runs.ts';
import type { SimulatedSchedule, World } from './world.ts';

/** Result of an A/B test: minutes from tick to completion, treated against untreated, each against its past. */
export const AbResult = z.object({
  share: z.number(),
  treated: z.number().int(),
  control: z.number().int(),
  /** Change of the treated schedules in minutes, less that of the untreated. */
  difference: z.number(),
  /** 95 % interval. */
  low: z.number(),
  high: z.number(),
  /** Schedules needed to detect a difference of this size (power 80 %); `null` where there is none. */
  sampleNeeded: z.number().int().nullable(),
});
export type AbResult = z.infer<typeof AbResult>;

/** Whether a schedule belongs to the treated share, by a stable hash. */
export function isTreated(key: string, share: number): boolean {
  return textSeed(`ab ${key}`) / 2 ** 32 < share;
}

export interface AbRequest extends Omit<SimulationRequest, 'limitsAfter' | 'repetitions'> {
  /** Share of the schedules that are treated. */
  readonly share: number;
}

/**
 * Runs one span with nothing moved, and the next one with the treated schedules at their planned times, as an
 * experiment would; compares how each group changed (difference in differences, Welch's interval).
 */
export function abTest({ before, after, worldOf, from, days, seed, share }: AbRequest): AbResult {
  const middle = from + days * DAY_MS;
  const to = middle + days * DAY_MS;
  const mixed = before.map((schedule, at) =>
    isTreated(schedule.key, share) ? (after[at] ?? schedule) : schedule,
  );
  const first = completions(before, worldOf(seed, from, middle), from, middle);
  const second = completions(mixed, worldOf(seed + 1, middle, to), middle, to);
  const treated: number[] = [];
  const control: number[] = [];
  before.forEach(({ key }, at) => {
    const [was, is] = [first[at], second[at]];
    if (was === undefined || is === undefined) return;
    (isTreated(key, share) ? treated : control).push(is - was);
  });
  const difference = mean(treated) - mean(control);
  const [varianceTreated, varianceControl] = [sampleVariance(treated), sampleVariance(control)];
  const margin =
    Z975 *
    Math.sqrt(varianceTreated / Math.max(1, treated.length) + varianceControl / Math.max(1, control.length));
  const pooled = varianceTreated / share + varianceControl / (1 - share);
  const sample = difference === 0 ? null : Math.ceil(((Z975 + Z80) ** 2 * pooled) / difference ** 2);
  return {
    share,
    treated: treated.length,
    control: control.length,
    difference,
    low: difference - margin,
    high: difference + margin,
    sampleNeeded: sample !== null && Number.isSafeInteger(sample) ? sample : null,
  };
}

/** Mean minutes from tick to completion by schedule; `undefined` where nothing was completed. */
function completions(
  schedules: readonly SimulatedSchedule[],
  world: World,
  from: number,
  to: number,
): readonly (number | undefined)[] {
  const started: Started = startedRuns(schedules, world, from, to);
  const { endedAt } = execute(schedules, started.runs, world);
  const minutes = schedules.map((): number[] => []);
  started.runs.forEach(({ place, tick }, at) => {
    const end = endedAt[at] ?? null;
    if (end !== null) minutes[place]?.push((end - tick) / MINUTE_MS);
  });
  return minutes.map((values) => (values.length === 0 ? undefined : mean(values)));
}
