import { type Conclusion, succeeded } from '../history/run.ts';
import type { ServedTick } from './served-tick.ts';

/**
 * The result of the first run that Offbeat has started: `failed` where it failed and GitHub's newest run before was
 * green; `passed` where it succeeded, or failed as the run before had; `open` until it has ended. A cancelled run does
 * not count: then the next one is the trial.
 */
export function trialOf(
  ticks: readonly ServedTick[],
  before: Conclusion | null,
): 'open' | 'passed' | 'failed' {
  const tried = ticks
    .toSorted((one, other) => one.tick - other.tick)
    .find(({ progress }) =>
      progress.state === 'failed' ? succeeded(progress.conclusion) === false : progress.state === 'done',
    );
  if (tried === undefined) return 'open';
  return tried.progress.state === 'failed' && succeeded(before) === true ? 'failed' : 'passed';
}
