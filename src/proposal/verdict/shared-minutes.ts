import { numberAt } from '../../checked.ts';
import type { Run } from '../../history/run.ts';
import { MINUTE_MS } from '../../time.ts';

/** The running time of many runs, summed up so that the part within any stretch of time is two look-ups away. */
export class RunningTime {
  readonly #starts: SortedInstants;
  readonly #ends: SortedInstants;

  constructor(runs: Iterable<Pick<Run, 'startedAt' | 'endedAt'>>) {
    const starts: number[] = [];
    const ends: number[] = [];
    for (const { startedAt, endedAt } of runs) {
      if (endedAt === null || endedAt <= startedAt) continue;
      starts.push(startedAt);
      ends.push(endedAt);
    }
    this.#starts = sortedInstants(starts);
    this.#ends = sortedInstants(ends);
  }

  /** Minutes of runs between two instants (epoch ms), summed over the runs. */
  minutesBetween(from: number, to: number): number {
    return (this.#before(to) - this.#before(from)) / MINUTE_MS;
  }

  /** Running time before an instant: time since all earlier starts, less time since all earlier ends. */
  #before(instant: number): number {
    return timeSince(this.#starts, instant) - timeSince(this.#ends, instant);
  }
}

interface SortedInstants {
  readonly at: Float64Array;
  /** Sum of the first n instants, at index n. */
  readonly sums: Float64Array;
}

function sortedInstants(instants: readonly number[]): SortedInstants {
  const at = Float64Array.from(instants).sort();
  const sums = new Float64Array(at.length + 1);
  at.forEach((instant, place) => {
    sums[place + 1] = numberAt(sums, place) + instant;
  });
  return { at, sums };
}

/** Time from each earlier instant to this one, summed. */
function timeSince({ at, sums }: SortedInstants, instant: number): number {
  let low = 0;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numberAt(at, middle) < instant) low = middle + 1;
    else high = middle;
  }
  return low * instant - numberAt(sums, low);
}
