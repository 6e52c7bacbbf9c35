import { type Run, succeeded } from '../history/run.ts';
import type { LearnedJobs } from '../jobs/learned-jobs.ts';
import { finishByAt } from '../on-time/order.ts';
import type { ServedTick } from '../on-time/served-tick.ts';
import { ON_TIME_MS, servedAt, tickServer } from '../on-time/shares.ts';
import { RunningTime } from '../proposal/verdict/shared-minutes.ts';
import { MINUTE_MS } from '../time.ts';
import { billedMinutesOf } from './billed-minutes.ts';

/** Instants (epoch ms) from `from` to before `to`. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** One tick and the run that it led to; `null` where a value is not known, or none. */
export interface Start {
  /** Epoch ms. */
  readonly tick: number;
  readonly waitMinutes: number;
  /** From the tick to the end of the run. */
  readonly completionMinutes: number | null;
  readonly failed: boolean | null;
  /** Minutes of runners as GitHub bills them, of all its jobs: begun minutes count whole. */
  readonly billedMinutes: number | null;
  /** Minutes beside other runs, summed over them. */
  readonly overlapMinutes: number | null;
  /** Whether it was done by the time that somebody has asked for; `null` where nobody has. */
  readonly finishByKept: boolean | null;
}

/** Starts of one schedule, or of one workflow on time, oldest first. */
export interface Series {
  readonly key: string;
  /** Since when Offbeat has moved or served it, epoch ms; `null` where it has not. */
  readonly changedAt: number | null;
  /** Until when that held, epoch ms; `null` where it still does. */
  readonly until: number | null;
  readonly starts: readonly Start[];
}

/** What Offbeat has changed about a schedule or a workflow file. */
export interface ChangedSchedule {
  readonly key: string;
  readonly since: number;
  readonly until: number | null;
}

export interface StartSources {
  readonly runs: readonly Run[];
  /** What jobs have shown; each run counts as one job where left out. */
  readonly jobs?: Pick<LearnedJobs, 'workflows'>;
  /** Ticks of workflows on time, as far as they are kept one by one. */
  readonly ticks: readonly ServedTick[];
  readonly moved: readonly ChangedSchedule[];
  /** Workflow files on time, by path, with the instant (epoch ms) of their first tick. */
  readonly served: ReadonlyMap<string, number>;
  /** By schedule key: minute of the local day by which its runs shall be done. */
  readonly finishBy: ReadonlyMap<string, { readonly minute: number; readonly timezone: string }>;
}

/** Whether a run was created within five minutes of its tick. */
export function isOnTime({ waitMinutes }: Pick<Start, 'waitMinutes'>): boolean {
  return waitMinutes * MINUTE_MS <= ON_TIME_MS;
}

/** Every schedule with its starts (a workflow on time is one series); runs of uncertain ticks are left out. */
export function seriesOf(sources: StartSources): readonly Series[] {
  const { runs, ticks, moved, served } = sources;
  const changes = new Map(moved.map((change) => [change.key, change]));
  const timed = runs.filter(({ durationSeconds }) => durationSeconds !== null);
  const all = new RunningTime(timed);
  // An unchanged schedule overlaps less once another has moved away: that is no drift.
  const unmoved = new RunningTime(
    timed.filter(({ scheduleKey }) => scheduleKey === null || !changes.has(scheduleKey)),
  );
  const billed = billedMinutesOf(sources.jobs, runs);
  const found: { key: string; start: Start }[] = [];
  for (const run of runs) {
    const { scheduleKey, tick, ambiguous, attempt, endedAt } = run;
    if (scheduleKey === null || tick === null || ambiguous || attempt !== 1 || endedAt === null) continue;
    const isServed = served.has(run.path);
    const others = isServed || changes.has(scheduleKey) ? all : unmoved;
    const deadline = deadlineOf(sources, scheduleKey, tick);
    found.push({
      key: isServed ? run.path : scheduleKey,
      start: startOf(tick, run.createdAt, run, { others, billed }, deadline),
    });
  }
  const byId = new Map(runs.filter(({ attempt }) => attempt === 1).map((run) => [run.id, run]));
  for (const tick of ticks) {
    const at = servedAt(tick);
    if (at === null || tickServer(tick) === 'github') continue;
    const run = 'runId' in tick.progress ? byId.get(tick.progress.runId ?? -1) : undefined;
    found.push({ key: tick.path, start: startOf(tick.tick, at, run, { others: all, billed }, null) });
  }
  return [...Map.groupBy(found, ({ key }) => key)].map(([key, own]) => ({
    key,
    changedAt: served.get(key) ?? changes.get(key)?.since ?? null,
    until: changes.get(key)?.until ?? null,
    starts: own.map(({ start }) => start).sort((one, other) => one.tick - other.tick),
  }));
}

function deadlineOf({ finishBy }: StartSources, key: string, tick: number): number | null {
  const asked = finishBy.get(key);
  return asked === undefined ? null : finishByAt(tick, asked.minute, asked.timezone);
}

function startOf(
  tick: number,
  createdAt: number,
  run: Run | undefined,
  { others, billed }: { readonly others: RunningTime; readonly billed: (run: Run) => number | null },
  deadline: number | null,
): Start {
  const good = run === undefined ? null : succeeded(run.conclusion);
  const endedAt = run?.endedAt ?? null;
  const seconds = run?.durationSeconds ?? null;
  // A run that failed stops early: when it ended says nothing of the work.
  const isWhole = good === true && endedAt !== null;
  return {
    tick,
    waitMinutes: Math.max(0, (createdAt - tick) / MINUTE_MS),
    completionMinutes: isWhole ? (endedAt - tick) / MINUTE_MS : null,
    failed: good === null ? null : !good,
    billedMinutes: run === undefined ? null : billed(run),
    overlapMinutes:
      run === undefined || seconds === null || endedAt === null ? null : overlapOf(run, endedAt, others),
    finishByKept: deadline === null || !isWhole ? null : endedAt <= deadline,
  };
}

function overlapOf({ startedAt }: Run, endedAt: number, others: RunningTime): number {
  const own = Math.max(0, endedAt - startedAt) / MINUTE_MS;
  return Math.max(0, others.minutesBetween(startedAt, endedAt) - own);
}
