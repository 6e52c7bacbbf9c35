import { z } from 'zod';
import type { LatenessPool } from './lateness-pool.ts';

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

const Additions = z.array(z.tuple([z.number().int(), z.number()]));

/**
 * What a while of learning has changed in the pool, as something that can be added to a pool that others have changed
 * meanwhile. Every observation counts once, in whatever order changes are added; only how far older ones were forgotten
 * at that moment is taken from the pool that the learner saw.
 */
export const LatenessPoolChange = z.object({
  count: z.number(),
  level: z.number(),
  ...(Object.fromEntries(SUMS.map((name) => [name, Additions.optional()])) as {
    [Name in (typeof SUMS)[number]]: z.ZodOptional<typeof Additions>;
  }),
  /** Sum and count added to a bucket of the drift, by its number. */
  drift: z.array(z.object({ bucket: z.number(), sum: z.number(), count: z.number() })),
});
export type LatenessPoolChange = z.infer<typeof LatenessPoolChange>;

/** What was learned between two states of the pool; `null` where nothing was. */
export function latenessPoolChange(before: LatenessPool, after: LatenessPool): LatenessPoolChange | null {
  const change: LatenessPoolChange = {
    count: after.count - before.count,
    level: after.level - before.level,
    drift: driftAdded(before, after),
  };
  let changed = change.count !== 0 || change.drift.length > 0;
  for (const name of SUMS) {
    const added = additions(before[name], after[name]);
    if (added.length === 0) continue;
    change[name] = added;
    changed = true;
  }
  return changed ? change : null;
}

/** The pool with a change added; lists that the change does not name are shared with `pool`. */
export function applyLatenessPoolChange(pool: LatenessPool, change: LatenessPoolChange): LatenessPool {
  const next = { ...pool, count: pool.count + change.count, level: pool.level + change.level };
  for (const name of SUMS) {
    const added = change[name];
    if (added !== undefined) next[name] = withAdditions(pool[name], added);
  }
  if (change.drift.length === 0) return next;
  next.driftBuckets = pool.driftBuckets.slice();
  next.driftSums = pool.driftSums.slice();
  next.driftCounts = pool.driftCounts.slice();
  for (const { bucket, sum, count } of change.drift) {
    const place = bucket % next.driftBuckets.length;
    const held = next.driftBuckets[place] ?? 0;
    // The place has moved on to a later hour: what was learned of this one is too old to matter.
    if (held > bucket) continue;
    const same = held === bucket;
    next.driftBuckets[place] = bucket;
    next.driftSums[place] = (same ? (next.driftSums[place] ?? 0) : 0) + sum;
    next.driftCounts[place] = (same ? (next.driftCounts[place] ?? 0) : 0) + count;
  }
  return next;
}

function withAdditions(sums: readonly number[], added: z.infer<typeof Additions>): number[] {
  const next = sums.slice();
  for (const [place, value] of added) next[place] = (next[place] ?? 0) + value;
  return next;
}

function additions(before: readonly number[], after: readonly number[]): [number, number][] {
  const added: [number, number][] = [];
  if (before === after) return added;
  // Asked at every scheduled run, of hundreds of places: an iterator would take as long again.
  for (let place = 0; place < after.length; place++) {
    const difference = (after[place] ?? 0) - (before[place] ?? 0);
    if (difference !== 0) added.push([place, difference]);
  }
  return added;
}

function driftAdded(before: LatenessPool, after: LatenessPool): LatenessPoolChange['drift'] {
  const added: LatenessPoolChange['drift'] = [];
  if (before.driftBuckets === after.driftBuckets && before.driftCounts === after.driftCounts) return added;
  for (let place = 0; place < after.driftBuckets.length; place++) {
    const bucket = after.driftBuckets[place] ?? 0;
    const same = before.driftBuckets[place] === bucket;
    const sum = (after.driftSums[place] ?? 0) - (same ? (before.driftSums[place] ?? 0) : 0);
    const count = (after.driftCounts[place] ?? 0) - (same ? (before.driftCounts[place] ?? 0) : 0);
    if (count !== 0 || sum !== 0) added.push({ bucket, sum, count });
  }
  return added;
}
