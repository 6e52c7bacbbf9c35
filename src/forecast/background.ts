import { z } from 'zod';
import { itemAt } from '../checked.ts';
import type { Immutable } from '../immutable.ts';
import { mean } from '../statistics.ts';
import { DAY_HOURS, DAY_MS, MINUTE_MS, mondayOf, WEEK_HOURS, WEEK_MS } from '../time.ts';
import { numberIn, numberList, zeros } from './number-list.ts';
import { BIN_MINUTES, BINS_PER_HOUR, BINS_PER_WEEK, binOfWeek } from './slot.ts';

/** How far a bin is drawn to what stands behind it, each in weeks of evidence. */
interface Shrinkage {
  /** From five minutes to their neighbourhood: themselves, and half of those beside them. */
  readonly binWeeks: number;
  /** From the neighbourhood to the hour. */
  readonly nearWeeks: number;
}

/** From a kind of day's hour to the mean of the week, and from an hour of the week to that of its kind of day. */
const DAY_HOUR_WEEKS = 6;
const HOUR_WEEKS = 10;
/**
 * People push at any minute, timers of other services at the same ones: which it is, the repository's own weeks tell.
 * So several views are held, from hours alone to every five minutes for themselves, and past weeks show which applies.
 */
const VIEWS: readonly Shrinkage[] = [
  { binWeeks: Number.POSITIVE_INFINITY, nearWeeks: Number.POSITIVE_INFINITY },
  { binWeeks: 2, nearWeeks: 10 },
  { binWeeks: 0.3, nearWeeks: 5 },
];
const VIEW_COUNT = 3;
/** What each view is trusted before a week was judged: most repositories have no such timers. */
const FIRST_SHARES = [0.9, 0.07, 0.03] as const;
/** Of a week's loss, at the next. */
const LOSS_DISCOUNT = 0.8;
/** How fast weights follow losses: bins covered by one job are correlated. */
const LEARNING_RATE = 1 / 12;
/** Floor that keeps the log loss finite. */
const LEAST_LOAD = 0.001;

/** Jobs in progress that no schedule started, by five minutes of the UTC week from Monday 00:00. */
export const Background = z.object({
  /** Job-bins of the weeks that are over, later ones weighing more: of `asOf` a job-bin counts 1. */
  sums: numberList(BINS_PER_WEEK),
  asOf: z.number(),
  /** Job-bins of the week that is not over yet, and its Monday 00:00, epoch ms. */
  week: numberList(BINS_PER_WEEK),
  weekAt: z.number(),
  /** Log loss of each view on the weeks that are over, fading. */
  losses: numberList(VIEW_COUNT),
  /** Starts of the oldest and of the newest run, epoch ms; 0 before the first. */
  firstAt: z.number(),
  lastAt: z.number(),
});
export type Background = Immutable<z.infer<typeof Background>>;

/** Epoch milliseconds. */
export interface Span {
  readonly startedAt: number;
  readonly endedAt: number;
}

const BIN_MS = BIN_MINUTES * MINUTE_MS;
/** A quarter forgets most of the one before. */
const HALF_LIFE_WEEKS = 8;
const HALF_LIFE_MS = HALF_LIFE_WEEKS * WEEK_MS;
/** What went on for longer than a day is stuck, not load. */
const LONGEST_MS = DAY_MS;
/** Less than a week of history is taken for one: an hour seen once is not an hour's habit. */
const LEAST_WEEKS = 1;
/** Sums keep so many digits behind the point: a second of one job is .003. */
const PER_DIGIT = 1e4;

export function newBackground(): Background {
  return {
    sums: zeros(BINS_PER_WEEK),
    asOf: 0,
    week: zeros(BINS_PER_WEEK),
    weekAt: 0,
    losses: zeros(VIEW_COUNT),
    firstAt: 0,
    lastAt: 0,
  };
}

/** The background after one run: the spans of its jobs, or its own with so many jobs side by side. */
export function updateBackground(
  before: Background,
  run: Span,
  jobs: readonly Span[],
  width: number,
): Background {
  const { startedAt } = run;
  const begun = before.firstAt === 0 ? begunAt(before, startedAt) : before;
  const background = startedAt >= begun.weekAt + WEEK_MS ? nextWeek(begun, mondayOf(startedAt)) : begun;
  const seen = {
    ...background,
    firstAt: Math.min(background.firstAt, startedAt),
    lastAt: Math.max(background.lastAt, startedAt),
  };
  const spans = (weight: number): readonly WeighedSpan[] =>
    jobs.length === 0
      ? [{ ...run, weight: width * weight }]
      : jobs.map((job) => ({ startedAt: job.startedAt, endedAt: job.endedAt, weight }));
  // A run that comes late belongs to a week that is over.
  return startedAt < background.weekAt
    ? { ...seen, sums: withSpans(seen.sums, spans(weightAt(background, startedAt))) }
    : { ...seen, week: withSpans(seen.week, spans(1)) };
}

function begunAt(background: Background, at: number): Background {
  return { ...background, firstAt: at, asOf: at, weekAt: mondayOf(at) };
}

/** Expected jobs in progress, 2016 values. */
export function expectedBackground(background: Background): number[] {
  const views = viewsOf(background, background.lastAt, withWeek(background));
  const best = Math.min(...background.losses);
  const weights = background.losses.map(
    (loss, view) => numberIn(FIRST_SHARES, view) * Math.exp(LEARNING_RATE * (best - loss)),
  );
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return zeros(BINS_PER_WEEK).map((_, bin) =>
    views.reduce((sum, view, at) => sum + (numberIn(weights, at) / all) * numberIn(view, bin), 0),
  );
}

