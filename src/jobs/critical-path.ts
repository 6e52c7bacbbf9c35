import { numberAt } from '../checked.ts';
import type { Quantiles } from '../forecast/types.ts';
import { inOrder } from '../workflow/job-graph.ts';
import type { JobGraph, JobNode } from './graph.ts';
import { type JobModel, jobModel, runsOf, timesIn } from './job-model.ts';
import { makespanMedian } from './makespan.ts';

/** How one job of the file stands in the runs that were drawn. Shares are 0–1, times seconds. */
export interface PathJob {
  readonly id: string;
  /** Samples behind it; 0 for a job that was never seen, which then takes no time. */
  readonly observations: number;
  /** Work, and wait for a runner before it: medians, and 95 % points. */
  readonly seconds: number;
  readonly slowSeconds: number;
  readonly queueSeconds: number;
  readonly slowQueueSeconds: number;
  /** Share of the ordinary runs (the middle half by makespan) in which it is on the critical path. */
  readonly medianShare: number;
  /** Share of the slowest twentieth in which it is. */
  readonly tailShare: number;
  /** Time by which it may end later without the run ending later; the median. */
  readonly slackSeconds: number;
  /** Share of its own time that it waits for a runner. */
  readonly waitingShare: number;
  /** Share of the median makespan that would go if it took half as long. */
  readonly gain: number;
}

/** The runs that were drawn of a job graph. */
export interface CriticalPath {
  readonly jobs: readonly PathJob[];
  /** Seconds from the first job's start to the last one's end, as durations of runs are measured. */
  readonly makespan: Quantiles;
  /** Share of the time on critical paths that jobs waited for a runner. */
  readonly waitingShare: number;
}

export interface PathOptions {
  /** Epoch ms of the run that is forecast. */
  readonly at: number;
  /** Uniform draws from [0, 1). */
  readonly random: () => number;
  readonly draws?: number;
}

const DRAWS = 1_000;
/** Gains are computed on so many of them: each takes a walk through the graph for each job. */
const DRAWS_FOR_GAIN = 200;
const TAIL_FROM = 0.95;
/** Draws know the levels of jobs for sure, which nobody does: their spread (log units) is told so much wider. */
const LEVEL_STRETCH = 1.25;
/** Where jobs run in some runs only the draws have two middles: a forecast that is further off is of the other one. */
const MOST_APART = 1.15;
/** A path is critical up to this: sums of the same times in another order differ in their last digits. */
const CLOSE_SECONDS = 1e-6;

/** Where all jobs have the residuals of one run, jobs slow together stay so; else each has those of any run. */
const JOINT_SHARE = 0.5;

/**
 * Draws runs of a workflow and tells which jobs decide how long they take. A drawn time is the forecast level of a
 * job, moved by what a past run has shown around the level of its time. A job that was skipped in that run takes no
 * time. Never throws; `null` where nothing was seen of any job.
 */
export function criticalPath(graph: JobGraph, options: PathOptions): CriticalPath | null {
  const models = graph.nodes.map((node) => jobModel(node, options.at));
  const runs = runsOf(models);
  if (runs.length === 0) return null;
  const draws = new Draws(graph.nodes, options.draws ?? DRAWS);
  const { random } = options;
  const anyRun = (): number => runs[Math.floor(random() * runs.length)] ?? 0;
  for (let draw = 0; draw < draws.count; draw += 1) {
    const isJoint = random() < JOINT_SHARE;
    const one = anyRun();
    for (const [at, model] of models.entries()) {
      const { work, queue } = timesIn(model, isJoint ? one : anyRun(), random);
      draws.set(draw, at, work, queue);
    }
    draws.walk(draw);
  }
  return summarised(graph, models, draws, makespanMedian(graph, models, options.at));
}

/** Drawn times of all jobs, and what follows from them: one row a draw. */
class Draws {
  readonly count: number;
  readonly work: Float64Array;
  readonly queue: Float64Array;
  readonly slack: Float64Array;
  /** Seconds from the first start to the last end. */
  readonly makespan: Float64Array;
  readonly #nodes: readonly JobNode[];
  readonly #order: readonly number[];
  readonly #followers: readonly (readonly number[])[];
  readonly #ends: Float64Array;
  readonly #left: Float64Array;

