import { z } from 'zod';
import type { Run } from '../history/run.ts';
import { allServedDays, type ServedDay, servedDays } from '../on-time/served-days.ts';
import { mean } from '../statistics.ts';
import { DAY_MS } from '../time.ts';
import { comparedWithUnchanged } from './compared-with-unchanged.ts';
import { ForecastErrors, forecastErrors, forecastRows } from './forecasts.ts';
import {
  DIFFERENCE_ENDS,
  type Ends,
  type Known,
  type MeanOverDays,
  meanOverDays,
  SHARE_ENDS,
} from './mean-over-days.ts';
import { OwnWork } from './own-work.ts';
import { isOnTime, type Series, type Start, type StartSources, seriesOf, type TimeSpan } from './starts.ts';

/** The shorter of the two spans that are told. */
export const SHORT_SPAN_DAYS = 30;

/**
 * A measure against what would have been without Offbeat, per run and in the measure's unit. `paired`: GitHub's own run
 * came for the same tick. `unchanged`: schedules that nobody has changed, on the same days.
 */
const Comparison = z.object({
  basis: z.enum(['paired', 'unchanged']),
  /** With Offbeat less without it; shares are 0–1. */
  difference: z.number(),
  /** 95 % interval of it; `null` of fewer than five days, and of times that are alike on all days. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
  runs: z.number().int().positive(),
  days: z.number().int().positive(),
  /** The difference as a share of what would have been; `null` where that is 0 or not known. */
  relative: z.number().nullable(),
});
export type Comparison = z.infer<typeof Comparison>;

/** What is measured of runs. Shares are 0–1, times are minutes a run. */
export const MEASURES = [
  'on-time',
  'waiting',
  'completion',
  'overlap',
  'finish-by',
  'failures',
  'cost',
] as const;

const Figure = z.object({
  measure: z.enum(MEASURES),
  /** The mean over the runs of all schedules; `null` where nothing was measured. */
  value: z.number().nullable(),
  runs: z.number().int().nonnegative(),
  /** Empty: no comparison is possible. */
  comparisons: z.array(Comparison),
});
export type Figure = z.infer<typeof Figure>;

const Span = z.object({
  from: z.number(),
  to: z.number(),
  figures: z.array(Figure),
  /** Hours of waiting saved in all, with their 95 % interval; `null` where no comparison is possible. */
  hoursSaved: z
    .object({ hours: z.number(), interval: z.tuple([z.number(), z.number()]).nullable() })
    .nullable(),
  forecasts: ForecastErrors,
  /** Final verdicts on merged proposals of that time. */
  verdicts: z.object({
    improved: z.number().int(),
    'no-difference': z.number().int(),
    worse: z.number().int(),
    inconclusive: z.number().int(),
    'rolled-back': z.number().int(),
  }),
});
export type Span = z.infer<typeof Span>;

/** What Offbeat has brought. Instants are epoch ms. */
export const Scorecard = z.object({
  repository: z.string(),
  at: z.number(),
  sinceInstallation: Span,
  recent: Span,
  /** Of the recent span, those with most forecasts first. */
  workflows: z.array(ForecastErrors.extend({ path: z.string() })),
  /** Offbeat's own work in this repository and, where a server runs, in the deployment. */
  own: OwnWork,
});
export type Scorecard = z.infer<typeof Scorecard>;

/** A final verdict and when it was given, epoch ms. */
export interface GivenVerdict {
  readonly kind: keyof Span['verdicts'];
  readonly at: number;
}

export interface ScorecardFacts extends StartSources {
  readonly repository: string;
  readonly now: number;
  /** Since when Offbeat watches the repository, epoch ms. */
  readonly installedAt: number;
  /** Days of ticks that are not kept one by one any more. */
  readonly keptDays: readonly ServedDay[];
  readonly netRuns: readonly Run[];
  readonly verdicts: readonly GivenVerdict[];
  /** Minutes of runners for the net and for second runs in the recent span. */
  readonly addedMinutes: number;
  readonly own: OwnWork;
}

