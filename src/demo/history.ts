import { parseCron } from '../cron/parse.ts';
import { ticksBetween } from '../cron/ticks.ts';
import type { Conclusion } from '../history/run.ts';
import { seededRandom } from '../plan/random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../time.ts';
import { type Lateness, latenessModel } from './lateness-model.ts';
import type { DemoJob, DemoRun } from './payloads.ts';
import { hexadecimal, lognormal, type Random } from './random.ts';
import type { DemoWorkflow } from './workflows.ts';

/** Share of ticks that GitHub drops although no other run is in the way. */
const DROPPED_SHARE = 0.02;
/** Waits for a runner. */
const QUEUE_MEDIAN_SECONDS = 8;
const QUEUE_SPREAD = 0.6;
/** Share of ended runs that somebody or something cancelled. */
const CANCELLED_SHARE = 0.01;
/** Share of failed runs that somebody starts again, and when. */
const RERUN_SHARE = 0.3;
const RERUN_AFTER_MINUTES = 45;
/** Failed runs stop somewhere on their way. */
const FAILED_AT_LEAST = 0.2;
/** Pushes come between these UTC hours; on weekends this share of a working day's. */
const WORK_FROM_HOUR = 7;
const WORK_HOURS = 11;
const WEEKEND_SHARE = 0.1;
const PULL_REQUEST_SHARE = 0.5;

export interface HistoryOptions {
  readonly workflows: readonly DemoWorkflow[];
  /** Epoch ms at which the first day begins (00:00 UTC). */
  readonly from: number;
  readonly days: number;
  /** Newest commit of the default branch: scheduled runs run there. */
  readonly headSha: string;
  readonly defaultBranch: string;
  /** Who last edited the crons, so whose name GitHub gives scheduled runs. */
  readonly actor: string;
  readonly seed: number;
  /** Ids count up from here. */
  readonly firstId: number;
}

/** One thing that happens in a history, at epoch ms. */
export type HistoryEvent =
  | { readonly at: number; readonly kind: 'requested' | 'completed'; readonly run: DemoRun }
  | { readonly at: number; readonly kind: 'job'; readonly run: DemoRun; readonly job: DemoJob };

/**
 * The runs of some weeks, as GitHub would have made them in 2026: hours late by the hour of the day, with
 * dropped ticks, failures, re-runs, and pushes between. The same seed tells the same history.
 */
export function generateHistory(options: HistoryOptions): readonly HistoryEvent[] {
  const random = seededRandom(options.seed);
  const lateness = latenessModel(seededRandom(options.seed + 1));
  const starts = options.workflows
    .flatMap((workflow) => [
      ...workflow.schedules.flatMap((_, index) =>
        scheduledStarts(workflow, index, options, lateness, random),
      ),
      ...pushes(workflow, options, random),
    ])
    .sort((a, b) => a.at - b.at);
  let id = options.firstId;
  const nextId = () => {
    id += 1;
    return id;
  };
  const events: HistoryEvent[] = [];
  starts.forEach((start, number) => {
    for (const run of attempts(start, number + 1, options, random, nextId)) events.push(...eventsOf(run));
  });
  return events.sort((a, b) => a.at - b.at);
}

interface Start {
  readonly workflow: DemoWorkflow;
  readonly at: number;
  readonly event: DemoRun['event'];
  /** The tick that a scheduled run belongs to, epoch ms. */
  readonly tick?: number;
}

/** When the schedule's runs are created; a tick that comes before the last one's run has begun is lost in it. */
function scheduledStarts(
  workflow: DemoWorkflow,
  index: number,
  options: HistoryOptions,
  lateness: Lateness,
  random: Random,
): readonly Start[] {
  const schedule = workflow.schedules[index];
  if (schedule === undefined) return [];
  const until = options.from + options.days * DAY_MS;
  const starts: Start[] = [];
  let lastStart = Number.NEGATIVE_INFINITY;
  for (const tick of ticksBetween(parseCron(schedule.cron), schedule.timezone, options.from, until)) {
    const at = tick + lateness(`${workflow.path}#${index}`, tick);
    if (tick < lastStart || random() < DROPPED_SHARE || at >= until) continue;
    starts.push({ workflow, at, event: 'schedule', tick });
    lastStart = at;
  }
  return starts;
}