  constructor(nodes: readonly JobNode[], count: number) {
    this.count = count;
    this.#nodes = nodes;
    this.#order = inOrder(nodes);
    this.#followers = nodes.map((_, at) =>
      nodes.flatMap(({ needs }, other) => (needs.includes(at) ? [other] : [])),
    );
    this.work = new Float64Array(count * nodes.length);
    this.queue = new Float64Array(count * nodes.length);
    this.slack = new Float64Array(count * nodes.length);
    this.makespan = new Float64Array(count);
    this.#ends = new Float64Array(nodes.length);
    this.#left = new Float64Array(nodes.length);
  }

  place(draw: number, at: number): number {
    return draw * this.#nodes.length + at;
  }

  set(draw: number, at: number, work: number, queue: number): void {
    this.work[this.place(draw, at)] = work;
    this.queue[this.place(draw, at)] = queue;
  }

  /** Makespan and slack of a draw whose times are set. */
  walk(draw: number): void {
    const total = this.#end(draw, -1);
    // From the last job back: the longest time from the end of each to the end of the run.
    for (const at of this.#order.toReversed()) {
      let left = 0;
      for (const follower of this.#followers[at] ?? []) {
        const place = this.place(draw, follower);
        const after =
          numberAt(this.#left, follower) + numberAt(this.work, place) + numberAt(this.queue, place);
        left = Math.max(left, after);
      }
      this.#left[at] = left;
      this.slack[this.place(draw, at)] = total - numberAt(this.#ends, at) - left;
    }
    this.makespan[draw] = total - this.#firstWait(draw);
  }

  /** Makespan of a draw in which one job takes half as long. */
  makespanWithHalf(draw: number, halved: number): number {
    return this.#end(draw, halved) - this.#firstWait(draw);
  }

  #end(draw: number, halved: number): number {
    let total = 0;
    for (const at of this.#order) {
      const place = this.place(draw, at);
      let start = 0;
      for (const need of this.#nodes[at]?.needs ?? []) start = Math.max(start, numberAt(this.#ends, need));
      const share = at === halved ? 0.5 : 1;
      const end = start + share * (numberAt(this.work, place) + numberAt(this.queue, place));
      this.#ends[at] = end;
      total = Math.max(total, end);
    }
    return total;
  }

  /** A run's duration is counted from its first job's start. */
  #firstWait(draw: number): number {
    let wait = Number.POSITIVE_INFINITY;
    for (const [at, { needs }] of this.#nodes.entries()) {
      const place = this.place(draw, at);
      const isRun = needs.length === 0 && numberAt(this.work, place) > 0;
      if (isRun) wait = Math.min(wait, numberAt(this.queue, place));
    }
    return Number.isFinite(wait) ? wait : 0;
  }
}

function summarised(
  graph: JobGraph,
  models: readonly JobModel[],
  draws: Draws,
  median: number,
): CriticalPath {
  const ascending = [...draws.makespan.keys()].sort(
    (a, b) => numberAt(draws.makespan, a) - numberAt(draws.makespan, b),
  );
  const middle = ascending.slice(Math.floor(0.25 * draws.count), Math.ceil(0.75 * draws.count));
  const tail = ascending.slice(Math.min(draws.count - 1, Math.floor(TAIL_FROM * draws.count)));
  const drawnAt = (share: number): number =>
    numberAt(draws.makespan, ascending[Math.round(share * (draws.count - 1))] ?? 0);
  const middleOfDraws = drawnAt(0.5);
  const centre = Math.max(middleOfDraws / MOST_APART, Math.min(middleOfDraws * MOST_APART, median));
  const makespanAt = (share: number): number =>
    middleOfDraws <= 0 ? 0 : centre * (drawnAt(share) / middleOfDraws) ** LEVEL_STRETCH;
  const isOnPath = (draw: number, at: number): boolean => {
    const place = draws.place(draw, at);
    const takesTime = numberAt(draws.work, place) + numberAt(draws.queue, place) > 0;
    return takesTime && numberAt(draws.slack, place) <= CLOSE_SECONDS;
  };
  const shareOnPath = (some: readonly number[], at: number): number =>
    some.filter((draw) => isOnPath(draw, at)).length / some.length;
  const forGain = ascending.filter((_, place) => place % Math.ceil(draws.count / DRAWS_FOR_GAIN) === 0);
  let [waited, taken] = [0, 0];
  const jobs = graph.nodes.map(({ id }, at): PathJob => {
    const column = (values: Float64Array): readonly number[] =>
      ascending.map((draw) => numberAt(values, draws.place(draw, at))).sort((a, b) => a - b);
    const [work, queue, slack] = [column(draws.work), column(draws.queue), column(draws.slack)];
    const whole = sum(work) + sum(queue);
    for (const draw of ascending) {
      if (!isOnPath(draw, at)) continue;
      waited += numberAt(draws.queue, draws.place(draw, at));
      taken += numberAt(draws.queue, draws.place(draw, at)) + numberAt(draws.work, draws.place(draw, at));
    }
    return {
      id,
      observations: models[at]?.samples.length ?? 0,
      seconds: quantileIn(work, 0.5),
      slowSeconds: quantileIn(work, TAIL_FROM),
      queueSeconds: quantileIn(queue, 0.5),
      slowQueueSeconds: quantileIn(queue, TAIL_FROM),
      medianShare: shareOnPath(middle, at),
      tailShare: shareOnPath(tail, at),
      slackSeconds: quantileIn(slack, 0.5),
      waitingShare: whole === 0 ? 0 : sum(queue) / whole,
      gain: gainOf(draws, forGain, at),
    };
  });
  return {
    jobs,
    makespan: {
      q05: makespanAt(0.05),
      q25: makespanAt(0.25),
      q50: makespanAt(0.5),
      q75: makespanAt(0.75),
      q95: makespanAt(0.95),
    },
    waitingShare: taken === 0 ? 0 : waited / taken,
  };
}

function gainOf(draws: Draws, some: readonly number[], at: number): number {
  const whole = sum(some.map((draw) => numberAt(draws.makespan, draw)));
  const halved = sum(some.map((draw) => draws.makespanWithHalf(draw, at)));
  return whole <= 0 ? 0 : Math.max(0, (whole - halved) / whole);
}

function quantileIn(ascending: readonly number[], share: number): number {
  return ascending[Math.round(share * (ascending.length - 1))] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
