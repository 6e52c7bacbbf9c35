import { normalDraw } from '../../src/plan/random.ts';
import type { MadeRun } from './made-graphs.ts';
import { QUEUE_MEDIAN_SECONDS, QUEUE_SPREAD, SHARED_SPREAD } from './made-graphs.ts';

/** What is true of one job of a made graph: its share of critical paths, and what halving it would bring. */
export interface JobTruth {
  readonly share: number;
  readonly gain: number;
}

const DRAWS = 400;

/** The truth of a run's graph at its levels, drawn from the process that makes the runs. */
export function truthOf(
  { graph, levels }: MadeRun,
  noise: number,
  random: () => number,
): readonly JobTruth[] {
  const places = new Map(graph.map(({ id }, at) => [id, at]));
  const needs = graph.map((job) => job.needs.map((id) => places.get(id) ?? -1));
  const onPath = graph.map(() => 0);
  const saved = graph.map(() => 0);
  let all = 0;
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const shared = SHARED_SPREAD * noise * normalDraw(random);
    const times = levels.map((level) => {
      const queue = QUEUE_MEDIAN_SECONDS * Math.exp(QUEUE_SPREAD * normalDraw(random));
      return queue + Math.exp(level + shared + noise * normalDraw(random));
    });
    const whole = spanOf(needs, times);
    all += whole;
    for (const at of graph.keys()) {
      const time = times[at] ?? 0;
      // A job that is on the critical path makes the run longer by any second that it takes longer.
      if (spanOf(needs, times.with(at, time + 1)) > whole) onPath[at] = (onPath[at] ?? 0) + 1 / DRAWS;
      saved[at] = (saved[at] ?? 0) + whole - spanOf(needs, times.with(at, time / 2));
    }
  }
  return graph.map((_, at) => ({ share: onPath[at] ?? 0, gain: (saved[at] ?? 0) / all }));
}

/** Seconds from the beginning to the last end; jobs stand after those that they need. */
function spanOf(needs: readonly (readonly number[])[], times: readonly number[]): number {
  const ends: number[] = [];
  for (const [at, time] of times.entries())
    ends.push(time + Math.max(0, ...(needs[at] ?? []).map((need) => ends[need] ?? 0)));
  return Math.max(...ends);
}
