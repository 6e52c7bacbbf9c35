import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock, Waits } from '../../src/clock.ts';
import type { GuardTime } from '../../src/github/guard.ts';

interface Due {
  readonly at: number;
  /** Of two at one moment the one that was put off first comes first. */
  readonly order: number;
  act: (() => void) | null;
}

/**
 * What needs no simulated time may need some turns of the machine's own loop, and more where many wait for each other.
 */
const TURNS = 2;
const TURNS_OF_MANY = 100;
const FAR_MS = 400;

/** The only time of a simulation, epoch ms: it jumps from one thing that was put off to the next. `Date` follows it. */
export class EventTime implements Clock, Waits, GuardTime {
  #now: number;
  #order = 0;
  readonly #heap: Due[] = [];

  constructor(start: number) {
    this.#now = start;
    mock.timers.enable({ apis: ['Date'], now: start });
  }

  readonly now = (): number => this.#now;

  readonly wait = (ms: number): Promise<void> => new Promise((resolve) => this.later(resolve, ms));

  readonly later = (act: () => void, ms: number): (() => void) => {
    // Whole ms, as timers have.
    const due: Due = { at: Math.ceil(this.#now + Math.max(0, ms)), order: this.#order, act };
    this.#order += 1;
    push(this.#heap, due);
    return () => {
      due.act = null;
    };
  };

  readonly every = (act: () => Promise<void>, ms: number): (() => void) => {
    let callOff = this.later(again, ms);
    const { later } = this;
    function again(): void {
      callOff = later(again, ms);
      void act();
    }
    return () => callOff();
  };

  /** Lets the time pass until then. What is asked at one moment, and needs no time, is done before the next. */
  async until(end: number): Promise<void> {
    // What was begun before this needs turns too: else the time would leap over it.
    for (let turns = TURNS_OF_MANY; turns > 0; turns -= 1) await turn();
    for (let first = this.#heap[0]; first !== undefined && first.at <= end; first = this.#heap[0]) {
      const { at } = first;
      if (at > this.#now) mock.timers.setTime(at);
      this.#now = at;
      for (let due = this.#heap[0]; due !== undefined && due.at <= at; due = this.#heap[0]) {
        pop(this.#heap);
        due.act?.();
      }
      const isNextFar = (this.#heap[0]?.at ?? Number.POSITIVE_INFINITY) - at > FAR_MS;
      for (let turns = isNextFar ? TURNS_OF_MANY : TURNS; turns > 0; turns -= 1) await turn();
    }
    await turn();
    this.#now = end;
    mock.timers.setTime(end);
  }

  end(): void {
    mock.timers.reset();
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.at - other.at < 0 || (one.at === other.at && one.order < other.order);
}

function push(heap: Due[], due: Due): void {
  let place = heap.length;
  heap.push(due);
  while (place > 0) {
    const above = (place - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(due, parent)) break;
    heap[place] = parent;
    place = above;
  }
  heap[place] = due;
}

function pop(heap: Due[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let place = 0;
  for (;;) {
    let below = 2 * place + 1;
    const [left, right] = [heap[below], heap[below + 1]];
    if (left === undefined) break;
    let least = left;
    if (right !== undefined && isBefore(right, left)) {
      least = right;
      below += 1;
    }
    if (!isBefore(least, last)) break;
    heap[place] = least;
    place = below;
  }
  heap[place] = last;
}
