import { z } from 'zod';
import type { Immutable } from '../immutable.ts';
import { type LatenessPool, withDrift } from './lateness-pool.ts';
import { numberIn } from './number-list.ts';

/** Fields that are lists of sums: what was added at which place. */
const SUMS = [
  'hourSums',
  'hourWeights',
  'hourSchedules',
  'weekSums',
  'weekWeights',
  'kept',
  'dropped',
] as const;

/**
 * What is added to a sum: the difference or, where the sum and the difference together are not to the last bit what was
 * learned, the difference and what its rounding has lost.
 */
const Amount = z.union([z.number(), z.tuple([z.number(), z.number()])]);
type Amount = Immutable<z.infer<typeof Amount>>;

const Additions = z.array(z.tuple([z.number().int(), Amount]));

/**
 * What a while of learning has changed in the pool, as something that can be added to a pool that others have changed
 * meanwhile. Every observation counts once, in whatever order changes are added; only how far older ones were forgotten
 * at that moment is taken from the pool that the learner saw.
 */
export const LatenessPoolChange = z.object({
  count: z.number(),
  level: Amount,
  ...(Object.fromEntries(SUMS.map((name) => [name, Additions.optional()])) as {
    [Name in (typeof SUMS)[number]]: z.ZodOptional<typeof Additions>;
  }),
  /** Sum and count added to a bucket of the drift, by its number. */
  drift: z.array(z.object({ bucket: z.number(), sum: Amount, count: z.number() })),
});
export type LatenessPoolChange = Immutable<z.infer<typeof LatenessPoolChange>>;

/** What was learned between two states of the pool; `null` where nothing was. */
export function latenessPoolChange(before: LatenessPool, after: LatenessPool): LatenessPoolChange | null {
  const drift = driftAdded(before, after);
  const sums = SUMS.map((name) => [name, additions(before[name], after[name])] as const).filter(
    ([, added]) => added.length > 0,
  );
  const count = after.count - before.count;
  if (count === 0 && drift.length === 0 && sums.length === 0) return null;
  return { count, level: amountBetween(before.level, after.level), ...Object.fromEntries(sums), drift };
}

/** The pool with a change added; lists that the change does not name are shared with `pool`. */
export function applyLatenessPoolChange(pool: LatenessPool, change: LatenessPoolChange): LatenessPool {
  const sums = SUMS.map((name) => [name, withAdditions(pool[name], change[name] ?? [])] as const);
  let next: LatenessPool = {
    ...pool,
    count: pool.count + change.count,
    level: plus(pool.level, change.level),
    ...Object.fromEntries(sums),
  };
  for (const { bucket, sum, count } of change.drift) {
    next = { ...next, ...withDrift(next, bucket, count, (before) => plus(before, sum)) };
  }
  return next;
}

function withAdditions(
  sums: readonly number[],
  added: Immutable<z.infer<typeof Additions>>,
): readonly number[] {
  if (added.length === 0) return sums;
  const next = sums.slice();
  for (const [place, value] of added) next[place] = plus(numberIn(next, place), value);
  return next;
}

function additions(
  before: readonly number[],
  after: readonly number[],
): readonly (readonly [number, Amount])[] {
  if (before === after) return [];
  const added: (readonly [number, Amount])[] = [];
  // Asked at every scheduled run, of hundreds of places: an iterator would take as long again.
  for (let place = 0; place < after.length; place++) {
    const [was, is] = [numberIn(before, place), numberIn(after, place)];
    if (is !== was) added.push([place, amountBetween(was, is)]);
  }
  return added;
}

function driftAdded(before: LatenessPool, after: LatenessPool): LatenessPoolChange['drift'] {
  if (before.driftBuckets === after.driftBuckets) return [];
  return after.driftBuckets.flatMap((bucket, place) => {
    const same = numberIn(before.driftBuckets, place) === bucket;
    const sum = amountBetween(same ? numberIn(before.driftSums, place) : 0, numberIn(after.driftSums, place));
    const count = numberIn(after.driftCounts, place) - (same ? numberIn(before.driftCounts, place) : 0);
    return count !== 0 || sum !== 0 ? [{ bucket, sum, count }] : [];
  });
}

/** What has to be added to `before` for it to be `after`, to the last bit. */
function amountBetween(before: number, after: number): Amount {
  const difference = after - before;
  const lost = after - (before + difference);
  return lost === 0 ? difference : [difference, lost];
}

function plus(sum: number, amount: Amount): number {
  return typeof amount === 'number' ? sum + amount : sum + amount[0] + amount[1];
}
