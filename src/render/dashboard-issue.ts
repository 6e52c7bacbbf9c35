import type { GateResult } from '../plan/decision.ts';
import type { LeftAlone } from '../proposal/maintainer-settings.ts';
import type { JobSetting, ProposalState } from '../proposal/proposal.ts';
import type { Verdict } from '../proposal/verdict/verdict.ts';
import { type Block, type Document, details, list, numerics, table } from './document.ts';
import { code, gateSentence, type Inline, name, sentence, words } from './inline.ts';
import { jobSettingWords } from './job-setting.ts';
import { fileName } from './move-words.ts';
import { count } from './quantity.ts';
import { type ReportSchedule, scheduleCells } from './report.ts';
import { outcomeWords, stateWords } from './report-words.ts';
import { toMarkdown } from './to-markdown.ts';
import { verdictSentence } from './verdict.ts';

export const DASHBOARD_TITLE = 'Offbeat dashboard';

/** Most rows of a table. `/report` shows all. */
const MAX_ROWS = 60;

export interface DashboardProposal {
  readonly pullNumber: number;
  readonly state: ProposalState;
  readonly moves: number;
  readonly reverts: number | null;
  /** Workflows that it puts on time or back; `null` where it moves schedules. */
  readonly onTime: number | null;
  /** The key of a job that it changes, where it does. */
  readonly jobKey?: JobSetting | undefined;
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

/** The text of the dashboard issue. New figures alone are no reason to write it again: see `dashboardMeaning`. */
export function renderDashboardIssue(view: DashboardView): string {
  const { mode, attention, held, leftAlone } = view;
  return toMarkdown([
    words`**Mode: ${name(mode.mode)}.** ${sentence(mode.why)}`,
    ...section('Needs a look', attention.map(sentence)),
    ...proposalsSection(view),
    ...section(
      'Held back',
      held.map((result) => words`${name(result.gate)}: ${gateSentence(result)}`),
    ),
    schedulesSection(view),
    ...section(
      'Left alone',
      leftAlone.map(({ path, as }) => words`${code(fileName(path))} (${as})`),
      '`/unignore` with a name takes it back.',
    ),
    'This issue is edited in place when something changes. Commands work here as everywhere; closing it changes ' +
      'nothing.',
  ]);
}

/** A heading with a list and what follows it; nothing where the list is empty. */
function section(heading: string, items: readonly Inline[], ...after: Document): Document {
  return items.length === 0 ? [] : [`### ${heading}`, list(items), ...after];
}

/** What the issue says, without the figures that every run changes. */
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

function proposalsSection({ proposals }: DashboardView): Document {
  const heading = '### Proposals';
  if (proposals.length === 0) return [heading, 'None yet.'];
  const rows = proposals
    .slice(0, MAX_ROWS)
    .map(({ pullNumber, state, verdict, ...change }) => [
      `#${pullNumber}`,
      stateWords(state),
      changeWords(change),
      verdict === null ? '' : sentence(verdictSentence(verdict, state !== 'watching')),
    ]);
  return [heading, table(['Pull request', 'State', 'Schedules', 'Measured'], rows)];
}

function changeWords({
  moves,
  reverts,
  onTime,
  jobKey,
}: Pick<DashboardProposal, 'moves' | 'reverts' | 'onTime' | 'jobKey'>): Inline {
  if (onTime !== null) return `who starts ${count(onTime, 'workflow')}`;
  if (reverts !== null) return `takes #${reverts} back`;
  return jobKey === undefined ? String(moves) : jobSettingWords(jobKey);
}

function schedulesSection({ schedules }: DashboardView): Block {
  if (schedules.length === 0) {
    return 'No schedule was found in this repository’s workflow files.';
  }
  const rows = schedules
    .slice(0, MAX_ROWS)
    .map((schedule) => [
      ...scheduleCells(schedule),
      schedule.to === null
        ? outcomeWords(schedule.outcome)
        : words`${outcomeWords(schedule.outcome)}: ${code(schedule.to)}`,
    ]);
  const columns = [
    'Workflow',
    'Runs at',
    'Late (half / nine in ten)',
    ...numerics('Takes', 'Succeeds'),
    'Result',
  ];
  return details('Schedules and what is expected of them', table(columns, rows));
}
