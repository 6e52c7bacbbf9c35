import { OffbeatError } from '../errors.ts';
import { statusOf } from './client.ts';

/**
 * What a request that failed means for whoever sent it. `again-soon`: the fault is GitHub's or the network's and will
 * pass. `again-later`: GitHub takes no request of this installation for `waitMs`. `final`: the answer is an answer.
 */
export type AnswerMeaning =
  | { readonly kind: 'again-soon' }
  | { readonly kind: 'again-later'; readonly waitMs: number }
  | { readonly kind: 'final' };

/** How long to wait after a limit that states no time (docs: "Best practices for using the REST API"). */
const UNSTATED_WAIT_MS = 60_000;

/** A reset that has just passed by our clock may not have passed by GitHub's. */
const SHORTEST_RESET_WAIT_MS = 1_000;

/**
 * Says what a failed request means; every decision to send a request again is made from this. Octokit gives failures of the
 * network the status 500. `now` is epoch ms.
 */
export function classifyAnswer(error: unknown, now: number): AnswerMeaning {
  const status = statusOf(error);
  if (error instanceof OffbeatError || status === undefined) return { kind: 'final' };
  const isFault = status >= 500;
  const mayBeLimit = status === 403 || status === 429;
  if (!isFault && !mayBeLimit) return { kind: 'final' };
  const waitMs = statedWait(headersOf(error), now);
  if (waitMs !== null) return { kind: 'again-later', waitMs };
  if (isFault) return { kind: 'again-soon' };
  return status === 429 || isSecondaryLimit(error)
    ? { kind: 'again-later', waitMs: UNSTATED_WAIT_MS }
    : { kind: 'final' };
}

/** Milliseconds until the time that the headers state; `null` where they state none. */
function statedWait(headers: Readonly<Record<string, unknown>>, now: number): number | null {
  const retryAfter = retryAfterMs(headers['retry-after'], now);
  if (retryAfter !== null) return retryAfter;
  if (headers['x-ratelimit-remaining'] !== '0') return null;
  const resetAt = Number(headers['x-ratelimit-reset'] ?? Number.NaN) * 1_000;
  return Number.isFinite(resetAt) ? Math.max(SHORTEST_RESET_WAIT_MS, resetAt - now) : UNSTATED_WAIT_MS;
}

/** `retry-after` is a number of seconds or a date (RFC 9110, 10.2.3). */
function retryAfterMs(value: unknown, now: number): number | null {
  if (typeof value !== 'string' || value === '') return null;
  const seconds = Number(value);
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - now;
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : null;
}

/** A 403 stands for missing permissions too: nothing but GitHub's sentence tells them from a limit without headers. */
function isSecondaryLimit(error: unknown): boolean {
  return error instanceof Error && /secondary rate/i.test(error.message);
}

function headersOf(error: unknown): Readonly<Record<string, unknown>> {
  if (typeof error !== 'object' || error === null || !('response' in error)) return {};
  const { response } = error;
  if (typeof response !== 'object' || response === null || !('headers' in response)) return {};
  return typeof response.headers === 'object' && response.headers !== null ? { ...response.headers } : {};
}
