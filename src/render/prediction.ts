import { BY_CONVENTION } from './by-convention.ts';
import { type Document, list, numeric, table } from './document.ts';
import { code, type Inline, name, sentence, strong, words } from './inline.ts';
import { plainLine } from './markdown.ts';
import { billedMinutes, crowdingWords, dollars } from './money.ts';
import { cronWords, fileName } from './move-words.ts';
import { count, minutes, orDash, percent, seconds } from './quantity.ts';

/** The forecast of one figure that runs report, as far as it is shown. */
interface FigureForecastView {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
  /** Mean relative error of such forecasts; `null` where there are too few. */
  readonly error: number | null;
}

/** The prediction for one schedule, as far as it is shown. */
export interface PredictionView {
  readonly workflow_name: string;
  readonly path: string;
  readonly timezone: string;
  readonly current_schedule: string;
  readonly recommended_schedule: string;
  readonly confidence: number;
  readonly expected_duration_seconds: number | null;
  readonly predicted_success_rate: number | null;
  readonly resource_impact: {
    readonly level: string | null;
    readonly minutes_per_week: number | null;
    readonly overlap_minutes_per_week: number | null;
    readonly recommended_overlap_minutes_per_week: number | null;
    readonly runners?:
      | {
          readonly minutes_per_week: number;
          readonly usd_per_week: number | null;
          readonly crowding: number;
        }
      | undefined;
    readonly reported: Readonly<Record<string, number>> | null;
    readonly reported_forecasts?: Readonly<Record<string, FigureForecastView>> | undefined;
  };
  readonly reasoning: readonly string[];
  readonly decision: { readonly id: string; readonly at: string };
}

/** A prediction that also says when the run of a tick would start. */
export interface StartPredictionView extends PredictionView {
  readonly start: {
    readonly tick: string;
    readonly median: string;
    readonly p90: string;
    readonly drop_probability: number;
    readonly why: string;
  } | null;
}

export interface BatchView {
  readonly predictions: readonly PredictionView[];
  readonly moved_apart: number;
  readonly collisions_left: number;
  readonly runs_known: number;
}

export function renderPrediction(view: StartPredictionView): Document {
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

export function renderBatch(view: BatchView): Document {
  if (view.predictions.length === 0) return ['No schedule was found.'];
  return [
    table(
      [
        { head: 'Workflow', max: 32 },
        'Today',
        'Recommended',
        numeric('Takes'),
        numeric('Succeeds'),
        numeric('Confidence'),
      ],
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

function headline({ current_schedule: today, recommended_schedule: to, timezone }: PredictionView): Inline {
  const description = cronWords(to, timezone);
  const end = description === '' ? '.' : ` (${description}).`;
  return today === to ? words`stays at ${code(today)}${end}` : words`${code(today)} → ${code(to)}${end}`;
}

function reasons({ reasoning, start }: StartPredictionView): readonly string[] {
  return start === null ? reasoning : [...reasoning, `Its start: ${start.why}`];
}

function startFigures({ start }: StartPredictionView): readonly (readonly [string, string])[] {
  if (start === null) return [];
  const { tick, median, p90, drop_probability: dropped } = start;
  return [
    [`A tick at ${tick} UTC starts`, `${median}, nine in ten by ${p90}`],
    ['Leaves no run', percent(dropped)],
  ];
}

function figuresOf(view: StartPredictionView): readonly (readonly [string, string])[] {
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
}: NonNullable<PredictionView['resource_impact']['runners']>): string {
  const money = usd === null ? '' : `, ${dollars(usd)}`;
  return `${billedMinutes(taken)} a week as billed${money}, all jobs counted; ${crowdingWords(crowding)}`;
}

/** The mean so far, and what the next run is expected to take. */
function figureWords(mean: number, forecast: FigureForecastView | undefined): string {
  const short = (value: number): string => String(Number(value.toPrecision(4)));
  if (forecast === undefined) return short(mean);
  const { expected, low, high, error } = forecast;
  const off = error === null ? '' : `, off by ${percent(error)} so far`;
  return `${short(mean)} in the mean; next ${short(expected)}, nine in ten ${short(low)} to ${short(high)}${off}`;
}

function apart({ moved_apart, collisions_left }: BatchView): string {
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
function confidenceLabel({ current_schedule, recommended_schedule }: PredictionView): string {
  return current_schedule === recommended_schedule
    ? 'Confidence (takes this long, ± 25 %)'
    : 'Confidence (half of the gain or more)';
}

/** The confidence; a dash where it is that of a duration, and none is known. */
function sureness(view: PredictionView): string {
  const isOfDuration = view.current_schedule === view.recommended_schedule;
  return isOfDuration && view.expected_duration_seconds === null ? '–' : percent(view.confidence);
}