/** What Offbeat has brought to a repository. Pure: the same facts give the same scorecard. */
export function scorecardOf(facts: ScorecardFacts): Scorecard {
  const { now, installedAt, runs, repository, own } = facts;
  const series = seriesOf(facts);
  const days = allServedDays(facts.keptDays, servedDays(facts.ticks, facts.netRuns));
  const from = Math.max(installedAt, now - SHORT_SPAN_DAYS * DAY_MS);
  const recent = { from, to: now };
  return {
    repository,
    at: now,
    sinceInstallation: spanOf({ facts, series, days, span: { from: installedAt, to: now } }),
    recent: spanOf({ facts, series, days, span: recent }),
    workflows: byWorkflow(runs, recent),
    own,
  };
}

/** Everything that is known, and the time of which a figure tells. */
interface Scope {
  readonly facts: ScorecardFacts;
  readonly series: readonly Series[];
  readonly days: readonly ServedDay[];
  readonly span: TimeSpan;
}

function spanOf({ facts, series, days: allDays, span }: Scope): Span {
  const days = allDays.filter(({ day }) => day >= Math.floor(span.from / DAY_MS));
  const figures = MEASURES.map((measure) => figureOf(measure, { facts, series, days, span }));
  const waiting = figures.find(({ measure }) => measure === 'waiting')?.comparisons ?? [];
  return {
    ...span,
    figures,
    hoursSaved: hoursOf(waiting),
    forecasts: forecastErrors(forecastRows(facts.runs.filter((run) => isIn(run.createdAt, span)))),
    verdicts: verdictsOf(facts.verdicts, span),
  };
}

const READ: Readonly<Record<(typeof MEASURES)[number], (start: Start) => number | null>> = {
  'on-time': (start) => share(isOnTime(start)),
  waiting: ({ waitMinutes }) => waitMinutes,
  completion: ({ completionMinutes }) => completionMinutes,
  overlap: ({ overlapMinutes }) => overlapMinutes,
  'finish-by': ({ finishByKept }) => share(finishByKept),
  failures: ({ failed }) => share(failed),
  cost: ({ billedMinutes }) => billedMinutes,
};

const ENDS: Readonly<Partial<Record<(typeof MEASURES)[number], Ends>>> = {
  'on-time': SHARE_ENDS,
  'finish-by': SHARE_ENDS,
  failures: SHARE_ENDS,
};

function share(is: boolean | null): number | null {
  return is === null ? null : Number(is);
}

function figureOf(measure: Figure['measure'], scope: Scope): Figure {
  const { facts, series, span } = scope;
  const read = READ[measure];
  const paired = pairedOf(measure, scope);
  // What is known exactly is not estimated again.
  const others = paired === null ? series : series.filter(({ key }) => !facts.served.has(key));
  const beside = comparedWithUnchanged(others, read, span, ENDS[measure]);
  const changed = others.filter(({ changedAt }) => changedAt !== null);
  const unchanged =
    beside === null ? null : comparison('unchanged', beside, changedMean(changed, read, span));
  const comparisons = [paired, unchanged].filter((one) => one !== null);
  return { measure, ...meanOf(measure, scope), comparisons };
}

/** The mean over all runs. Ticks on time are counted over the days, which are kept for longer than the ticks. */
function meanOf(
  measure: Figure['measure'],
  { facts: { served }, series, days, span }: Scope,
): Pick<Figure, 'value' | 'runs'> {
  const isByDay = measure === 'on-time';
  const counted = isByDay ? series.filter(({ key }) => !served.has(key)) : series;
  const values = counted.flatMap(({ starts }) => valuesIn(starts, READ[measure], span));
  const ticks = isByDay ? days.reduce((sum, day) => sum + day.ticks, 0) : 0;
  const onTime = isByDay ? days.reduce((sum, day) => sum + day.onTime, 0) : 0;
  const runs = values.length + ticks;
  const sum = values.reduce((all, value) => all + value, 0) + onTime;
  return { value: runs === 0 ? null : sum / runs, runs };
}

function changedMean(
  changed: readonly Series[],
  read: (start: Start) => number | null,
  { from, to }: TimeSpan,
): number {
  return mean(
    changed.flatMap(({ starts, changedAt, until }) => {
      const own = { from: Math.max(from, changedAt ?? from), to: Math.min(to, until ?? to) };
      return valuesIn(starts, read, own);
    }),
  );
}

