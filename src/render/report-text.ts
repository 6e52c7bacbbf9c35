import { styleText } from 'node:util';
import { learningText } from './learning.ts';
import { plainLine } from './markdown.ts';
import { fileName } from './move-words.ts';
import { count, instant, percent } from './quantity.ts';
import type { ReportSchedule, ReportView } from './report.ts';
import { durationWords, latenessWords, missedWords, outcomeWords, successWords } from './report-words.ts';
import { renderTable } from './table.ts';

export interface ReportTextOptions {
  /** ANSI colours. */
  readonly color?: boolean;
}

type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

const OUTCOME_STYLE: Readonly<Record<NonNullable<ReportSchedule['outcome']>, Style>> = {
  move: 'green',
  held: 'yellow',
  keep: 'dim',
  refused: 'dim',
};

/** The report for a terminal. Names of others lose their control characters, so that they cannot paint. */
export function renderReportText(view: ReportView, { color = false }: ReportTextOptions = {}): string {
  const paint = (style: Style, text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const schedules = renderTable(
    [
      { head: 'workflow' },
      { head: 'cron' },
      { head: 'late 50/90 %', align: 'right' },
      { head: 'takes', align: 'right' },
      { head: 'ok', align: 'right' },
      { head: 'runs', align: 'right' },
      { head: 'result' },
    ],
    view.schedules.map((schedule) => [
      plainLine(fileName(schedule.path), 32),
      plainLine(schedule.cron),
      latenessWords(schedule.outlook),
      durationWords(schedule.outlook),
      successWords(schedule.outlook),
      String(schedule.runsSeen),
      paint(
        schedule.outcome === null ? 'dim' : OUTCOME_STYLE[schedule.outcome],
        schedule.to === null ? outcomeWords(schedule.outcome) : `→ ${plainLine(schedule.to)}`,
      ),
    ]),
  );
  const { decision } = view;
  return `${[
    `${paint('bold', plainLine(view.repository))}  ${instant(view.at)}`,
    `Mode: ${paint('cyan', view.mode.mode)}. ${plainLine(view.mode.why, 200).replaceAll('`', '')}\nLearned from ${count(view.runsLearned, 'run')}.${missedWords(view.missedShare)}`,
    ...(view.damage.length > 0
      ? [view.damage.map((line) => paint('red', plainLine(line, 200))).join('\n')]
      : []),
    view.schedules.length === 0 ? 'No schedule was found.' : schedules,
    decision === null
      ? 'Nothing has been decided yet.'
      : [
          `Newest decision ${plainLine(decision.id)}, ${instant(decision.at)}: gain ${percent(decision.benefit)}, confidence ${percent(decision.confidence)}.`,
          ...decision.gates
            .filter(({ passed }) => !passed)
            .map(({ detail }) => `  held: ${plainLine(detail, 200).replaceAll('`', '')}`),
        ].join('\n'),
    ...(view.proposals.length > 0
      ? [
          view.proposals
            .map(({ pullNumber, state, moves, verdict, url }) => {
              const said = verdict === null ? '' : ` ${plainLine(verdict, 200).replaceAll('`', '')}`;
              return `#${pullNumber} ${state}, ${count(moves, 'schedule')}.${said}\n  ${plainLine(url, 200)}`;
            })
            .join('\n'),
        ]
      : []),
    learningText(view.learning),
  ]
    .join('\n\n')
    .replaceAll('\u00a0', ' ')}\n`;
}
