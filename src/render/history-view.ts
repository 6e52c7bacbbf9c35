import { z } from 'zod';
import { Conclusion } from '../history/run.ts';
import { hourTime } from '../time.ts';
import {
  type Block,
  type Column,
  type Document,
  list,
  numeric,
  numerics,
  type Row,
  table,
} from './document.ts';
import { code, name, sentence } from './inline.ts';
import { fileName } from './move-words.ts';
import { count, minutes, orDash, percent, seconds } from './quantity.ts';

export const Spread = z.object({ median: z.number(), p90: z.number() });
export type Spread = z.infer<typeof Spread>;

/** What runs that are no longer kept one by one have shown; quantiles are within 5 %. */
export const OlderMonths = z.object({
  runs: z.number().int().nonnegative(),
  success_rate: z.number().min(0).max(1).nullable(),
  /** `null` where no duration was noted, or only the sum of them. */
  duration_seconds: Spread.nullable(),
  /** `null` where no tick was known for sure. */
  lateness_minutes: Spread.nullable(),
});
export type OlderMonths = z.infer<typeof OlderMonths>;

/** One run as people ask for it; instants as ISO 8601. */
const PastRun = z.object({
  id: z.number().int(),
  attempt: z.number().int(),
  path: z.string(),
  event: z.string(),
  created_at: z.iso.datetime(),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  conclusion: Conclusion.nullable(),
  duration_seconds: z.number().nullable(),
  /** What was forecast before it ended; `null` where nothing was. */
  predicted_duration_seconds: z.number().nullable(),
  queue_seconds: z.number().nullable(),
  /** Minutes from the tick to the run; `null` where no tick is known for sure. */
  lateness_minutes: z.number().nullable(),
  actor: z.string().nullable(),
});

/** Runs that are kept one by one, newest first, and what is left of older ones. */
export const RunHistoryPage = z.object({
  page: z.number().int().positive(),
  per_page: z.number().int().positive(),
  /** Runs that are kept one by one. */
  total: z.number().int().nonnegative(),
  runs: z.array(PastRun),
  /** What older runs have shown, newest UTC month first; the same on every page. */
  older: z.array(OlderMonths.extend({ month: z.string().describe('UTC month, as 2026-11.') })),
});
export type RunHistoryPage = z.infer<typeof RunHistoryPage>;

/** Most code points of a cell in a terminal. */
const CELL_WIDTH = 40;

/** A table whose cells are cut in a terminal. */
export function narrowTable(columns: readonly (string | Column)[], rows: readonly Row[]): Block {
  const cut = columns.map((column) => ({
    ...(typeof column === 'string' ? { head: column } : column),
    max: CELL_WIDTH,
  }));
  return table(cut, rows);
}

const SPREADS = numerics('Succeed', 'Take 50/90 %', 'Late 50/90 %');

/** One page of past runs; after the last of them, months of older ones. */
export function renderRunPage(view: RunHistoryPage): Document {
  const months = view.page < pagesOf(view) ? [] : view.older;
  return [
    narrowTable(
      ['Started', 'Workflow', 'Event', 'Outcome', ...numerics('Took', 'Forecast', 'Late')],
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

function spreadCells(view: Omit<OlderMonths, 'runs'>): Row {
  return [
    orDash(view.success_rate, percent),
    spreadWords(view.duration_seconds, seconds),
    spreadWords(view.lateness_minutes, minutes),
  ];
}

function spreadWords(spread: Spread | null, words: (value: number) => string): string {
  return spread === null ? '–' : `${words(spread.median)} / ${words(spread.p90)}`;
}

function pagesOf({ per_page, total }: RunHistoryPage): number {
  return Math.max(1, Math.ceil(total / per_page));
}

function whichPage(view: RunHistoryPage): string {
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

const WorkflowInsight = z.object({
  workflow_name: z.string(),
  path: z.string(),
  runs: z.number().int().nonnegative(),
  scheduled_runs: z.number().int().nonnegative(),
  success_rate: z.number().min(0).max(1).nullable(),
  duration_seconds: Spread.nullable(),
  lateness_minutes: Spread.nullable(),
  /** The newer half of the runs beside the older one. */
  duration_trend: z.enum(['longer', 'shorter', 'stable', 'unknown']),
  /** What runs have shown that are no longer kept one by one; `null` where there are none. */
  older: OlderMonths.extend({ since: z.string().describe('UTC month, as 2026-11.') }).nullable(),
  /** UTC hour in which most runs started; `null` without runs. */
  busiest_hour: z.number().int().min(0).max(23).nullable(),
});
export type WorkflowInsight = z.infer<typeof WorkflowInsight>;

/** What the runs of a repository have shown: those that are kept one by one, where nothing else is said. */
export const Insights = z.object({
  runs: z.number().int().nonnegative(),
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
  success_rate: z.number().min(0).max(1).nullable(),
  /** Runs by the UTC hour in which they started. */
  runs_by_hour: z.array(z.number().int().nonnegative()),
  workflows: z.array(WorkflowInsight),
  /** Sentences, what matters most first. */
  findings: z.array(z.string()),
});
export type Insights = z.infer<typeof Insights>;

/** Workflows that an answer lists; the data has them all. */
const WORKFLOWS_SHOWN = 30;

/** What the runs have shown. */
export function renderInsights(view: Insights): Document {
  if (view.runs === 0) return ['No run that has ended is known.'];
  const left = view.workflows.length - WORKFLOWS_SHOWN;
  return [
    insightSentence(view),
    list(view.findings.map(sentence)),
    insightTable(view.workflows),
    left > 0 ? `And ${count(left, 'more workflow')}.` : '',
  ];
}

function insightSentence({ runs, success_rate, runs_by_hour }: Insights): string {
  const busiest = runs_by_hour.indexOf(Math.max(...runs_by_hour));
  const outcome = success_rate === null ? '' : `, ${percent(success_rate)} of them successful`;
  return `${count(runs, 'run')}${outcome}; most start between ${hourTime(busiest)} and ${hourTime((busiest + 1) % 24)} UTC.`;
}

/** The column of older runs is there where a workflow has any. */
function insightTable(workflows: Insights['workflows']): Block {
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

function olderWords(older: OlderMonths | null): string {
  return older === null ? '–' : `${older.runs}: ${spreadWords(older.duration_seconds, seconds)}`;
}
