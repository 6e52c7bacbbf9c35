import { median } from '../../statistics.ts';
import { DAY_MS, utcDate } from '../../time.ts';
import { driftOf, failureDrift } from './drift.ts';
import { evidenceOfFewerFailures, evidenceOfMoreFailures } from './failure-evidence.ts';
import { type Series, type SeriesRun, type Split, split } from './series.ts';
import { type ShiftSettings, shiftEvidence } from './shift-evidence.ts';
import type { Finding, Measure, Verdict } from './verdict.ts';

/** Before, only harm is reported: a fortnight has every weekday twice. */
const LEAST_WATCH_DAYS = 14;
/** A verdict that is not clear by then stays inconclusive: too much else has changed. */
export const LONGEST_WATCH_DAYS = 60;
/** Fewer runs since the merge than this cannot show that a schedule is unchanged. */
export const LEAST_RUNS = 8;

/** E-value from which a schedule got worse: at most one harmless proposal in forty, however many looks. */
export const WORSE_FROM = 40;
/** E-value from which a proposal improved: at most one in twenty without effect is called better. */
export const BETTER_FROM = 20;

/** Weights by which the measures' evidence is pooled: a weighted mean of e-values is an e-value. */
const WORSE_WEIGHTS: Readonly<Record<Measure, number>> = {
  failure: 0.45,
  duration: 0.35,
  lateness: 0.2,
  overlap: 0,
  queue: 0,
  'cut-off': 0,
};
/** Duration does not count as an improvement: runs become shorter by themselves too often. */
const BETTER_WEIGHTS: Readonly<Record<Measure, number>> = {
  failure: 0.2,
  duration: 0,
  lateness: 0.4,
  overlap: 0.4,
  queue: 0,
  'cut-off': 0,
};

/** A run counts against its schedule from so much more time on, as a share of what its runs took before. */
export const WORSE_BY = 0.35;

/** How much a run counts that was created on the day of an incident. */
const INCIDENT_WEIGHT = 0.2;

/** Minutes added before logs are taken, so that one and three minutes are about the same. */
const ADDED_MINUTES = 5;

/** How a measure with a level is read, and how a shift of it is judged. */
interface LevelSettings extends ShiftSettings {
  readonly read: (run: SeriesRun) => number | null;
  /** Added before logs are taken. */
  readonly added: number;
  /** Unmoved schedules from which the drift counts half: lateness drifts for all, durations mostly for one. */
  readonly halfWeightAt: number;
}

const SHIFT = { added: ADDED_MINUTES, leastShift: Math.log(1 + WORSE_BY), caution: 0.25, allowance: 1 };

/** Tuned on the even half of recorded series, see docs/decisions/measurements.md. */
const LEVELS: Readonly<Record<'duration' | 'lateness' | 'overlap', LevelSettings>> = {
  duration: {
    read: ({ seconds }) => seconds,
    halfWeightAt: 2,
    ...SHIFT,
    added: 0,
    caution: 0.4,
    allowance: 0.5,
  },
  lateness: { read: ({ minutesLate }) => minutesLate, halfWeightAt: 0.5, ...SHIFT },
  overlap: { read: ({ minutesShared }) => minutesShared, halfWeightAt: 2, ...SHIFT },
};

export interface WatchFacts {
  /** When the merge came into force, epoch ms. */
  readonly since: number;
  readonly now: number;
  readonly moved: readonly Series[];
  /** Schedules to compare with: their crons did not change during the whole time. */
  readonly beside: readonly Series[];
  /** UTC days on which GitHub was late for most schedules, from `incidentDays`. */
  readonly incidents?: readonly string[];
}

/**
 * The verdict on a merge from the runs since. `worse` comes as soon as the evidence is strong enough, every other
 * verdict after a fortnight; before that, it is `inconclusive`. Runs of incident days show little of a schedule: those
 * before the merge are left out, and those since then count a fifth each.
 */
