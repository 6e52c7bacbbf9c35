import { z } from 'zod';
import { BY_CONVENTION } from './by-convention.ts';
import { type Document, list, numerics, table } from './document.ts';
import { code, type Inline, name, sentence, strong, words } from './inline.ts';
import { plainLine } from './markdown.ts';
import { billedMinutes, crowdingWords, dollars } from './money.ts';
import { cronWords, fileName } from './move-words.ts';
import { count, minutes, orDash, percent, seconds } from './quantity.ts';

/** What a schedule takes from others. */
export const ResourceImpact = z.object({
  /** How much of its working time it is beside other runs; `null` where that is not known. */
  level: z.enum(['low', 'medium', 'high']).nullable(),
  runs_per_week: z.number(),
  /** `null` where no run of the workflow had a duration to learn from. */
  minutes_per_week: z.number().nullable(),
  /** Minutes a week beside other runs, today and at the recommended time; `null` where nothing was planned. */
  overlap_minutes_per_week: z.number().nullable(),
  recommended_overlap_minutes_per_week: z.number().nullable(),
  /**
   * What all jobs of its runs take of runners in a week, every leg of a matrix counted, as GitHub bills them; missing
   * where none of them was seen. `value` is minutes × USD a minute where anything is billed × crowding (1 and the share
   * of jobs on the same runners that wait longer than a minute).
   */
  runners: z
    .object({
      minutes_per_week: z.number(),
      usd_per_week: z.number().nullable(),
      crowding: z.number(),
      value: z.number(),
    })
    .optional(),
  /** Means of what runs were reported to take, by the figure's name; `null` where nothing was reported. */
  reported: z.record(z.string(), z.number()).nullable(),
  /**
   * What the next run is expected to take of each figure, with the interval of nine in ten, and how far such forecasts
   * were off (a share; `null` of too few); missing where nothing was reported.
   */
  reported_forecasts: z
    .record(
      z.string(),
      z.object({ expected: z.number(), low: z.number(), high: z.number(), error: z.number().nullable() }),
    )
    .optional(),
});
export type ResourceImpact = z.infer<typeof ResourceImpact>;

/** What is foretold of one schedule. */
export const Prediction = z.object({
  workflow_name: z.string(),
  path: z.string(),
  /** 0-based place in the file. */
  schedule: z.number().int().nonnegative(),
  timezone: z.string(),
  current_schedule: z.string(),
  /** The better time; the present one where none is known, or none that is sure enough. */
  recommended_schedule: z.string(),
  /** P(the move brings what is said), or, where no move is recommended, P(the duration is within 25 %). */
  confidence: z.number().min(0).max(1),
  /** `null`, as the range, where no run of the workflow had a duration to learn from. */
  expected_duration_seconds: z.number().nonnegative().nullable(),
  /** Nine runs in ten take between these. */
  expected_duration_range_seconds: z
    .object({ from: z.number().nonnegative(), to: z.number().nonnegative() })
    .nullable(),
  /** `null` where no run of the workflow has succeeded or failed. */
  predicted_success_rate: z.number().min(0).max(1).nullable(),
  resource_impact: ResourceImpact,
  reasoning: z.array(z.string()),
  /** Planning round behind the recommendation. */
  decision: z.object({ id: z.string(), at: z.iso.datetime() }),
});
export type Prediction = z.infer<typeof Prediction>;

const PredictedStart = z.object({
  /** The tick, `HH:MM` in UTC. */
  tick: z.string(),
  /** Half of the runs start by then, and nine in ten; `HH:MM` in UTC. */
  median: z.string(),
  p90: z.string(),
  lateness_median_minutes: z.number().nonnegative(),
  lateness_p90_minutes: z.number().nonnegative(),
  /** P(the tick leaves no run). */
  drop_probability: z.number().min(0).max(1),
  /** P(a run that comes starts within half an hour of the median). */
  confidence: z.number().min(0).max(1),
  /** What stands behind it, and how much. */
  why: z.string(),
});

/** What is foretold of one schedule, and when a run would start at the time asked about or recommended. */
export const StartPrediction = Prediction.extend({
  /** `null` where the cron has no next tick. */
  start: PredictedStart.nullable(),
});
export type StartPrediction = z.infer<typeof StartPrediction>;

const Collision = z.object({
  /** The first minute of the coming week that both ask for. */
  at: z.iso.datetime(),
  schedules: z.array(z.string()),
});

/** What is foretold of several schedules together. */
export const Batch = z.object({
  predictions: z.array(Prediction),
  /** Schedules that were given another time than the plan's, so that no two ask for the same minute. */
  moved_apart: z.number().int().nonnegative(),
  /** Pairs that ask for the same minute all the same, as neither may move out of the way. */
  collisions_left: z.number().int().nonnegative(),
  collisions: z.array(Collision),
  /** Runs of the repository that are known, of whatever outcome. */
  runs_known: z.number().int().nonnegative(),
});
export type Batch = z.infer<typeof Batch>;

export function renderPrediction(view: StartPrediction): Document {
  return [
    words`${strong(name(view.workflow_name))} (${code(fileName(view.path))}): ${headline(view)}`,
    table(
      ['Figure', 'Value'],
      figuresOf(view).map((figure) => figure.map(name)),
    ),
    list(reasons(view).map(sentence)),
    words`Planning round ${code(view.decision.id)}.`,
  ];
}

