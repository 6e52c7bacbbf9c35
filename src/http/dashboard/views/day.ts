import { readableTicks } from '../../../cron/readable-cron.ts';
import type { Conclusion, Run } from '../../../history/run.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, utcDate } from '../../../time.ts';
import type { RepositoryState, ScheduleVersion } from '../../../usecases/ports.ts';
import { runsBetween } from './runs-between.ts';
import { type NamedSchedule, schedulesOf, workflowNames } from './workflow-names.ts';

/** A run may start so long after its tick, or take so long, and still be shown on the day. */
const REACH_MS = DAY_MS;
/** A tick without a run counts as missed after this time, since hours of lateness are common. */
const GIVEN_UP_MS = 12 * HOUR_MS;
/** What started runs that no schedule explains, where GitHub's word is not plain. */
const EVENT_WORDS: Readonly<Record<string, string>> = {
  schedule: 'earlier schedule',
  workflow_dispatch: 'dispatched',
};
/** Most rows of the drawing. A page for one workflow shows the others. */
export const MOST_ROWS = 60;

export interface DayTick {
  /** Epoch ms. */
  readonly at: number;
  /** `ran`: a run belongs to it. `missed`: none came. `waiting`: one may still come. `ahead`: in the future. */
  readonly state: 'ran' | 'missed' | 'waiting' | 'ahead';
  readonly runId: number | null;
}

export interface DayRun {
  readonly id: number;
  readonly event: string;
  readonly tick: number | null;
  readonly createdAt: number;
  /** Epoch ms; the time of the page while the run is in progress. */
  readonly endedAt: number;
  readonly running: boolean;
  readonly conclusion: Conclusion | null;
  readonly latenessMinutes: number | null;
  readonly ambiguous: boolean;
  readonly durationSeconds: number | null;
}

export interface DayRow {
  readonly key: string;
  readonly name: string;
  readonly path: string;
  /** `null` for runs that no schedule explains. */
  readonly cron: string | null;
  readonly timezone: string;
  readonly ticks: readonly DayTick[];
  readonly runs: readonly DayRun[];
}

export interface DayView {
  /** UTC date, `YYYY-MM-DD`. */
  readonly date: string;
  /** Epoch ms of its 00:00 UTC. */
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly previous: string | null;
  readonly next: string | null;
  readonly rows: readonly DayRow[];
  /** Rows left out. */
  readonly more: number;
  readonly workflows: readonly { readonly path: string; readonly name: string }[];
  readonly workflow: string | null;
  readonly runs: number;
  readonly missed: number;
}

export interface DayQuery {
  /** `YYYY-MM-DD`. Default, also for invalid text: the newest day with a run. */
  readonly date: string | null;
  readonly workflow: string | null;
  readonly now: number;
}

/** The ticks and runs of a UTC day, by schedule. */
export function dayView(state: RepositoryState, { date, workflow, now }: DayQuery): DayView {
  const from = dayStart(date) ?? dayOf(state.runs.at(-1)?.createdAt ?? now);
  const to = from + DAY_MS;
  const schedules = schedulesOn(state, to);
  const runs = runsBetween(state.runs, from - REACH_MS, to + REACH_MS);
  const byKey = Map.groupBy(runs, (run) => run.scheduleKey ?? `${run.path}|${run.event}`);
  const wanted = (path: string): boolean => workflow === null || path === workflow;
  const rows = [
    ...schedules
      .filter(({ path }) => wanted(path))
      .map((schedule) => rowOf(schedule, byKey.get(schedule.key) ?? [])),
    ...otherRows(),
  ].filter(({ ticks, runs: shown }) => ticks.length > 0 || shown.length > 0);
  return {
    date: utcDate(from),
    from,
    to,
    now,
    previous: from > (state.runs.at(0)?.createdAt ?? now) ? utcDate(from - DAY_MS) : null,
    next: to <= now ? utcDate(to) : null,
    rows: rows.slice(0, MOST_ROWS),
    more: Math.max(0, rows.length - MOST_ROWS),
    workflows: workflowsOf(schedules),
    workflow,
    runs: rows.reduce((sum, row) => sum + row.runs.length, 0),
    missed: rows.reduce((sum, row) => sum + row.ticks.filter((tick) => tick.state === 'missed').length, 0),
  };

  function rowOf(schedule: NamedSchedule, own: readonly Run[]): DayRow {
    const taken = new Map(own.flatMap((run) => (run.tick === null ? [] : [[run.tick, run.id] as const])));
    return {
      ...schedule,
      ticks: readableTicks(schedule, from, to).map((at) => tickOf(at, taken.get(at) ?? null, now)),
      runs: shownRuns(own),
    };
  }

  /** Runs without a schedule: of pushes, of people and of removed crons. They need runners too. */
  function otherRows(): readonly DayRow[] {
    const known = new Set(schedules.map(({ key }) => key));
    const nameOf = workflowNames(state);
    return [...byKey].flatMap(([key, own]) => {
      const first = own[0];
      if (first === undefined || known.has(key) || !wanted(first.path)) return [];
      const name = `${nameOf(first.path)} (${EVENT_WORDS[first.event] ?? first.event.replaceAll('_', ' ')})`;
      return [{ key, name, path: first.path, cron: null, timezone: 'UTC', ticks: [], runs: shownRuns(own) }];
    });
  }

  function shownRuns(own: readonly Run[]): readonly DayRun[] {
    return own
      .filter((run) => run.createdAt < to && (run.endedAt ?? now) >= from)
      .map((run) => ({
        id: run.id,
        event: run.event,
        tick: run.tick,
        createdAt: run.createdAt,
        endedAt: run.endedAt ?? Math.max(run.createdAt, now),
        running: run.endedAt === null,
        conclusion: run.conclusion,
        latenessMinutes: run.tick === null ? null : (run.createdAt - run.tick) / MINUTE_MS,
        ambiguous: run.ambiguous,
        durationSeconds: run.durationSeconds,
      }));
  }
}

function tickOf(at: number, runId: number | null, now: number): DayTick {
  if (runId !== null) return { at, state: 'ran', runId };
  if (at > now) return { at, state: 'ahead', runId };
  return { at, state: now - at > GIVEN_UP_MS ? 'missed' : 'waiting', runId };
}

/** The schedules in force at the end of the day, as far as they are known. */
function schedulesOn(state: RepositoryState, end: number): readonly NamedSchedule[] {
  const seen = state.scheduleVersions.filter(({ seenAt }) => seenAt < end);
  const earliest = state.scheduleVersions.reduce<ScheduleVersion | undefined>(
    (first, version) => (first === undefined || version.seenAt < first.seenAt ? version : first),
    undefined,
  );
  const versions = seen.length > 0 ? seen : earliest === undefined ? [] : [earliest];
  return schedulesOf({ decisions: state.decisions, scheduleVersions: versions });
}

function workflowsOf(schedules: readonly NamedSchedule[]): DayView['workflows'] {
  const names = new Map(schedules.map(({ path, name }) => [path, name.replace(/ \([^()]*\)$/, '')]));
  return [...names].map(([path, name]) => ({ path, name }));
}

function dayStart(date: string | null): number | null {
  if (date === null || !/^\d{4}-\d\d-\d\d$/.test(date)) return null;
  const at = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(at) ? null : at;
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}
