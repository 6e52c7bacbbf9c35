import { code, inline, markdownTable, plainLine, sentence } from './markdown.ts';
import { fileName } from './move-words.ts';
import { count, minutes, percent, seconds } from './quantity.ts';
import { renderTable } from './table.ts';

export interface RunPageView {
  readonly page: number;
  readonly per_page: number;
  readonly total: number;
  readonly runs: readonly {
    readonly path: string;
    readonly event: string;
    readonly created_at: string;
    readonly conclusion: string | null;
    readonly duration_seconds: number | null;
    readonly lateness_minutes: number | null;
  }[];
  readonly older: readonly (OlderView & { readonly month: string })[];
}

interface OlderView {
  readonly runs: number;
  readonly success_rate: number | null;
  readonly duration_seconds: SpreadView | null;
  readonly lateness_minutes: SpreadView | null;
}

interface SpreadView {
  readonly median: number;
  readonly p90: number;
}

const OLDER_HEADS = ['Month', 'Older runs', 'Succeed', 'Take 50/90 %', 'Late 50/90 %'] as const;
const RUN_HEADS = ['Started', 'Workflow', 'Event', 'Outcome', 'Took', 'Late'] as const;

/** One page of past runs as a comment; behind the last of them, months of older ones. */
export function renderRunPageMarkdown(view: RunPageView): string {
  const rows = view.runs.map((run) => {
    const [at, path, event, ...others] = cells(run);
    return [inline(at), code(path), code(event), ...others.map(inline)];
  });
  const older = olderRows(view).map((row) => row.map(inline));
  return [
    ...(rows.length === 0 ? [] : [markdownTable(RUN_HEADS, rows, [4, 5])]),
    ...(older.length === 0 ? [] : [markdownTable(OLDER_HEADS, older, [1, 2, 3, 4])]),
    whichPage(view),
  ].join('\n\n');
}

/** The same for a terminal. */
export function renderRunPageText(view: RunPageView): string {
  const table = (
    heads: readonly string[],
    rightFrom: number,
    rows: readonly (readonly string[])[],
  ): string[] =>
    rows.length === 0
      ? []
      : [
          renderTable(
            heads.map((head, at) => ({
              head: head.toLowerCase(),
              align: at >= rightFrom ? 'right' : 'left',
            })),
            rows.map((row) => row.map((cell) => plainLine(cell, 40))),
          ),
        ];
  return [
    ...table(RUN_HEADS, 4, view.runs.map(cells)),
    ...table(OLDER_HEADS, 1, olderRows(view)),
    whichPage(view),
  ]
    .join('\n\n')
    .replaceAll('\u00a0', ' ');
}

function cells(run: RunPageView['runs'][number]): readonly [string, string, string, string, string, string] {
  return [
    run.created_at.slice(0, 16).replace('T', ' '),
    fileName(run.path),
    run.event,
    run.conclusion ?? 'running',
    run.duration_seconds === null ? '–' : seconds(run.duration_seconds),
    run.lateness_minutes === null ? '–' : minutes(run.lateness_minutes),
  ];
}

function olderRows(view: RunPageView): readonly (readonly string[])[] {
  if (view.page < pagesOf(view)) return [];
  return view.older.map((one) => [
    one.month,
    String(one.runs),
    one.success_rate === null ? '–' : percent(one.success_rate),
    spreadWords(one.duration_seconds, seconds),
    spreadWords(one.lateness_minutes, minutes),
  ]);
}

function spreadWords(spread: SpreadView | null, words: (value: number) => string): string {
  return spread === null ? '–' : `${words(spread.median)} / ${words(spread.p90)}`;
}

function pagesOf({ per_page, total }: RunPageView): number {
  return Math.max(1, Math.ceil(total / per_page));
}

function whichPage(view: RunPageView): string {
  const { page, total, runs } = view;
  const older = view.older.reduce((sum, one) => sum + one.runs, 0);
  if (total + older === 0) return 'No run has been seen yet.';
  const inAll = `${count(total, 'run')} in all`;
  const before =
    older === 0 ? '' : ` one by one, and ${older} older ${older === 1 ? 'one' : 'ones'} by month`;
  return runs.length === 0 && total > 0
    ? `There are no runs so far back: ${inAll}${before}.`
    : `Page ${page} of ${pagesOf(view)}, ${inAll}${before}.`;
}

export interface AccuracyView {
  readonly strategy: string;
  readonly predictions: number;
  readonly mae_seconds: number;
  readonly mape_percent: number;
  readonly accuracy_score: number;
  readonly coverage: number;
  readonly strategies: readonly {
    readonly strategy: string;
    readonly predictions: number;
    readonly mae_seconds: number;
    readonly mape_percent: number;
    readonly accuracy_score: number;
    readonly performance: number;
    readonly coverage: number;
    readonly trend: string;
  }[];
}

const ACCURACY_HEADS = [
  'Strategy',
  'Score',
  'Forecasts',
  'Mean error',
  'In seconds',
  'Performance',
  'In the interval',
  'Trend',
] as const;

/** How well durations were forecast, as a comment. */
export function renderAccuracyMarkdown(view: AccuracyView): string {
  const rows = accuracyRows(view).map(([name = '', ...others]) => [code(name), ...others.map(inline)]);
  return `${accuracySentence(view)}\n\n${markdownTable(ACCURACY_HEADS, rows, [1, 2, 3, 4, 5, 6])}`;
}

