import type { GateResult } from '../plan/decision.ts';
import type { LeftAlone } from '../proposal/care.ts';
import type { ProposalState } from '../proposal/proposal.ts';
import type { Verdict } from '../proposal/verdict/verdict.ts';
import { gateSentence } from './gate-words.ts';
import { code, details, inline, markdownTable, sentence } from './markdown.ts';
import { cronCell, fileName, workflowCell } from './move-words.ts';
import type { ReportSchedule } from './report.ts';
import { durationWords, latenessWords, outcomeWords, successWords } from './report-words.ts';
import { verdictSentence } from './verdict.ts';

export const DASHBOARD_TITLE = 'Offbeat dashboard';

/** Rows of each table; `/report` knows all. */
const MAX_ROWS = 60;

export interface DashboardProposal {
  readonly pullNumber: number;
  readonly state: ProposalState;
  readonly moves: number;
  readonly reverts: number | null;
  readonly verdict: Verdict | null;
}

export interface DashboardView {
  readonly mode: { readonly mode: string; readonly why: string };
  readonly schedules: readonly ReportSchedule[];
  /** Newest first. */
  readonly proposals: readonly DashboardProposal[];
  readonly leftAlone: readonly LeftAlone[];
  /** Gates that hold the newest decision back. */
  readonly held: readonly GateResult[];
  /** Schedules that a person should look at, in sentences. */
  readonly attention: readonly string[];
}

const STATE_WORDS: Readonly<Record<ProposalState, string>> = {
  open: 'open',
  merged: 'merged',
  watching: 'merged, being measured',
  improved: 'improved',
  'no-difference': 'no difference',
  worse: 'worse',
  inconclusive: 'inconclusive',
  'rolled-back': 'taken back',
  closed: 'closed',
  superseded: 'superseded',
  expired: 'expired',
};

/** The dashboard issue. Figures in it are those of the last change: they alone are no reason to write it again. */
export function renderDashboardIssue(view: DashboardView): string {
  return [
    `**Mode: ${inline(view.mode.mode)}.** ${sentence(view.mode.why)}`,
    ...(view.attention.length > 0
      ? [`### Needs a look\n\n${view.attention.map((text) => `- ${sentence(text)}`).join('\n')}`]
      : []),
    proposalsSection(view),
    heldSection(view),
    schedulesSection(view),
    ...(view.leftAlone.length > 0
      ? [
          `### Left alone\n\n${view.leftAlone.map(({ path, as }) => `- ${code(fileName(path))} (${as})`).join('\n')}\n\n${code('/unignore')} with a name takes it back.`,
        ]
      : []),
    'This issue is edited in place when something changes. Commands work here as everywhere; closing it changes nothing.',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** What the issue says, without figures that move with every run. */
export function dashboardMeaning(view: DashboardView): string {
  return JSON.stringify([
    view.mode.mode,
    view.schedules.map(({ path, cron, outcome, to }) => [path, cron, outcome, to]),
    view.proposals.map(({ pullNumber, state, moves }) => [pullNumber, state, moves]),
    view.leftAlone.map(({ path, as }) => [path, as]),
    view.held.map(({ gate }) => gate),
    view.attention,
  ]);
}

function proposalsSection({ proposals }: DashboardView): string {
  if (proposals.length === 0) return '### Proposals\n\nNone yet.';
  const rows = proposals
    .slice(0, MAX_ROWS)
    .map(({ pullNumber, state, moves, reverts, verdict }) => [
      `#${pullNumber}`,
      STATE_WORDS[state],
      reverts === null ? String(moves) : `takes #${reverts} back`,
      verdict === null ? '' : sentence(verdictSentence(verdict)),
    ]);
  return `### Proposals\n\n${markdownTable(['Pull request', 'State', 'Schedules', 'Measured'], rows)}`;
}

function heldSection({ held }: DashboardView): string {
  if (held.length === 0) return '';
  const lines = held.map((result) => `- ${inline(result.gate)}: ${gateSentence(result)}`);
  return `### Held back\n\n${lines.join('\n')}`;
}

function schedulesSection({ schedules }: DashboardView): string {
  if (schedules.length === 0) return 'No schedule was found in this repository’s workflow files.';
  const rows = schedules
    .slice(0, MAX_ROWS)
    .map((schedule) => [
      workflowCell(schedule),
      cronCell(schedule.cron, schedule.timezone),
      latenessWords(schedule.outlook),
      durationWords(schedule.outlook),
      successWords(schedule.outlook),
      schedule.to === null
        ? outcomeWords(schedule.outcome)
        : `${outcomeWords(schedule.outcome)}: ${code(schedule.to)}`,
    ]);
  const table = markdownTable(
    ['Workflow', 'Runs at', 'Late (half / nine in ten)', 'Takes', 'Succeeds', 'Result'],
    rows,
    [3, 4],
  );
  return details('Schedules and what is expected of them', table);
}