export function renderBatch(view: Batch): Document {
  if (view.predictions.length === 0) return ['No schedule was found.'];
  return [
    table(
      [{ head: 'Workflow', max: 32 }, 'Today', 'Recommended', ...numerics('Takes', 'Succeeds', 'Confidence')],
      view.predictions.map((one) => [
        code(fileName(one.path)),
        code(one.current_schedule),
        one.recommended_schedule === one.current_schedule ? 'stays' : code(one.recommended_schedule),
        orDash(one.expected_duration_seconds, seconds),
        orDash(one.predicted_success_rate, percent),
        sureness(one),
      ]),
    ),
    apart(view),
    view.runs_known === 0 ? sentence(BY_CONVENTION) : '',
  ];
}

function headline({ current_schedule: today, recommended_schedule: to, timezone }: Prediction): Inline {
  const description = cronWords(to, timezone);
  const end = description === '' ? '.' : ` (${description}).`;
  return today === to ? words`stays at ${code(today)}${end}` : words`${code(today)} → ${code(to)}${end}`;
}

function reasons({ reasoning, start }: StartPrediction): readonly string[] {
  return start === null ? reasoning : [...reasoning, `Its start: ${start.why}`];
}

function startFigures({ start }: StartPrediction): readonly (readonly [string, string])[] {
  if (start === null) return [];
  const { tick, median, p90, drop_probability: dropped } = start;
  return [
    [`A tick at ${tick} UTC starts`, `${median}, nine in ten by ${p90}`],
    ['Leaves no run', percent(dropped)],
  ];
}

function figuresOf(view: StartPrediction): readonly (readonly [string, string])[] {
  const { resource_impact: impact } = view;
  const today = impact.overlap_minutes_per_week;
  const then = impact.recommended_overlap_minutes_per_week ?? today;
  return [
    [confidenceLabel(view), sureness(view)],
    ['Expected duration, next run', orDash(view.expected_duration_seconds, seconds)],
    ['Expected success, next run', orDash(view.predicted_success_rate, percent)],
    ...startFigures(view),
    ['Run time', orDash(impact.minutes_per_week, (value) => `${minutes(value)} a week`)],
    ...(impact.runners === undefined ? [] : [['Takes of runners', runnerWords(impact.runners)] as const]),
    ...(today === null || then === null
      ? []
      : [['Beside other runs', besideWords(impact.level, today, then)] as const]),
    ...Object.entries(impact.reported ?? {}).map(
      ([figure, value]) =>
        [`Reported ${plainLine(figure)}`, figureWords(value, impact.reported_forecasts?.[figure])] as const,
    ),
  ];
}

function besideWords(level: string | null, today: number, then: number): string {
  const [from, to] = [minutes(today), minutes(then)];
  const how = level === null ? '' : `, ${level}`;
  return from === to ? `${from} a week${how}` : `${from} → ${to} a week${how === '' ? '' : `${how} today`}`;
}

function runnerWords({
  minutes_per_week: taken,
  usd_per_week: usd,
  crowding,
}: NonNullable<Prediction['resource_impact']['runners']>): string {
  const money = usd === null ? '' : `, ${dollars(usd)}`;
  return `${billedMinutes(taken)} a week as billed${money}, all jobs counted; ${crowdingWords(crowding)}`;
}

/** The mean so far, and what the next run is expected to take. */
function figureWords(
  mean: number,
  forecast: NonNullable<ResourceImpact['reported_forecasts']>[string] | undefined,
): string {
  const short = (value: number): string => String(Number(value.toPrecision(4)));
  if (forecast === undefined) return short(mean);
  const { expected, low, high, error } = forecast;
  const off = error === null ? '' : `, off by ${percent(error)} so far`;
  return `${short(mean)} in the mean; next ${short(expected)}, nine in ten ${short(low)} to ${short(high)}${off}`;
}

function apart({ moved_apart, collisions_left }: Batch): string {
  const moved =
    moved_apart === 0
      ? ''
      : ` ${count(moved_apart, 'schedule')} moved out of another’s minute: that promises no gain, so ` +
        '`min-confidence` of the configuration is not asked of it; `--min-confidence 0.6` leaves them there.';
  return collisions_left === 0
    ? `No two schedules ask for the same minute.${moved}`
    : `${count(collisions_left, 'schedule')} still ${collisions_left === 1 ? 'asks' : 'ask'} for a minute of ` +
        `another, as neither may move.${moved}`;
}

/** Names the subject of the confidence: the gain of a move, else the duration. */
function confidenceLabel({ current_schedule, recommended_schedule }: Prediction): string {
  return current_schedule === recommended_schedule
    ? 'Confidence (takes this long, ± 25 %)'
    : 'Confidence (half of the gain or more)';
}

/** The confidence; a dash where it is that of a duration, and none is known. */
function sureness(view: Prediction): string {
  const isOfDuration = view.current_schedule === view.recommended_schedule;
  return isOfDuration && view.expected_duration_seconds === null ? '–' : percent(view.confidence);
}
