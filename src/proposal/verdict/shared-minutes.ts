import type { Run } from '../../history/run.ts';
import { MINUTE_MS } from '../../time.ts';

/** Says of a stretch of time how many minutes of other runs lie in it. */
export class RunningTime {
  readonly #starts: Edge;
  readonly #ends: Edge;

  constructor(runs: Iterable<Pick<Run, 'startedAt' | 'endedAt'>>) {
    const starts: number[] = [];
    const ends: number[] = [];
    for (const { startedAt, endedAt } of runs) {
      if (endedAt === null || endedAt <= startedAt) continue;
      starts.push(startedAt);
      ends.push(endedAt);
    }
    this.#starts = edgeOf(starts);
    this.#ends = edgeOf(ends);
  }

  /** Minutes of runs between two instants (epoch ms), summed over the runs. */
  minutesBetween(from: number, to: number): number {
    return (this.#until(to) - this.#until(from)) / MINUTE_MS;
  }

  /** Running time before an instant: of all that has begun, less that which has ended. */
  #until(instant: number): number {
    return passed(this.#starts, instant) - passed(this.#ends, instant);
  }
}

interface Edge {
  readonly at: Float64Array;
  /** Sum of the first n instants, at index n. */
  readonly sums: Float64Array;
}

function edgeOf(instants: readonly number[]): Edge {
  const at = Float64Array.from(instants).sort();
  const sums = new Float64Array(at.length + 1);
  at.forEach((instant, place) => {
    sums[place + 1] = (sums[place] ?? 0) + instant;
  });
  return { at, sums };
}

/** Time from each edge before `instant` to it, summed. */
function passed({ at, sums }: Edge, instant: number): number {
  let low = 0;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((at[middle] ?? 0) < instant) low = middle + 1;
    else high = middle;
  }
  return low * instant - (sums[low] ?? 0);
}
