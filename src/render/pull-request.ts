import type { Decision, ScheduleDecision } from '../plan/decision.ts';
import { type Marker, writeMarker } from '../proposal/marker.ts';
import type { MergeWindow } from '../proposal/merge-window.ts';
import { movesOf } from '../proposal/moves.ts';
import { WORSE_BY } from '../proposal/verdict/judge-merge.ts';
import type { Simulation } from '../simulate/compare.ts';
import type { HelpLine } from './comment.ts';
import { renderCommitMessage, type TitleStyle } from './commit-message.ts';
import { dayChart } from './day-chart.ts';
import { type Block, type Document, details, heading, list } from './document.ts';
import { evidence, waitNote } from './evidence.ts';
import { distanceOf, gainOf, minutesLater, startsLater, startsMuchEarlier } from './gain.ts';
import { code, type Inline, words } from './inline.ts';
import { type CommentToLookAt, type CommentWithReason, type CronCopies, mergeNotes } from './merge-notes.ts';
import { moveTable } from './move-table.ts';
import { fileName, workflowName } from './move-words.ts';
import { heldBack, otherTimes } from './other-times.ts';
import { count, minutes, percent } from './quantity.ts';
import { renderSimulation } from './simulation.ts';
import { toMarkdown } from './to-markdown.ts';

/** Longest body. GitHub allows 65,536 code points; the rest is left for what a maintainer adds. */
export const MAX_BODY_CODE_POINTS = 60_000;

/** Words that stand before the eyes of who unfolds nothing: more are not read. Each move keeps its row. */
const MAX_VISIBLE_WORDS = 450;

/** How much of a body is seen without unfolding anything. */
interface Extent {
  /** Moves in the table. The diff shows all of them anyway. */
  readonly rows: number;
  /** Moves whose evidence is not folded. */
  readonly evidence: number;
  /** Whether the table says each cron in words too. */
  readonly cronsInWords: boolean;
}

const ALL_ROWS = Number.POSITIVE_INFINITY;
/** The least that is left unfolded. */
const LEAST: Extent = { rows: ALL_ROWS, evidence: 0, cronsInWords: false };

/** Tried in turn until a body has few enough words; where none has, the last is taken. */
const EXTENTS: readonly Extent[] = [
  { rows: ALL_ROWS, evidence: 3, cronsInWords: true },
  { rows: ALL_ROWS, evidence: 2, cronsInWords: true },
  { rows: ALL_ROWS, evidence: 1, cronsInWords: true },
  { rows: ALL_ROWS, evidence: 1, cronsInWords: false },
  LEAST,
];

/** Rows of more moves alone have too many words. */
const MOST_MEASURED = 20;

/** Rows of the table, tried in turn until a body is no longer than GitHub allows. */
const ROWS_TO_TRY = [60, 30, 15, 5] as const;

/** Moves whose gain the first sentence tells. The table tells all. */
const MAX_LEAD = 3;
const MAX_FOLDED = 10;

/** A longer marker is written without the moves, which store and diff contain too. */
const MAX_MARKER_CODE_POINTS = 20_000;

/** Everything that the text of a pull request is made from. */
export interface PullRequestView extends TitleStyle {
  readonly decision: Decision;
  /** The comparison by simulation. Without it, the chart shows the load from the forecasts. */
  readonly simulation?: Simulation;
  /** GitHub's number of the repository, for the marker. */
  readonly repositoryId: number;
  /** A time of every day when merging loses no late run, from `mergeWindow`; `null` where there is none. */
  readonly mergeWindow: MergeWindow | null;
  /** Commands that can be given in a comment. */
  readonly commands: readonly HelpLine[];
  /** Logins that GitHub names as `actor` of scheduled runs so far; empty where unknown. */
  readonly actors: readonly string[];
  /** Comments beside moved crons that name a time, which only people can correct. */
  readonly staleComments?: readonly CommentToLookAt[];
  /** Comments that get a new time and give a reason for the old one. */
  readonly reasonsInComments?: readonly CommentWithReason[];
  /** Whether texts that `github.event.schedule` is compared with change along. */
  readonly changesComparisons?: boolean;
  /** Templates and documentation that name a cron as it was. */
  readonly copies?: CronCopies;
}

/** The texts of a pull request. */
export interface RenderedPull {
  readonly title: string;
  readonly body: string;
  readonly commitMessage: string;
}

export interface RenderedPullRequest extends RenderedPull {
  /** Always the same: one repository has one proposal at a time. */
  readonly branch: string;
}

/** The App's own branch in every repository. */
export const PROPOSAL_BRANCH = 'offbeat/schedules';

/** What each schedule gains, never a sum: it would hide who gains nothing. */
function lead(moves: readonly ScheduleDecision[]): Inline {
  const told = moves.slice(0, moves.length > MAX_LEAD ? MAX_LEAD - 1 : MAX_LEAD);
  const left = moves.length - told.length;
  const gains: readonly Inline[] = told.map(
    (move) => words`${workflowName(move)} ${gainOf(move).sentence}${laterAnyway(move)}`,
  );
  const more = left === 0 ? [] : [`the table tells of ${count(left, 'more schedule')}`];
  const sameDays = moves.every(({ cron, to }) => distanceOf(cron, to).day === '');
  const days = sameDays ? ', on the same days' : '; what moves to another day is in bold';
  return words`${clauses([...gains, ...more])}. As many runs as today${days}. ${AFTERWARDS}`;
}

