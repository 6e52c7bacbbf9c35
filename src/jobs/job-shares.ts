import { median } from '../statistics.ts';
import { inOrder, type JobGraph } from './graph.ts';
import { nodeSamples } from './node-samples.ts';

/** Share of a run's duration by job, the longest path being all of it; `null` where a job was not seen yet. */
export function learnedShares(graph: JobGraph): readonly number[] | null {
  const seconds = graph.nodes.map(({ tracks, job }) =>
    median(nodeSamples(tracks, job.uses !== null).map((sample) => sample.seconds)),
  );
  if (seconds.length === 0 || seconds.some((one) => one <= 0)) return null;
  const ends = seconds.map(() => 0);
  for (const at of inOrder(graph.nodes)) {
    const needs = graph.nodes[at]?.needs ?? [];
    ends[at] = (seconds[at] ?? 0) + Math.max(0, ...needs.map((need) => ends[need] ?? 0));
  }
  const longest = Math.max(...ends);
  return seconds.map((one) => one / longest);
}
