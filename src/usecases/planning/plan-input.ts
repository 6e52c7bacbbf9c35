import type { Config } from '../../config/config.ts';
import {
  blackoutsFor,
  isFollowedBy,
  limitsFor,
  rulesOfWorkflow,
  type ScheduleRules,
} from '../../config/rules.ts';
import { runnersOf } from '../../config/runner-names.ts';
import { pricePerMinute } from '../../config/runners.ts';
import type { Candidate } from '../../cron/candidates.ts';
import { type DayWindow, isInWindow } from '../../cron/limits.ts';
import { parseCron } from '../../cron/parse.ts';
import {
  backgroundLoad,
  forecastOf,
  hasOutcome,
  runsSeen,
  type ScheduleForecaster,
  scheduleForecaster,
} from '../../forecast/forecast-schedule.ts';
import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import type { LearnedRepository } from '../../forecast/learned.ts';
import { mixOf } from '../../forecast/mixture.ts';
import type { Genes } from '../../genes/genes.ts';
import { scheduleKey } from '../../history/run.ts';
import { runCost } from '../../jobs/cost.ts';
import type { LearnedJobs } from '../../jobs/learned-jobs.ts';
import type { ConfidenceFit } from '../../plan/confidence-fit.ts';
import type { PlanInput, PlannedSchedule } from '../../plan/input.ts';
import { planSettings } from '../../plan/settings.ts';
import type { NotRunning, SettingsAndBookkeeping } from '../../proposal/bookkeeping.ts';
import { movePreferences } from '../../proposal/move-preferences.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { recentEdits } from '../../proposal/recent-edits.ts';
import { mergedAt, wasMerged } from '../../proposal/state.ts';
import { DEFAULT_STRATEGY } from '../../strategy/strategy.ts';
import { widestJobs } from '../../workflow/job-graph.ts';
import { type Refusal, refuse } from '../../workflow/refusal.ts';
import type { Schedule, WorkflowFile } from '../../workflow/schedule.ts';
import { clearOfMidnight } from './clear-of-midnight.ts';
import { type MovesLeft, movesLeft, whyUnmovable } from './moves-left.ts';

export interface PlanSources {
  readonly files: readonly WorkflowFile[];
  readonly config: Config;
  readonly learned: LearnedRepository;
  readonly pool: LatenessPool;
  readonly proposals: readonly Proposal[];
  /** Settings of the maintainers; none where left out. */
  readonly care?: SettingsAndBookkeeping;
  readonly genes: Genes;
  /** Path of the only workflow file that may be moved; all of them where none is named. */
  readonly only?: string;
  /** Name of the strategy that sees the durations; the default one where none is named. */
  readonly strategy?: string;
  /** Tracks of jobs, as learned from their runs; none where left out. */
  readonly jobs?: LearnedJobs;
  /** Paths of workflows whose jobs were seen waiting for runners; none where left out. */
  readonly waiting?: readonly string[];
  /** Paths of workflows that Offbeat starts at their ticks; none where left out. */
  readonly punctual?: readonly string[];
  /** Paths of workflows that are asked to be started at their ticks and cannot be; none where left out. */
  readonly blocked?: readonly string[];
  /** Jobs of other repositories on runners shared with them, as `PlanInput` has them. */
  readonly elsewhere?: Readonly<Record<string, readonly number[]>>;
  /** Correction of the shipped confidence, fitted to the deployment's own verdicts; none where left out. */
  readonly confidenceFit?: ConfidenceFit;
  /** Epoch ms. */
  readonly now: number;
}

/** The planner's input, from the workflow files, the configuration and the learned state. */
export function planInput(sources: PlanSources): PlanInput {
  const forecaster = scheduleForecaster(sources.learned, sources.pool, sources.now, {
    name: sources.strategy ?? DEFAULT_STRATEGY,
    settings: mixOf(sources.genes),
  });
  return {
    now: sources.now,
    schedules: sources.files.flatMap((file) =>
      file.schedules.map((schedule) => plannedSchedule(sources, forecaster, file, schedule)),
    ),
    background: backgroundLoad(sources.learned),
    ...(sources.elsewhere === undefined ? {} : { elsewhere: sources.elsewhere }),
    settings: {
      ...planSettings(sources.config, sources.genes, movePreferences(sources.proposals)),
      ...(sources.confidenceFit === undefined ? {} : { confidenceFit: sources.confidenceFit }),
    },
    recentEdits: recentEdits(sources.proposals, sources.now),
  };
}

function plannedSchedule(
  sources: PlanSources,
  forecaster: ScheduleForecaster,
  file: WorkflowFile,
  schedule: Schedule,
): PlannedSchedule {
  const key = scheduleKey(schedule.path, schedule.index);
  const startIsBlocked = sources.blocked?.includes(schedule.path) === true;
  const rules = { ...limitsFor(sources.config, schedule), startIsBlocked };
  const forecast = forecastOf(forecaster, { key, path: schedule.path, timezone: schedule.timezone });
  const blackouts = blackoutsFor(sources.config, schedule.path);
  const { streams, schedules } = sources.learned;
  const hasNoStream = Object.keys(streams).length === 0;
  const isNothingSeen = hasNoStream && Object.keys(schedules).length === 0;
  const noOutcome = !hasNoStream && !hasOutcome(sources.learned, schedule.path);
  const { candidates, refusal } = clearOfMidnight(
    movesOf(sources, file, schedule, rules),
    file,
    schedule,
    rules,
    forecast,
  );
  return {
    key,
    path: schedule.path,
    index: schedule.index,
    workflowName: file.name,
    cron: schedule.cron,
    timezone: schedule.timezone,
    refusal,
    candidates: outside(blackouts, candidates),
    forecast,
    width: widestJobs(file.jobs),
    finishByMinute: rules.finishByMinute,
    ...(rules.limits.notBeforeMinute === undefined ? {} : { notBeforeMinute: rules.limits.notBeforeMinute }),
    movedAt: lastChanged(sources, key),
    runsSeen: runsSeen(sources.learned, key),
    concurrencyGroup: file.concurrencyGroup,
    after: predecessors(sources, file),
    runners: runnersOf(file.jobs.flatMap((job) => job.runsOn)),
    inRound: sources.only === undefined || sources.only === schedule.path,
    noOutcome,
    isNothingSeen,
    waits: sources.waiting?.includes(schedule.path) === true,
    pricePerMinute: jobPrices(sources.config, file),
    ...runPrice(sources, file.path),
    ...importanceOf(sources.config, schedule.path),
  };
}

