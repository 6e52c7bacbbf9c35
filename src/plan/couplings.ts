import { itemAt, numberAt } from '../checked.ts';
import { DAY_MINUTES } from '../time.ts';
import { DAY_KINDS } from './kernel.ts';
import type { Choice } from './objective.ts';
import type { Task } from './task.ts';
import { BIN_MINUTES, DAYS, hourOfMinute, weekMinutesOf } from './week.ts';

/** Least time between the end of a run and the start of the one that follows it. */
const SLACK_MINUTES = 10;
/** Ticks further apart than half a day do not belong together. */
const FURTHEST_MINUTES = DAY_MINUTES / 2;
/** Two schedules with more pairs than this fire all day long: no times would keep them apart. */
const MOST_PAIRS = 60;
const ROUNDING = 1e-6;

/** Two ticks, one of each schedule, at current times: the first's minute of the day, the second's minutes after it. */
interface TickPair {
  readonly first: number;
  readonly lag: number;
}

/** `apart`: their runs shall not be in progress together. `after`: the second starts when the first is done. */
export type CouplingKind = 'apart' | 'after';

interface Coupling {
  readonly first: number;
  readonly second: number;
  readonly kind: CouplingKind;
  readonly pairs: readonly TickPair[];
  /** Minutes missing at the current times: no plan may miss more. */
  readonly missing: number;
}

/** Schedules that stay apart (one `concurrency` group) or in order (`after`): no plan makes such a pair worse. */
export class Couplings {
  readonly #tasks: readonly Task[];
  readonly #byTask = new Map<number, Coupling[]>();

  constructor(tasks: readonly Task[]) {
    this.#tasks = tasks;
    const places = new Map(tasks.map((task, at) => [task.schedule.key, at]));
    tasks.forEach((task, at) => {
      for (const key of task.schedule.after ?? []) {
        const first = places.get(key);
        if (first !== undefined && first !== at) this.#couple(first, at, 'after');
      }
      const group = task.schedule.concurrencyGroup ?? null;
      if (group === null) return;
      for (let other = 0; other < at; other += 1) {
        if (tasks[other]?.schedule.concurrencyGroup === group) this.#couple(other, at, 'apart');
      }
    });
  }

  #couple(first: number, second: number, kind: Coupling['kind']): void {
    const pairs = pairsOf(itemAt(this.#tasks, first), itemAt(this.#tasks, second), kind);
    if (pairs.length === 0 || pairs.length > MOST_PAIRS) return;
    const bare = { first, second, kind, pairs, missing: 0 };
    const coupling = { ...bare, missing: this.#missing(bare, 0, 0) };
    for (const at of [first, second]) {
      const known = this.#byTask.get(at) ?? [];
      known.push(coupling);
      this.#byTask.set(at, known);
    }
  }

  /** Whether a task is coupled to any other. */
  has(at: number): boolean {
    return this.#byTask.has(at);
  }

  /** Whether a task may go to an option, the others staying at their choices. */
  allows(at: number, option: number, choice: Choice): boolean {
    return this.broken(at, option, choice) === null;
  }

  /** The kind of the first coupling that a task would break at an option, the others staying; `null` for none. */
  broken(at: number, option: number, choice: Choice): CouplingKind | null {
    for (const coupling of this.#byTask.get(at) ?? []) {
      const { first, second } = coupling;
      const one = first === at ? option : numberAt(choice, first);
      const other = second === at ? option : numberAt(choice, second);
      if (this.#missing(coupling, one, other) > coupling.missing + ROUNDING) return coupling.kind;
    }
    return null;
  }

  /** Whether two tasks may be at these options together. */
  allowsPair(one: number, other: number, optionOfOne: number, optionOfOther: number): boolean {
    for (const coupling of this.#byTask.get(one) ?? []) {
      if (coupling.first !== other && coupling.second !== other) continue;
      const first = coupling.first === one ? optionOfOne : optionOfOther;
      const second = coupling.second === one ? optionOfOne : optionOfOther;
      if (this.#missing(coupling, first, second) > coupling.missing + ROUNDING) return false;
    }
    return true;
  }

  /** The task itself and all that are coupled to it, directly or through others, in order. */
  block(at: number): number[] {
    const block = new Set([at]);
    for (const member of block) {
      for (const { first, second } of this.#byTask.get(member) ?? []) block.add(first).add(second);
    }
    return [...block].sort((a, b) => a - b);
  }

  /** Moved tasks that break a coupling at these choices. */
  unsuited(choice: Choice): number[] {
    return [...this.#byTask.keys()].filter(
      (at) => choice[at] !== 0 && !this.allows(at, numberAt(choice, at), choice),
    );
  }

  /** Minutes that are missing between the runs of a coupling, on the worst kind of day. */
  #missing({ first, second, kind, pairs }: Coupling, one: number, other: number): number {
    const [a, b] = [itemAt(this.#tasks, first), itemAt(this.#tasks, second)];
    const [shiftA, shiftB] = [numberAt(a.shifts, one), numberAt(b.shifts, other)];
    const [lengthA, lengthB] = [longest(a), longest(b)];
    let worst = 0;
    for (const pair of pairs) {
      const lateA = a.lateness(hourOfMinute(pair.first + shiftA));
      const lateB = b.lateness(hourOfMinute(pair.first + pair.lag + shiftB));
      const lag = pair.lag + shiftB - shiftA;
      for (let day = 0; day < DAY_KINDS; day += 1) {
        const starts = lag + numberAt(lateB, day) - numberAt(lateA, day);
        // How long after the end of A does B start? For `apart`, B may also end before A starts.
        const after = starts - lengthA;
        const gap = kind === 'after' ? after : Math.max(after, -starts - lengthB);
        worst = Math.max(worst, SLACK_MINUTES - gap);
      }
    }
    return worst;
  }
}

/** The longest representative duration, in minutes. */
function longest({ lengths }: Task): number {
  return Math.max(...lengths) * BIN_MINUTES;
}

/** For each tick of the second, those of the first that belong to it: `after`: the last before it, else all near. */
function pairsOf(first: Task, second: Task, kind: Coupling['kind']): TickPair[] {
  const firsts = [...weekMinutesOf(first.ticks)];
  const week = DAYS * DAY_MINUTES;
  const pairs = new Map<string, TickPair>();
  for (const tick of weekMinutesOf(second.ticks)) {
    const lags = firsts
      .map((one) => ((((tick - one + week / 2) % week) + week) % week) - week / 2)
      .filter((lag) => Math.abs(lag) <= FURTHEST_MINUTES && (kind === 'apart' || lag > 0));
    // A move of some hours may make any of the near ones overlap; in an order only the last before it counts.
    const chosen = kind === 'apart' ? lags : lags.sort((a, b) => a - b).slice(0, 1);
    for (const lag of chosen) {
      const from = (((tick - lag) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
      pairs.set(`${from} ${lag}`, { first: from, lag });
    }
  }
  return [...pairs.values()];
}
