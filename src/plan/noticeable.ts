import { numberAt } from '../checked.ts';
import { type PlanInput, RUNNERS } from './input.ts';
import { jobLimitOf } from './scarce-runners.ts';
import type { Task } from './task.ts';

/*
 * A tenth of a small cost is small. People merge a move only for a gain that they notice, so each move must bring at
 * least one of these, however large the share of the cost that it saves.
 */

/** Minutes of delay saved a run; at a later time, minutes that a run starts earlier (see `countedWait`). */
const SAVED_PER_RUN_MINUTES = 5;
/** Minutes of overlap saved a week; enough also where each of many runs saves less than a run has to. */
const SAVED_PER_WEEK_MINUTES = 30;
/** Share of the runs that the move adds to those done by `finish-by`, and to those that succeed. */
const FINISH_BY_SHARE = 0.05;
const SUCCESS_SHARE = 0.02;

/** These figures in words, for the explanation of a held schedule. */
export const NOTICEABLE =
  '5 minutes less delay a run (at a later time: an earlier start), 5 % more runs done by `finish-by`, 2 % more that ' +
  'succeed, or, where jobs wait for runners, half an hour a week less beside other runs';

/**
 * Whether jobs of a task wait for other jobs: they were seen waiting, the number of runners is not known, or the task
 * spends many minutes a week above their limit. `minutesAboveLimit`: minutes × jobs a week, from `Crowding`.
 */
export function waitsAmongRuns(
  { countedJobs, schedule }: Task,
  input: PlanInput,
  minutesAboveLimit: number,
): boolean {
  if (countedJobs === 0) return false;
  const limit = jobLimitOf(schedule.runners ?? RUNNERS, input);
  return limit === undefined || schedule.waits === true || minutesAboveLimit >= SAVED_PER_WEEK_MINUTES;
}

/** Whether a move to `option` brings something that people notice whatever the other schedules do. */
export function isNoticeableAlone(task: Task, option: number): boolean {
  const less = (values: Float64Array): number => numberAt(values, 0) - numberAt(values, option);
  return (
    less(task.wait) >= SAVED_PER_RUN_MINUTES ||
    less(task.failure) >= SUCCESS_SHARE ||
    (task.finished.length > 0 && -less(task.finished) >= FINISH_BY_SHARE)
  );
}

/**
 * Whether a move to `option` brings something that people notice among the other schedules as planned. Two more gains
 * count here, in minutes a week: `beside`, that its runs spend less beside other runs of the repository, and
 * `elsewhere`, that they spend less while other repositories have their runners. The cost of a later start is taken off
 * `beside` only: while others have the runners, a run would have to wait anyway. No such gain makes up for failures.
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
  return (
    moreFailures < SUCCESS_SHARE &&
    saved >= Math.min(SAVED_PER_WEEK_MINUTES, SAVED_PER_RUN_MINUTES * runsAWeek)
  );
}