/** The same for a terminal. */
export function renderAccuracyText(view: AccuracyView): string {
  const columns = ACCURACY_HEADS.map((head, at) => ({
    head: head.toLowerCase(),
    align: at >= 1 && at <= 6 ? ('right' as const) : ('left' as const),
  }));
  const table = renderTable(
    columns,
    accuracyRows(view).map((row) => row.map((cell) => plainLine(cell, 40))),
  );
  return `${accuracySentence(view)}\n\n${table}`.replaceAll('\u00a0', ' ');
}

function accuracySentence({ predictions, accuracy_score, mape_percent, coverage }: AccuracyView): string {
  if (predictions === 0) return 'No forecast has met its run yet.';
  return `Accuracy score ${accuracy_score.toFixed(1)} % over ${count(predictions, 'forecast')}, each made before its run ended: mean error ${mape_percent.toFixed(1)} %, ${percent(coverage)} inside the interval that was to hold 90 %.`;
}

function accuracyRows({ strategies }: AccuracyView): readonly (readonly string[])[] {
  return strategies.map((one) => [
    one.strategy,
    `${one.accuracy_score.toFixed(1)} %`,
    String(one.predictions),
    `${one.mape_percent.toFixed(1)} %`,
    one.mae_seconds.toFixed(0),
    percent(one.performance),
    percent(one.coverage),
    one.trend,
  ]);
}

export interface InsightsView {
  readonly runs: number;
  readonly success_rate: number | null;
  readonly runs_by_hour: readonly number[];
  readonly workflows: readonly {
    readonly path: string;
    readonly runs: number;
    readonly success_rate: number | null;
    readonly duration_seconds: SpreadView | null;
    readonly lateness_minutes: SpreadView | null;
    readonly older: OlderView | null;
    readonly duration_trend: string;
    readonly busiest_hour: number | null;
  }[];
  readonly findings: readonly string[];
}

/** Workflows that a comment lists; the data has them all. */
const WORKFLOWS_SHOWN = 30;

const INSIGHT_HEADS = ['Workflow', 'Runs', 'Succeed', 'Take 50/90 %', 'Late 50/90 %'] as const;
/** Only where something was rolled up. */
const OLDER_HEAD = 'Older: take 50/90 %';
const LAST_HEADS = ['Trend', 'Busiest'] as const;

/** What the runs have shown, as a comment. */
export function renderInsightsMarkdown(view: InsightsView): string {
  if (view.runs === 0) return 'No run has been seen yet.';
  const rows = insightRows(view).map(([file = '', ...others]) => [code(file), ...others.map(inline)]);
  return [
    insightSentence(view),
    ...(view.findings.length === 0 ? [] : [view.findings.map((one) => `- ${sentence(one)}`).join('\n')]),
    markdownTable(insightHeads(view), rows, rightOf(view)),
    ...unseen(view),
  ].join('\n\n');
}

/** The same for a terminal. */
export function renderInsightsText(view: InsightsView): string {
  if (view.runs === 0) return 'No run has been seen yet.';
  const columns = insightHeads(view).map((head, at) => ({
    head: head.toLowerCase(),
    align: rightOf(view).includes(at) ? ('right' as const) : ('left' as const),
  }));
  return [
    insightSentence(view),
    ...(view.findings.length === 0
      ? []
      : [view.findings.map((one) => `  - ${plainLine(one, 200)}`).join('\n')]),
    renderTable(
      columns,
      insightRows(view).map((row) => row.map((cell) => plainLine(cell, 40))),
    ),
    ...unseen(view),
  ]
    .join('\n\n')
    .replaceAll('\u00a0', ' ');
}

function insightSentence({ runs, success_rate, runs_by_hour }: InsightsView): string {
  const busiest = runs_by_hour.indexOf(Math.max(...runs_by_hour));
  const outcome = success_rate === null ? '' : `, ${percent(success_rate)} of them successful`;
  return `${count(runs, 'run')}${outcome}; most start between ${hour(busiest)} and ${hour((busiest + 1) % 24)} UTC.`;
}

function hasOlder({ workflows }: InsightsView): boolean {
  return workflows.some(({ older }) => older !== null);
}

function insightHeads(view: InsightsView): readonly string[] {
  return [...INSIGHT_HEADS, ...(hasOlder(view) ? [OLDER_HEAD] : []), ...LAST_HEADS];
}

/** Columns of figures. */
function rightOf(view: InsightsView): readonly number[] {
  return hasOlder(view) ? [1, 2, 3, 4, 5] : [1, 2, 3, 4];
}

function insightRows(view: InsightsView): readonly (readonly string[])[] {
  return view.workflows
    .slice(0, WORKFLOWS_SHOWN)
    .map((one) => [
      fileName(one.path),
      String(one.runs),
      one.success_rate === null ? '–' : percent(one.success_rate),
      spreadWords(one.duration_seconds, seconds),
      spreadWords(one.lateness_minutes, minutes),
      ...(hasOlder(view) ? [olderWords(one.older)] : []),
      one.duration_trend,
      one.busiest_hour === null ? '–' : `${hour(one.busiest_hour)} UTC`,
    ]);
}

function olderWords(older: OlderView | null): string {
  return older === null ? '–' : `${older.runs}: ${spreadWords(older.duration_seconds, seconds)}`;
}

function unseen({ workflows }: InsightsView): readonly string[] {
  const more = workflows.length - WORKFLOWS_SHOWN;
  return more > 0 ? [`And ${count(more, 'more workflow')}.`] : [];
}

function hour(at: number): string {
  return `${String(at).padStart(2, '0')}:00`;
}
