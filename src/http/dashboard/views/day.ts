import { readableTicks } from '../../../cron/readable-cron.ts';
import type { Run } from '../../../history/run.ts';
import type { RunHistory } from '../../../history/run-history.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, utcDate } from '../../../time.ts';
import type { RepositoryState } from '../../../usecases/ports.ts';
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

/** The ticks and runs of a UTC day (`YYYY-MM-DD`), by schedule; of the newest day with a run where the date is none. */
export function dayView(
  state: RepositoryState,
  query: { readonly date: string | null; readonly workflow: string | null; readonly now: number },
) {
  const { date, workflow, now } = query;
  const from = dayStart(date) ?? dayOf(state.runs.at(-1)?.createdAt ?? now);
  const to = from + DAY_MS;
  const schedules = schedulesOn(state, to);
  const runs = runsBetween(state.runs, from - REACH_MS, to + REACH_MS);
  const byKey = Map.groupBy(runs, (run) => run.scheduleKey ?? `${run.path}|${run.event}`);
  const wanted = (path: string): boolean => workflow === null || path === workflow;
  const rows: readonly DayRow[] = [
    ...schedules
      .filter(({ path }) => wanted(path))
      .map((schedule) => rowOf(schedule, byKey.get(schedule.key) ?? [])),
    ...otherRows(),
  ].filter(({ ticks, runs: shown }) => ticks.length > 0 || shown.length > 0);
  return {
    date: utcDate(from),
    /** Epoch ms of its 00:00 UTC. */
    from,
    to,
    now,
    previous: from > (state.runs.at(0)?.createdAt ?? now) ? utcDate(from - DAY_MS) : null,
    next: to <= now ? utcDate(to) : null,
    rows: rows.slice(0, MOST_ROWS),
    /** Rows left out. */
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
      runs: own.filter(isOnDay).map((run) => shownRun(run, now)),
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
      const runs = own.filter(isOnDay).map((run) => shownRun(run, now));
      return [{ name, path: first.path, cron: null, ticks: [], runs }];
    });
  }

  function isOnDay({ createdAt, endedAt }: Run): boolean {
    return createdAt < to && (endedAt ?? now) >= from;
  }
}

export type DayView = ReturnType<typeof dayView>;

export interface DayRow {
  readonly name: string;
  readonly path: string;
  /** `null` for runs that no schedule explains. */
  readonly cron: string | null;
  readonly ticks: readonly DayTick[];
  readonly runs: readonly DayRun[];
}

export type DayRun = ReturnType<typeof shownRun>;

/** A run as it is drawn: while it is in progress, it ends at the time of the page. */
function shownRun(run: Run, now: number) {
  return {
    ...run,
    endedAt: run.endedAt ?? Math.max(run.createdAt, now),
    running: run.endedAt === null,
    latenessMinutes: run.tick === null ? null : (run.createdAt - run.tick) / MINUTE_MS,
  };
}

export type DayTick = ReturnType<typeof tickOf>;

/** `ran`: a run belongs to it. `missed`: none came. `waiting`: one may still come. `ahead`: in the future. */
function tickOf(at: number, runId: number | null, now: number) {
  const unserved = now - at > GIVEN_UP_MS ? 'missed' : at > now ? 'ahead' : 'waiting';
  return { at, runId, state: runId === null ? unserved : 'ran' } as const;
}

/** The schedules in force at the end of the day, as far as they are known. */
function schedulesOn(state: RepositoryState, end: number): readonly NamedSchedule[] {
  const seen = state.scheduleVersions.filter(({ seenAt }) => seenAt < end);
  const earliest = state.scheduleVersions.toSorted((one, other) => one.seenAt - other.seenAt).slice(0, 1);
  const versions = seen.length > 0 ? seen : earliest;
  return schedulesOf({ decisions: state.decisions, scheduleVersions: versions });
}

function workflowsOf(schedules: readonly NamedSchedule[]) {
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

/** The runs created in [from, to), epoch ms. The history is sorted by creation, so two binary searches are enough. */
export function runsBetween(runs: RunHistory, from: number, to: number): Run[] {
  return runs.slice(firstSince(runs, from), firstSince(runs, to));
}

function firstSince(runs: RunHistory, at: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((runs.at(middle)?.createdAt ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
