import type { Decision, ScheduleDecision } from '../plan/decision.ts';
import { countedLatenessGain } from '../proposal/evidence.ts';
import { type Marker, writeMarker } from '../proposal/marker.ts';
import type { MergeWindow } from '../proposal/merge-window.ts';
import { movesOf } from '../proposal/moves.ts';
import type { ProposedMove } from '../proposal/proposal.ts';
import type { Simulation } from '../simulate/compare.ts';
import type { HelpLine } from './comment.ts';
import { commitTitle } from './commit-style.ts';
import { dayPicture } from './day-picture.ts';
import { type Block, type Document, list, numeric, table } from './document.ts';
import { code, enumeration, type Inline, name, sentence, words } from './inline.ts';
import { type CommentToLookAt, type CronCopies, mergeNotes } from './merge-notes.ts';
import { methodSection } from './method.ts';
import { cronCell, evidence, evidenceCell, fileName, seenSentence, workflowCell } from './move-words.ts';
import { count, listed, minutes, percent } from './quantity.ts';
import { renderSimulation } from './simulation.ts';
import { toMarkdown } from './to-markdown.ts';

/** Longest body. GitHub allows 65,536 code points; the rest is left for what a maintainer adds. */
export const MAX_BODY_CODE_POINTS = 60_000;

/** Moves that a body lists, tried in turn until it is short enough. The diff shows all of them anyway. */
const ROWS_TO_TRY = [Number.POSITIVE_INFINITY, 60, 30, 15, 5] as const;

/** Moves in the lists below the table. */
const MAX_SEEN = 10;

/** A longer marker is written without the moves, which store and diff contain too. */
const MAX_MARKER_CODE_POINTS = 20_000;

/** Everything that the text of a pull request is made from. */
export interface PullRequestView {
  readonly decision: Decision;
  /** The comparison by simulation. Without it, the chart shows the load from the forecasts. */
  readonly simulation?: Simulation;
  /** GitHub's number of the repository, for the marker. */
  readonly repositoryId: number;
  /** A time when merging loses no late run, from `mergeWindow`; `null` where there is none. */
  readonly mergeWindow: MergeWindow | null;
  /** Titles of the newest commits on the default branch, whose style the commit follows. */
  readonly recentCommitTitles: readonly string[];
  /** Put before the title, in place of the project's own style. */
  readonly titlePrefix?: string;
  /** Commands that can be given in a comment. */
  readonly commands: readonly HelpLine[];
  /** Logins that GitHub names as `actor` of scheduled runs so far; empty where unknown. */
  readonly actors: readonly string[];
  /** Comments beside moved crons that name a time, which only people can correct. */
  readonly staleComments?: readonly CommentToLookAt[];
  /** Templates and documentation that name a cron as it was. */
  readonly copies?: CronCopies;
}

export interface RenderedPullRequest {
  /** Always the same: one repository has one proposal at a time. */
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  readonly commitMessage: string;
}

/** The App's own branch in every repository. */
export const PROPOSAL_BRANCH = 'offbeat/schedules';

interface Gain {
  readonly lateness: number;
  readonly overlap: number;
}

/** Minutes of lateness that a move saves on average, as far as counted on; minutes of overlap saved a week in total. */
function gainOf(moves: readonly ScheduleDecision[]): Gain {
  const known = moves.flatMap(({ today, proposed }) => (today && proposed ? [{ today, proposed }] : []));
  const lateness = moves.reduce((total, move) => total + countedLatenessGain(move), 0);
  return {
    lateness: lateness / Math.max(1, known.length),
    overlap: known.reduce(
      (total, { today, proposed }) => total + today.overlapMinutesPerWeek - proposed.overlapMinutesPerWeek,
      0,
    ),
  };
}

/** Smaller gains (minutes) are not mentioned in the first sentence. */
const WORTH_SAYING_MINUTES = 5;

function leadSentence(decision: Decision, moves: readonly ScheduleDecision[]): string {
  const { lateness, overlap } = gainOf(moves);
  const gains = [
    ...(lateness >= WORTH_SAYING_MINUTES ? [`start about ${minutes(lateness)} closer to their time`] : []),
    ...(overlap >= WORTH_SAYING_MINUTES ? [`spend ${minutes(overlap)} a week less in each other’s way`] : []),
  ];
  const total = decision.schedules.length;
  const which =
    moves.length === total ? count(total, 'schedule') : `${moves.length} of ${count(total, 'schedule')}`;
  const gain =
    gains.length === 0
      ? `cost ${percent(decision.benefit)} less in lateness, overlap and failures`
      : listed(gains);
  return `At the times proposed here, **${which} would ${gain}**. Only cron lines change; how often and on which days each workflow runs stays as it is.`;
}

function moveTable(moves: readonly ScheduleDecision[], shown: number): Document {
  const rows = moves
    .slice(0, shown)
    .map((move) => [
      workflowCell(move),
      cronCell(move.cron, move.timezone),
      cronCell(move.to, move.timezone),
      evidence(move).length > 0 ? evidenceCell(move) : sentence(move.reasons[0] ?? ''),
      percent(move.confidence),
    ]);
  const left = moves.length - rows.length;
  return [
    table(['Workflow', 'Today', 'Proposed', 'Expected', numeric('Confidence')], rows),
    left <= 0 ? '' : `and ${count(left, 'more schedule')}, which the changed files show.`,
  ];
}

