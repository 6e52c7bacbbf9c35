import { numberAt } from '../checked.ts';
import { valueForRunners } from '../config/runner-names.ts';
import { type PlanInput, RUNNERS } from './input.ts';
import type { Task } from './task.ts';

/*
 * A tenth of a small cost is small. A person merges a move only for what people notice, so each move has to bring at
 * least one of these, however large its share.
 */

/** Less delay of a run, at a later time an earlier start (see `countedWait`). */
const RUN_MINUTES = 5;
/** Fewer minutes a week beside other runs, where a few short runs a week save less than `RUN_MINUTES` each. */
const WEEK_MINUTES = 30;
/** More runs that are done by `finish-by`, and more that succeed. */
const FINISH_BY_SHARE = 0.05;
const SUCCESS_SHARE = 0.02;

/** The floor in words, for whoever asks why a better time is held. */
export const NOTICEABLE =
  '5 minutes less delay a run (at a later time: an earlier start), 5 % more runs done by `finish-by`, 2 % more that ' +
  'succeed, or, where jobs wait for runners, half an hour a week less beside other runs';

/**
 * Whether jobs of a task wait for others: they were seen waiting, nobody knows how many runners there are, or it spends
 * `crowdedMinutes` × jobs a week while more are in progress than may run at once.
 */
export function waitsAmongRuns(
  { width, schedule }: Task,
  { settings }: PlanInput,
  crowdedMinutes: number,
): boolean {
  if (width === 0) return false;
  const limit = valueForRunners(settings.jobLimits ?? {}, schedule.runners ?? RUNNERS);
  return limit === undefined || schedule.waits === true || crowdedMinutes >= WEEK_MINUTES;
}

/** Whether a move to `option` brings something that people notice whatever the other schedules do. */
export function isNoticeableAlone(task: Task, option: number): boolean {
  const less = (values: Float64Array): number => numberAt(values, 0) - numberAt(values, option);
  return (
    less(task.wait) >= RUN_MINUTES ||
    less(task.failure) >= SUCCESS_SHARE ||
    (task.finished.length > 0 && -less(task.finished) >= FINISH_BY_SHARE)
  );
}

/**
 * The same, where it also spends fewer minutes a week `beside` other runs of the repository, less what a later start of
 * its runs costs, or while others have its runners (`elsewhere`), where it would wait anyway. Neither may be paid with
 * failures.
 */
export function isNoticeable(
  task: Task,
  option: number,
  { beside, elsewhere }: { readonly beside: number; readonly elsewhere: number },
): boolean {
  if (isNoticeableAlone(task, option)) return true;
  const runsAWeek = task.ticks.count * task.ticks.weight;
  const laterAWeek = runsAWeek * numberAt(task.laterCost, option);
  const moreFailures = numberAt(task.failure, option) - numberAt(task.failure, 0);
  const saved = Math.max(0, beside - laterAWeek) + elsewhere;
  return moreFailures < SUCCESS_SHARE && saved >= Math.min(WEEK_MINUTES, RUN_MINUTES * runsAWeek);
}
