import { z } from 'zod';
import { GateResult, SlotForecast } from '../plan/decision.ts';
import { Mode, ProposalState } from '../proposal/proposal.ts';
import { Trend } from '../strategy/strategy.ts';
import {
  type Block,
  type Document,
  details,
  indented,
  list,
  numeric,
  only,
  table,
  together,
} from './document.ts';
import {
  code,
  gateSentence,
  type Inline,
  joined,
  name,
  painted,
  type Style,
  sentence,
  strong,
  variant,
  words,
} from './inline.ts';
import { LearningView, renderLearning } from './learning.ts';
import { plainLine } from './markdown.ts';
import { cronCell, fileName, workflowCell } from './move-words.ts';
import { count, instant, percent } from './quantity.ts';
import { durationWords, latenessWords, missedWords, outcomeWords, successWords } from './report-words.ts';

const ReportSchedule = z.object({
  workflowName: z.string(),
  path: z.string(),
  cron: z.string(),
  timezone: z.string(),
  runsSeen: z.number().int(),
  outlook: SlotForecast.nullable(),
  /** What the newest decision says of it; `null` where there is none yet. */
  outcome: z.enum(['move', 'keep', 'held', 'refused']).nullable(),
  /** The cron it would move to; `null` where it stays. */
  to: z.string().nullable(),
  reason: z.string(),
});
export type ReportSchedule = z.infer<typeof ReportSchedule>;

const ReportProposal = z.object({
  pullNumber: z.number().int(),
  url: z.string(),
  state: ProposalState,
  moves: z.number().int(),
  /** What was measured after the merge, in a sentence; `null` where there is nothing to say yet. */
  verdict: z.string().nullable(),
});
type ReportProposal = z.infer<typeof ReportProposal>;

/** Everything that `/report` says. Instants are epoch milliseconds, shares are between 0 and 1. */
export const Report = z.object({
  repository: z.string(),
  at: z.number(),
  mode: z.object({ mode: Mode, why: z.string() }),
  runsLearned: z.number().int(),
  /** Share of the ticks that left no run; `null` where too few are known. */
  missedShare: z.number().nullable(),
  schedules: z.array(ReportSchedule),
  strategies: z.array(
    z.object({
      name: z.string(),
      generation: z.number().int(),
      /** 1.0·excellent + 0.7·good + 0.4·fair share of its predictions. */
      performance: z.number(),
      predictions: z.number().int(),
      trend: Trend,
      active: z.boolean(),
    }),
  ),
  /** The strategies' records, and what was learned last. */
  learning: LearningView,
  decision: z
    .object({
      id: z.string(),
      at: z.number(),
      confidence: z.number(),
      benefit: z.number(),
      gates: z.array(GateResult),
    })
    .nullable(),
  /** Newest first. */
  proposals: z.array(ReportProposal),
  /** Damage of the store, an invalid configuration, unknown timezones, in sentences; empty where all is well. */
  damage: z.array(z.string()),
  /** What GitHub refuses here until somebody changes it, in sentences with GitHub's own words. */
  refusals: z.array(z.string()),
});
export type Report = z.infer<typeof Report>;

/** Contents of `report_latest.json`. */
export const StoredReport = Report.extend({ version: z.literal(1) });
export type StoredReport = z.infer<typeof StoredReport>;

/** Most rows of a table in a comment. A terminal shows all. */
const MAX_ROWS = 100;

/** Most proposals in a comment; the store has all. */
const MAX_PROPOSALS = 10;

/** Most code points of a sentence in a terminal. */
const TERMINAL_SENTENCE = 200;

const OUTCOME_STYLE: Readonly<Record<NonNullable<ReportSchedule['outcome']>, Style>> = {
  move: 'green',
  held: 'yellow',
  keep: 'dim',
  refused: 'dim',
};

/** What was learned, decided and proposed. A terminal leaves the reasons out. */
export function renderReport(view: Report): Document {
  return [
    ...heading(view),
    ...schedulesSection(view.schedules),
    ...decisionSection(view.decision),
    ...proposalsSection(view.proposals),
    ...reasonsSection(view.schedules),
    ...renderLearning(view.learning),
  ];
}

/** A sentence with code spans in Markdown, and without backticks in a terminal. */
function unmarked(text: string, markdown = sentence(text)): Inline {
  return variant({
    markdown,
    terminal: plainLine(text, TERMINAL_SENTENCE).replaceAll('`', ''),
  });
}

