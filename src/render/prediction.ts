import { code, inline, markdownTable, plainLine, sentence } from './markdown.ts';
import { cronWords, fileName } from './move-words.ts';
import { count, minutes, percent, seconds } from './quantity.ts';
import { renderTable } from './table.ts';

/** What is foretold of one schedule, as far as it is shown. */
export interface PredictionView {
  readonly workflow_name: string;
  readonly path: string;
  readonly timezone: string;
  readonly current_schedule: string;
  readonly recommended_schedule: string;
  readonly confidence: number;
  readonly expected_duration_seconds: number;
  readonly predicted_success_rate: number;
  readonly resource_impact: {
    readonly level: string;
    readonly minutes_per_week: number;
    readonly overlap_minutes_per_week: number | null;
    readonly recommended_overlap_minutes_per_week: number | null;
    readonly reported: Readonly<Record<string, number>> | null;
  };
  readonly reasoning: readonly string[];
  readonly decision: { readonly id: string; readonly at: string };
}

/** The same, and when a run of a tick would start. */
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
}

/** One prediction as a comment. */
export function renderPredictionMarkdown(view: StartPredictionView): string {
  const rows = figures(view).map(([name, value]) => [name, inline(value)]);
  return [
    `**${inline(view.workflow_name)}**: ${headline(view, code)}`,
    markdownTable(['', ''], rows),
    reasons(view)
      .map((reason) => `- ${sentence(reason)}`)
      .join('\n'),
    `Planning round ${code(view.decision.id)}.`,
  ].join('\n\n');
}

/** The same for a terminal. */
export function renderPredictionText(view: StartPredictionView): string {
  const rows = figures(view);
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    `${plainLine(view.workflow_name)} (${plainLine(fileName(view.path))}): ${headline(view, plainLine)}`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    ...reasons(view).map((reason) => `  - ${plainLine(reason, 400)}`),
  ]
    .join('\n')
    .replaceAll('\u00a0', ' ');
}

/** Several predictions as a comment. */
export function renderBatchMarkdown(view: BatchView): string {
  if (view.predictions.length === 0) return 'No schedule was found.';
  const table = markdownTable(
    ['Workflow', 'Today', 'Recommended', 'Takes', 'Succeeds', 'Confidence'],
    view.predictions.map((one) => [
      code(fileName(one.path)),
      code(one.current_schedule),
      one.recommended_schedule === one.current_schedule ? 'stays' : code(one.recommended_schedule),
      inline(seconds(one.expected_duration_seconds)),
      inline(percent(one.predicted_success_rate)),
      inline(percent(one.confidence)),
    ]),
    [3, 4, 5],
  );
  return `${table}\n\n${apart(view)}`;
}

/** The same for a terminal. */
export function renderBatchText(view: BatchView): string {
  if (view.predictions.length === 0) return 'No schedule was found.';
  const table = renderTable(
    [
      { head: 'workflow' },
      { head: 'today' },
      { head: 'recommended' },
      { head: 'takes', align: 'right' },
      { head: 'ok', align: 'right' },
      { head: 'confidence', align: 'right' },
    ],
    view.predictions.map((one) => [
      plainLine(fileName(one.path), 32),
      plainLine(one.current_schedule),
      one.recommended_schedule === one.current_schedule ? '–' : plainLine(one.recommended_schedule),
      seconds(one.expected_duration_seconds),
      percent(one.predicted_success_rate),
      percent(one.confidence),
    ]),
  );
  return `${table}\n\n${apart(view)}`.replaceAll('\u00a0', ' ');
}

function headline(view: PredictionView, write: (text: string) => string): string {
  const { current_schedule: today, recommended_schedule: to } = view;
  const words = cronWords(to, view.timezone);
  const said = words === '' ? '' : ` (${words})`;
  return today === to ? `stays at ${write(today)}${said}.` : `${write(today)} → ${write(to)}${said}.`;
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

function figures(view: StartPredictionView): readonly (readonly [string, string])[] {
  const { resource_impact: impact } = view;
  const today = impact.overlap_minutes_per_week;
  const then = impact.recommended_overlap_minutes_per_week ?? today;
  return [
    ['Confidence', percent(view.confidence)],
    ['Expected duration', seconds(view.expected_duration_seconds)],
    ['Expected success', percent(view.predicted_success_rate)],
    ...startFigures(view),
    ['Resource impact', `${impact.level}, ${minutes(impact.minutes_per_week)} a week`],
    ...(today === null || then === null
      ? []
      : [['Beside other runs', `${minutes(today)} → ${minutes(then)} a week`] as const]),
    ...Object.entries(impact.reported ?? {}).map(
      ([name, value]) => [`Reported ${name}`, String(Number(value.toPrecision(4)))] as const,
    ),
  ];
}

function apart({ moved_apart, collisions_left }: BatchView): string {
  const moved = moved_apart === 0 ? '' : ` ${count(moved_apart, 'schedule')} moved out of another’s minute.`;
  return collisions_left === 0
    ? `No two schedules ask for the same minute.${moved}`
    : `${count(collisions_left, 'schedule')} still ${collisions_left === 1 ? 'asks' : 'ask'} for a minute of another, as neither may move.${moved}`;
}
