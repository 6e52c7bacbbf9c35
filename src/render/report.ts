import { z } from 'zod';
import { GateResult, SlotForecast } from '../plan/decision.ts';
import { JobSetting, Mode, ProposalState } from '../proposal/proposal.ts';
import { Trend } from '../strategy/strategy.ts';
import { BY_CONVENTION } from './by-convention.ts';
import { impactWords } from './cost.ts';
import { type Block, type Document, details, list, numerics, only, type Row, table } from './document.ts';
import { costSaved } from './gain.ts';
import {
  code,
  enumeration,
  gateSentence,
  type Inline,
  name,
  painted,
  type Style,
  sentence,
  spaced,
  strong,
  variant,
  words,
} from './inline.ts';
import { jobSettingWords } from './job-setting.ts';
import { LearningView, renderLearning } from './learning.ts';
import { billedMinutes, dollars } from './money.ts';
import { cronCell, fileName, workflowCell } from './move-words.ts';
import { whyNoForecast } from './no-forecast.ts';
import { OnTimeReport, renderOnTimeReport } from './on-time-report.ts';
import { count, instant, percent } from './quantity.ts';
import { durationWords, latenessWords, outcomeWords, successWords } from './report-words.ts';

const ReportSchedule = z.object({
  workflowName: z.string(),
  path: z.string(),
  cron: z.string(),
  timezone: z.string(),
  runsSeen: z.number().int(),
  /** Share of its ticks that left no run; `null` where too few are known. */
  missedShare: z.number().nullable(),
  /** What its runs are expected to be; `null` where none has succeeded or failed, or nothing was decided. */
  outlook: SlotForecast.nullable(),
  /** False where no run had a duration to learn from, so that the outlook has but a guess; else missing. */
  isTimed: z.literal(false).optional(),
  /** What the newest decision says of it; `null` where there is none yet. */
  outcome: z.enum(['move', 'keep', 'held', 'refused']).nullable(),
  /** The cron it would move to; `null` where it stays. */
  to: z.string().nullable(),
  /** The open pull request that moves it; missing where none does. */
  inPull: z.number().int().positive().optional(),
  reason: z.string(),
});
export type ReportSchedule = z.infer<typeof ReportSchedule>;

const ReportProposal = z.object({
  pullNumber: z.number().int(),
  url: z.string(),
  state: ProposalState,
  /** None where it changes something else. */
  moves: z.number().int(),
  /** True for an issue with a diff in place of a pull request; else missing. */
  isIssue: z.literal(true).optional(),
  /** The key of a job that it changes; missing where it puts workflows on time, or moves crons. */
  jobKey: JobSetting.optional(),
  /** What was measured after the merge, in a sentence; `null` where there is nothing to say yet. */
  verdict: z.string().nullable(),
});
type ReportProposal = z.infer<typeof ReportProposal>;

/** What workflows are expected to take of runners in the month ahead, as GitHub bills them. */
const RunnersAhead = z.object({
  minutes: z.number(),
  /** `null` where nothing is billed. */
  usd: z.number().nullable(),
  /** The workflow with the largest impact: minutes × USD a minute where anything is billed × crowding. */
  largest: z.object({
    path: z.string(),
    level: z.enum(['low', 'medium', 'high']),
    value: z.number(),
    share: z.number(),
    crowding: z.number(),
  }),
  /** Workflow files that the month ahead leaves out, as less than two weeks of runs are known. */
  leftOut: z.number().int().nonnegative(),
});

/** Everything that `/report` says. Instants are epoch milliseconds, shares are between 0 and 1. */
export const Report = z.object({
  repository: z.string(),
  at: z.number(),
  mode: z.object({ mode: Mode, why: z.string() }),
  /** Runs of any trigger that are known, whatever became of them; `runsLearned`: those forecast, and ended since. */
  runsSeen: z.number().int(),
  runsLearned: z.number().int(),
  /** Share of the ticks that left no run; `null` where too few are known. */
  missedShare: z.number().nullable(),
  schedules: z.array(ReportSchedule),
  /** True where the workflow files were never read, so that their schedules are not known; else missing. */
  isUnread: z.literal(true).optional(),
  /** True where no run is known and past runs were not read yet; else missing. */
  isPastUnread: z.literal(true).optional(),
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
  /** Missing where less than two weeks of runs are known, or files and prices cannot be read. */
  runners: RunnersAhead.optional(),
  /** Damage of the store, an invalid configuration, unknown timezones, in sentences; empty where all is well. */
  damage: z.array(z.string()),
  /** What GitHub refuses here until somebody changes it, in sentences with GitHub's own words. */
  refusals: z.array(z.string()),
  /** Missing where no workflow is on time. */
  onTime: OnTimeReport.optional(),
});
export type Report = z.infer<typeof Report>;

/** Contents of `report_latest.json`. Records written before shares were kept by schedule have none. */
export const StoredReport = Report.extend({
  version: z.literal(1),
  schedules: z.array(ReportSchedule.extend({ missedShare: z.number().nullable().default(null) })),
});
export type StoredReport = z.infer<typeof StoredReport>;

