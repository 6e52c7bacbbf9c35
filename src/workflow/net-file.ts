import { ticksPerWeek } from '../cron/gaps.ts';
import { type Cron, parseCron } from '../cron/parse.ts';
import { OffbeatError } from '../errors.ts';
import type { DispatchInputs } from './dispatch-worlds.ts';
import { NET_STEP } from './net-step.ts';
import { NET_PATH } from './paths.ts';

/*
 * The net: a workflow file that holds GitHub's crons of the served workflows. It runs when GitHub's scheduler gets
 * round to it, and starts each workflow that nothing has started since its tick. Its text depends on the served
 * workflows alone, so generating it again changes nothing.
 */

/** A workflow that the net looks after. */
export interface NetWorkflow {
  readonly path: string;
  /** As written in `on.schedule`, now or before they were taken out. */
  readonly schedules: readonly { readonly cron: string; readonly timezone: string }[];
  readonly inputs: DispatchInputs;
  /** Whether a person's dispatch serves a tick. */
  readonly manualServes: boolean;
}

export interface NetTerms {
  /** The App's name in URLs; the actor of its runs is `SLUG[bot]`. */
  readonly appSlug: string;
  /** An Action that does what the step does, as `OWNER/REPO@HASH`; without one the file carries the step itself. */
  readonly action?: string | undefined;
}

/** File names that may stand in a comment and an address as they are. */
const PLAIN_NAME = /^\.github\/workflows\/([\w.@+-]+\.ya?ml)$/;

/** Whether the net can name a workflow: other names hold characters that mean something in YAML, or end a line. */
export function canBeInNet(path: string): boolean {
  return PLAIN_NAME.test(path) && path !== NET_PATH;
}

const APP_LINE = /^ +(?:APP|app): '(.+)\[bot\]'$/m;
const ACTION_LINE = /^ {8}uses: (\S+)$/m;

/** The terms that a net was written with; `null` where the text is no net. */
export function netTermsOf(text: string): NetTerms | null {
  const appSlug = APP_LINE.exec(text)?.[1];
  return appSlug === undefined ? null : { appSlug, action: ACTION_LINE.exec(text)?.[1] };
}

/** What whoever opens the file has to know of it, to be read in a minute. */
const HEAD = [
  '# Do not edit: Offbeat starts the workflows named below on their minute, and writes this file anew when they change.',
  '# GitHub runs this file when its scheduler gets round to it, often late. It then starts what nobody has started since',
  '# its time. So it works without Offbeat too, only later.',
  '#',
  '# To take a workflow out, comment `/on-time NAME off`: a pull request puts its own schedule back.',
  '# Without Offbeat, by hand: in each workflow named below, remove `#| ` before the lines of its schedule, and the line',
  '# `workflow_dispatch: # for Offbeat` (or, where the whole of `on:` stands behind `#|`, the `on:` below it). Then delete',
  '# this file.',
  '#',
  '# In a public repository GitHub switches schedules off after 60 days without activity, this one too: then push',
  '# something, and enable it on its page below "Actions".',
] as const;

/** The text of the net; `null` for no workflows. Throws `workflow-refused` for a workflow that it cannot hold. */
export function netFile(workflows: readonly NetWorkflow[], terms: NetTerms): string | null {
  if (workflows.length === 0) return null;
  const inOrder = workflows.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  return [
    ...HEAD,
    'name: Offbeat net',
    'on:',
    '  schedule:',
    ...scheduleLines(inOrder),
    'permissions:',
    '  actions: write # to look for runs, and to start a workflow',
    'jobs:',
    '  net:',
    '    runs-on: ubuntu-latest',
    '    timeout-minutes: 30',
    '    steps:',
    '      - name: Start what nobody has started',
    ...stepLines(inOrder, terms),
  ].join('\n');
}

const MONTHS_A_YEAR = 12;
const WEEKS_A_YEAR = 365.25 / 7;

