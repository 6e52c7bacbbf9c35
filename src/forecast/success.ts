import { z } from 'zod';
import type { Immutable } from '../immutable.ts';
import { DAY_HOURS } from '../time.ts';
import { classesOfDay, DAY_CLASSES, dayOf } from './calendar-classes.ts';
import { provenEffect } from './effect.ts';
import { numberIn, numberList, withFaded, zeros } from './number-list.ts';
import { hourOfDay } from './slot.ts';

/**
 * Chance that a run succeeds: slow and fast base rates and a Markov chain on the last outcomes, weighed by how
 * well each has predicted so far, then moved a little by the hour of the day, and by the weekday and the day of the
 * month where these have shown an effect.
 */
export const Success = z.object({
  count: z.number().int().nonnegative(),
  slow: z.number().min(0).max(1),
  fast: z.number().min(0).max(1),
  /** Outcome of the last two runs as a number: 2 · last-but-one + last, 1 for success. */
  last: z.number().int().min(0).max(3),
  /** Discounted successes and runs after each of the last two outcomes. */
  afterSums: numberList(4),
  afterWeights: numberList(4),
  /** Discounted log losses of the members. */
  losses: numberList(4),
  hourSums: numberList(DAY_HOURS),
  hourWeights: numberList(DAY_HOURS),
  /** First outcomes of days less what was expected, and days, by class of the day, fading. */
  daySums: numberList(DAY_CLASSES),
  dayWeights: numberList(DAY_CLASSES),
  /** The newest of these days, in days of the epoch. */
  day: z.number().int(),
});
export type Success = Immutable<z.infer<typeof Success>>;

/** Share of runs that succeed where nothing is known, and its weight in runs. */
export const PRIOR_RATE = 0.9;
const PRIOR_WEIGHT = 5;
const SLOW_RATE = 0.02;
const FAST_RATE = 0.12;
const MARKOV_MEMORY = 0.985;
/** A chain's row starts at the slow rate, worth so many runs. */
const MARKOV_SHRINK = 2;
const LOSS_MEMORY = 0.98;
const HOUR_MEMORY = 0.99;
/** Runs before an hour's own record counts half. */
const HOUR_SHRINK = 25;
/** A class of days remembers about twenty of them. */
const DAY_MEMORY = 0.95;
/** Least chance of either outcome in a day's variance: after a hundred successes a failure is no surprise. */
const LEAST_CHANCE = 0.05;
/** Standard errors that an effect must be from 0. */
const THRESHOLD = 3;
/** Four days, the first of which have faded: of fewer, outcomes are too often alike by chance. */
const LEAST_DAYS = 3.5;
/** No forecast is surer than this after n runs: 1 − 0.3 / (n + 2). */
const CERTAINTY_SHRINK = 0.3;
const BOTH_SUCCEEDED = 3;

/** Nothing seen yet; `rate` is the share of runs that is expected to succeed. */
export function newSuccess(rate = PRIOR_RATE): Success {
  return {
    count: 0,
    slow: rate,
    fast: rate,
    last: BOTH_SUCCEEDED,
    afterSums: [0, 0, 0, 0],
    afterWeights: [0, 0, 0, 0],
    losses: [0, 0, 0, 0],
    hourSums: zeros(DAY_HOURS),
    hourWeights: zeros(DAY_HOURS),
    daySums: zeros(DAY_CLASSES),
    dayWeights: zeros(DAY_CLASSES),
    day: 0,
  };
}

/** Probability that the next run, whose tick is at `at` (epoch ms), succeeds. */
export function successProbability(success: Success, at: number): number {
  return bounded(
    success,
    mixMembers(success, membersOf(success)) + hourEffect(success, hourOfDay(at)) + dayEffect(success, at),
  );
}

/** Chance of success of a tick at `at` (epoch ms) some runs ahead, when the last outcome no longer tells. */
export function successAt(success: Success, at: number): number {
  return bounded(success, success.slow + hourEffect(success, hourOfDay(at)) + dayEffect(success, at));
}

/** The same in a UTC hour on no day in particular: the base rate and the hour. */
export function successLater(success: Success, hour: number): number {
  return bounded(success, success.slow + hourEffect(success, hour));
}

/** What stands behind `successLater` and how much, for people. */
export function successWhy({ count, slow }: Success): string {
  const seen = count === 1 ? '1 outcome' : `${count} outcomes`;
  return count === 0
    ? 'Its success: no outcome seen yet, so the share of runs that succeed elsewhere.'
    : `Its success: ${seen} seen, ${Math.round(100 * slow)} % successful of late; the hour has its own record.`;
}