/** Most rows of a table in a comment. A terminal shows all. */
const MAX_ROWS = 100;
/** Most proposals in an answer; the store has all. */
const MAX_PROPOSALS = 10;
const MAX_LOSING = 3;
const PAST_UNREAD = sentence(
  'Past runs have not been read yet: the next maintenance reads them, within six hours. In an Action the next ' +
    '`tune` does.',
);
const LOSES_TICKS = 0.05;

const OUTCOME_STYLE: Readonly<Record<NonNullable<ReportSchedule['outcome']>, Style>> = {
  move: 'green',
  held: 'yellow',
  keep: 'dim',
  refused: 'dim',
};

/** What was learned, decided and proposed: three sentences first, the details below. */
export function renderReport(view: Report): Document {
  return [
    only('terminal', words`${painted('bold', name(view.repository))}  ${instant(view.at)}`),
    leadOf(view),
    list([...view.damage, ...view.refusals].map((line) => painted('red', sentence(line)))),
    ...schedulesSection(view.schedules),
    figuresMean(view),
    view.isPastUnread ? PAST_UNREAD : whyNoForecast(view.schedules),
    lostTicks(view.schedules),
    view.runners === undefined ? '' : runnersAhead(view.runners),
    ...(view.onTime === undefined ? [] : renderOnTimeReport(view.onTime)),
    ...decisionSection(view),
    ...proposalsSection(view.proposals),
    reasonsSection(view.schedules),
    details('What was learned', ...renderLearning(view.learning)),
  ];
}

function runnersAhead({ minutes, usd, largest, leftOut }: NonNullable<Report['runners']>): Inline {
  const money = usd === null ? '' : ` (${dollars(usd)})`;
  const others =
    leftOut === 0 ? '' : `, without ${count(leftOut, 'workflow')} of less than two weeks of runs`;
  const month = `The month ahead takes about ${billedMinutes(minutes)} of runners${money}${others}.`;
  return words`${month} ${code(fileName(largest.path))} has the largest impact: ${impactWords({ impact: largest })}.`;
}

/** Three sentences: what was found, what a maintainer may do now, and the mode with its reason. */
export function leadOf(view: Report): Inline {
  const { mode, why } = view.mode;
  const toDo = [whatToDo(view), hasNoRuns(view) ? sentence(BY_CONVENTION) : ''].filter((part) => part !== '');
  return words`${strong(finding(view))} ${spaced(...toDo)} Mode ${code(mode)}: ${sentence(why)}`;
}

function finding({ schedules, runsSeen, decision, isUnread }: Report): Inline {
  if (isUnread) return 'The workflow files have not been read yet.';
  const seen = runsWords(schedules, runsSeen);
  if (schedules.length === 0) return 'No schedule was found in the workflow files.';
  const all = count(schedules.length, 'schedule');
  if (decision === null) return `${all}, ${seen}; nothing has been decided yet.`;
  const better = schedules.filter(({ outcome }) => outcome === 'move').length;
  const held = schedules.filter(({ outcome }) => outcome === 'held').length;
  if (better === 0 && held > 0) {
    return `${held} of ${all} ${held === 1 ? 'has' : 'have'} a better time, held back for now (${seen}).`;
  }
  if (better === 0) {
    const known = schedules.every(({ outlook }) => outlook === null) ? ' is known' : '';
    return `No better time${known} for ${schedules.length === 1 ? 'the one schedule' : `any of ${all}`} (${seen}).`;
  }
  const more =
    held === 0 ? '' : `, and ${held} more ${held === 1 ? 'has' : 'have'} a better time that is held back`;
  return `${better} of ${all} would do better at another time${more} (${seen}).`;
}

/** Runs that are known: those that the table counts, and what is known beside them. */
function runsWords(schedules: Report['schedules'], all: number): string {
  const scheduled = schedules.reduce((sum, one) => sum + one.runsSeen, 0);
  const others = all - scheduled;
  return others <= 0
    ? `${count(scheduled, 'scheduled run')} seen`
    : `${count(scheduled, 'scheduled run')} and ${count(others, 'other run')} seen`;
}

function hasNoRuns({ runsSeen, schedules }: Report): boolean {
  return runsSeen === 0 && schedules.length > 0;
}

function whatToDo(view: Report): Inline {
  const { proposals, schedules, decision, mode } = view;
  if (view.isUnread) return '';
  const open = proposals.find(({ state, moves }) => state === 'open' && moves > 0);
  if (open !== undefined) return words`Pull request #${open.pullNumber} proposes it: merge it, or close it.`;
  if (!schedules.some(({ outcome }) => outcome === 'move')) {
    return hasNoRuns(view) ? '' : 'There is nothing to do.';
  }
  const gate = decision?.gates.find(({ passed }) => !passed);
  if (mode.mode === 'observe') return words`${code('/suggest')} turns that into a pull request.`;
  return gate === undefined
    ? 'A pull request comes with the next round.'
    : words`Held back: ${gateSentence(gate)}`;
}

