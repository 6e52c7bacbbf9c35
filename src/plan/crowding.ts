import { itemAt, numberAt } from '../checked.ts';
import { ofRunners } from '../config/runner-names.ts';
import { type PlanInput, RUNNERS } from './input.ts';
import { LoadField } from './load-field.ts';
import type { Choice } from './objective.ts';
import { overlapOf, overlapsOf, scratchOf } from './overlap.ts';
import type { Task } from './task.ts';

/** Tasks that share runners of which there may be too few. */
interface Crew {
  readonly limit: number;
  readonly members: readonly number[];
  readonly field: LoadField;
}

/**
 * Expected minutes × jobs that runs spend while more jobs are in progress than may run at once: what they then
 * wait, nearly. Only runners whose jobs could exceed their limit at all are looked at.
 */
export class Crowding {
  readonly #tasks: readonly Task[];
  readonly #crews: readonly Crew[];
  readonly #crewOf = new Map<number, Crew>();
  readonly #scratch = scratchOf();

  private constructor(tasks: readonly Task[], crews: readonly Crew[]) {
    this.#tasks = tasks;
    this.#crews = crews;
    for (const crew of crews) for (const at of crew.members) this.#crewOf.set(at, crew);
  }

  /** All tasks at today's times; `null` where no limit can be reached. */
  static of(tasks: readonly Task[], input: PlanInput): Crowding | null {
    const byRunners = Map.groupBy(tasks.keys(), (at) => tasks[at]?.schedule.runners ?? RUNNERS);
    const crews: Crew[] = [];
    for (const [runners, members] of byRunners) {
      const limit = ofRunners(input.settings.jobLimits ?? {}, runners);
      const others = othersOn(runners, input);
      const jobs = members.reduce((sum, at) => sum + itemAt(tasks, at).width, 0);
      if (limit === undefined || jobs + Math.max(0, ...others) <= limit) continue;
      const some = members.map((at) => itemAt(tasks, at));
      const field = new LoadField(some, others);
      for (const task of some) field.place(task, 0, 1);
      crews.push({ limit, members, field });
    }
    return crews.length === 0 ? null : new Crowding(tasks, crews);
  }

  /** Brings one task from one option to another. */
  move(at: number, from: number, to: number): void {
    const crew = this.#crewOf.get(at);
    const task = itemAt(this.#tasks, at);
    crew?.field.place(task, numberAt(task.shifts, from), -1);
    crew?.field.place(task, numberAt(task.shifts, to), 1);
  }

  /** Minutes × jobs of crowding that a task would be in at each option; `null` where it never is. */
  costs(at: number, present: number): Float64Array | null {
    const crew = this.#crewOf.get(at);
    if (crew === undefined) return null;
    const task = itemAt(this.#tasks, at);
    const shift = numberAt(task.shifts, present);
    return crew.field.without(task, shift, () => overlapsOf(task, crew.field, this.#scratch), {
      of: tooMany(task, crew.limit),
    });
  }

  /** Crowding of the whole at these choices, which must be where the tasks were brought to. */
  total(choice: Choice): number {
    let sum = 0;
    for (const { members, field, limit } of this.#crews) {
      for (const at of members) {
        const task = itemAt(this.#tasks, at);
        const option = numberAt(choice, at);
        const shift = numberAt(task.shifts, option);
        sum += field.without(task, shift, () => overlapOf(task, option, field), {
          of: tooMany(task, limit),
        });
      }
    }
    return sum;
  }
}

/** Expected jobs in progress that no schedule of the plan has made. */
function othersOn(runners: string, { background, elsewhere = {} }: PlanInput): readonly number[] {
  // Push and pull-request jobs are not told apart by runners: they are taken to run on the standard ones.
  const own = runners === RUNNERS ? background : [];
  const theirs = ofRunners(elsewhere, runners);
  return theirs === undefined ? own : theirs.map((jobs, bin) => jobs + (own[bin] ?? 0));
}

/** Share of a task's jobs that is too many, at a load of others. */
function tooMany(task: Task, limit: number): (load: number) => number {
  return (load) => Math.min(1, Math.max(0, load + task.width - limit) / task.width);
}
