import { itemAt, numberAt } from '../checked.ts';
import { type PlanInput, RUNNERS } from './input.ts';
import { LoadField } from './load-field.ts';
import type { Choice } from './objective.ts';
import { overlapOf, overlapsOf, scratchOf } from './overlap.ts';
import { jobLimitOf, otherJobsOn } from './scarce-runners.ts';
import type { Task } from './task.ts';

/** Tasks on runners of which there may be too few. */
interface RunnerGroup {
  readonly limit: number;
  readonly members: readonly number[];
  readonly field: LoadField;
}

/**
 * Expected minutes × jobs that runs spend while more jobs are in progress than may run at once, which is about what
 * they then wait. Only runners whose jobs could exceed their limit at all are looked at.
 */
export class Crowding {
  readonly #tasks: readonly Task[];
  readonly #groups: readonly RunnerGroup[];
  readonly #groupOf = new Map<number, RunnerGroup>();
  readonly #scratch = scratchOf();

  private constructor(tasks: readonly Task[], groups: readonly RunnerGroup[]) {
    this.#tasks = tasks;
    this.#groups = groups;
    for (const group of groups) for (const at of group.members) this.#groupOf.set(at, group);
  }

  /** All tasks at their current times; `null` where no limit can be reached. */
  static of(tasks: readonly Task[], input: PlanInput): Crowding | null {
    const counted = tasks.keys().filter((at) => itemAt(tasks, at).jobs > 0);
    const byRunners = Map.groupBy(counted, (at) => itemAt(tasks, at).schedule.runners ?? RUNNERS);
    const groups: RunnerGroup[] = [];
    for (const [runners, members] of byRunners) {
      const limit = jobLimitOf(runners, input);
      const others = otherJobsOn(runners, input);
      const own = members.map((at) => itemAt(tasks, at));
      const jobs = own.reduce((sum, { jobs: most }) => sum + most, 0);
      if (limit === undefined || jobs + Math.max(0, ...others) <= limit) continue;
      const field = new LoadField(own, others);
      for (const task of own) field.place(task, 0, 1);
      groups.push({ limit, members, field });
    }
    return groups.length === 0 ? null : new Crowding(tasks, groups);
  }

  /** Moves one task from one option to another. */
  move(at: number, from: number, to: number): void {
    const group = this.#groupOf.get(at);
    const task = itemAt(this.#tasks, at);
    group?.field.place(task, numberAt(task.shifts, from), -1);
    group?.field.place(task, numberAt(task.shifts, to), 1);
  }

  /** Minutes × jobs of crowding that a task would be in at each option; `null` where its runners are never short. */
  costs(at: number, present: number): Float64Array | null {
    const group = this.#groupOf.get(at);
    if (group === undefined) return null;
    const task = itemAt(this.#tasks, at);
    return beyondLimit(group, task, present, () => overlapsOf(task, group.field, this.#scratch));
  }

  /** The same at the option that it has been moved to; 0 where its runners are never short. */
  costOf(at: number, option: number): number {
    const group = this.#groupOf.get(at);
    if (group === undefined) return 0;
    const task = itemAt(this.#tasks, at);
    return beyondLimit(group, task, option, () => overlapOf(task, option, group.field));
  }

  /** Crowding of all tasks at these choices, to which they must have been moved. */
  total(choice: Choice): number {
    let sum = 0;
    for (const group of this.#groups) {
      for (const at of group.members) sum += this.costOf(at, numberAt(choice, at));
    }
    return sum;
  }
}

/** Runs `overlap` while the load is the share of the task's jobs that is above the limit, beside all other tasks. */
function beyondLimit<T>({ field, limit }: RunnerGroup, task: Task, present: number, overlap: () => T): T {
  return field.withScheduleRemoved(task, numberAt(task.shifts, present), overlap, {
    transform: (load) => Math.min(1, Math.max(0, load + task.countedJobs - limit) / task.countedJobs),
  });
}