function schedulesSection(schedules: Report['schedules']): Document {
  const left = schedules.length - MAX_ROWS;
  return [
    only('terminal', scheduleTable(schedules)),
    only('markdown', scheduleTable(schedules.slice(0, MAX_ROWS))),
    only('markdown', left > 0 ? `and ${count(left, 'more schedule')}.` : ''),
  ];
}

/** The figures are those of the round, as in its decision. */
function figuresMean({ schedules, decision }: Report): Inline {
  if (decision === null || schedules.every(({ outlook }) => outlook === null)) return '';
  return words`Expected at the present times by ${code(decision.id)}; ${code('/predict')} adds what was learned since.`;
}

function scheduleTable(schedules: Report['schedules']): Block {
  return table(
    [
      { head: 'Workflow', max: 32 },
      'Runs at',
      ...numerics('Late (half / nine in ten)', 'Takes', 'Succeeds', 'Runs'),
      'Result',
    ],
    schedules.map((schedule) => [
      ...scheduleCells(schedule),
      schedule.runsSeen.toLocaleString('en'),
      painted(schedule.outcome === null ? 'dim' : OUTCOME_STYLE[schedule.outcome], resultOf(schedule)),
    ]),
  );
}

/** Cells of a schedule: which it is, when it runs, and what is expected of its runs. */
export function scheduleCells(schedule: ReportSchedule): Row {
  const { cron, timezone, outlook } = schedule;
  return [
    workflowCell(schedule),
    cronCell(cron, timezone),
    latenessWords(outlook),
    durationWords(schedule),
    successWords(outlook),
  ];
}

function resultOf({ outcome, to, timezone, inPull }: ReportSchedule): Inline {
  if (to === null) return outcomeWords(outcome);
  const result = words`${outcomeWords(outcome)}: ${cronCell(to, timezone)}`;
  return inPull === undefined ? result : words`${result} in ${`#${inPull}`}`;
}

/** Names schedules whose ticks GitHub often drops: a share of all would be that of the most frequent one. */
function lostTicks(schedules: Report['schedules']): Inline {
  const losing = schedules
    .flatMap(({ path, cron, missedShare }) =>
      missedShare === null || missedShare < LOSES_TICKS ? [] : [{ path, cron, missedShare }],
    )
    .sort((a, b) => b.missedShare - a.missedShare);
  if (losing.length === 0) return '';
  // One more name is no longer than its count.
  const shown = losing.length === MAX_LOSING + 1 ? losing.length : MAX_LOSING;
  const named = losing
    .slice(0, shown)
    .map(
      ({ path, cron, missedShare }) =>
        words`${percent(missedShare)} of the ticks of ${code(fileName(path))} (${code(cron)})`,
    );
  const left = losing.length - named.length;
  const all = enumeration(left > 0 ? [...named, `some ticks of ${count(left, 'more schedule')}`] : named);
  return words`GitHub starts no run for ${all}.`;
}

function decisionSection({ decision, schedules }: Report): Document {
  if (decision === null) return [];
  const { id, at, benefit, gates } = decision;
  // Where nothing would move, the gates hold nothing back.
  const held = schedules.some(({ outcome }) => outcome === 'move')
    ? gates.filter(({ passed }) => !passed)
    : [];
  const saved = benefit <= 0 ? '' : `: all schedules together would lose ${costSaved(benefit)}`;
  return [
    words`Newest decision ${code(id)}, ${instant(at)}${saved}.`,
    list(held.map((result) => words`Held back by ${name(result.gate)}: ${gateSentence(result)}`)),
  ];
}

function proposalsSection(proposals: Report['proposals']): Document {
  const said = ({ verdict }: ReportProposal): Inline =>
    verdict === null ? '' : words` ${sentence(verdict)}`;
  // GitHub makes a link of the number.
  const address = ({ url }: ReportProposal): Inline =>
    variant({ markdown: '', terminal: words` ${name(url)}` });
  return [
    list(
      proposals
        .slice(0, MAX_PROPOSALS)
        .map(
          (one) =>
            words`${one.isIssue ? 'Issue' : 'Pull request'} #${one.pullNumber}: ${one.state}, ${subjectOf(one)}.${said(one)}${address(one)}`,
        ),
    ),
  ];
}

function subjectOf({ moves, jobKey }: Pick<ReportProposal, 'moves' | 'jobKey'>): Inline {
  if (jobKey !== undefined) return jobSettingWords(jobKey);
  return moves === 0 ? 'how workflows are started' : count(moves, 'schedule');
}

function reasonsSection(schedules: Report['schedules']): Block {
  const counts = new Map(
    [...Map.groupBy(schedules, ({ path }) => path)].map(([path, all]) => [path, all.length]),
  );
  const reasons = schedules
    .filter(({ reason }) => reason !== '')
    .slice(0, MAX_ROWS)
    .map(({ path, cron, reason }) => {
      const own = (counts.get(path) ?? 0) > 1 ? words` ${code(cron)}` : '';
      return words`${code(fileName(path))}${own}: ${sentence(reason)}`;
    });
  return details('Why each schedule stays or moves', list(reasons));
}
