import type { OnTimeChange } from '../proposal/proposal.ts';
import { commitMessage, plainFileName, type TitleStyle } from './commit-message.ts';
import { type Block, type Document, details, heading, list, table } from './document.ts';
import { code, type Inline, joined, LINE_BREAK, name, sentence, spaced, words } from './inline.ts';
import { cronCell, fileName } from './move-words.ts';
import { type OnTimeReport, renderOnTimeReport } from './on-time-report.ts';
import type { RenderedPull } from './pull-request.ts';
import { count, minutes } from './quantity.ts';
import { toMarkdown } from './to-markdown.ts';

/** A workflow whose way of starting changes. */
export interface OnTimeChangeRow extends OnTimeChange {
  readonly schedules: readonly { readonly cron: string; readonly timezone: string }[];
}

/** The same with what is known of it. */
export interface OnTimeRow extends OnTimeChangeRow {
  /** Its newest scheduled runs: median lateness, how many, and how many within five minutes; `null`: unknown. */
  readonly late: { readonly minutes: number; readonly runs: number; readonly onTime: number } | null;
  /** Warnings that people should know though they prevent nothing, each with its place. */
  readonly warnings: readonly string[];
}

/** The file of the net after the merge. */
export interface NetView {
  /** How often its crons ask for a run in a month. */
  readonly runsPerMonth: number;
  /** Whether it is removed, with its last workflow. */
  readonly isRemoved: boolean;
}

/** Everything that the text of the pull request is made from. */
export interface OnTimeProposalView extends TitleStyle {
  readonly rows: readonly OnTimeRow[];
  /** Workflows that shall be on time and cannot be, each with its first reason. */
  readonly leftAlone: readonly { readonly path: string; readonly reason: string }[];
  /** Login of the person who has asked for it; `null` where the configuration says so. */
  readonly askedBy: string | null;
  readonly net: NetView;
  /** Results of the workflows that are on time already; `undefined` where there are none. */
  readonly soFar: OnTimeReport | undefined;
}

/** The App's branch for putting workflows on time; `proposalBranch` is the configured one. */
export function onTimeBranch(proposalBranch?: string): string {
  return proposalBranch === undefined ? 'offbeat/on-time' : `${proposalBranch}-on-time`;
}

/** The pull request that puts workflows on time, or back to GitHub alone. */
export function renderOnTimeProposal(view: OnTimeProposalView): RenderedPull {
  const { rows, leftAlone, askedBy, soFar } = view;
  const hasServed = soFar?.workflows.some(({ shares }) => shares.ticks > 0) === true;
  const { title, text } = commitMessage(subjectOf(rows), rows.map(commitLine), view);
  const who = askedBy === null ? 'The configuration says so.' : words`${name(askedBy)} has asked for it.`;
  const risks = [...risksOf(rows), ...rows.flatMap(({ warnings }) => warnings.map(sentence))];
  return {
    title,
    body: toMarkdown([
      rows.length === 0 ? NET_ANEW : words`${lead(rows)} ${who}`,
      table(['Workflow', 'Schedule', 'Started', 'So far'], rows.map(rowOf)),
      ...(soFar !== undefined && hasServed
        ? [heading('What came of it so far'), ...renderOnTimeReport(soFar)]
        : []),
      ...section('What changes', list(changesOf(rows, view.net)), rows.length),
      ...section('What could go wrong', list(risks), risks.length),
      heading('The way back'),
      wayBack(rows),
      details(
        'Left alone',
        list(leftAlone.map(({ path, reason }) => words`${code(fileName(path))}: ${sentence(reason)}`)),
      ),
    ]),
    commitMessage: text,
  };
}

/** A part of the text with its heading; nothing where it has no items. */
function section(title: string, block: Block, items: number): Document {
  return items === 0 ? [] : [heading(title), block];
}

const NET_ANEW =
  'This brings `offbeat-net.yml` up to date: with the workflows that it looks after, and with what this version of ' +
  'Offbeat writes. No other file changes.';

