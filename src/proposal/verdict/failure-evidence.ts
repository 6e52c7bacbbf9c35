import { type Bet, evidence, upperShare } from './e-process.ts';

/** Two runs in a hundred fail anyway: a smaller share is never called worse. */
const LEAST_FAILURE_SHARE = 0.02;
/** A larger share of successes is never called better. */
const MOST_SUCCESS_SHARE = 0.99;
/** Standard errors by which failures may be more frequent than before without being evidence. */
const ALLOWANCE = 0.4;
/** Failures come in rows, so each run is compared with runs after a like one; that done, all of its odds count. */
const CAUTION = 1;
/** The base rate counts as much as so many runs. */
const ROW_PRIOR_RUNS = 4;

/** Whether a run has failed, and how much it counts, 0–1. */
interface Outcome {
  readonly value: boolean;
  readonly weight: number;
}

/**
 * E-value against "failures are no more frequent than before, apart from `drift`" (points of probability by which the
 * unmoved schedules fail more often now; negative where they fail less often).
 */
export function evidenceOfMoreFailures(
  before: readonly boolean[],
  after: readonly Outcome[],
  drift: number,
): number {
  const allowed = sharesAfter(before);
  return evidence(
    betsOf(before, after, (last) =>
      Math.max(LEAST_FAILURE_SHARE, Math.min(1, allowed(last) + Math.max(0, drift))),
    ),
    CAUTION,
  );
}

/** E-value against "successes are no more frequent than before, apart from `drift`" (of failures, as above). */
export function evidenceOfFewerFailures(
  before: readonly boolean[],
  after: readonly Outcome[],
  drift: number,
): number {
  const successes = before.map((failed) => !failed);
  const allowed = sharesAfter(successes);
  return evidence(
    betsOf(
      successes,
      after.map((run) => ({ ...run, value: !run.value })),
      (last) => Math.min(MOST_SUCCESS_SHARE, allowed(last) + Math.max(0, -drift)),
    ),
    CAUTION,
  );
}

function betsOf(
  before: readonly boolean[],
  after: readonly Outcome[],
  atMost: (last: boolean) => number,
): readonly Bet[] {
  let last = before.at(-1) ?? false;
  return after.map(({ value: hit, weight }) => {
    const bet = { hit, atMost: atMost(last), weight };
    last = hit;
    return bet;
  });
}

/** Upper bound of the share of hits, by whether the run before was one. */
function sharesAfter(before: readonly boolean[]): (last: boolean) => number {
  const all = before.filter(Boolean).length;
  const base = before.length === 0 ? 0.5 : all / before.length;
  const bound = (last: boolean): number => {
    let hits = ROW_PRIOR_RUNS * base;
    let runs = ROW_PRIOR_RUNS;
    for (let at = 1; at < before.length; at += 1) {
      if (before[at - 1] !== last) continue;
      runs += 1;
      if (before[at] === true) hits += 1;
    }
    return upperShare(hits, runs, ALLOWANCE);
  };
  const [afterHit, afterNone] = [bound(true), bound(false)];
  return (last) => (last ? afterHit : afterNone);
}