function pushes(workflow: DemoWorkflow, options: HistoryOptions, random: Random): readonly Start[] {
  const starts: Start[] = [];
  for (let day = 0; day < options.days; day += 1) {
    const midnight = options.from + day * DAY_MS;
    const weekday = new Date(midnight).getUTCDay();
    const expected = (workflow.pushesPerWorkday ?? 0) * (weekday === 0 || weekday === 6 ? WEEKEND_SHARE : 1);
    const count = Math.round(2 * expected * random());
    for (let n = 0; n < count; n += 1) {
      const at = midnight + (WORK_FROM_HOUR + WORK_HOURS * random()) * HOUR_MS;
      starts.push({ workflow, at, event: random() < PULL_REQUEST_SHARE ? 'pull_request' : 'push' });
    }
  }
  return starts;
}

/** The run, and where it failed and somebody tried again, its second attempt. */
function attempts(
  start: Start,
  number: number,
  options: HistoryOptions,
  random: Random,
  nextId: () => number,
): readonly DemoRun[] {
  const id = nextId();
  const commit = hexadecimal(random, 40);
  const shared = {
    id,
    number,
    workflowId: start.workflow.id,
    name: start.workflow.name,
    path: start.workflow.path,
    event: start.event,
    headSha: start.event === 'schedule' ? options.headSha : commit,
    headBranch: start.event === 'pull_request' ? `topic-${number}` : options.defaultBranch,
    actor: options.actor,
    createdAt: start.at,
  };
  const first = {
    ...shared,
    attempt: 1,
    startedAt: start.at,
    ...outcome(start, start.at, options, random, nextId),
  };
  if (first.conclusion !== 'failure' || random() >= RERUN_SHARE) return [first];
  const again = first.endedAt + RERUN_AFTER_MINUTES * MINUTE_MS * (1 + random());
  return [
    first,
    { ...shared, attempt: 2, startedAt: again, ...outcome(start, again, options, random, nextId) },
  ];
}

function outcome(
  start: Start,
  from: number,
  options: HistoryOptions,
  random: Random,
  nextId: () => number,
): Pick<DemoRun, 'endedAt' | 'conclusion' | 'jobs'> {
  const { workflow } = start;
  const day = Math.floor((from - options.from) / DAY_MS);
  const drawn = random();
  const conclusion: Conclusion =
    drawn < CANCELLED_SHARE
      ? 'cancelled'
      : drawn < CANCELLED_SHARE + workflow.failureShare
        ? 'failure'
        : 'success';
  const missed = workflow.cacheMiss !== undefined && random() < workflow.cacheMiss.share;
  const shifted = workflow.levelShift !== undefined && day >= workflow.levelShift.afterDay;
  const isLongDay = workflow.longDay?.weekday === new Date(start.tick ?? start.at).getUTCDay();
  const whole =
    lognormal(random, workflow.medianSeconds, workflow.spread) *
    (missed ? (workflow.cacheMiss?.factor ?? 1) : 1) *
    (shifted ? (workflow.levelShift?.factor ?? 1) : 1) *
    (isLongDay ? (workflow.longDay?.factor ?? 1) : 1);
  const seconds =
    conclusion === 'success' ? whole : whole * (FAILED_AT_LEAST + (1 - FAILED_AT_LEAST) * random());
  const begin = from + lognormal(random, QUEUE_MEDIAN_SECONDS, QUEUE_SPREAD) * SECOND_MS;
  const end = begin + seconds * SECOND_MS;
  const jobs = workflow.jobs.map((name) => ({ id: nextId(), name, startedAt: begin, endedAt: end }));
  // GitHub closes the run a moment after its last job.
  return { conclusion, jobs, endedAt: end + 2 * SECOND_MS };
}

/** Only workflows of several jobs tell of their jobs here: an App may be given the event or not. */
function eventsOf(run: DemoRun): readonly HistoryEvent[] {
  const requested = run.attempt === 1 ? [{ at: run.createdAt, kind: 'requested' as const, run }] : [];
  const jobs = run.jobs.length > 1 ? run.jobs : [];
  return [
    ...requested,
    ...jobs.map((job) => ({ at: job.endedAt, kind: 'job' as const, run, job })),
    { at: run.endedAt, kind: 'completed', run },
  ];
}
