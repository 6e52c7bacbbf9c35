import { numberIn } from '../forecast/number-list.ts';
import type { JobTrack } from './job-track.ts';

/** What one run has shown of one job of the file, its whole matrix or called workflow taken together. */
export interface NodeSample {
  readonly run: number;
  /** Epoch ms. */
  readonly at: number;
  /** Seconds of work until all of it was done. */
  readonly seconds: number;
  /** Seconds that it waited for a runner before. */
  readonly queue: number;
}

/** The samples of a job of the file, oldest first; of a called workflow's jobs, in sequence, the span. */
export function nodeSamples(tracks: readonly JobTrack[], isCalled: boolean): readonly NodeSample[] {
  const byRun = new Map<number, NodeSample>();
  for (const track of tracks) {
    for (const [place, run] of track.runs.entries()) {
      const one = {
        run,
        at: 1_000 * numberIn(track.at, place),
        seconds: numberIn(track.seconds, place),
        queue: numberIn(track.queue, place),
      };
      const other = byRun.get(run);
      byRun.set(run, other === undefined ? one : isCalled ? spanOf(one, other) : longerOf(one, other));
    }
  }
  return [...byRun.values()].sort((a, b) => a.at - b.at || a.run - b.run);
}

function spanOf(one: NodeSample, other: NodeSample): NodeSample {
  const [first, second] = one.at <= other.at ? [one, other] : [other, one];
  const endedAt = Math.max(first.at + 1_000 * first.seconds, second.at + 1_000 * second.seconds);
  return { ...first, seconds: (endedAt - first.at) / 1_000 };
}

/** Jobs of a matrix begin together: it is done when the last one is. */
function longerOf(one: NodeSample, other: NodeSample): NodeSample {
  const slower = one.queue + one.seconds >= other.queue + other.seconds ? one : other;
  return { ...slower, at: Math.min(one.at, other.at) };
}