/** Scores the views on the week that is over, and adds it to the others. */
function nextWeek(background: Background, nextMonday: number): Background {
  const { week, weekAt, firstAt, asOf, losses } = background;
  const isWhole = weekAt > firstAt;
  const views = isWhole ? viewsOf(background, weekAt, background.sums) : [];
  const closed = {
    ...background,
    losses: isWhole
      ? views.map((view, at) => rounded(LOSS_DISCOUNT * numberIn(losses, at) + logLoss(view, week)))
      : losses,
    sums: withWeek(background).map(rounded),
    week: zeros(BINS_PER_WEEK),
    weekAt: nextMonday,
  };
  const halvings = Math.floor((nextMonday - asOf) / HALF_LIFE_MS);
  if (halvings <= 0) return closed;
  // Keeps weights from growing without end.
  return {
    ...closed,
    asOf: asOf + halvings * HALF_LIFE_MS,
    sums: closed.sums.map((sum) => rounded(sum * 0.5 ** halvings)),
  };
}

/** Of a Poisson distribution whose mean is the expected load. */
function logLoss(expected: readonly number[], seen: readonly number[]): number {
  return expected.reduce((sum, load, bin) => {
    const said = Math.max(LEAST_LOAD, load);
    return sum + said - numberIn(seen, bin) * Math.log(said);
  }, 0);
}

function withWeek(background: Background): number[] {
  const weight = weightAt(background, background.weekAt + WEEK_MS / 2);
  return background.sums.map((sum, bin) => sum + weight * numberIn(background.week, bin));
}

/** What each view expects after `until` (epoch ms), from the sums up to then. */
function viewsOf(
  background: Background,
  until: number,
  sums: readonly number[],
): readonly (readonly number[])[] {
  const now = weightAt(background, until);
  const weight = (HALF_LIFE_WEEKS / Math.LN2) * (now - weightAt(background, background.firstAt));
  const weeks = Math.max(LEAST_WEEKS, weight / now);
  const means = sums.map((sum) => sum / (weeks * now));
  const hours = Array.from({ length: WEEK_HOURS }, (_, hour) =>
    mean(means.slice(hour * BINS_PER_HOUR, (hour + 1) * BINS_PER_HOUR)),
  );
  const drawnHours = shrunkHours(hours, mean(means), weeks);
  return VIEWS.map((view) => shrunk(means, drawnHours, weeks, view));
}

function weightAt({ asOf }: Background, at: number): number {
  return 2 ** ((at - asOf) / HALF_LIFE_MS);
}

interface WeighedSpan extends Span {
  readonly weight: number;
}

function withSpans(load: readonly number[], spans: readonly WeighedSpan[]): readonly number[] {
  const next = load.slice();
  for (const { startedAt, endedAt, weight } of spans) {
    const end = Math.min(endedAt, startedAt + LONGEST_MS);
    let from = startedAt;
    while (from < end) {
      const to = Math.min(end, (Math.floor(from / BIN_MS) + 1) * BIN_MS);
      const bin = binOfWeek(from);
      next[bin] = rounded(numberIn(next, bin) + (weight * (to - from)) / BIN_MS);
      from = to;
    }
  }
  return next;
}

/** Each hour's mean, drawn to that of a working day's or a weekend's hour, and that to the mean of all. */
function shrunkHours(hours: readonly number[], all: number, weeks: number): readonly number[] {
  const dayHours = KINDS_OF_DAY.map((days) =>
    Array.from({ length: DAY_HOURS }, (_, hour) => {
      const own = mean(days.map((day) => numberIn(hours, day * DAY_HOURS + hour)));
      return drawn(own, days.length * weeks, all, DAY_HOUR_WEEKS);
    }),
  );
  return hours.map((own, hour) => {
    const kind = hour < SATURDAY * DAY_HOURS ? 0 : 1;
    return drawn(own, weeks, numberIn(itemAt(dayHours, kind), hour % DAY_HOURS), HOUR_WEEKS);
  });
}

/** Each bin's mean, drawn to its neighbourhood's, and that to its hour of the week's: empirical Bayes. */
function shrunk(
  means: readonly number[],
  drawnHours: readonly number[],
  weeks: number,
  { binWeeks, nearWeeks }: Shrinkage,
): readonly number[] {
  return means.map((own, bin) => {
    const before = numberIn(means, (bin || BINS_PER_WEEK) - 1);
    const after = numberIn(means, (bin + 1) % BINS_PER_WEEK);
    const hour = numberIn(drawnHours, Math.floor(bin / BINS_PER_HOUR));
    const near = drawn((before + 2 * own + after) / 4, weeks, hour, nearWeeks);
    return drawn(own, weeks, near, binWeeks);
  });
}

const SATURDAY = 5;
const KINDS_OF_DAY = [
  [0, 1, 2, 3, 4],
  [5, 6],
] as const;

function drawn(own: number, weeks: number, to: number, weight: number): number {
  return to + (weeks / (weeks + weight)) * (own - to);
}

function rounded(sum: number): number {
  return Math.round(sum * PER_DIGIT) / PER_DIGIT;
}
