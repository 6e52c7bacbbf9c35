import { normalDraw, seededRandom } from '../../src/plan/random.ts';
import { mixedSeed } from '../../src/simulate/draw.ts';
import type { Slot } from '../lateness/slots.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Alternations between the hours' common lateness and the series' offsets; they settle after three or four. */
const ROUNDS = 8;

/** How late GitHub was at any instant, and how much later than others each recorded schedule is. */
export interface LatenessReplay {
  /** Names of the recorded schedules. */
  readonly names: readonly string[];
  /** Recorded ticks, oldest first. */
  readonly seen: readonly { readonly name: string; readonly tick: number; readonly minutes: number }[];
  /** Minutes late of a schedule that is like the recorded one, at an instant. */
  minutes(name: string, tick: number): number;
}

/**
 * Lateness as recorded, told for hours at which nothing was recorded that day by the recorded hours on both sides.
 * A recorded schedule keeps its offset, and on days on which it was seen its own deviation.
 */
export function recordedLateness(slots: readonly Slot[], from: number, to: number): LatenessReplay {
  const rows = slots.flatMap(({ id, ticks, minutes }) =>
    ticks
      .map((tick, at) => ({ name: id, tick, minutes: Math.max(0.5, minutes[at] ?? 0) }))
      .filter(({ tick }) => tick >= from && tick < to),
  );
  const logs = rows.map((row) => ({
    ...row,
    hour: Math.floor(row.tick / HOUR_MS),
    log: Math.log(row.minutes),
  }));
  const offsets = new Map<string, number>(rows.map(({ name }) => [name, 0]));
  let common = new Map<number, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    common = means(logs.map(({ hour, name, log }) => [hour, log - (offsets.get(name) ?? 0)]));
    const deviations = means(logs.map(({ hour, name, log }) => [name, log - (common.get(hour) ?? 0)]));
    for (const [name, deviation] of deviations) offsets.set(name, deviation);
  }
  const own = new Map(
    logs.map(({ hour, name, log }) => [
      `${name} ${Math.floor((hour * HOUR_MS) / DAY_MS)}`,
      log - (common.get(hour) ?? 0) - (offsets.get(name) ?? 0),
    ]),
  );
  const hours = [...common.keys()].sort((a, b) => a - b);
  const at = (hour: number): number => {
    const next = firstFrom(hours, hour);
    const [after, before] = [hours[next] ?? hours.at(-1) ?? 0, hours[Math.max(0, next - 1)] ?? 0];
    const [high, low] = [common.get(after) ?? 0, common.get(before) ?? 0];
    if (after <= before || hour >= after) return high;
    return low + ((hour - before) / (after - before)) * (high - low);
  };
  return {
    names: [...offsets.keys()].sort(),
    seen: rows.sort((a, b) => a.tick - b.tick),
    minutes: (name, tick) => {
      const deviation = own.get(`${name} ${Math.floor(tick / DAY_MS)}`) ?? 0;
      return Math.exp(at(Math.floor(tick / HOUR_MS)) + (offsets.get(name) ?? 0) + deviation);
    },
  };
}

function means<K>(pairs: readonly (readonly [K, number])[]): Map<K, number> {
  const sums = new Map<K, { sum: number; count: number }>();
  for (const [key, value] of pairs) {
    const known = sums.get(key) ?? { sum: 0, count: 0 };
    known.sum += value;
    known.count += 1;
    sums.set(key, known);
  }
  return new Map([...sums].map(([key, { sum, count }]) => [key, sum / count]));
}

/** Place of the first value that is not below. */
function firstFrom(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Median minutes late by UTC hour in the middle of 2026; hours between are interpolated. */
const MADE: readonly (readonly [hour: number, minutes: number])[] = [
  [0, 120],
  [2, 158],
  [3, 91],
  [4, 104],
  [6, 89],
  [9, 47],
  [12, 56],
  [15, 43],
  [18, 38],
  [21, 30],
  [24, 120],
];
const MADE_NAMES = 40;
/** Standard deviations on the log scale: of the months' drift, of a day, of a schedule, of a schedule's day. */
const [DRIFT, DAY, OFFSET, OWN] = [0.3, 0.35, 0.3, 0.1];

/** Lateness made up: for a bench without recorded ticks. */
export function madeLateness(from: number, to: number, seed: number): LatenessReplay {
  const names = Array.from({ length: MADE_NAMES }, (_, at) => `made ${at}`);
  const draw = (...parts: number[]): number => normalDraw(seededRandom(mixedSeed(seed, ...parts)));
  const minutes = (name: string, tick: number): number => {
    const day = Math.floor(tick / DAY_MS);
    const place = names.indexOf(name);
    const hour = (tick % DAY_MS) / HOUR_MS;
    const after = MADE.findIndex(([at]) => at > hour);
    const [[h0, m0], [h1, m1]] = [MADE[after - 1] ?? [0, 120], MADE[after] ?? [24, 120]];
    const typical = m0 + ((hour - h0) / (h1 - h0)) * (m1 - m0);
    const drift = DRIFT * Math.sin((2 * Math.PI * day) / 150 + seed);
    return typical * Math.exp(drift + DAY * draw(day) + OFFSET * draw(place, -1) + OWN * draw(place, day));
  };
  const seen = names
    .flatMap((name, at) =>
      Array.from({ length: Math.floor((to - from) / DAY_MS) }, (_, day) => {
        const tick = from + day * DAY_MS + ((at * 7) % 24) * HOUR_MS;
        return { name, tick, minutes: minutes(name, tick) };
      }),
    )
    .sort((a, b) => a.tick - b.tick);
  return { names, seen, minutes };
}