/** How often the crons of the net ask for a run in a month of mean length. GitHub drops some of them. */
export function netRunsPerMonth(workflows: readonly NetWorkflow[]): number {
  const all = workflows.flatMap(({ schedules }) => schedules);
  const distinct = new Map(all.map(({ cron, timezone }) => [`${cron} in ${timezone}`, cron]));
  const aWeek = [...distinct.values()].reduce((sum, cron) => sum + ticksPerWeek(parseCron(cron)), 0);
  return (aWeek * WEEKS_A_YEAR) / MONTHS_A_YEAR;
}

function stepLines(workflows: readonly NetWorkflow[], { appSlug, action }: NetTerms): readonly string[] {
  const app = `'${appSlug}[bot]'`;
  const served = workflows.map((workflow) => `            ${servedLine(workflow)}`);
  if (action !== undefined) {
    return [
      `        uses: ${action}`,
      '        with:',
      '          command: net',
      `          app: ${app}`,
      '          served: |',
      ...served,
      '',
    ];
  }
  return [
    '        shell: node {0}',
    '        env:',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what stands in the file.
    '          GH_TOKEN: ${{ github.token }}',
    `          APP: ${app}`,
    '          SERVED: |',
    ...served,
    '        run: |',
    ...NET_STEP.split('\n').map((line) => (line === '' ? '' : `          ${line}`)),
  ];
}

/** Each cron once, with the files that it is for. */
function scheduleLines(workflows: readonly NetWorkflow[]): readonly string[] {
  const all = workflows.flatMap(({ path, schedules }) => schedules.map((one) => ({ path, ...one })));
  const byCron = Map.groupBy(all, ({ cron, timezone }) => `${cron} in ${timezone}`);
  return [...byCron.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const files = [...new Set(same.map(({ path }) => nameOf(path)))].join(', ');
    const zone = first.timezone === 'UTC' ? [] : [`      timezone: ${first.timezone}`];
    return [`    - cron: '${parseCron(first.cron).text}' # ${files}`, ...zone];
  });
}

/** A workflow as one line of JSON, each field of its crons as `*` or a list of numbers. */
function servedLine({ path, schedules, inputs, manualServes }: NetWorkflow): string {
  const given = Object.entries(inputs).map(([name, value]) => [name, String(value)] as const);
  const line = JSON.stringify({
    file: nameOf(path),
    ...(manualServes ? { manual: true } : {}),
    ...(given.length === 0 ? {} : { inputs: Object.fromEntries(given) }),
    schedules: schedules.map(({ cron, timezone }) => fieldsOf(path, parseCron(cron), timezone)),
  });
  if (line.includes('${{')) throw refused(path, 'its inputs hold an expression');
  return line.replace(BREAKING, escaped);
}

/**
 * Characters that JSON does not escape but that end a line in YAML 1.1, which GitHub's runners read: the rest of the
 * line would become YAML of its own. Invisible characters are escaped as well.
 */
const BREAKING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function escaped(sign: string): string {
  return Array.from({ length: sign.length }, (_, at) => {
    const unit = sign.charCodeAt(at).toString(16).padStart(4, '0');
    return `\\u${unit}`;
  }).join('');
}

function fieldsOf(path: string, cron: Cron, zone: string): Readonly<Record<string, string>> {
  if (cron.dayRule === 'either') throw refused(path, 'its cron restricts both the day and the weekday');
  const list = (values: readonly number[], count: number) =>
    values.length === count ? '*' : values.join(',');
  return {
    zone,
    minute: list(cron.minutes, 60),
    hour: list(cron.hours, 24),
    day: list(cron.daysOfMonth, 31),
    month: list(cron.months, 12),
    weekday: list(cron.daysOfWeek, 7),
  };
}

function nameOf(path: string): string {
  const name = PLAIN_NAME.exec(path)?.[1];
  if (name === undefined || path === NET_PATH) throw refused(path, 'the net cannot hold its name');
  return name;
}

function refused(path: string, why: string): OffbeatError {
  return new OffbeatError('workflow-refused', `The net cannot look after this workflow: ${why}.`, {
    where: path,
  });
}
