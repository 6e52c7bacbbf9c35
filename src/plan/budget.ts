import { numberAt } from '../checked.ts';
import type { PlanInput } from './input.ts';
import type { Task } from './task.ts';

/** Edits are counted over half a year: GitHub's lateness changes with the seasons, and reviewers remember that long. */
export const EDIT_DAYS = 180;

/** How many schedules a round may move. */
export interface Budget {
  readonly moves: number;
  /** Whether the edits of half a year limit it, not the share of one round. */
  readonly byEdits: boolean;
}

/** Most merged moves in half a year among so many schedules: at least one, unless none is allowed. */
export function mostEdits(maxEdits: number, schedules: number): number {
  return maxEdits === 0 ? 0 : Math.max(1, Math.floor(maxEdits * schedules));
}

/** The moves a round may make. Edits do not limit a schedule that misses its `finish-by` and can keep it better. */
export function budgetOf(tasks: readonly Task[], movable: readonly boolean[], input: PlanInput): Budget {
  const { maxChangeShare, maxEdits } = input.settings;
  const count = tasks.length;
  const share = maxChangeShare === 0 ? 0 : Math.max(1, Math.floor(maxChangeShare * count));
  const left = maxEdits === undefined ? count : mostEdits(maxEdits, count) - (input.recentEdits ?? 0);
  const mendable = tasks.filter(
    ({ violation }, at) =>
      movable[at] === true && violation.some((missed) => missed < numberAt(violation, 0)),
  );
  const edits = Math.max(0, left, mendable.length);
  return { moves: Math.min(count, share, edits), byEdits: edits < share };
}
