import { z } from 'zod';
import { HOURS_PER_DAY, hourOfDay } from './slot.ts';

/**
 * Chance that a run succeeds: slow and fast base rates and a Markov chain on the last outcomes, weighed by how
 * well each has foretold so far, then moved a little by the hour of the day. Mutated in place.
 */
export const Success = z.object({
  count: z.number().int().nonnegative(),
  slow: z.number().min(0).max(1),
  fast: z.number().min(0).max(1),
  /** Outcome of the last two runs as a number: 2 · last-but-one + last, 1 for success. */
  last: z.number().int().min(0).max(3),
  /** Discounted successes and runs after each of the last two outcomes. */
  afterSums: z.array(z.number()).length(4),
  afterWeights: z.array(z.number()).length(4),
  /** Discounted log losses of the members. */
  losses: z.array(z.number()).length(4),
  hourSums: z.array(z.number()).length(HOURS_PER_DAY),
  hourWeights: z.array(z.number()).length(HOURS_PER_DAY),
});
export type Success = z.infer<typeof Success>;

/** Share of runs that succeed where nothing is known, and its weight in runs. */
const PRIOR_RATE = 0.9;
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
/** No forecast is surer than this after n runs: 1 − 0.3 / (n + 2). */
const CERTAINTY_SHRINK = 0.3;
const BOTH_SUCCEEDED = 3;

const members = new Float64Array(4);

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
    hourSums: new Array<number>(HOURS_PER_DAY).fill(0),
    hourWeights: new Array<number>(HOURS_PER_DAY).fill(0),
  };
}

/** Probability that a run in the given UTC hour succeeds. */
export function successProbability(success: Success, hour: number): number {
  askMembers(success);
  const mixed = mixMembers(success);
  const own = (success.hourSums[hour] ?? 0) / ((success.hourWeights[hour] ?? 0) + HOUR_SHRINK);
  return bounded(success, mixed + own);
}

/** Chance of success in an hour some runs ahead, when the last outcome no longer tells: the base rate and the hour. */
export function successLater(success: Success, hour: number): number {
  const own = (success.hourSums[hour] ?? 0) / ((success.hourWeights[hour] ?? 0) + HOUR_SHRINK);
  return bounded(success, success.slow + own);
}

/** What stands behind `successLater` and how much, for people. */
export function successWhy({ count, slow }: Success): string {
  const seen = count === 1 ? '1 outcome' : `${count} outcomes`;
  return count === 0
    ? 'Its success: no outcome seen yet, so the share of runs that succeed elsewhere.'
    : `Its success: ${seen} seen, ${Math.round(100 * slow)} % successful of late; the hour has its own record.`;
}

/** Learns one outcome of a run that started at `at` (epoch ms), in place. */
export function teachSuccess(success: Success, succeeded: boolean, at: number): void {
  const outcome = succeeded ? 1 : 0;
  askMembers(success);
  const mixed = mixMembers(success);
  for (let i = 0; i < members.length; i++) {
    const chance = bounded(success, members[i] ?? PRIOR_RATE);
    success.losses[i] = LOSS_MEMORY * (success.losses[i] ?? 0) - Math.log(succeeded ? chance : 1 - chance);
  }
  const hour = hourOfDay(at);
  success.hourSums[hour] = HOUR_MEMORY * (success.hourSums[hour] ?? 0) + (outcome - mixed);
  success.hourWeights[hour] = HOUR_MEMORY * (success.hourWeights[hour] ?? 0) + 1;
  if (success.count >= 2) teachChain(success, outcome);
  success.count += 1;
  const soon = 1 / (success.count + PRIOR_WEIGHT);
  success.slow += Math.max(SLOW_RATE, soon) * (outcome - success.slow);
  success.fast += Math.max(FAST_RATE, soon) * (outcome - success.fast);
  success.last = ((success.last * 2) & 2) + outcome;
}

function teachChain(success: Success, outcome: number): void {
  const row = success.last;
  success.afterSums[row] = MARKOV_MEMORY * (success.afterSums[row] ?? 0) + outcome;
  success.afterWeights[row] = MARKOV_MEMORY * (success.afterWeights[row] ?? 0) + 1;
}

/** Slow rate, fast rate, chain on the last outcome, chain on the last two. */
function askMembers(success: Success): void {
  const { last, slow } = success;
  const other = last ^ 2;
  const sum = (success.afterSums[last] ?? 0) + (success.afterSums[other] ?? 0);
  const weight = (success.afterWeights[last] ?? 0) + (success.afterWeights[other] ?? 0);
  const chain = (sum + MARKOV_SHRINK * slow) / (weight + MARKOV_SHRINK);
  members[0] = slow;
  members[1] = success.fast;
  members[2] = chain;
  members[3] =
    ((success.afterSums[last] ?? 0) + MARKOV_SHRINK * chain) /
    ((success.afterWeights[last] ?? 0) + MARKOV_SHRINK);
}

function mixMembers(success: Success): number {
  let least = Number.POSITIVE_INFINITY;
  for (const loss of success.losses) least = Math.min(least, loss);
  let total = 0;
  let sum = 0;
  for (let i = 0; i < members.length; i++) {
    const weight = Math.exp(least - (success.losses[i] ?? 0));
    total += weight;
    sum += weight * (members[i] ?? 0);
  }
  return sum / total;
}

function bounded(success: Success, chance: number): number {
  const margin = CERTAINTY_SHRINK / (success.count + 2);
  return Math.max(margin, Math.min(1 - margin, chance));
}
