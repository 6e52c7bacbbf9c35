import type { GateResult, Outlook } from '../plan/decision.ts';
import type { EffectiveMode } from '../proposal/mode.ts';
import type { ProposalState } from '../proposal/proposal.ts';
import type { Trend } from '../strategy/strategy.ts';
import { gateSentence } from './gate-words.ts';
import { type LearningView, learningMarkdown } from './learning.ts';
import { code, details, inline, markdownTable, sentence } from './markdown.ts';
import { cronCell, fileName, workflowCell } from './move-words.ts';
import { count, instant, percent } from './quantity.ts';
import { durationWords, latenessWords, missedWords, outcomeWords, successWords } from './report-words.ts';

/** One schedule as a report shows it. */
export interface ReportSchedule {
  readonly workflowName: string;
  readonly path: string;
  readonly cron: string;
  readonly timezone: string;
  readonly runsSeen: number;
  readonly outlook: Outlook | null;
  /** What the newest decision says of it; `null` where there is none yet. */
  readonly outcome: 'move' | 'keep' | 'held' | 'refused' | null;
  /** The cron it would move to; `null` where it stays. */
  readonly to: string | null;
  readonly reason: string;
}

export interface ReportStrategy {
  readonly name: string;
  readonly generation: number;
  /** 1.0·excellent + 0.7·good + 0.4·fair share of its predictions, 0–1. */
  readonly performance: number;
  readonly predictions: number;
  readonly trend: Trend;
  readonly active: boolean;
}

export interface ReportProposal {
  readonly pullNumber: number;
  readonly url: string;
  readonly state: ProposalState;
  readonly moves: number;
  /** What was measured after the merge, in a sentence; `null` where there is nothing to say yet. */
  readonly verdict: string | null;
}

/** Everything `/report` says, as plain values: a comment, a terminal and a page lay out the same ones. */
export interface ReportView {
  readonly repository: string;
  /** Epoch ms. */
  readonly at: number;
  readonly mode: EffectiveMode;
  readonly runsLearned: number;
  /** Share of ticks that left no run, 0–1; `null` where too few are known. */
  readonly missedShare: number | null;
  readonly schedules: readonly ReportSchedule[];
  readonly strategies: readonly ReportStrategy[];
  /** The strategies' records, and what was learned last. */
  readonly learning: LearningView;
  readonly decision: {
    readonly id: string;
    readonly at: number;
    readonly confidence: number;
    readonly benefit: number;
    readonly gates: readonly GateResult[];
  } | null;
  /** Newest first. */
  readonly proposals: readonly ReportProposal[];
  /** Damage of the store, in sentences; empty where all is well. */
  readonly damage: readonly string[];
}

/** Rows of a comment's table; a terminal has no such limit. */
const MAX_ROWS = 100;

/** Older proposals stand in the store; a comment shows the recent past. */
const MAX_PROPOSALS = 10;

function decisionMarkdown(view: ReportView): string {
  if (view.decision === null) return 'Nothing has been decided yet.';
  const { at, confidence, benefit, id, gates } = view.decision;
  // Gates that were passed tell a reader nothing.
  const held = gates
    .filter(({ passed }) => !passed)
    .map((result) => `- ${inline(result.gate)}: ${gateSentence(result)}`);
  const head = `Newest decision ${code(id)}, ${instant(at)}: gain ${percent(benefit)}, confidence ${percent(confidence)}.`;
  return held.length === 0 ? head : `${head} Held back by:\n\n${held.join('\n')}`;
}

function proposalMarkdown({ pullNumber, state, moves, verdict }: ReportProposal): string {
  const said = verdict === null ? '' : ` ${sentence(verdict)}`;
  return `- #${pullNumber}: ${state}, ${count(moves, 'schedule')}.${said}`;
}

/** The report as a comment: what matters in sentences, the schedules as a table, the learning folded. */
export function renderReportMarkdown(view: ReportView): string {
  const schedules = markdownTable(
    ['Workflow', 'Runs at', 'Late (half / nine in ten)', 'Takes', 'Succeeds', 'Runs', 'Result'],
    view.schedules
      .slice(0, MAX_ROWS)
      .map((schedule) => [
        workflowCell(schedule),
        cronCell(schedule.cron, schedule.timezone),
        latenessWords(schedule.outlook),
        durationWords(schedule.outlook),
        successWords(schedule.outlook),
        String(schedule.runsSeen),
        schedule.to === null
          ? outcomeWords(schedule.outcome)
          : `${outcomeWords(schedule.outcome)}: ${cronCell(schedule.to, schedule.timezone)}`,
      ]),
    [3, 4, 5],
  );
  const left = view.schedules.length - MAX_ROWS;
  const reasons = view.schedules
    .filter(({ reason }) => reason !== '')
    .slice(0, MAX_ROWS)
    .map(({ path, reason }) => `- ${code(fileName(path))}: ${sentence(reason)}`)
    .join('\n');
  return [
    `**Mode: ${view.mode.mode}.** ${sentence(view.mode.why)} Learned from ${count(view.runsLearned, 'run')}.${missedWords(view.missedShare)}`,
    ...(view.damage.length > 0 ? [view.damage.map((line) => `> ${sentence(line)}`).join('\n')] : []),
    view.schedules.length === 0 ? 'No schedule was found in this repository’s workflow files.' : schedules,
    ...(left > 0 ? [`and ${count(left, 'more schedule')}.`] : []),
    decisionMarkdown(view),
    ...(view.proposals.length > 0
      ? [`Proposals:\n\n${view.proposals.slice(0, MAX_PROPOSALS).map(proposalMarkdown).join('\n')}`]
      : []),
    ...(reasons === '' ? [] : [details('Why each schedule stays or moves', reasons)]),
    learningMarkdown(view.learning),
  ].join('\n\n');
}
