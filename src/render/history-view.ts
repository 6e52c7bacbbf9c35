import { hourTime } from '../time.ts';
import { type Block, type Column, type Document, list, numeric, type Row, table } from './document.ts';
import { code, type Inline, name, sentence, words } from './inline.ts';
import { fileName } from './move-words.ts';
import { count, minutes, orDash, percent, seconds } from './quantity.ts';

export interface RunPageView {
  readonly page: number;
  readonly per_page: number;
  readonly total: number;
  readonly runs: readonly RunView[];
  /** Months of runs that are no longer kept one by one. */
  readonly older: readonly (OlderView & { readonly month: string })[];
}

interface RunView {
  readonly path: string;
  readonly event: string;
  readonly created_at: string;
  readonly conclusion: string | null;
  readonly duration_seconds: number | null;
  readonly predicted_duration_seconds: number | null;
  readonly lateness_minutes: number | null;
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

/** Most code points of a cell in a terminal. */
const CELL_WIDTH = 40;

/** A table whose cells are cut in a terminal. */
function narrowTable(columns: readonly (string | Column)[], rows: readonly Row[]): Block {
  const cut = columns.map((column) => ({
    ...(typeof column === 'string' ? { head: column } : column),
    max: CELL_WIDTH,
  }));
  return table(cut, rows);
}

const SPREADS = ['Succeed', 'Take 50/90 %', 'Late 50/90 %'].map((head) => numeric(head));

/** One page of past runs; after the last of them, months of older ones. */
export function renderRunPage(view: RunPageView): Document {
  const months = view.page < pagesOf(view) ? [] : view.older;
  return [
    narrowTable(
      ['Started', 'Workflow', 'Event', 'Outcome', numeric('Took'), numeric('Forecast'), numeric('Late')],
      view.runs.map((run) => [
        run.created_at.slice(0, 16).replace('T', ' '),
        code(fileName(run.path)),
        code(run.event),
        name(run.conclusion ?? 'running'),
        orDash(run.duration_seconds, seconds),
        orDash(run.predicted_duration_seconds, seconds),
        orDash(run.lateness_minutes, minutes),
      ]),
    ),
    narrowTable(
      ['Month', numeric('Older runs'), ...SPREADS],
      months.map((one) => [one.month, one.runs, ...spreadCells(one)]),
    ),
    whichPage(view),
  ];
}

/** How many succeed, how long they take and how late they start. */
function spreadCells(view: Omit<OlderView, 'runs'>): Row {
  return [
    orDash(view.success_rate, percent),
    spreadWords(view.duration_seconds, seconds),
    spreadWords(view.lateness_minutes, minutes),
  ];
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
  if (total + older === 0) return 'There is no run to list.';
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
  readonly mape_percent: number | null;
  readonly accuracy_score: number | null;
  readonly coverage: number | null;
  readonly strategies: readonly {
    readonly strategy: string;
    readonly predictions: number;
    readonly mae_seconds: number | null;
    readonly mape_percent: number | null;
    readonly accuracy_score: number | null;
    readonly performance: number | null;
    readonly coverage: number | null;
    readonly trend: string;
  }[];
  readonly workflows: readonly {
    readonly path: string;
    readonly kind: string;
    readonly predictions: number;
    readonly within_25_percent: number | null;
    readonly mae_seconds: number | null;
    readonly mape_percent: number | null;
    readonly accuracy_score: number | null;
  }[];
}

/** How well durations were forecast. */
export function renderAccuracy(view: AccuracyView): Document {
  const [only, ...others] = view.workflows;
  return [
    // Who asks of one workflow wants its figure first.
    only === undefined || others.length > 0 ? '' : workflowSentence(only),
    accuracySentence(view),
    narrowTable(
      [
        'Workflow',
        'Runs',
        ...['Forecasts', 'Newest within 25 %', 'Score', 'Mean error', 'In seconds'].map((head) =>
          numeric(head),
        ),
      ],
      view.workflows.map((one) => [
        code(fileName(one.path)),
        one.kind === 'schedule' ? 'scheduled' : 'others',
        one.predictions,
        orDash(one.within_25_percent, percent),
        inPercent(one.accuracy_score),
        inPercent(one.mape_percent),
        orDash(one.mae_seconds, (value) => value.toFixed(0)),
      ]),
    ),
    narrowTable(
      [
        'Strategy',
        ...['Score', 'Forecasts', 'Mean error', 'In seconds', 'Performance', 'In the interval'].map((head) =>
          numeric(head),
        ),
        'Trend',
      ],
      view.strategies.map((one) => [
        code(one.strategy),
        inPercent(one.accuracy_score),
        one.predictions,
        inPercent(one.mape_percent),
        orDash(one.mae_seconds, (value) => value.toFixed(0)),
        orDash(one.performance, percent),
        orDash(one.coverage, percent),
        one.predictions === 0 ? '–' : one.trend,
      ]),
    ),
  ];
}

function inPercent(value: number | null): string {
  return orDash(value, (share) => `${share.toFixed(1)} %`);
}

/** The figures of one workflow's forecasts; nothing before there are any. */
function workflowSentence({
  path,
  predictions,
  accuracy_score,
  mape_percent,
}: AccuracyView['workflows'][number]): Inline {
  if (accuracy_score === null || mape_percent === null) return '';
  const score = `accuracy score ${inPercent(accuracy_score)} over ${count(predictions, 'forecast')}`;
  return words`${code(fileName(path))}: ${score}, mean error ${inPercent(mape_percent)}.`;
}

function accuracySentence({ predictions, accuracy_score, mape_percent, coverage }: AccuracyView): string {
  if (accuracy_score === null || mape_percent === null || coverage === null) {
    return 'There are no forecasts yet: none has met its run.';
  }
  return (
    `All workflows: accuracy score ${accuracy_score.toFixed(1)} % over ${count(predictions, 'forecast')}, each ` +
    'made before ' +
    `its run ended: mean error ${mape_percent.toFixed(1)} %, ${percent(coverage)} inside the interval that was ` +
    'to hold 90 %.'
  );
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

/** Workflows that an answer lists; the data has them all. */
const WORKFLOWS_SHOWN = 30;

/** What the runs have shown. */
export function renderInsights(view: InsightsView): Document {
  if (view.runs === 0) return ['No run that has ended is known.'];
  const left = view.workflows.length - WORKFLOWS_SHOWN;
  return [
    insightSentence(view),
    list(view.findings.map(sentence)),
    insightTable(view.workflows),
    left > 0 ? `And ${count(left, 'more workflow')}.` : '',
  ];
}

function insightSentence({ runs, success_rate, runs_by_hour }: InsightsView): string {
  const busiest = runs_by_hour.indexOf(Math.max(...runs_by_hour));
  const outcome = success_rate === null ? '' : `, ${percent(success_rate)} of them successful`;
  return `${count(runs, 'run')}${outcome}; most start between ${hourTime(busiest)} and ${hourTime((busiest + 1) % 24)} UTC.`;
}

/** The column of older runs is there where a workflow has any. */
function insightTable(workflows: InsightsView['workflows']): Block {
  const hasOlder = workflows.some(({ older }) => older !== null);
  return narrowTable(
    [
      'Workflow',
      numeric('Runs'),
      ...SPREADS,
      ...(hasOlder ? [numeric('Older: take 50/90 %')] : []),
      'Trend',
      'Busiest',
    ],
    workflows
      .slice(0, WORKFLOWS_SHOWN)
      .map((one) => [
        code(fileName(one.path)),
        one.runs,
        ...spreadCells(one),
        ...(hasOlder ? [olderWords(one.older)] : []),
        one.duration_trend,
        one.busiest_hour === null ? '–' : `${hourTime(one.busiest_hour)} UTC`,
      ]),
  );
}

function olderWords(older: OlderView | null): string {
  return older === null ? '–' : `${older.runs}: ${spreadWords(older.duration_seconds, seconds)}`;
}
