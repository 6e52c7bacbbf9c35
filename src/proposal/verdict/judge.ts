import { median } from '../../statistics.ts';
import { DAY_MS } from '../../time.ts';
import { driftOf, failureDrift } from './drift.ts';
import { evidenceOfFewerFailures, evidenceOfMoreFailures } from './failure-evidence.ts';
import { type Series, type SeriesRun, type Split, split } from './series.ts';
import { type ShiftSettings, shiftEvidence } from './shift-evidence.ts';
import type { Finding, Measure, Verdict } from './verdict.ts';

/** Nothing but harm is told before: a fortnight has every weekday twice. */
const LEAST_WATCH_DAYS = 14;
/** What is not clear by then stays unclear: the times are others. */
export const LONGEST_WATCH_DAYS = 60;
/** Runs since the merge below which a schedule cannot be said to be unchanged. */
const LEAST_RUNS = 8;

/** One harmless proposal in forty may be called worse, however often it is looked at. */
const WORSE_FROM = 40;
/** One proposal in twenty that has changed nothing may be called better. */
const BETTER_FROM = 20;

/** How the evidence of the measures is pooled: an average of e-values is an e-value. */
const WORSE_WEIGHTS: Readonly<Record<Measure, number>> = {
  failure: 0.45,
  duration: 0.35,
  lateness: 0.2,
  overlap: 0,
};
/** No move promises shorter runs: they become shorter by themselves too often to be claimed. */
const BETTER_WEIGHTS: Readonly<Record<Measure, number>> = {
  failure: 0.2,
  duration: 0,
  lateness: 0.4,
  overlap: 0.4,
};

/** Tuned on the even half of recorded series, see docs/benchmarks.md. */
const DURATION: ShiftSettings = { leastShift: Math.log(1.35), caution: 0.4, allowance: 0.5 };
const LATENESS: ShiftSettings = { leastShift: Math.log(1.35), caution: 0.25, allowance: 1 };
const OVERLAP: ShiftSettings = { leastShift: Math.log(1.35), caution: 0.25, allowance: 1 };

/** Schedules left alone that make the drift count half: lateness drifts for all, durations mostly for one. */
const HALF_WAY: Readonly<Record<'duration' | 'lateness' | 'overlap', number>> = {
  duration: 2,
  lateness: 0.5,
  overlap: 2,
};

/** Minutes added before logs are taken, so that one and three minutes are about the same. */
const SOFT_MINUTES = 5;

export interface WatchFacts {
  /** When the merge came into force, epoch ms. */
  readonly since: number;
  readonly now: number;
  /** The moved schedules. */
  readonly moved: readonly Series[];
  /** Schedules that were left alone all the time. */
  readonly beside: readonly Series[];
}

/**
 * What the runs since a merge say of it. Harm is told as soon as it is proven; anything else after a fortnight, and
 * `inconclusive` with what is still missing where that is too soon.
 */
export function judge(facts: WatchFacts): Verdict {
  const findings = facts.moved.flatMap((series) => findingsOf(series, facts));
  const days = (facts.now - facts.since) / DAY_MS;
  const base = { at: facts.now, findings, worse: [], missing: [], by: null };
  const keys = facts.moved.map(({ key }) => key);
  const of = (key: string): readonly Finding[] => findings.filter((finding) => finding.key === key);
  const worse = keys.filter(
    (key) => pooled(of(key), WORSE_WEIGHTS, 'againstNotWorse') >= WORSE_FROM * keys.length,
  );
  if (worse.length > 0) {
    const told = findings.filter(({ key }) => worse.includes(key));
    return { ...base, kind: 'worse', worse, by: strongest(told, WORSE_WEIGHTS, 'againstNotWorse') };
  }
  if (days >= LEAST_WATCH_DAYS) {
    const better = keys.reduce(
      (sum, key) => sum + pooled(of(key), BETTER_WEIGHTS, 'againstNotBetter') / keys.length,
      0,
    );
    if (better >= BETTER_FROM) {
      return { ...base, kind: 'improved', by: strongest(findings, BETTER_WEIGHTS, 'againstNotBetter') };
    }
  }
  const missing = whatIsMissing(facts, days);
  return missing.length === 0
    ? { ...base, kind: 'no-difference' }
    : { ...base, kind: 'inconclusive', missing };
}

/** True where waiting longer brings no better verdict. */
export function isFinal(verdict: Pick<Verdict, 'kind' | 'at'>, since: number): boolean {
  return verdict.kind !== 'inconclusive' || verdict.at - since >= LONGEST_WATCH_DAYS * DAY_MS;
}

/** True from the day on which a verdict is told, even an inconclusive one. */
export function isDue(since: number, now: number): boolean {
  return now - since >= LEAST_WATCH_DAYS * DAY_MS;
}

