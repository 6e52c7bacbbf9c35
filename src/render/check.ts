import { styleText } from 'node:util';
import stringWidth from 'string-width';
import { utcOffsetMinutes } from '../cron/timezone.ts';
import { DAY_MS, MINUTE_MS } from '../time.ts';
import type { CheckedSchedule, CheckReport, Crowd, Finding } from './check-view.ts';
import { plainLine } from './markdown.ts';
import { fileName } from './move-words.ts';
import {
  FOR_REASON_ABOVE,
  firstObstacle,
  hinderedAmong,
  onTimeSummary,
  withoutPlace,
} from './on-time-possible.ts';
import { count, listed } from './quantity.ts';
import { wrapWords } from './wrap-output.ts';

/** How the text is to be laid out. */
export interface CheckLayout {
  /** Cells of a line. */
  readonly columns: number;
  readonly color: boolean;
  /** IANA name of the reader's timezone. Ticks of schedules in UTC are shown in it too. */
  readonly timezone: string;
}

/** It keeps a figure and its unit on one line; what is copied from the answer has ordinary spaces. */
const NON_BREAKING_SPACE = '\u00a0';
const YEAR_MS = 365 * DAY_MS;
/** Least columns of the layout; in fewer, each word would need a line. */
const NARROWEST = 60;
/** Widest cron column. A longer cron moves only its own line to the right. */
const WIDEST_CRON = 16;
/** Collisions that are listed, the fullest first. The others are counted. */
const CROWDS_SHOWN = 8;
const MEMBERS_SHOWN = 6;
const ONE_RUN = '; of several in one workflow GitHub may then start only one';
/** Most code points of a message in which text of others may stand. */
const MOST_SIGNS = 400;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red';
type Paint = (style: Style, text: string) => string;

/** The text of `check`: schedules by file, collisions, other findings, what could be started on time, and a summary. */
export function renderCheck(report: CheckReport, layout: CheckLayout): string {
  const width = Math.max(layout.columns, NARROWEST);
  const paint: Paint = (style, text) =>
    layout.color ? styleText(style, text, { validateStream: false }) : text;
  const blocks = [
    scheduleBlock(report, { ...layout, columns: width }, paint),
    crowdBlock(report.crowds, width, paint),
    otherBlock(report, width, paint),
    onTimeBlock(report, width, paint),
    wrapWords(summaryLine(report), width).join('\n'),
  ];
  const text = blocks.filter((block) => block !== '').join('\n\n');
  return text.replaceAll(NON_BREAKING_SPACE, ' ');
}

/** All schedules by file. The lines about a schedule are aligned beside its cron, or below a long one. */
function scheduleBlock({ schedules, findings }: CheckReport, layout: CheckLayout, paint: Paint): string {
  const lineWidth = Math.max(...schedules.map(({ line }) => String(line).length), 0);
  const cronWidth = Math.min(
    Math.max(...schedules.map(({ cron }) => stringWidth(plainLine(cron))), 0),
    WIDEST_CRON,
  );
  const byPath = Map.groupBy(schedules, ({ path }) => path);
  const own = Map.groupBy(findings, placeKey);
  return [...byPath]
    .map(([path, list]) =>
      [
        paint('bold', plainLine(fileName(path))),
        ...list.flatMap((schedule) => {
          const said = (own.get(placeKey(schedule)) ?? []).filter(
            ({ rule }) => rule !== 'crowd' && !ON_TIME_RULES.has(rule),
          );
          // A reason that repeats a finding, here or of the whole file, is left out.
          const isFound = findings.some(
            ({ path: of, message }) => of === path && message === schedule.reason?.sentence,
          );
          const shown = { ...layout, lineWidth, cronWidth, withReason: !isFound };
          return scheduleLines(schedule, said, shown, paint);
        }),
      ].join('\n'),
    )
    .join('\n');
}

function placeKey({ path, line, column }: Pick<Finding, 'path' | 'line' | 'column'>): string {
  return JSON.stringify([path, line, column]);
}

