import { itemAt } from '../checked.ts';
import { valueForRunners } from '../config/runner-names.ts';
import { LargestFirst } from '../plan/heap.ts';
import { SECOND_MS } from '../time.ts';
import type { StartedRun } from './runs.ts';
import { jobShares } from './shares.ts';
import type { SimulatedSchedule, World } from './world.ts';

/** One job that ran, or one of a matrix. */
export interface FinishedJob {
  /** Place of its run in the list; −1 for jobs of push and pull requests. Jobs of other repositories are left out. */
  readonly run: number;
  readonly queuedAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly pricePerMinute: number;
}

export interface Execution {
  readonly jobs: readonly FinishedJob[];
  /** End of each run, epoch ms; `null` where a later one of its concurrency group replaced it. */
  readonly endedAt: readonly (number | null)[];
}

interface QueuedJob {
  readonly run: number;
  /** Place of the job in its workflow. */
  readonly job: number;
  readonly queuedAt: number;
  readonly milliseconds: number;
  readonly runners: string;
  readonly pricePerMinute: number;
}

/** In place of a run: a job of no schedule, in this repository or in another one. */
const UNSCHEDULED = -1;
const ELSEWHERE = -2;

type Event =
  | { readonly kind: 'run'; readonly run: number }
  | { readonly kind: 'job'; readonly job: QueuedJob }
  | { readonly kind: 'end'; readonly job: QueuedJob };

/** Runs jobs through queues of runners, first come, first served; jobs wait for those that they need. */
export function execute(
  schedules: readonly SimulatedSchedule[],
  runs: readonly StartedRun[],
  world: World,
): Execution {
  return new Engine(schedules, runs, world).run();
}

class Engine {
  readonly #schedules: readonly SimulatedSchedule[];
  readonly #runs: readonly StartedRun[];
  readonly #world: World;
  readonly #shares: readonly ReturnType<typeof jobShares>[];
  readonly #events: Event[] = [];
  readonly #agenda = new LargestFirst();
  readonly #jobs: FinishedJob[] = [];
  readonly #endedAt: (number | null)[];
  /** Per started run: instances of each job that have not ended. */
  readonly #left = new Map<number, number[]>();
  readonly #inUse = new Map<string, number>();
  readonly #queues = new Map<string, QueuedJob[]>();
  /** Runs in progress and waiting, by concurrency group. */
  readonly #groups = new Map<string, { busy: boolean; waiting: number | null }>();

  constructor(schedules: readonly SimulatedSchedule[], runs: readonly StartedRun[], world: World) {
    this.#schedules = schedules;
    this.#runs = runs;
    this.#world = world;
    this.#shares = schedules.map(({ jobs }) => jobShares(jobs));
    this.#endedAt = runs.map(() => null);
  }

  run(): Execution {
    this.#runs.forEach(({ createdAt }, run) => {
      this.#at(createdAt, { kind: 'run', run });
    });
    for (const { at, seconds, runners, elsewhere } of this.#world.others) {
      const run = elsewhere ? ELSEWHERE : UNSCHEDULED;
      const milliseconds = seconds * SECOND_MS;
      const job = { run, job: 0, queuedAt: at, milliseconds, runners, pricePerMinute: 0 };
      this.#at(at, { kind: 'job', job });
    }
    while (this.#agenda.size > 0) {
      const now = -this.#agenda.top;
      const event = itemAt(this.#events, this.#agenda.take());
      if (event.kind === 'run') this.#created(event.run, now);
      else if (event.kind === 'job') this.#queue(event.job, now);
      else this.#ended(event.job, now);
    }
    return { jobs: this.#jobs, endedAt: this.#endedAt };
  }

  #at(time: number, event: Event): void {
    this.#agenda.put(this.#events.length, -time);
    this.#events.push(event);
  }

  #scheduleOf(run: number): SimulatedSchedule {
    return itemAt(this.#schedules, itemAt(this.#runs, run).place);
  }

  #created(run: number, now: number): void {
    const name = this.#scheduleOf(run).concurrencyGroup;
    if (name === null) {
      this.#start(run, now);
      return;
    }
    const group = this.#groups.get(name) ?? { busy: false, waiting: null };
    this.#groups.set(name, group);
    // GitHub keeps only one run waiting: a newer one replaces it.
    if (group.busy) group.waiting = run;
    else {
      group.busy = true;
      this.#start(run, now);
    }
  }

  #start(run: number, now: number): void {
    const { jobs } = this.#scheduleOf(run);
    this.#left.set(
      run,
      jobs.map(({ width }) => width),
    );
    jobs.forEach((job, at) => {
      if (job.needs.length === 0) this.#release(run, at, now);
    });
    if (jobs.length === 0) this.#done(run, now);
  }

  #release(run: number, at: number, now: number): void {
    const { place, seconds } = itemAt(this.#runs, run);
    const job = this.#scheduleOf(run).jobs[at];
    if (job === undefined) return;
    const { work, wait } = this.#shares[place]?.[at] ?? { work: 1, wait: 0 };
    const milliseconds = seconds * SECOND_MS * work;
    const readyAt = now + seconds * SECOND_MS * wait;
    const { runners, pricePerMinute } = job;
    for (let one = 0; one < job.width; one += 1) {
      const queued = { run, job: at, queuedAt: now, milliseconds, runners, pricePerMinute };
      if (readyAt > now) this.#at(readyAt, { kind: 'job', job: queued });
      else this.#queue(queued, now);
    }
  }

  #queue(job: QueuedJob, now: number): void {
    const used = this.#inUse.get(job.runners) ?? 0;
    if (used < (valueForRunners(this.#world.jobLimits, job.runners) ?? Number.POSITIVE_INFINITY)) {
      this.#take(job, now);
      return;
    }
    const queue = this.#queues.get(job.runners) ?? [];
    queue.push(job);
    this.#queues.set(job.runners, queue);
  }

  #take(job: QueuedJob, now: number): void {
    this.#inUse.set(job.runners, (this.#inUse.get(job.runners) ?? 0) + 1);
    const endedAt = now + job.milliseconds;
    const { run, queuedAt, pricePerMinute } = job;
    if (run !== ELSEWHERE) this.#jobs.push({ run, queuedAt, startedAt: now, endedAt, pricePerMinute });
    this.#at(endedAt, { kind: 'end', job });
  }

  #ended(job: QueuedJob, now: number): void {
    this.#inUse.set(job.runners, (this.#inUse.get(job.runners) ?? 1) - 1);
    const next = this.#queues.get(job.runners)?.shift();
    if (next !== undefined) this.#take(next, now);
    const left = this.#left.get(job.run);
    if (left === undefined) return;
    left[job.job] = (left[job.job] ?? 1) - 1;
    if (left[job.job] !== 0) return;
    this.#scheduleOf(job.run).jobs.forEach(({ needs }, at) => {
      if (needs.includes(job.job) && needs.every((need) => (left[need] ?? 0) === 0))
        this.#release(job.run, at, now);
    });
    if (left.every((count) => count === 0)) this.#done(job.run, now);
  }

  #done(run: number, now: number): void {
    this.#left.delete(run);
    this.#endedAt[run] = now;
    const name = this.#scheduleOf(run).concurrencyGroup;
    const group = name === null ? undefined : this.#groups.get(name);
    if (group === undefined) return;
    const { waiting } = group;
    group.waiting = null;
    group.busy = waiting !== null;
    if (waiting !== null) this.#start(waiting, now);
  }
}
