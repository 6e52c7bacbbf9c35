import { normalDraw } from '../plan/random.ts';
import { Z90 } from '../statistics.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts';
import type { Random } from './random.ts';

/** Median and 90th percentile of the lateness in minutes by the tick's UTC hour, as measured in 2026. */
const MEASURED: readonly (readonly [hour: number, median: number, p90: number])[] = [
  [0, 120, 228],
  [1, 168, 252],
  [2, 158, 255],
  [3, 91, 202],
  [4, 104, 234],
  [5, 81, 209],
  [6, 89, 202],
  [9, 47, 96],
  [10, 46, 94],
  [11, 35, 117],
  [12, 56, 136],
  [15, 43, 92],
  [17, 53, 117],
  [18, 38, 66],
  [21, 30, 49],
  [23, 33, 116],
];

/** Most of the logarithm's deviation is the day's, the same for all schedules; the rest is the tick's own. */
const DAY_WEIGHT = 0.9;
const OWN_WEIGHT = Math.sqrt(1 - DAY_WEIGHT ** 2);

/** A congested day is likely followed by another. */
const DAY_MEMORY = 0.6;

/** Standard deviation of a schedule's own constant, on the logarithm. */
const SCHEDULE_SPREAD = 0.15;

/** Single runs were seen up to about twelve hours late. */
const LATEST_MS = 12 * HOUR_MS;

/** Draws how late a run of a schedule is created, in ms after its tick. */
export type Lateness = (schedule: string, tick: number) => number;

/** A lateness like that of 2026: by hour of the day, with the day's own factor and each schedule's own constant. */
export function latenessModel(random: Random): Lateness {
  const days = new Map<number, number>();
  const offsets = new Map<string, number>();
  let lastDay = 0;
  const dayFactor = (day: number): number => {
    const known = days.get(day);
    if (known !== undefined) return known;
    lastDay = DAY_MEMORY * lastDay + Math.sqrt(1 - DAY_MEMORY ** 2) * normalDraw(random);
    days.set(day, lastDay);
    return lastDay;
  };
  return (schedule, tick) => {
    const offset = offsets.get(schedule) ?? SCHEDULE_SPREAD * normalDraw(random);
    offsets.set(schedule, offset);
    const { median, p90 } = profile((tick % DAY_MS) / HOUR_MS);
    const deviation = DAY_WEIGHT * dayFactor(Math.floor(tick / DAY_MS)) + OWN_WEIGHT * normalDraw(random);
    const minutes = median * Math.exp(offset + (Math.log(p90 / median) / Z90) * deviation);
    return Math.min(LATEST_MS, minutes * MINUTE_MS);
  };
}

/** Between measured hours a straight line, over midnight too. */
function profile(hour: number): { readonly median: number; readonly p90: number } {
  const next = MEASURED.findIndex(([measured]) => measured > hour);
  const [, ...first] = MEASURED[0] ?? [0, 0, 0];
  const before = MEASURED[(next === -1 ? MEASURED.length : next) - 1] ?? [0, ...first];
  const after = next === -1 ? ([24, ...first] as const) : (MEASURED[next] ?? before);
  const share = after[0] === before[0] ? 0 : (hour - before[0]) / (after[0] - before[0]);
  return {
    median: before[1] + share * (after[1] - before[1]),
    p90: before[2] + share * (after[2] - before[2]),
  };
}