function scheduleLines(
  schedule: CheckedSchedule,
  findings: readonly Finding[],
  layout: CheckLayout & {
    readonly lineWidth: number;
    readonly cronWidth: number;
    readonly withReason: boolean;
  },
  paint: Paint,
): readonly string[] {
  const cron = plainLine(schedule.cron);
  const head = `  ${String(schedule.line).padStart(layout.lineWidth)}  ${cron}`;
  const indent = 2 + layout.lineWidth + 2 + layout.cronWidth + 2;
  const room = layout.columns - indent;
  const { reason } = schedule;
  const words = schedule.words === '' ? 'invalid' : schedule.words;
  const verdict = reason === undefined ? 'movable' : `left alone (${reason.code})`;
  const why = reason === undefined || !layout.withReason ? '' : withoutPlace(reason.sentence);
  const body = [
    ...wrapWords(`${words} · ${verdict}`, room),
    ...tickLines(schedule, layout.timezone).flatMap((line) => wrapWords(line, room)),
    ...messageLines(why, room).map((line) => paint('dim', line)),
    ...findings.flatMap(({ level, message }) =>
      messageLines(withoutPlace(message), room, '! ').map((line) => paint(colorOf(level), line)),
    ),
  ];
  const beside = head.length + 2 <= indent;
  const lines = beside ? [head.padEnd(indent) + (body[0] ?? '')] : [head];
  return [...lines, ...body.slice(beside ? 1 : 0).map((line) => ' '.repeat(indent) + line)];
}

/** A message as lines of a width, with a lead before the first; the others stand under what follows it. */
function messageLines(text: string, width: number, lead = ''): readonly string[] {
  return wrapWords(plainLine(text, MOST_SIGNS), width - lead.length).map((line, at) =>
    at === 0 ? `${lead}${line}` : `${' '.repeat(lead.length)}${line}`,
  );
}

function colorOf(level: Finding['level']): Style {
  return level === 'error' ? 'red' : level === 'warning' ? 'yellow' : 'dim';
}

/** The next ticks in UTC and in the schedule's timezone, or the reader's where the schedule is in UTC. */
function tickLines({ nextTicks, timezone }: CheckedSchedule, here: string): readonly string[] {
  const [first] = nextTicks;
  if (first === undefined) return [];
  const local = timezone === 'UTC' ? here : timezone;
  const ticks = nextTicks.map((tick) => Date.parse(tick));
  const utc = `${inZone(ticks, 'UTC')} UTC`;
  if (local === 'UTC') return [utc];
  return [utc, `${inZone(ticks, local)} ${timezone === 'UTC' ? 'your time' : 'local'}`];
}

/**
 * Ticks as `Sat 22 Nov 03:17, 04:17, Sun 23 Nov 03:17`: dates are not repeated, and only another year is named. Where
 * ticks are a year or more apart, the first one's year is named too: it may be far away.
 */
function inZone(ticks: readonly number[], zone: string): string {
  const texts: string[] = [];
  let before = '';
  const [first = 0, second = first] = ticks;
  const isRare = second - first >= YEAR_MS;
  for (const tick of ticks) {
    const at = new Date(tick + utcOffsetMinutes(tick, zone) * MINUTE_MS);
    const isNamed = isRare || at.getUTCFullYear() !== new Date(first).getUTCFullYear();
    const year = isNamed ? ` ${at.getUTCFullYear()}` : '';
    const day = `${WEEKDAYS[at.getUTCDay()]} ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}${year}`;
    const time = at.toISOString().slice(11, 16);
    texts.push(day === before ? time : `${day} ${time}`);
    before = day;
  }
  return texts.join(', ');
}

function crowdBlock(crowds: readonly Crowd[], width: number, paint: Paint): string {
  if (crowds.length === 0) return '';
  const shown = crowds.slice(0, CROWDS_SHOWN).flatMap(({ at, schedules }) => {
    const names = schedules
      .slice(0, MEMBERS_SHOWN)
      .map(({ path, line }) => `${plainLine(fileName(path))}:${line}`);
    const more = schedules.length - names.length;
    const all = listed(more === 0 ? names : [...names, `${more} more`]);
    return hanging(
      `${inZone([Date.parse(at)], 'UTC')} UTC`,
      `${count(schedules.length, 'schedule')}: ${all}${isOneFileTwice(schedules) ? ONE_RUN : ''}`,
      width,
    );
  });
  const rest = crowds.length - Math.min(crowds.length, CROWDS_SHOWN);
  return [
    paint('bold', 'Starting in the same minute'),
    ...shown,
    ...(rest === 0 ? [] : [`  and ${count(rest, 'smaller crowd')}`]),
  ].join('\n');
}

