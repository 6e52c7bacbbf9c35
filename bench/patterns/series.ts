import { normal, seeded } from '../../test/forecast/random.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** 2022-01-08: the first day of the first series, in days of the epoch. */
const FIRST_DAY = 19_000;
/** Series begin on different weekdays and days of the month. */
const FIRST_DAYS = 700;
const USUAL_SECONDS = 600;

/** One day of a series: days of the epoch, its number in the series, and the hour (UTC) of a tick. */
interface Tick {
  readonly day: number;
  readonly place: number;
  readonly hour: number;
}

/** What a made series does. */
export interface Pattern {
  readonly name: string;
  /** By how much a run is longer than a usual one. */
  readonly factor: (tick: Tick) => number;
  /** Whether a tick is on a day or at an hour of the pattern; where left out: where the factor is not 1. */
  readonly isOfPattern?: (tick: Tick) => boolean;
  /** UTC hours of the ticks; 04:00 where left out. */
  readonly hours?: readonly number[];
  /** Runs start up to so many minutes after their tick, evenly. */
  readonly lateMinutes?: number;
  /** Whether it is about days of the month, which a series sees twelve times a year. */
  readonly monthly?: boolean;
}

/** One made run. */
export interface MadeRun {
  readonly place: number;
  readonly tick: number;
  readonly startedAt: number;
  readonly seconds: number;
  readonly ofPattern: boolean;
}

/** Monday 0 to Sunday 6. */
export function weekdayOf(day: number): number {
  return (day + 3) % 7;
}

function dateOf(day: number): number {
  return new Date(day * DAY_MS).getUTCDate();
}

const isMonday = ({ day }: Tick): boolean => weekdayOf(day) === 0;
const isWeekend = ({ day }: Tick): boolean => weekdayOf(day) >= 5;
const isFirst = ({ day }: Tick): boolean => dateOf(day) === 1;
const isLast = ({ day }: Tick): boolean => dateOf(day + 1) === 1;
const FOUR_A_DAY = [0, 6, 12, 18];
/** When the patterns that end or change do so, in days. */
const TURN = 420;

export const PATTERNS: readonly Pattern[] = [
  { name: 'no pattern', factor: () => 1 },
  { name: 'weekend × 1/3', factor: (tick) => (isWeekend(tick) ? 1 / 3 : 1) },
  { name: 'weekend × 3', factor: (tick) => (isWeekend(tick) ? 3 : 1) },
  { name: 'Monday × 3', factor: (tick) => (isMonday(tick) ? 3 : 1) },
  { name: 'Thursday × 1/2', factor: ({ day }) => (weekdayOf(day) === 3 ? 0.5 : 1) },
  { name: 'Mon, Wed, Fri × 2', factor: ({ day }) => ([0, 2, 4].includes(weekdayOf(day)) ? 2 : 1) },
  { name: 'first of the month × 4', factor: (tick) => (isFirst(tick) ? 4 : 1), monthly: true },
  { name: 'last of the month × 2', factor: (tick) => (isLast(tick) ? 2 : 1), monthly: true },
  {
    name: 'Monday × 2, first × 3',
    factor: (tick) => (isMonday(tick) ? 2 : 1) * (isFirst(tick) ? 3 : 1),
    monthly: true,
  },
  { name: 'four a day, Monday × 3', hours: FOUR_A_DAY, factor: (tick) => (isMonday(tick) ? 3 : 1) },
  { name: 'four a day, 06:00 × 3', hours: FOUR_A_DAY, factor: ({ hour }) => (hour === 6 ? 3 : 1) },
  { name: 'two a day, 15:00 × 2', hours: [3, 15], factor: ({ hour }) => (hour === 15 ? 2 : 1) },
  {
    name: '23:50 late into the next day, Monday × 3',
    hours: [23 + 50 / 60],
    lateMinutes: 20,
    factor: (tick) => (isMonday(tick) ? 3 : 1),
  },
  {
    name: 'Monday × 3 on a rising level',
    factor: (tick) => Math.exp(tick.place / 400) * (isMonday(tick) ? 3 : 1),
    isOfPattern: isMonday,
  },
  {
    name: 'Monday × 3 that ends',
    factor: (tick) => (isMonday(tick) && tick.place < TURN ? 3 : 1),
    isOfPattern: isMonday,
  },
  {
    name: 'Monday × 3, then × 1.8',
    factor: (tick) => (isMonday(tick) ? (tick.place < TURN ? 3 : 1.8) : 1),
    isOfPattern: isMonday,
  },
];

/** The runs of a pattern over so many days, with log-normal noise of this standard deviation. */
export function madeRuns(pattern: Pattern, seed: number, days: number, noise: number): readonly MadeRun[] {
  const random = seeded(seed);
  const first = FIRST_DAY + Math.floor(random() * FIRST_DAYS);
  return Array.from({ length: days }, (_, place) => place).flatMap((place) =>
    (pattern.hours ?? [4]).map((hour) => {
      const at = { day: first + place, place, hour };
      const tick = (at.day + hour / 24) * DAY_MS;
      const factor = pattern.factor(at);
      return {
        place,
        tick,
        startedAt: tick + random() * (pattern.lateMinutes ?? 0) * MINUTE_MS,
        seconds: USUAL_SECONDS * factor * Math.exp(noise * normal(random)),
        ofPattern: pattern.isOfPattern?.(at) ?? factor !== 1,
      };
    }),
  );
}
