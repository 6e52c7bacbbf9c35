import { MOST_IN_A_ROW } from './queue.ts';

interface Group<T> {
  readonly name: string;
  readonly waiting: T[];
  state: 'ready' | 'running' | 'paused';
  /** Items done since its turn began. */
  inARow: number;
}

/**
 * Orders the work. Items of one group run one at a time, first in, first out. Groups take turns of a few items, at most
 * `concurrency` groups at once. A paused group, whose first item waits for another try, does not count among these.
 */
export class GroupScheduler<T> {
  #concurrency: number;
  readonly #start: (group: string, item: T) => void;
  readonly #groups = new Map<string, Group<T>>();
  readonly #ready = new Set<Group<T>>();
  #running = 0;
  #waiting = 0;
  #stopped = false;

  constructor(concurrency: number, start: (group: string, item: T) => void) {
    this.#concurrency = concurrency;
    this.#start = start;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  add(name: string, item: T): void {
    const group = this.#groups.get(name) ?? this.#addGroup(name);
    group.waiting.push(item);
    this.#waiting += 1;
    this.#turn();
  }

  /** Call when the item handed to `start` is settled: its group goes on. */
  done(name: string): void {
    const group = this.#leave(name);
    if (group === undefined) return;
    group.inARow += 1;
    if (group.waiting.length === 0) this.#groups.delete(name);
    else if (group.inARow < MOST_IN_A_ROW) this.#begin(group);
    else this.#makeReady(group);
    this.#turn();
  }

  /** Puts the item handed to `start` back as the first of its group, which pauses until `resume`. */
  putBack(name: string, item: T): void {
    const group = this.#leave(name);
    if (group === undefined) return;
    group.waiting.unshift(item);
    group.state = 'paused';
    this.#waiting += 1;
    this.#turn();
  }

  resume(name: string): void {
    const group = this.#groups.get(name);
    if (group?.state !== 'paused') return;
    this.#makeReady(group);
    this.#turn();
  }

  /** Changes the concurrency; running items go on. */
  limitTo(concurrency: number): void {
    this.#concurrency = concurrency;
    this.#turn();
  }

  /** Starts no more items. */
  stop(): void {
    this.#stopped = true;
  }

  #addGroup(name: string): Group<T> {
    const group: Group<T> = { name, waiting: [], state: 'ready', inARow: 0 };
    this.#groups.set(name, group);
    this.#ready.add(group);
    return group;
  }

  #leave(name: string): Group<T> | undefined {
    const group = this.#groups.get(name);
    if (group?.state === 'running') this.#running -= 1;
    return group;
  }

  #makeReady(group: Group<T>): void {
    group.state = 'ready';
    this.#ready.add(group);
  }

  #turn(): void {
    for (const group of this.#ready) {
      if (!this.#hasRoom()) return;
      group.inARow = 0;
      this.#begin(group);
    }
  }

  #hasRoom(): boolean {
    return !this.#stopped && this.#running < this.#concurrency;
  }

  /** Starts the first item of a group, where there is room for it now. */
  #begin(group: Group<T>): void {
    if (!this.#hasRoom()) {
      this.#makeReady(group);
      return;
    }
    const item = group.waiting.shift();
    this.#ready.delete(group);
    if (item === undefined) return;
    group.state = 'running';
    this.#running += 1;
    this.#waiting -= 1;
    this.#start(group.name, item);
  }
}