/** The chances after the outcome of a run whose tick was at `at` (epoch ms). */
export function updateSuccess(success: Success, succeeded: boolean, at: number): Success {
  const outcome = succeeded ? 1 : 0;
  const members = membersOf(success);
  const mixed = mixMembers(success, members);
  const hour = hourOfDay(at);
  const expected = mixed + hourEffect(success, hour) + dayEffect(success, at);
  const count = success.count + 1;
  const soon = 1 / (count + PRIOR_WEIGHT);
  return {
    ...success,
    count,
    losses: success.losses.map((loss, i) => {
      const chance = bounded(success, numberIn(members, i));
      return LOSS_MEMORY * loss - Math.log(succeeded ? chance : 1 - chance);
    }),
    hourSums: withFaded(success.hourSums, hour, HOUR_MEMORY, outcome - mixed),
    hourWeights: withFaded(success.hourWeights, hour, HOUR_MEMORY, 1),
    ...dayRecordAfter(success, at, outcome, expected),
    ...(success.count >= 2 ? chainAfter(success, outcome) : {}),
    slow: success.slow + Math.max(SLOW_RATE, soon) * (outcome - success.slow),
    fast: success.fast + Math.max(FAST_RATE, soon) * (outcome - success.fast),
    last: ((success.last * 2) & 2) + outcome,
  };
}

function chainAfter(
  { last: row, afterSums, afterWeights }: Success,
  outcome: number,
): Pick<Success, 'afterSums' | 'afterWeights'> {
  return {
    afterSums: withFaded(afterSums, row, MARKOV_MEMORY, outcome),
    afterWeights: withFaded(afterWeights, row, MARKOV_MEMORY, 1),
  };
}

/** Each class learns what is left of the outcome, plus its own effect so far. A day counts once. */
function dayRecordAfter(
  success: Success,
  at: number,
  outcome: number,
  expected: number,
): Partial<Pick<Success, 'daySums' | 'dayWeights' | 'day'>> {
  const day = dayOf(at);
  if (day <= success.day) return {};
  const daySums = success.daySums.slice();
  const dayWeights = success.dayWeights.slice();
  for (const place of classesOfDay(day)) {
    const sample = outcome - expected + classEffect(success, place);
    daySums[place] = DAY_MEMORY * numberIn(daySums, place) + sample;
    dayWeights[place] = DAY_MEMORY * numberIn(dayWeights, place) + 1;
  }
  return { daySums, dayWeights, day };
}

function dayEffect(success: Success, at: number): number {
  const [first, second] = classesOfDay(dayOf(at));
  return classEffect(success, first) + classEffect(success, second);
}

/** What a class of days does to the chance: nothing where the outcomes may as well be chance. */
function classEffect({ daySums, dayWeights, slow }: Success, place: number): number {
  const weight = numberIn(dayWeights, place);
  if (weight < LEAST_DAYS) return 0;
  const chance = Math.max(LEAST_CHANCE, Math.min(1 - LEAST_CHANCE, slow));
  return provenEffect(numberIn(daySums, place) / weight, (chance * (1 - chance)) / weight, THRESHOLD);
}

function hourEffect({ hourSums, hourWeights }: Success, hour: number): number {
  return numberIn(hourSums, hour) / (numberIn(hourWeights, hour) + HOUR_SHRINK);
}

/** Slow rate, fast rate, chain on the last outcome, chain on the last two. */
function membersOf({ last, slow, fast, afterSums, afterWeights }: Success): readonly number[] {
  const other = last ^ 2;
  const [ownSum, ownWeight] = [numberIn(afterSums, last), numberIn(afterWeights, last)];
  const sum = ownSum + numberIn(afterSums, other);
  const weight = ownWeight + numberIn(afterWeights, other);
  const chain = (sum + MARKOV_SHRINK * slow) / (weight + MARKOV_SHRINK);
  return [slow, fast, chain, (ownSum + MARKOV_SHRINK * chain) / (ownWeight + MARKOV_SHRINK)];
}

/** The members' chances, each weighed by how well it has predicted. */
function mixMembers({ losses }: Success, members: readonly number[]): number {
  const least = Math.min(...losses);
  let total = 0;
  let sum = 0;
  for (const [i, loss] of losses.entries()) {
    const weight = Math.exp(least - loss);
    total += weight;
    sum += weight * numberIn(members, i);
  }
  return sum / total;
}

function bounded(success: Success, chance: number): number {
  const margin = CERTAINTY_SHRINK / (success.count + 2);
  return Math.max(margin, Math.min(1 - margin, chance));
}