type Side = 'againstNotWorse' | 'againstNotBetter';

function pooled(
  findings: readonly Finding[],
  weights: Readonly<Record<Measure, number>>,
  side: Side,
): number {
  // A measure that could not be taken is evidence of nothing: its stake stays what it was.
  const taken = findings.reduce((sum, finding) => sum + weights[finding.measure], 0);
  return findings.reduce((sum, finding) => sum + weights[finding.measure] * finding[side], 1 - taken);
}

function strongest(
  findings: readonly Finding[],
  weights: Readonly<Record<Measure, number>>,
  side: Side,
): Measure | null {
  return (
    findings.toSorted((a, b) => weights[b.measure] * b[side] - weights[a.measure] * a[side])[0]?.measure ??
    null
  );
}

function findingsOf(series: Series, facts: WatchFacts): readonly Finding[] {
  return [
    failureFinding(series, facts),
    levelFinding('duration', series, facts, ({ seconds }) => logOf(seconds, 0), DURATION),
    levelFinding('lateness', series, facts, ({ minutesLate }) => logOf(minutesLate, SOFT_MINUTES), LATENESS),
    levelFinding(
      'overlap',
      series,
      facts,
      ({ minutesShared }) => logOf(minutesShared, SOFT_MINUTES),
      OVERLAP,
    ),
  ].filter((finding) => finding !== null);
}

function logOf(value: number | null, soft: number): number | null {
  return value === null || value + soft <= 0 ? null : Math.log(value + soft);
}

function failureFinding(series: Series, { since, beside }: WatchFacts): Finding | null {
  const failed = ({ failed }: SeriesRun): boolean | null => failed;
  const own = split(series, since, failed);
  if (own.before.length === 0 || own.after.length === 0) return null;
  const drift = failureDrift(beside.map((one) => split(one, since, failed)));
  const [before, after] = [own.before, own.after].map((runs) => runs.map(({ value }) => value)) as [
    boolean[],
    boolean[],
  ];
  const share = (runs: readonly boolean[]): number => runs.filter(Boolean).length / runs.length;
  return {
    key: series.key,
    measure: 'failure',
    before: share(before),
    after: share(after),
    expected: Math.min(1, Math.max(0, share(before) + drift.points)),
    runsBefore: before.length,
    runsAfter: after.length,
    runsBeside: drift.runs,
    againstNotWorse: evidenceOfMoreFailures(before, after, drift.points),
    againstNotBetter: evidenceOfFewerFailures(before, after, drift.points),
  };
}

function levelFinding(
  measure: 'duration' | 'lateness' | 'overlap',
  series: Series,
  { since, beside }: WatchFacts,
  read: (run: SeriesRun) => number | null,
  settings: ShiftSettings,
): Finding | null {
  const own = split(series, since, read);
  if (own.before.length === 0 || own.after.length === 0) return null;
  const drift = driftOf(
    beside.map((one): Split<number> => split(one, since, read)),
    HALF_WAY[measure],
  );
  const before = own.before.map(({ value }) => value);
  const after = own.after.map(({ at, value }) => ({ value, drift: drift.at(at) }));
  // How late GitHub is changes by the month for everybody: without anybody to compare with, that says nothing.
  const isTold = measure !== 'lateness' || drift.runs > 0;
  const soft = measure === 'duration' ? 0 : SOFT_MINUTES;
  const shown = (log: number): number => Math.max(0, Math.exp(log) - soft);
  return {
    key: series.key,
    measure,
    before: shown(median(before)),
    after: shown(median(after.map(({ value }) => value))),
    expected: shown(median(before) + median(after.map((one) => one.drift))),
    runsBefore: before.length,
    runsAfter: after.length,
    runsBeside: drift.runs,
    againstNotWorse: isTold ? shiftEvidence(before, after, 1, settings) : 1,
    againstNotBetter: isTold ? shiftEvidence(before, after, -1, settings) : 1,
  };
}

/** What a verdict of "no difference" would still need. */
function whatIsMissing({ since, moved }: WatchFacts, days: number): string[] {
  const missing: string[] = [];
  const left = Math.ceil(LEAST_WATCH_DAYS - days);
  if (left > 0) missing.push(`${left} more ${left === 1 ? 'day' : 'days'}`);
  for (const { key, runs } of moved) {
    const after = runs.filter((run) => run.at >= since && run.failed !== null).length;
    const before = runs.filter((run) => run.at < since && run.failed !== null).length;
    if (after < LEAST_RUNS) missing.push(`${LEAST_RUNS - after} more runs of \`${key}\``);
    if (before < LEAST_RUNS) missing.push(`runs of \`${key}\` before the merge: only ${before} were seen`);
  }
  return missing;
}
