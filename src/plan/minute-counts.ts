import { itemAt, numberAt } from '../checked.ts';
import { WEEK_MINUTES } from '../time.ts';
import type { Choice } from './objective.ts';
import type { Task } from './task.ts';
import { weekMinutesOf } from './week.ts';

/** So many schedules of one repository make a minute full, and one fewer where each can have a minute of its own. */
const FULL_FROM = 3;
const SCHEDULES_WITH_OWN_MINUTES = 100;

/**
 * How many schedules tick in each minute of the UTC week, now and at the choices made so far. No move may make a
 * minute full, nor go to a full one. A schedule of some days of the month counts on every weekday.
 */
export class MinuteCounts {
  readonly #tasks: readonly Task[];
  readonly #before = new Int32Array(WEEK_MINUTES);
  readonly #now = new Int32Array(WEEK_MINUTES);
  /** Per task: minutes of the week of its ticks at the current time. */
  readonly #ticks: readonly Int32Array[];
  readonly #fullFrom: number;

  /** All tasks at their current times. */
  constructor(tasks: readonly Task[]) {
    this.#tasks = tasks;
    this.#fullFrom = tasks.length <= SCHEDULES_WITH_OWN_MINUTES ? FULL_FROM - 1 : FULL_FROM;
    this.#ticks = tasks.map(({ ticks }) => weekMinutesOf(ticks));
    for (const ticks of this.#ticks) this.#add(ticks, 0, 1);
    this.#before.set(this.#now);
  }

  /** Moves one task from one option to another. */
  move(at: number, from: number, to: number): void {
    const { shifts } = itemAt(this.#tasks, at);
    this.#add(itemAt(this.#ticks, at), numberAt(shifts, from), -1);
    this.#add(itemAt(this.#ticks, at), numberAt(shifts, to), 1);
  }

  /** For every option of a task: 1 where it makes a minute full, or goes to a full one; `null` where none does. */
  forbiddenOf(at: number, present: number): Uint8Array | null {
    if (this.#tasks.length < this.#fullFrom) return null;
    const { shifts } = itemAt(this.#tasks, at);
    const ticks = itemAt(this.#ticks, at);
    this.#add(ticks, numberAt(shifts, present), -1);
    let forbidden: Uint8Array | null = null;
    for (let option = 0; option < shifts.length; option += 1) {
      if (!this.#overfills(at, option, 1)) continue;
      forbidden ??= new Uint8Array(shifts.length);
      forbidden[option] = 1;
    }
    this.#add(ticks, numberAt(shifts, present), 1);
    return forbidden;
  }

  /** Moved tasks that are in a minute made full by these choices, to which all tasks must have been moved. */
  unsuited(choice: Choice): number[] {
    return [...choice.keys()].filter(
      (at) => choice[at] !== 0 && this.#overfills(at, numberAt(choice, at), 0),
    );
  }

  /** Whether so many more ticks of a task at an option fill a minute, beyond the schedules that it has today. */
  #overfills(at: number, option: number, more: 0 | 1): boolean {
    const shift = numberAt(itemAt(this.#tasks, at).shifts, option);
    const ticks = itemAt(this.#ticks, at);
    for (let tick = 0; tick < ticks.length; tick += 1) {
      const minute = wrapped(numberAt(ticks, tick) + shift);
      const count = numberAt(this.#now, minute) + more;
      if (count >= this.#fullFrom && count > numberAt(this.#before, minute)) return true;
    }
    return false;
  }

  #add(ticks: Int32Array, shift: number, by: 1 | -1): void {
    for (let tick = 0; tick < ticks.length; tick += 1) {
      const minute = wrapped(numberAt(ticks, tick) + shift);
      this.#now[minute] = numberAt(this.#now, minute) + by;
    }
  }
}

function wrapped(minute: number): number {
  return ((minute % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES;
}
