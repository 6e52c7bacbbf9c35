import type { Run } from '../../../history/run.ts';
import type { RunHistory } from '../../../history/run-history.ts';

/** The runs created in [from, to), epoch ms. The history is sorted by creation, so two binary searches are enough. */
export function runsBetween(runs: RunHistory, from: number, to: number): Run[] {
  return runs.slice(firstSince(runs, from), firstSince(runs, to));
}

function firstSince(runs: RunHistory, at: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((runs.at(middle)?.createdAt ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