function comparison(basis: Comparison['basis'], found: MeanOverDays, withOffbeat: number | null): Comparison {
  const without = withOffbeat === null ? 0 : withOffbeat - found.mean;
  return {
    basis,
    difference: found.mean,
    interval: found.interval === null ? null : [...found.interval],
    runs: found.runs,
    days: found.days,
    relative: without > 0 ? found.mean / without : null,
  };
}

/** The exact counterfactual: GitHub's own run for the same tick. It tells of starts, and of ends by as much. */
function pairedOf(
  measure: Figure['measure'],
  { facts: { served, addedMinutes }, series, days, span: { from, to } }: Scope,
): Comparison | null {
  const paired = days.filter(({ pairs }) => pairs > 0);
  const of = (read: (day: ServedDay) => number, known: Known = {}): MeanOverDays | null =>
    meanOverDays(
      paired.map((day) => ({ day: day.day, runs: day.pairs, value: read(day) / day.pairs })),
      known,
    );
  const onTimeNow = series.filter(({ key }) => served.has(key));
  const now = (read: (start: Start) => number | null): number | null => {
    const values = onTimeNow.flatMap(({ starts, changedAt }) =>
      valuesIn(starts, read, { from: Math.max(from, changedAt ?? 0), to }),
    );
    return values.length === 0 ? null : mean(values);
  };
  switch (measure) {
    case 'waiting':
    case 'completion': {
      const saved = of(({ savedMinutes }) => -savedMinutes);
      return saved === null ? null : comparison('paired', saved, now(READ[measure]));
    }
    case 'on-time': {
      const gained = of(({ ownOnTime, githubOnTime }) => ownOnTime - githubOnTime, {
        ends: DIFFERENCE_ENDS,
      });
      return gained === null ? null : comparison('paired', gained, now(READ['on-time']));
    }
    case 'cost': {
      const ticks = days.reduce((sum, day) => sum + day.ticks, 0);
      const billed = now(READ.cost);
      if (ticks === 0 || billed === null || paired.length === 0) return null;
      const added = { mean: addedMinutes / ticks, interval: null, runs: ticks, days: days.length };
      return comparison('paired', added, billed + added.mean);
    }
    case 'overlap':
    case 'finish-by':
    case 'failures':
      return null;
  }
}

/** What all comparisons of waiting saved together. */
function hoursOf(comparisons: readonly Comparison[]): Span['hoursSaved'] {
  if (comparisons.length === 0) return null;
  const hours = comparisons.reduce((sum, { difference, runs }) => sum - (difference * runs) / 60, 0);
  const halves = comparisons.map(({ difference, interval, runs }) =>
    interval === null ? null : ((interval[1] - difference) * runs) / 60,
  );
  const half = halves.some((one) => one === null) ? null : Math.hypot(...halves.map((one) => one ?? 0));
  return { hours, interval: half === null ? null : [hours - half, hours + half] };
}

function verdictsOf(verdicts: readonly GivenVerdict[], span: TimeSpan): Span['verdicts'] {
  const counts = { improved: 0, 'no-difference': 0, worse: 0, inconclusive: 0, 'rolled-back': 0 };
  for (const { kind, at } of verdicts) if (isIn(at, span)) counts[kind] += 1;
  return counts;
}

function byWorkflow(runs: readonly Run[], span: TimeSpan): Scorecard['workflows'] {
  const rows = forecastRows(runs.filter((run) => isIn(run.createdAt, span)));
  return [...Map.groupBy(rows, ({ run }) => run.path)]
    .map(([path, own]) => ({ path, ...forecastErrors(own) }))
    .sort((one, other) => other.forecasts - one.forecasts || (one.path < other.path ? -1 : 1));
}

function valuesIn(
  starts: readonly Start[],
  read: (start: Start) => number | null,
  span: TimeSpan,
): readonly number[] {
  return starts.filter(({ tick }) => isIn(tick, span)).flatMap((start) => read(start) ?? []);
}

function isIn(at: number, { from, to }: TimeSpan): boolean {
  return at >= from && at < to;
}