function seenSection(moves: readonly ScheduleDecision[], shown: number): Block {
  return list(
    moves.slice(0, Math.min(shown, MAX_SEEN)).map((move) => ({
      content: seenSentence(move),
      items: move.reasons.slice(0, 3).map(sentence),
    })),
  );
}

/** Commands that are useful in a pull request. `/help` lists all. */
const REVIEW_COMMANDS: ReadonlySet<string> = new Set([
  '/explain',
  '/pin',
  '/ignore',
  '/snooze',
  '/optimize',
  '/report',
  '/undo',
  '/pause',
  '/help',
]);

function commandSection(commands: readonly HelpLine[]): Document {
  if (commands.length === 0) return [];
  const some = commands.filter(({ usage }) => REVIEW_COMMANDS.has(usage.split(' ', 1)[0] ?? ''));
  const shown = some.length > 0 ? some : commands;
  return ['### Commands', list(shown.map(({ usage, summary }) => words`${code(usage)} ${name(summary)}`))];
}

/** Most files with a held schedule that are named. The report names all. */
const MAX_HELD_NAMES = 3;

function heldSentence(decision: Decision): Inline {
  const held = decision.schedules.filter(({ outcome }) => outcome === 'held');
  if (held.length === 0) return '';
  const files = [...new Set(held.map(({ path }) => path))];
  const names = files.slice(0, MAX_HELD_NAMES).map((path) => code(fileName(path)));
  const rest = files.length > names.length ? [...names, `${files.length - names.length} more`] : names;
  return words`For ${enumeration(rest)} better times are in sight too; they are held back for now, and \`/report\` says why.`;
}

function marker(view: PullRequestView): string {
  const value: Marker = {
    version: 1,
    repositoryId: view.repositoryId,
    decisionId: view.decision.id,
    at: view.decision.at,
    moves: [...movesOf(view.decision)],
  };
  const whole = writeMarker(value);
  return codePoints(whole) <= MAX_MARKER_CODE_POINTS ? whole : writeMarker({ ...value, moves: [] });
}

function codePoints(text: string): number {
  return [...text].length;
}

function bodyOf(view: PullRequestView, shown: number): string {
  const { decision } = view;
  const moves = decision.schedules.filter(({ outcome }) => outcome === 'move');
  return toMarkdown([
    leadSentence(decision, moves),
    ...moveTable(moves, shown),
    heldSentence(decision),
    ...(view.simulation === undefined ? [] : renderSimulation(view.simulation)),
    ...dayPicture(view.simulation?.load ?? decision.load),
    '### What was seen',
    seenSection(moves, shown),
    '### Before you merge',
    mergeNotes(view.mergeWindow, view.actors, view.staleComments, view.copies),
    '### If you close this',
    'Nothing changes, and these moves are not proposed again unless the evidence becomes a good deal stronger. To keep one schedule where it is for good, write `# offbeat: pin` beside its cron.',
    ...commandSection(view.commands),
    methodSection(decision, moves.slice(0, Math.min(shown, MAX_SEEN))),
    marker(view),
  ]);
}

/** Only names of these characters are used in a commit message, since it cannot be escaped. */
const PLAIN_NAME = /^[\w.-]{1,60}$/;

function messageName(path: string): string {
  const name = fileName(path);
  return PLAIN_NAME.test(name) ? name : 'a workflow';
}

function subjectOf(moves: readonly Pick<ProposedMove, 'path'>[]): string {
  const only = moves.length === 1 ? moves[0] : undefined;
  return only === undefined
    ? `Move ${moves.length} scheduled workflows to better times`
    : `Move ${messageName(only.path)} to a better time`;
}

/** Most moves that a commit message lists. */
const MOST_LISTED = 100;

/** Title and whole text of the commit that makes these moves. */
export function renderCommitMessage(
  moves: readonly Pick<ProposedMove, 'path' | 'from' | 'to'>[],
  recentCommitTitles: readonly string[],
  titlePrefix = '',
): { readonly title: string; readonly text: string } {
  const title = commitTitle(subjectOf(moves), recentCommitTitles, titlePrefix);
  const lines = moves.map(({ path, from, to }) => `- ${messageName(path)}: ${from} → ${to}`);
  return { title, text: [title, '', ...lines.slice(0, MOST_LISTED)].join('\n') };
}

/**
 * The pull request that carries `view.decision`: title, body (at most 60,000 code points, summarised where
 * there is more), commit message, and the branch, which is always the same.
 */
export function renderPullRequest(view: PullRequestView): RenderedPullRequest {
  const moves = view.decision.schedules.filter(({ outcome }) => outcome === 'move');
  const commit = renderCommitMessage(
    moves.map(({ path, cron, to }) => ({ path, from: cron, to })),
    view.recentCommitTitles,
    view.titlePrefix,
  );
  const bodies = ROWS_TO_TRY.values().map((shown) => bodyOf(view, shown));
  return {
    branch: PROPOSAL_BRANCH,
    title: commit.title,
    body: bodies.find((body) => codePoints(body) <= MAX_BODY_CODE_POINTS) ?? bodyOf(view, 0),
    commitMessage: commit.text,
  };
}
