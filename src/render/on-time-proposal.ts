import type { OnTimeChange } from '../proposal/proposal.ts';
import { commitTitle } from './commit-style.ts';
import { type Document, details, heading, list, table } from './document.ts';
import { code, type Inline, joined, LINE_BREAK, name, sentence, words } from './inline.ts';
import { cronCell, fileName } from './move-words.ts';
import { type OnTimeReport, renderOnTimeReport } from './on-time-report.ts';
import { count, minutes } from './quantity.ts';
import { toMarkdown } from './to-markdown.ts';

/** A workflow whose way of starting changes. */
export interface OnTimeChangeRow extends OnTimeChange {
  readonly schedules: readonly { readonly cron: string; readonly timezone: string }[];
}

/** The same with what is known of it. */
export interface OnTimeRow extends OnTimeChangeRow {
  /**
   * Of its newest scheduled runs: how late GitHub has started them in the median, how many those are, and how many came
   * within five minutes; `null` where none are known.
   */
  readonly late: { readonly minutes: number; readonly runs: number; readonly onTime: number } | null;
  /** What stands in the way of nothing and should be known, with the place. */
  readonly warnings: readonly string[];
}

/** Everything that the text of the pull request is made from. */
export interface OnTimeProposalView {
  readonly rows: readonly OnTimeRow[];
  /** Workflows that shall be on time and cannot be, each with its first reason. */
  readonly leftAlone: readonly { readonly path: string; readonly reason: string }[];
  /** Login of the person who has asked for it; `null` where the configuration says so. */
  readonly askedBy: string | null;
  readonly recentCommitTitles: readonly string[];
  /** What came of workflows that are on time already; `undefined` where none is. */
  readonly soFar: OnTimeReport | undefined;
  /** Put before the title, in place of the project's own style. */
  readonly titlePrefix?: string;
}

/** The App's branch for putting workflows on time; `proposalBranch` is the configured one. */
export function onTimeBranch(proposalBranch?: string): string {
  return proposalBranch === undefined ? 'offbeat/on-time' : `${proposalBranch}-on-time`;
}

/** The pull request that puts workflows on time, or back to GitHub alone. */
export function renderOnTimeProposal(view: OnTimeProposalView): {
  readonly title: string;
  readonly body: string;
  readonly commitMessage: string;
} {
  const { rows, leftAlone, askedBy, soFar } = view;
  const hasServed = soFar?.workflows.some(({ shares }) => shares.ticks > 0) === true;
  const title = commitTitle(subjectOf(rows), view.recentCommitTitles, view.titlePrefix);
  const who = askedBy === null ? 'The configuration says so.' : words`${name(askedBy)} has asked for it.`;
  return {
    title,
    body: toMarkdown([
      words`${lead(rows)} ${who}`,
      table(['Workflow', 'Schedule', 'Started', 'So far'], rows.map(rowOf)),
      ...(soFar !== undefined && hasServed
        ? [heading('What came of it so far'), ...renderOnTimeReport(soFar)]
        : []),
      ...(rows.length === 0 ? [] : [heading('What changes')]),
      list(changesOf(rows)),
      heading('What could go wrong'),
      list([...risksOf(rows), ...rows.flatMap(({ warnings }) => warnings.map(sentence))]),
      heading('The way back'),
      WAY_BACK,
      details(
        'Left alone',
        list(leftAlone.map(({ path, reason }) => words`${code(fileName(path))}: ${sentence(reason)}`)),
      ),
    ]),
    commitMessage: [title, '', ...rows.map(commitLine)].join('\n').trimEnd(),
  };
}

