import { type PlanInput, type PlannedSchedule, RUNNERS } from './input.ts';
import { LoadField } from './load-field.ts';
import { overlapsOf, type Shiftable, scratchOf } from './overlap.ts';
import { jobLimitOf } from './scarce-runners.ts';

const NOTHING = new Float64Array(0);

/** How much of the shared runners other repositories have while runs of a schedule are in progress. */
export class RunnersTaken {
  readonly #shares: ReadonlyMap<string, readonly number[]>;
  readonly #scratch = scratchOf();

  constructor(input: PlanInput) {
    this.#shares = new Map(
      Object.entries(input.elsewhere ?? {}).flatMap(([runners, jobs]) => {
        const limit = jobLimitOf(runners, input);
        if (limit === undefined || jobs.every((one) => one === 0)) return [];
        return [[runners, jobs.map((one) => Math.min(1, one / limit))] as const];
      }),
    );
  }

  /** Per option: expected minutes × jobs a week, each weighted with others' share then; empty where none. */
  minutesOf({ runners = RUNNERS }: PlannedSchedule, task: Shiftable): Float64Array {
    const shares = this.#shares.get(runners);
    if (shares === undefined) return NOTHING;
    const field = new LoadField([task], shares);
    field.updateSums();
    return overlapsOf(task, field, this.#scratch);
  }
}