function heading(report: Report): Document {
  const { repository, at, mode, runsLearned, missedShare } = report;
  const problems = [...report.damage, ...report.refusals];
  const learned = `Learned from ${count(runsLearned, 'run')}.${missedWords(missedShare)}`;
  const why = unmarked(mode.why);
  return [
    only(
      'markdown',
      words`${strong(`Mode: ${mode.mode}.`)} ${why} ${learned}`,
      joined(
        problems.map((line) => words`> ${sentence(line)}`),
        '\n',
      ),
    ),
    only(
      'terminal',
      words`${painted('bold', name(repository))}  ${instant(at)}`,
      together(words`Mode: ${painted('cyan', mode.mode)}. ${why}`, learned),
      together(...problems.map((line) => painted('red', plainLine(line, TERMINAL_SENTENCE)))),
    ),
  ];
}

function schedulesSection(schedules: Report['schedules']): Document {
  if (schedules.length === 0) {
    const where = variant({ markdown: ' in this repository’s workflow files', terminal: '' });
    return [words`No schedule was found${where}.`];
  }
  const left = schedules.length - MAX_ROWS;
  return [
    only('terminal', scheduleTable(schedules)),
    only('markdown', scheduleTable(schedules.slice(0, MAX_ROWS))),
    only('markdown', left > 0 ? `and ${count(left, 'more schedule')}.` : ''),
  ];
}

function scheduleTable(schedules: Report['schedules']): Block {
  return table(
    [
      { head: 'Workflow', max: 32 },
      { head: 'Runs at', terminalHead: 'cron' },
      { head: 'Late (half / nine in ten)', terminalHead: 'late 50/90 %', align: 'right-in-terminal' },
      numeric('Takes'),
      numeric('Succeeds', 'ok'),
      numeric('Runs'),
      'Result',
    ],
    schedules.map((schedule) => [
      variant({ markdown: workflowCell(schedule), terminal: name(fileName(schedule.path)) }),
      variant({ markdown: cronCell(schedule.cron, schedule.timezone), terminal: code(schedule.cron) }),
      latenessWords(schedule.outlook),
      durationWords(schedule.outlook),
      successWords(schedule.outlook),
      String(schedule.runsSeen),
      painted(schedule.outcome === null ? 'dim' : OUTCOME_STYLE[schedule.outcome], resultOf(schedule)),
    ]),
  );
}

function resultOf({ outcome, to, timezone }: ReportSchedule): Inline {
  if (to === null) return outcomeWords(outcome);
  return variant({
    markdown: words`${outcomeWords(outcome)}: ${cronCell(to, timezone)}`,
    terminal: words`→ ${code(to)}`,
  });
}

function decisionSection(decision: Report['decision']): Document {
  if (decision === null) return ['Nothing has been decided yet.'];
  const { id, at, benefit, confidence } = decision;
  const held = decision.gates.filter(({ passed }) => !passed);
  const heldBy = held.length === 0 ? '' : variant({ markdown: ' Held back by:', terminal: '' });
  const figures = `gain ${percent(benefit)}, confidence ${percent(confidence)}`;
  return [
    together(
      words`Newest decision ${code(id)}, ${instant(at)}: ${figures}.${heldBy}`,
      indented(
        held.map((result) => {
          const gate = variant({ markdown: name(result.gate), terminal: 'held' });
          return words`${gate}: ${unmarked(result.detail, gateSentence(result))}`;
        }),
      ),
    ),
  ];
}

function proposalsSection(proposals: Report['proposals']): Document {
  if (proposals.length === 0) return [];
  const said = ({ verdict }: ReportProposal): Inline =>
    verdict === null ? '' : words` ${unmarked(verdict)}`;
  return [
    only(
      'markdown',
      'Proposals:',
      list(
        proposals
          .slice(0, MAX_PROPOSALS)
          .map(
            (one) => words`#${one.pullNumber}: ${one.state}, ${count(one.moves, 'schedule')}.${said(one)}`,
          ),
      ),
    ),
    only(
      'terminal',
      together(
        ...proposals.map((one) =>
          indented(
            [name(one.url)],
            words`#${one.pullNumber} ${one.state}, ${count(one.moves, 'schedule')}.${said(one)}`,
          ),
        ),
      ),
    ),
  ];
}

function reasonsSection(schedules: Report['schedules']): Document {
  const reasons = schedules
    .filter(({ reason }) => reason !== '')
    .slice(0, MAX_ROWS)
    .map(({ path, reason }) => words`${code(fileName(path))}: ${sentence(reason)}`);
  if (reasons.length === 0) return [];
  return [only('markdown', details('Why each schedule stays or moves', list(reasons)))];
}