function wayBack(rows: readonly OnTimeRow[]): Inline {
  const no =
    'To refuse this pull request, close it: nothing changes then, and it comes back only when somebody asks.';
  if (rows.length > 0 && rows.every(({ to }) => to === 'off')) return no;
  const back = words`${code('/on-time off')} (or ${code('on-time: off')} in the configuration) opens one pull request`;
  const hand = words`${code('offbeat-net.yml')} says in its first lines how to do it by hand, without Offbeat.`;
  const own = rows.some(isInNet) ? [hand] : [];
  return spaced(words`${back} that puts every line back.`, ...own, no);
}

function isInNet({ to, net }: OnTimeChangeRow): boolean {
  return to === 'punctual' && net === 'own';
}

/** Whether the schedule is taken out of the file. */
function isParked({ to, net }: OnTimeChangeRow): boolean {
  return to === 'punctual' && net !== 'cron';
}

/**
 * Minutes that a run of the net is billed in the mean. Each begun minute counts, and one that has to start something
 * itself waits for a minute and more (`bench:on-time`: 889 minutes of 804 runs).
 */
const NET_MINUTES_A_RUN = 1.1;

function ownNet({ runsPerMonth }: NetView): readonly Inline[] {
  const runs = Math.max(1, Math.round(runsPerMonth));
  return [
    spaced(
      words`${code('offbeat-net.yml')} is a workflow with the same crons, which needs no Offbeat. GitHub runs it`,
      'late, as it runs every schedule. It looks whether each workflow was started since its time, and starts those',
      words`that were not. Its only permission is ${code('actions: write')}: to look for runs and to start them.`,
    ),
    `The net costs about ${minutes(runs * NET_MINUTES_A_RUN)} of runner time a month: up to ${count(runs, 'run')}, ` +
      'mostly of a minute each. In public repositories they are free.',
    spaced(
      'When a run of the net fails, GitHub mails one person: whoever has edited a cron of',
      words`${code('offbeat-net.yml')} last. After this merge that is most likely whoever merges it.`,
    ),
  ];
}

const CRON_NET = spaced(
  words`With ${code('net: cron')} GitHub's own schedule stays. Its late second runs are cancelled: each uses a run`,
  'number, shows a cancelled badge until the next run, may mail the last editor of the cron, and bills a minute',
  'where a job had begun.',
);
const NO_NET = spaced(
  words`With ${code('net: none')} nobody else starts the workflow: uninstalling Offbeat, or a server that is down,`,
  'stops the schedule.',
);

function subjectOf(rows: readonly OnTimeRow[]): string {
  if (rows.length === 0) return 'Bring the net of workflows on time up to date';
  const on = rows.filter(({ to }) => to !== 'off').length;
  const subject =
    on === 0
      ? `Put ${count(rows.length, 'workflow')} back on GitHub's schedule`
      : `Start ${count(on, 'workflow')} on time`;
  return subject.replace('\u00a0', ' ');
}

function lead(rows: readonly OnTimeRow[]): Inline {
  const on = rows.filter(({ to }) => to !== 'off');
  const some = (one: number): string => (one === 1 ? 'this workflow' : 'these workflows');
  if (on.length === 0) {
    return `After the merge GitHub alone starts ${some(rows.length)} again, when its scheduler gets round to it.`;
  }
  const how = words`by ${code('workflow_dispatch')}, as long as its server is up.`;
  return words`After the merge Offbeat itself starts ${some(on.length)}, ${how} No cron changes.`;
}

const STARTED: Readonly<Record<OnTimeChange['to'], string>> = {
  off: 'by GitHub alone',
  rescue: 'by Offbeat where GitHub has not come in time',
  punctual: 'by Offbeat at its minute',
};

