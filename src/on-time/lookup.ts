import { MINUTE_MS, SECOND_MS } from '../time.ts';
import type { ServedTick, TickProgress } from './served-tick.ts';
import type { StartedRun } from './started-run.ts';

/** A run may have an earlier time than the request for it, as clocks differ. */
export const LOOK_BACK_MS = 2 * MINUTE_MS;
/** A run that is not listed by then does not exist. */
export const LOOK_FOR_MS = 5 * MINUTE_MS;
const LOOK_EVERY_MS = 15 * SECOND_MS;
/**
 * GitHub creates the run of a request within this time, if it creates one. Once newer runs are listed, the run of the
 * request would be listed too. The longest time seen is ten seconds; the rest is for clocks, and for requests that
 * waited to be sent.
 */
export const SETTLED_MS = MINUTE_MS;

/** A list at `now` of all runs of the repository since `LOOK_BACK_MS` before the first request. */
export interface Listing {
  readonly now: number;
  readonly runs: readonly StartedRun[];
  /** Runs that serve other ticks. */
  readonly claimed: ReadonlySet<number>;
  /**
   * When the next request for the file was sent, for another tick; `null` for none. Where runs cannot be listed, that
   * is `LOOK_FOR_MS` after the first one at the earliest. Runs from `LOOK_BACK_MS` before it on may be its own.
   */
  readonly nextAskedAt: number | null;
  /** The App's own account. */
  readonly appLogin: string;
}

/** `again`: look again at `at`. `ask-again`: no run was started, ask once more. `lost`: no run was started. */
export type LookupResult =
  | { readonly kind: 'found'; readonly run: StartedRun }
  | { readonly kind: 'again'; readonly at: number }
  | { readonly kind: 'ask-again' }
  | { readonly kind: 'lost' };

type OpenProgress = Extract<TickProgress, { state: 'intent' | 'asked' }>;

/**
 * Looks for the run of an open request. A second request is allowed where the answer to the first did not say whether a
 * run was started, and the list already holds runs newer than any run of that request.
 */
export function lookFor(
  { path }: Pick<ServedTick, 'path'>,
  open: OpenProgress,
  { now, runs, claimed, nextAskedAt, appLogin }: Listing,
): LookupResult {
  const named = open.state === 'asked' ? open.runId : null;
  const run =
    named !== null
      ? runs.find(({ id }) => id === named)
      : oldestOwnRun(
          runs.filter(({ createdAt }) => nextAskedAt === null || createdAt < nextAskedAt - LOOK_BACK_MS),
          { path, since: open.firstAt, claimed, appLogin },
        );
  if (run !== undefined) return { kind: 'found', run };
  const mayAskAgain = open.call === 1 && (open.state === 'intent' || open.answer === 'unknown');
  if (mayAskAgain && runs.some(({ createdAt }) => createdAt >= open.at + SETTLED_MS)) {
    return { kind: 'ask-again' };
  }
  if (now - open.at >= LOOK_FOR_MS) return { kind: 'lost' };
  return { kind: 'again', at: now + LOOK_EVERY_MS };
}

/** The oldest run that may come from a request of Offbeat since `since` and that serves no other tick. */
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