export function judgeMerge(facts: WatchFacts): Verdict {
  const findings = facts.moved.flatMap((series) => findingsOf(series, facts));
  const days = (facts.now - facts.since) / DAY_MS;
  const incidents = incidentsOf(facts);
  const base = {
    at: facts.now,
    findings,
    worse: [],
    missing: [],
    by: null,
    ...(incidents.length === 0 ? {} : { incidents: [...incidents] }),
  };
  const keys = facts.moved.map(({ key }) => key);
  const of = (key: string): readonly Finding[] => findings.filter((finding) => finding.key === key);
  const worse = keys.filter(
    (key) => pooled(of(key), WORSE_WEIGHTS, 'againstNotWorse') >= WORSE_FROM * keys.length,
  );
  if (worse.length > 0) {
    const harmful = findings.filter(({ key }) => worse.includes(key));
    return { ...base, kind: 'worse', worse, by: strongest(harmful, WORSE_WEIGHTS, 'againstNotWorse') };
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

/** Whether the verdict stays as it is, however long the runs are watched. */
export function isFinal(verdict: Pick<Verdict, 'kind' | 'at'>, since: number): boolean {
  return verdict.kind !== 'inconclusive' || verdict.at - since >= LONGEST_WATCH_DAYS * DAY_MS;
}

/** Whether the day has come on which a verdict is reported, even an inconclusive one. */
export function isDue(since: number, now: number): boolean {
  return now - since >= LEAST_WATCH_DAYS * DAY_MS;
}

type Side = 'againstNotWorse' | 'againstNotBetter';

/** Weighted mean of the findings' evidence; a measure without finding counts as 1, which is no evidence. */
function pooled(
  findings: readonly Finding[],
  weights: Readonly<Record<Measure, number>>,
  side: Side,
): number {
  const measured = findings.reduce((sum, finding) => sum + weights[finding.measure], 0);
  return findings.reduce((sum, finding) => sum + weights[finding.measure] * finding[side], 1 - measured);
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
    levelFinding('duration', series, facts),
    levelFinding('lateness', series, facts),
    levelFinding('overlap', series, facts),
  ].filter((finding) => finding !== null);
}

/** Incidents on whose days runs of the moved schedules were created. */
function incidentsOf({ moved, incidents = [] }: WatchFacts): readonly string[] {
  if (incidents.length === 0) return [];
  const days = new Set(moved.flatMap(({ runs }) => runs.map(({ at }) => utcDate(at))));
  return incidents.filter((day) => days.has(day));
}

/** The values of one measure: before the merge without those of incident days, since then with their weights. */
function weighed<T>(
  series: Series,
  { since, incidents = [] }: WatchFacts,
  read: (run: SeriesRun) => T | null,
) {
  const isIncident = (at: number): boolean => incidents.length > 0 && incidents.includes(utcDate(at));
  const usual = { ...series, runs: series.runs.filter(({ at }) => at >= since || !isIncident(at)) };
  const { before, after } = split(usual, since, read);
  return {
    before: before.map(({ value }) => value),
    after: after.map(({ at, value }) => ({ at, value, weight: isIncident(at) ? INCIDENT_WEIGHT : 1 })),
  };
}

function logOf(value: number | null, added: number): number | null {
  return value === null || value + added <= 0 ? null : Math.log(value + added);
}

function failureFinding(series: Series, facts: WatchFacts): Finding | null {
  const { since, beside } = facts;
  const failed = ({ failed }: SeriesRun): boolean | null => failed;
  const { before, after } = weighed(series, facts, failed);
  if (before.length === 0 || after.length === 0) return null;
  const drift = failureDrift(beside.map((one) => split(one, since, failed)));
  const share = (runs: readonly boolean[]): number => runs.filter(Boolean).length / runs.length;
  return {
    key: series.key,
    measure: 'failure',
    before: share(before),
    after: share(after.map(({ value }) => value)),
    expected: Math.min(1, Math.max(0, share(before) + drift.points)),
    runsBefore: before.length,
    runsAfter: after.length,
    runsBeside: drift.runs,
    againstNotWorse: evidenceOfMoreFailures(before, after, drift.points),
    againstNotBetter: evidenceOfFewerFailures(before, after, drift.points),
  };
}

function levelFinding(measure: keyof typeof LEVELS, series: Series, facts: WatchFacts): Finding | null {
  const { since, beside } = facts;
  const settings = LEVELS[measure];
  const { added } = settings;
  const read = (run: SeriesRun): number | null => logOf(settings.read(run), added);
  const own = weighed(series, facts, read);
  const { before } = own;
  if (before.length === 0 || own.after.length === 0) return null;
  const drift = driftOf(
    beside.map((one): Split<number> => split(one, since, read)),
    settings.halfWeightAt,
  );
  const after = own.after.map(({ at, value, weight }) => ({ value, drift: drift.at(at), weight }));
  // GitHub's lateness changes by the month for everybody: without schedules to compare with, it is no evidence.
  const isEvidence = measure !== 'lateness' || drift.runs > 0;
  const inUnits = (log: number): number => Math.max(0, Math.exp(log) - added);
  return {
    key: series.key,
    measure,
    before: inUnits(median(before)),
    after: inUnits(median(after.map(({ value }) => value))),
    expected: inUnits(median(before) + median(after.map((one) => one.drift))),
    runsBefore: before.length,
    runsAfter: after.length,
    runsBeside: drift.runs,
    againstNotWorse: isEvidence ? shiftEvidence(before, after, 1, settings) : 1,
    againstNotBetter: isEvidence ? shiftEvidence(before, after, -1, settings) : 1,
  };
}

/** Names the days and runs that a verdict of "no difference" still lacks. */
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
