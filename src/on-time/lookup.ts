import { MINUTE_MS, SECOND_MS } from '../time.ts';
import type { ServedTick, TickProgress } from './served-tick.ts';
import type { StartedRun } from './started-run.ts';

/** A run may bear an earlier time than the request for it: clocks differ. */
export const LOOK_BACK_MS = 2 * MINUTE_MS;
/** A run that no list has shown by then is not coming. */
export const LOOK_FOR_MS = 5 * MINUTE_MS;
const LOOK_EVERY_MS = 15 * SECOND_MS;
/**
 * GitHub has made the run of a request by then, if it makes one: a run that is newer than that is newer than the
 * request. Ten seconds are the most that were seen; the rest is for clocks, and for requests that waited to be sent.
 */
export const SETTLED_MS = MINUTE_MS;

/** What was listed at `now`: all runs of the repository since `LOOK_BACK_MS` before the first request. */
export interface Listing {
  readonly now: number;
  readonly runs: readonly StartedRun[];
  /** Runs that serve other ticks. */
  readonly claimed: ReadonlySet<number>;
  /** The App's own account. */
  readonly appLogin: string;
}

/**
 * What a listing says of an open request. `again`: look again at `at`. `ask-again`: no run was started, once more may
 * be asked.
 */
export type Looked =
  | { readonly kind: 'found'; readonly run: StartedRun }
  | { readonly kind: 'again'; readonly at: number }
  | { readonly kind: 'ask-again' }
  | { readonly kind: 'lost' };

type OpenProgress = Extract<TickProgress, { state: 'intent' | 'asked' }>;

/**
 * Looks for the run of an open request. At most one more request is allowed, where the answer to the first said
 * nothing, and only where the list shows that GitHub has listed runs newer than anything that the request could have
 * started.
 */
export function lookFor(
  { path }: Pick<ServedTick, 'path'>,
  open: OpenProgress,
  { now, runs, claimed, appLogin }: Listing,
): Looked {
  const named = open.state === 'asked' ? open.runId : null;
  const run =
    named !== null
      ? runs.find(({ id }) => id === named)
      : oldestOwnRun(runs, { path, since: open.firstAt, claimed, appLogin });
  if (run !== undefined) return { kind: 'found', run };
  const mayAskAgain = open.call === 1 && (open.state === 'intent' || open.answer === 'unknown');
  if (mayAskAgain && runs.some(({ createdAt }) => createdAt >= open.at + SETTLED_MS)) {
    return { kind: 'ask-again' };
  }
  if (now - open.at >= LOOK_FOR_MS) return { kind: 'lost' };
  return { kind: 'again', at: now + LOOK_EVERY_MS };
}

/** The oldest run that a request of ours since then may have started and that serves no other tick. */
export function oldestOwnRun(
  runs: readonly StartedRun[],
  {
    path,
    since,
    claimed,
    appLogin,
  }: Pick<Listing, 'claimed' | 'appLogin'> & { readonly path: string; readonly since: number },
): StartedRun | undefined {
  return runs
    .filter(
      (run) =>
        run.path === path &&
        run.event === 'workflow_dispatch' &&
        run.actor === appLogin &&
        run.createdAt >= since - LOOK_BACK_MS &&
        !claimed.has(run.id),
    )
    .toSorted((one, other) => one.createdAt - other.createdAt || one.id - other.id)[0];
}
