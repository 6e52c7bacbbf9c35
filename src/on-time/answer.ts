import { MINUTE_MS } from '../time.ts';
/**
 * GitHub's answer to a request for a run. `status` is `null` where no answer came. `sent` is false where the request
 * was not sent, since the installation, or Offbeat as a whole, has to wait before it may send requests.
 */
export interface DispatchAnswer {
  readonly sent: boolean;
  readonly status: number | null;
  /** GitHub's message of a failure; empty otherwise. */
  readonly message: string;
  /** GitHub's id of the run, where the answer names one. */
  readonly runId: number | null;
  /** How long GitHub asks to wait, which is the sign of a limit; `null` where it does not ask. */
  readonly retryAfterMs: number | null;
}

/** Why a request was refused; the reason decides what Offbeat does next. */
export type Refusal =
  | 'archived'
  | 'policy'
  | 'inputs'
  | 'permission'
  | 'no-trigger'
  | 'not-found'
  | 'disabled'
  | 'actions-off'
  | 'suspended'
  | 'credentials';

/**
 * The meaning of an answer for the tick.
 * - `started`: there is a run; `runId` is set where GitHub gave one.
 * - `not-known`: a run may have been started. Offbeat has to look for it before it asks again.
 * - `not-sent`: nothing was asked; Offbeat asks again after `waitMs`.
 * - `without-details`: an older server refuses the parameter that asks for the id; Offbeat asks at once without it.
 * - `refused`: no run was started.
 */
export type DispatchMeaning =
  | { readonly kind: 'started'; readonly runId: number | null }
  | { readonly kind: 'not-known' }
  | { readonly kind: 'not-sent'; readonly waitMs: number }
  | { readonly kind: 'without-details' }
  | { readonly kind: 'refused'; readonly why: Refusal; readonly sentence: string };

/** The meaning of GitHub's statuses and messages (docs: "Create a workflow dispatch event"; user reports). */
export function meaningOf({ sent, status, message, runId, retryAfterMs }: DispatchAnswer): DispatchMeaning {
  const NOT_KNOWN = { kind: 'not-known' } as const;
  if (!sent) return { kind: 'not-sent', waitMs: retryAfterMs ?? UNSTATED_WAIT_MS };
  if (status === 204) return { kind: 'started', runId: null };
  if (status === 200) return runId === null ? NOT_KNOWN : { kind: 'started', runId };
  const refused = (why: Refusal) => ({ kind: 'refused', why, sentence: message }) as const;
  switch (status) {
    case 400:
      return message.includes('return_run_details') ? { kind: 'without-details' } : NOT_KNOWN;
    case 401:
      return refused('credentials');
    case 403:
      if (retryAfterMs !== null) return NOT_KNOWN;
      return refused(firstMatch(FORBIDDEN, message));
    case 404:
      return refused('not-found');
    case 422:
      return refused(firstMatch(UNPROCESSABLE, message));
    default:
      return NOT_KNOWN;
  }
}

/** How long to wait where GitHub states no time. */
const UNSTATED_WAIT_MS = MINUTE_MS;

type Words = readonly (readonly [RegExp, Refusal])[];

const SUSPENDED = /suspended/i;

const FORBIDDEN: Words = [
  [/archived/i, 'archived'],
  [SUSPENDED, 'suspended'],
  [/not accessible by integration/i, 'permission'],
];

const UNPROCESSABLE: Words = [
  [/permissions requested are not granted/i, 'permission'],
  [/does not have '?"?workflow_dispatch/i, 'no-trigger'],
  [/disabled workflow/i, 'disabled'],
  [/actions has been disabled/i, 'actions-off'],
  [/no ref found/i, 'not-found'],
  [/input/i, 'inputs'],
];

/** Whether a refusal says that the installation is suspended: GitHub refuses all its requests then, reads too. */
export function saysSuspended(message: string): boolean {
  return SUSPENDED.test(message);
}

/** The refusal that a message names; `policy`, a rule of the owner, for any other message. */
function firstMatch(words: Words, message: string): Refusal {
  return words.find(([pattern]) => pattern.test(message))?.[1] ?? 'policy';
}