/** What happens after the merge, and what a revert is opened for, as `judgeMerge` measures it. */
const AFTERWARDS =
  'After the merge Offbeat measures, and opens a revert if runs clearly fail more often, or take or wait ' +
  `${percent(WORSE_BY)} longer, while schedules left alone do not.`;

/** The first sentence alone must tell that a run starts later by the clock. */
function laterAnyway(move: ScheduleDecision): string {
  return startsLater(move) ? `, yet start ${minutes(minutesLater(move) ?? 0)} later` : '';
}

function clauses(all: readonly Inline[]): Inline {
  return all.reduce((text, clause, at) =>
    at === all.length - 1 ? words`${text}, and ${clause}` : words`${text}, ${clause}`,
  );
}

function simulated(view: PullRequestView): Block {
  const { simulation, decision } = view;
  return simulation === undefined
    ? details('The day, before and after', ...dayChart(decision.load))
    : details(
        `Simulated: ${count(simulation.days, 'day')}, before and after`,
        ...renderSimulation(simulation, null, undefined, {
          overlapCounts: movedSchedules(decision).some((move) => move.overlapCounts !== false),
        }),
      );
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

function closing(moves: readonly ScheduleDecision[], commands: readonly HelpLine[]): Document {
  const nothing =
    'Nothing changes, and these moves are not proposed again unless the evidence becomes much stronger.';
  return [
    heading('If you close this'),
    commands.length === 0
      ? nothing
      : words`${nothing}${keeping(moves)} ${code('/help')} lists the other commands.`,
  ];
}

/** How to keep one move from being proposed again; of several, `takingSome` says it. */
function keeping([first, ...more]: readonly ScheduleDecision[]): Inline {
  if (first === undefined || more.length > 0) return '';
  return words` ${code(`/pin ${fileName(first.path)}`)} keeps it where it is.`;
}

/** How to take some of several moves: the branch is the App's, so that editing it is not the way. */
function takingSome(moves: readonly ScheduleDecision[], commands: readonly HelpLine[]): Inline {
  const last = moves.at(-1);
  if (last === undefined || moves.length < 2 || commands.length === 0) return '';
  const pin = code(`/pin ${fileName(last.path)}`);
  return words`Only some of these? ${pin} takes that one out.`;
}

function bodyOf(view: PullRequestView, { rows, evidence: seen, cronsInWords }: Extent): Document {
  const { decision, commands } = view;
  const moves = movedSchedules(decision);
  const listed = moves.slice(0, Math.min(rows, MAX_FOLDED));
  return [
    lead(moves),
    ...moveTable(moves, { shown: rows, cronsInWords }),
    takingSome(moves, commands),
    waitNote(moves, commands),
    heading('Before you merge'),
    mergeNotes({ ...view, moves }),
    heading('Why these times'),
    list(listed.slice(0, seen).map((move) => evidence(move, startsMuchEarlier(move)))),
    details(
      seen === 0 ? 'Evidence for each move' : 'Evidence for the other moves',
      list(listed.slice(seen).map((move) => evidence(move))),
    ),
    ...closing(moves, commands),
    simulated(view),
    otherTimes(decision, listed),
    heldBack(decision),
    marker(view),
  ];
}

/** Words of a document that are seen without unfolding anything. */
function visibleWords(document: Document): number {
  const seen = document.filter((block) => typeof block !== 'object' || block.kind !== 'details');
  const text = toMarkdown(seen)
    .replace(/<!--[\s\S]*?-->/g, '')
    .replaceAll('<br>', ' ');
  return text.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word)).length;
}

function extentOf(view: PullRequestView): Extent {
  const fits = (extent: Extent): boolean => visibleWords(bodyOf(view, extent)) < MAX_VISIBLE_WORDS;
  const isLong = movedSchedules(view.decision).length > MOST_MEASURED;
  return (isLong ? undefined : EXTENTS.find(fits)) ?? LEAST;
}

/** The body with as much unfolded as a reader takes in, and as many rows as GitHub allows. */
function writeBody(view: PullRequestView): string {
  const extent = extentOf(view);
  const bodies = [extent, ...ROWS_TO_TRY.map((rows) => ({ ...extent, rows }))]
    .values()
    .map((each) => toMarkdown(bodyOf(view, each)));
  return (
    bodies.find((body) => codePoints(body) <= MAX_BODY_CODE_POINTS) ??
    toMarkdown(bodyOf(view, { ...LEAST, rows: 0 }))
  );
}

/** What moves, the largest gain first. */
function movedSchedules({ schedules }: Decision): readonly ScheduleDecision[] {
  return schedules.filter(({ outcome }) => outcome === 'move').sort((a, b) => b.benefit - a.benefit);
}

/** The pull request of a decision: title, body (60,000 code points at most), commit message, its one branch. */
export function renderPullRequest(view: PullRequestView): RenderedPullRequest {
  const moves = view.decision.schedules.filter(({ outcome }) => outcome === 'move');
  const commit = renderCommitMessage(
    moves.map(({ path, cron, to }) => ({ path, from: cron, to })),
    view,
  );
  return {
    branch: PROPOSAL_BRANCH,
    title: commit.title,
    body: writeBody(view),
    commitMessage: commit.text,
  };
}