function isOneFileTwice(schedules: Crowd['schedules']): boolean {
  return new Set(schedules.map(({ path }) => path)).size < schedules.length;
}

/** A short head, and beside it a text whose further lines are indented. */
function hanging(head: string, text: string, width: number): readonly string[] {
  const indent = head.length + 4;
  return wrapWords(text, width - indent).map((line, at) =>
    at === 0 ? `  ${head}  ${line}` : ' '.repeat(indent) + line,
  );
}

/** Findings about no schedule: unreadable files and rules of the configuration. */
function otherBlock({ schedules, findings }: CheckReport, width: number, paint: Paint): string {
  const places = new Set(schedules.map(placeKey));
  const others = findings.filter(
    (finding) => !places.has(placeKey(finding)) && !ON_TIME_RULES.has(finding.rule),
  );
  if (others.length === 0) return '';
  return [
    paint('bold', 'Elsewhere'),
    ...others.flatMap(({ path, line, column, level, message }) => {
      const head = `${plainLine(fileName(path))}:${line}:${column}`;
      return [
        `  ${head}`,
        ...messageLines(withoutPlace(message), width - 4).map((line) => `    ${paint(colorOf(level), line)}`),
      ];
    }),
  ].join('\n');
}

/** Rules whose findings are shown beside the workflows that could be started on their minute. */
const ON_TIME_RULES: ReadonlySet<Finding['rule']> = new Set(['on-time-blocked', 'on-time-observed']);

/** Which workflows could be started on their minute: those with something in the way, all with every finding. */
function onTimeBlock({ schedules, onTime, findings }: CheckReport, width: number, paint: Paint): string {
  if (onTime.length === 0) return '';
  const own = findings.filter(({ rule }) => ON_TIME_RULES.has(rule));
  const byPath = Map.groupBy(own, ({ path }) => path);
  const blocked = new Set(own.map(({ path }) => path));
  const told = [
    ...findings.map(({ path, message }) => ({ path, sentence: message })),
    ...schedules.map(({ path, reason }) => ({ path, sentence: reason?.sentence ?? '' })),
  ];
  const { named, saidAbove } = hinderedAmong(
    onTime.filter(({ path }) => !blocked.has(path)),
    told,
  );
  const possible = named.flatMap((workflow) => [
    `  ${plainLine(fileName(workflow.path))}`,
    ...messageLines(firstObstacle(workflow), width, '    ').map((line) => paint('dim', line)),
  ]);
  const names = saidAbove.map((path) => plainLine(fileName(path)));
  const above = names.length === 0 ? '' : `${listed(names)}: ${FOR_REASON_ABOVE}`;
  const asked = [...byPath].flatMap(([path, list]) => [
    `  ${plainLine(fileName(path))}`,
    ...list.flatMap(({ line, level, message }) =>
      messageLines(`Line ${line}: ${message}`, width, '    ! ').map((text) => paint(colorOf(level), text)),
    ),
  ]);
  return [
    paint('bold', 'On time'),
    ...wrapWords(onTimeSummary(onTime), width - 2).map((line) => `  ${line}`),
    ...asked,
    ...possible,
    ...(above === '' ? [] : wrapWords(above, width - 2).map((line) => paint('dim', `  ${line}`))),
  ].join('\n');
}

function summaryLine({ summary, findings }: CheckReport): string {
  if (summary.files === 0 && findings.length === 0) return 'There is no workflow file to check.';
  if (summary.schedules === 0 && findings.length === 0) {
    return `No schedules in ${count(summary.files, 'workflow file')}.`;
  }
  const rules = Map.groupBy(
    findings.filter(({ level }) => level !== 'note'),
    ({ rule }) => rule,
  );
  const parts = [...rules].map(([rule, list]) => `${list.length} ${rule}`);
  const notes = summary.notes === 0 ? '' : `, ${count(summary.notes, 'note')}`;
  const found =
    parts.length === 0 ? 'nothing found' : `${count(summary.findings, 'finding')} (${parts.join(', ')})`;
  return (
    `${count(summary.schedules, 'schedule')} in ${count(summary.files, 'file')}, ${summary.movable} movable, ` +
    `${found}${notes}.`
  );
}
