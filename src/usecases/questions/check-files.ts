import type { Config } from '../../config/config.ts';
import { limitsFor, type ScheduleRules } from '../../config/rules.ts';
import { ticksPerWeek } from '../../cron/gaps.ts';
import type { Cron } from '../../cron/parse.ts';
import { readableCron } from '../../cron/readable-cron.ts';
import { shapeOf } from '../../cron/shape.ts';
import { nextTick } from '../../cron/ticks.ts';
import { utcOffsetMinutes } from '../../cron/timezone.ts';
import { describeCron } from '../../cron/words.ts';
import type { CheckedFile, CheckedSchedule, CheckReport } from '../../render/check-view.ts';
import { clockTime, MINUTE_MS } from '../../time.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import type { Schedule, WorkflowFile } from '../../workflow/schedule.ts';
import { blockedAmong } from '../planning/blocked-starts.ts';
import { whyUnmovable } from '../planning/moves-left.ts';
import type { SourceFile } from '../ports.ts';
import {
  collisionFindings,
  configFindings,
  fileFindings,
  hourFindings,
  isInvalid,
  isUnreadable,
  midnightFindings,
  scheduleFindings,
} from './check-findings.ts';
import { collisions, distinctCollisions } from './collisions.ts';
import { onTimeFindings } from './on-time-findings.ts';
import { onTimeRequests, shownRequest } from './on-time-possible.ts';

/** Ticks shown of each schedule. */
const NEXT_TICKS = 3;

export interface CheckRequest {
  readonly sources: readonly SourceFile[];
  readonly config: Config;
  /** The configuration as it is written, for the places of findings; empty where there is none. */
  readonly configText: string;
  /** Epoch ms. */
  readonly now: number;
}

/** One schedule with its cron read; `cron` is `null` where GitHub does not run it. */
interface Entry {
  readonly file: WorkflowFile;
  readonly schedule: Schedule;
  readonly cron: Cron | null;
}

/** Every schedule of some workflow files, and what a maintainer would want to know of them. */
export function checkFiles({ sources, config, configText, now }: CheckRequest): CheckReport {
  const files = readWorkflowFiles(sources);
  const paths = files.map(({ path }) => path);
  const entries = files.flatMap((file) =>
    file.schedules.map(
      (schedule): Entry => ({
        file,
        schedule,
        cron: isUnreadable(file) || isInvalid(schedule) ? null : readableCron(schedule),
      }),
    ),
  );
  const requests = onTimeRequests(sources, config);
  const blocked = new Set(blockedAmong(requests, files));
  const schedules = entries.map((entry) => {
    const { schedule } = entry;
    const rules = { ...limitsFor(config, schedule), startIsBlocked: blocked.has(schedule.path) };
    return checkedSchedule(entry, rules, now);
  });
  const ticking = entries.flatMap(({ schedule, cron }) =>
    cron === null ? [] : [{ schedule, cron, timezone: schedule.timezone }],
  );
  const found = collisions(ticking, now);
  const places = ticking.map(({ schedule }) => schedule);
  const others = [
    ...files.flatMap(fileFindings),
    ...entries.flatMap(({ schedule, cron }) => scheduleFindings(schedule, cron, now)),
    ...entries.flatMap(({ file, schedule, cron }) => midnightFindings(file, schedule, cron)),
    ...entries.flatMap(({ file, schedule, cron }) => hourFindings(file, schedule, cron)),
    ...collisionFindings(places, found),
    ...configFindings(config, configText, paths),
  ];
  const findings = [...others, ...onTimeFindings({ requests, config, configText, found: others })];
  return {
    schedules,
    files: files.map(checkedFile),
    findings,
    onTime: requests.map(shownRequest),
    crowds: distinctCollisions(found).map(({ at, members }) => ({
      at: new Date(at).toISOString(),
      schedules: members.flatMap((member) => {
        const place = places[member];
        return place === undefined ? [] : [{ path: place.path, line: place.line, cron: place.cron }];
      }),
    })),
    summary: summaryOf(files.length, schedules, findings),
  };
}

/** What a report says of some files, by path; schedules of others that start in the same minute stay named. */
export function aboutFiles(report: CheckReport, paths: ReadonlySet<string>): CheckReport {
  const isNamed = ({ path }: { readonly path: string }): boolean => paths.has(path);
  const schedules = report.schedules.filter(isNamed);
  const findings = report.findings.filter(isNamed);
  const files = report.files.filter(isNamed);
  return {
    schedules,
    files,
    findings,
    crowds: report.crowds.filter((crowd) => crowd.schedules.some(isNamed)),
    onTime: report.onTime.filter(isNamed),
    summary: summaryOf(files.length, schedules, findings),
  };
}

function summaryOf(
  files: number,
  schedules: CheckReport['schedules'],
  findings: CheckReport['findings'],
): CheckReport['summary'] {
  const notes = findings.filter(({ level }) => level === 'note').length;
  return {
    files,
    schedules: schedules.length,
    movable: schedules.filter(({ movable }) => movable).length,
    findings: findings.length - notes,
    notes,
  };
}

function checkedFile(file: WorkflowFile): CheckedFile {
  if (file.refusal !== undefined) return { path: file.path, status: 'refused', reason: file.refusal };
  return { path: file.path, status: file.schedules.length === 0 ? 'no-schedule' : 'read' };
}

function checkedSchedule(
  { file, schedule, cron }: Entry,
  rules: ScheduleRules,
  now: number,
): CheckedSchedule {
  const { path, index, line, column, timezone } = schedule;
  const place = { path, index, line, column, cron: schedule.cron, timezone };
  const refusal = whyUnmovable(file, schedule, rules);
  const movable = refusal === null ? { movable: true } : { movable: false, reason: refusal };
  if (cron === null) {
    return {
      ...place,
      words: '',
      ...movable,
      ticksPerWeek: 0,
      shape: 'invalid',
      nextTicks: [],
      nextTicksLocal: [],
    };
  }
  const ticks = nextTicks(cron, timezone, now);
  return {
    ...place,
    words: describeCron(cron.text, timezone),
    ...movable,
    ticksPerWeek: ticksPerWeek(cron),
    shape: shapeOf(cron, timezone).kind,
    nextTicks: ticks.map((tick) => new Date(tick).toISOString()),
    nextTicksLocal: ticks.map((tick) => localInstant(tick, timezone)),
  };
}

function nextTicks(cron: Cron, timezone: string, now: number): readonly number[] {
  const ticks: number[] = [];
  for (let at = nextTick(cron, timezone, now); at !== null; at = nextTick(cron, timezone, at)) {
    ticks.push(at);
    if (ticks.length === NEXT_TICKS) break;
  }
  return ticks;
}

/** ISO 8601 with the offset that the zone has then: `2026-11-22T02:00:00+01:00`. */
function localInstant(at: number, timezone: string): string {
  const offset = utcOffsetMinutes(at, timezone);
  const local = new Date(at + offset * MINUTE_MS).toISOString().slice(0, 19);
  return `${local}${offset < 0 ? '-' : '+'}${clockTime(Math.abs(offset))}`;
}