/** The crons a schedule may be moved to, left out where only another file may be moved: they take longest. */
function movesOf(
  sources: PlanSources,
  file: WorkflowFile,
  schedule: Schedule,
  rules: ScheduleRules,
): MovesLeft {
  const stopped = sources.care?.notRunning?.[scheduleKey(schedule.path, schedule.index)];
  if (stopped !== undefined) return { candidates: [], refusal: notRunningRefusal(stopped) };
  const isLeftAlone = sources.care?.leftAlone.some(({ path }) => path === schedule.path) === true;
  if (isLeftAlone) return { candidates: [], refusal: refuse('left-alone') };
  if (sources.punctual?.includes(schedule.path) === true) {
    return { candidates: [], refusal: refuse('on-time') };
  }
  if (isPutOnTime(sources, schedule)) {
    return { candidates: [], refusal: refuse('on-time', { detail: 'an open pull request proposes it' }) };
  }
  return sources.only === undefined || sources.only === schedule.path
    ? movesLeft(file, schedule, rules, authorsCron(sources.proposals, schedule))
    : { candidates: [], refusal: whyUnmovable(file, schedule, rules) };
}

/** Whether an open pull request changes who starts the workflow: one of the two at a time. */
function isPutOnTime({ proposals }: PlanSources, { path }: Schedule): boolean {
  return proposals.some(
    ({ state, onTime }) => state === 'open' && onTime?.some((change) => change.path === path) === true,
  );
}

function notRunningRefusal({ why, page }: NotRunning): Refusal {
  const mend = `Enable the workflow at ${page} to have it planned again.`;
  return refuse('not-running', { detail: why, ...(page === null ? {} : { mend }) });
}

/** Candidates without a tick in a blackout. */
function outside(blackouts: readonly DayWindow[], candidates: readonly Candidate[]): readonly Candidate[] {
  if (blackouts.length === 0) return candidates;
  return candidates.filter(({ cron }) =>
    parseCron(cron).dayMinutes.every((minute) => !blackouts.some((window) => isInWindow(window, minute))),
  );
}

/** Schedules of other files whose runs this one's have to follow, by configuration or by `workflow_run`. */
function predecessors({ files, config }: PlanSources, file: WorkflowFile): readonly string[] {
  const isBefore = isFollowedBy(config, file.path);
  return files
    .filter(
      (other) => other.path !== file.path && (isBefore(other.path) || file.runsAfter.includes(other.name)),
    )
    .flatMap((other) => other.schedules.map(({ path, index }) => scheduleKey(path, index)));
}

/** USD of a run as the jobs of its newest runs were billed, where these were seen. */
function runPrice({ config, jobs }: PlanSources, path: string): Pick<PlannedSchedule, 'usdPerRun'> {
  const learned = jobs?.workflows[path];
  const cost = learned === undefined ? null : runCost(learned, (labels) => pricePerMinute(config, labels));
  return cost === null ? {} : { usdPerRun: cost.usd };
}

/** The planner's weight for each `importance`. */
const IMPORTANCE = { high: 2, normal: 1, low: 0.5 } as const;

/** How much a workflow weighs; nothing is said of a normal one. */
function importanceOf(config: Config, path: string): Pick<PlannedSchedule, 'importance'> {
  const { importance = 'normal' } = rulesOfWorkflow(config, path);
  return importance === 'normal' ? {} : { importance: IMPORTANCE[importance] };
}

/** USD a minute of all jobs of a file at once, a matrix by its width. */
function jobPrices(config: Config, { jobs }: WorkflowFile): number {
  return jobs.reduce((sum, job) => sum + (job.width ?? 1) * pricePerMinute(config, job.runsOn), 0);
}

/** The cron that a schedule had before merged proposals moved it: what its author wrote. */
function authorsCron(proposals: readonly Proposal[], { path, index, cron: present }: Schedule): string {
  const key = scheduleKey(path, index);
  let cron = present;
  for (const { moves } of proposals.filter(wasMerged).sort((a, b) => mergedAt(b) - mergedAt(a))) {
    const move = moves.find((one) => one.key === key);
    if (move === undefined) continue;
    if (move.to !== cron) return cron;
    cron = move.from;
  }
  return cron;
}

/** When a schedule's cron was changed last, by a merged proposal or by a person; `null` never. */
function lastChanged({ proposals, care }: PlanSources, key: string): number | null {
  const merged = proposals.filter(
    (proposal) => wasMerged(proposal) && proposal.moves.some((move) => move.key === key),
  );
  const edited = care?.editedAt[key];
  const instants = [...merged.map(mergedAt), ...(edited === undefined ? [] : [edited])];
  return instants.length === 0 ? null : Math.max(...instants);
}