const WAY_BACK = joined(
  [
    words`${code('/on-time off')} (or ${code('on-time: off')} in the configuration) opens one pull request that puts`,
    'every line back as it was. Closing this one changes nothing, and it is not opened again by itself.',
  ],
  ' ',
);
const OWN_NET = joined(
  [
    words`${code('offbeat-net.yml')} gets the crons. GitHub runs it when its scheduler gets round to it, and it starts`,
    'only what nobody has started. It works without Offbeat too, and may only read and start runs',
    words`(${code('actions: write')}).`,
  ],
  ' ',
);
const CRON_NET = joined(
  [
    words`With ${code('net: cron')} GitHub's own schedule stays. Its late second runs are cancelled: each uses a run`,
    'number, shows a cancelled badge until the next run, may mail the last editor of the cron, and bills a minute',
    'where a job had begun.',
  ],
  ' ',
);
const NO_NET = joined(
  [
    words`With ${code('net: none')} nobody else starts the workflow: uninstalling Offbeat, or a server that is down,`,
    'stops the schedule.',
  ],
  ' ',
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
  if (on.length === 0)
    return 'GitHub alone starts these workflows again, when its scheduler gets round to it.';
  const workflows = on.length === 1 ? 'this workflow' : 'these workflows';
  const limit = 'as long as its server is up. No cron changes.';
  return `After the merge Offbeat starts ${workflows} by dispatch, ${limit}`;
}

const STARTED: Readonly<Record<OnTimeChange['to'], string>> = {
  off: 'by GitHub alone',
  rescue: 'by Offbeat where GitHub has not come in time',
  punctual: 'by Offbeat at its minute',
};

/** What the pull request would change, for whoever has not opened it. */
export function renderOnTimeChanges(rows: readonly OnTimeChangeRow[]): Document {
  if (rows.length === 0) return [];
  return [
    heading('On time'),
    table(['Workflow', 'Schedule', 'Started'], rows.map(startOf)),
    list(changesOf(rows)),
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

function changesOf(rows: readonly OnTimeChangeRow[]): readonly Inline[] {
  const has = (test: (row: OnTimeChangeRow) => boolean): boolean => rows.some(test);
  const parks = has(({ to, net }) => to === 'punctual' && net !== 'cron');
  return [
    ...(has(({ to }) => to !== 'off')
      ? [
          words`${code('workflow_dispatch')} is put in where it is missing. Every other byte of the files stays.`,
        ]
      : []),
    ...(parks
      ? [
          words`${code('schedule')} is taken out and stays as comment lines, so GitHub does not start a second run.`,
        ]
      : []),
    ...(has(({ to, net }) => to === 'punctual' && net === 'own') ? [OWN_NET] : []),
    ...(has(({ to, net }) => to === 'punctual' && net === 'cron') ? [CRON_NET] : []),
    ...(has(({ to, net }) => to === 'punctual' && net === 'none') ? [NO_NET] : []),
    ...(has(({ to }) => to === 'off')
      ? [words`What Offbeat had taken out of the triggers is put back as it was.`]
      : []),
  ];
}

function risksOf(rows: readonly OnTimeRow[]): readonly Inline[] {
  if (rows.every(({ to }) => to === 'off')) {
    return ['GitHub drops a late run that waits for a cron whose line is edited.'];
  }
  return [
    'GitHub may take hours to notice the new trigger, and refuses to start the workflow until then. It ' +
      'is tried again, and the net serves meanwhile.',
    'The runs are by an App, not by a person. GitHub mails nobody when such a run fails; Offbeat keeps ' +
      'one issue about failures instead.',
    'The first run is a trial: where it fails and GitHub’s run before was green, Offbeat goes back and says so.',
    'A late run of the old schedule that has not come yet is dropped with the merge.',
  ];
}

/** Only names of these characters are used in a commit message, since it cannot be escaped. */
const PLAIN_NAME = /^[\w.-]{1,60}$/;

function commitLine({ path, to, net }: OnTimeRow): string {
  const file = fileName(path);
  const how = to === 'punctual' ? `punctual, net: ${net}` : to;
  return `- ${PLAIN_NAME.test(file) ? file : 'a workflow'}: ${how}`;
}
