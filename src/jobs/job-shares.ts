import { median } from '../statistics.ts';
import { inOrder } from '../workflow/job-graph.ts';
import type { JobGraph } from './graph.ts';
import { nodeSamples } from './node-samples.ts';

/** Shares of a run's duration, in which its jobs wait for runners too. */
export interface JobShare {
  readonly work: number;
  /** The wait that every run has; without what a full pool of runners brings. */
  readonly wait: number;
}

/** A longer wait comes from other jobs on runners of which only so many are there. */
const LONGEST_OWN_WAIT_SECONDS = 60;

/**
 * Shares of a run's duration that the work and the waits of each job of a file take, by the medians of what was seen;
 * the longest path takes the whole run. `isLimited` tells by a job's place whether the limit of its runners is known.
 * `null` where a job was not seen yet.
 */
export function learnedShares(
  graph: JobGraph,
  isLimited: (place: number) => boolean,
): readonly JobShare[] | null {
  const times = graph.nodes.map(({ tracks, job }) => {
    const samples = nodeSamples(tracks, job.uses !== null);
    return {
      work: median(samples.map(({ seconds }) => seconds)),
      queue: median(samples.map(({ queue }) => queue)),
    };
  });
  if (times.length === 0 || times.some(({ work }) => work <= 0)) return null;
  const ends = times.map(() => 0);
  for (const at of inOrder(graph.nodes)) {
    const { needs = [] } = graph.nodes[at] ?? {};
    const { work = 0, queue = 0 } = times[at] ?? {};
    ends[at] = queue + work + Math.max(0, ...needs.map((need) => ends[need] ?? 0));
  }
  const longest = Math.max(...ends);
  return times.map(({ work, queue }, at) => ({
    work: work / longest,
    wait: isLimited(at) && queue >= LONGEST_OWN_WAIT_SECONDS ? 0 : queue / longest,
  }));
}