/** What the pull request would change, for whoever has not opened it. */
export function renderOnTimeChanges(rows: readonly OnTimeChangeRow[], net: NetView): Document {
  if (rows.length === 0) return [];
  return [
    heading('On time'),
    table(['Workflow', 'Schedule', 'Started'], rows.map(startOf)),
    list(changesOf(rows, net)),
  ];
}

function startOf({ path, schedules, to }: OnTimeChangeRow): readonly Inline[] {
  const crons = schedules.map(({ cron, timezone }) => cronCell(cron, timezone));
  return [code(fileName(path)), joined(crons, LINE_BREAK), STARTED[to]];
}

function rowOf(row: OnTimeRow): readonly Inline[] {
  const { late } = row;
  const soFar =
    late === null
      ? 'no runs known'
      : `${minutes(late.minutes)} late in the median of ${count(late.runs, 'run')}, ${late.onTime} within 5 min`;
  return [...startOf(row), soFar];
}

function changesOf(rows: readonly OnTimeChangeRow[], net: NetView): readonly Inline[] {
  const has = (test: (row: OnTimeChangeRow) => boolean): boolean => rows.some(test);
  const dispatch = code('workflow_dispatch');
  const parked = has(isParked)
    ? words`, and ${code('schedule')} becomes comment lines, so that GitHub does not start a second run`
    : '';
  const files = rows.length === 1 ? 'the file' : 'the files';
  return [
    has(({ to }) => to !== 'off')
      ? words`${dispatch} is put in where it is missing${parked}. Nothing else in ${files} changes.`
      : '',
    ...(has(isInNet) ? ownNet(net) : []),
    has(({ to, net: kind }) => to === 'punctual' && kind === 'cron') ? CRON_NET : '',
    has(({ to, net: kind }) => to === 'punctual' && kind === 'none') ? NO_NET : '',
    has(({ to }) => to === 'off')
      ? 'The triggers are put back as they were before Offbeat changed them.'
      : '',
    net.isRemoved ? words`${code('offbeat-net.yml')} goes, as no workflow is left in it.` : '',
  ];
}

/** Who starts a workflow while Offbeat does not, as a clause. */
function meanwhile(rows: readonly OnTimeRow[]): string {
  const on = rows.filter(({ to }) => to !== 'off');
  const others = [
    ...(on.some(isInNet) ? ['the net'] : []),
    ...(on.some((row) => !isParked(row)) ? ['GitHub’s own schedule'] : []),
  ];
  const hasNobody = on.some(({ to, net }) => to === 'punctual' && net === 'none');
  if (others.length === 0) return 'nobody starts it meanwhile';
  return `${others.join(' or ')} starts it meanwhile${hasNobody ? ', with `net: none` nobody' : ''}`;
}

function risksOf(rows: readonly OnTimeRow[]): readonly Inline[] {
  if (rows.length === 0) return [];
  if (rows.every(({ to }) => to === 'off')) {
    return [
      'A tick shortly before the merge may get no run: GitHub drops a late run of a schedule whose file is edited.',
    ];
  }
  return [
    'GitHub may take hours to notice the new trigger, and refuses to start the workflow until then. Offbeat tries ' +
      `again; ${meanwhile(rows)}.`,
    'If the first run that Offbeat starts fails where GitHub’s last one was green, Offbeat starts that workflow no ' +
      `more until somebody asks with \`/on-time\`; ${meanwhile(rows)}.`,
    'GitHub mails nobody when a run fails that an App has started. Instead Offbeat keeps one issue open while runs ' +
      'fail.',
    rows.some(isParked)
      ? 'A run of the old schedule that is late at the time of the merge does not come any more.'
      : '',
    rows.some(isInNet)
      ? 'After 60 days without activity GitHub switches off the schedules of a public repository, the net too; ' +
        'Offbeat starts nothing then either.'
      : '',
  ];
}

function commitLine({ path, to, net }: OnTimeRow): string {
  return `${plainFileName(path)}: ${to === 'punctual' ? `punctual, net: ${net}` : to}`;
}
