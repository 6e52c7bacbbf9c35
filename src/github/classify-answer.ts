import { OffbeatError } from '../errors.ts';
import { HOUR_MS, MINUTE_MS } from '../time.ts';
import { statusOf } from './client.ts';

/**
 * What a request that failed means for whoever sent it.
 * - `again-soon`: the fault is GitHub's or the network's and will pass.
 * - `again-later`: GitHub takes no request of this installation for `waitMs`. Where it has not stated how long, that is
 *   the shortest time to wait.
 * - `not-yet-there`: GitHub may not have yet what it has just named. One such answer does not show that it is absent.
 * - `refused`: the same request ends the same way until a person has changed something; `sentence` is GitHub's own.
 * - `not-accepted`: 401. GitHub does not accept who asks, which says nothing of what was asked for: every other request
 *   with these credentials ends the same way until a person has mended them.
 * - `other`: nothing that GitHub says of this request. That is a fault of ours.
 */
export type AnswerMeaning =
  | { readonly kind: 'again-soon' }
  | { readonly kind: 'again-later'; readonly waitMs: number; readonly isStated: boolean }
  | { readonly kind: 'not-yet-there' }
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'not-accepted' }
  | { readonly kind: 'other' };

/** What a request asks for. `just-named`: what GitHub has just told of, in an event or an earlier answer. */
export type RequestKind = 'just-named' | 'anything';

/** How long to wait after a limit that states no time (docs: "Best practices for using the REST API"). */
const UNSTATED_WAIT_MS = MINUTE_MS;

/** Least wait: without one, requests would be repeated without end. */
const SHORTEST_STATED_WAIT_MS = 1_000;

/** GitHub's limits are by the hour: what lies farther off is a wrong clock, and would hold the work for days. */
const LONGEST_STATED_WAIT_MS = HOUR_MS;

/** GitHub's words may hold names that anybody chooses, and are shown in issues, pages and terminals. */
const MAX_SENTENCE = 300;

const LIMIT_WORDS = /secondary rate|abuse detection|rate limit exceeded/i;
const LIMIT_PAGE = /#(?:about-)?(?:secondary|abuse)-rate-limits/;

const SENTENCE_ENDS = /[.!?…:]$/;

/**
 * Says what a failed request means. Every decision to send a request again, to put work off or to end it is made from
 * this. Octokit gives failures of the network the status 500. `now` is epoch ms.
 */
export function classifyAnswer(error: unknown, now: number, asked: RequestKind = 'anything'): AnswerMeaning {
  const status = statusOf(error);
  if (error instanceof OffbeatError || status === undefined) return { kind: 'other' };
  if (status >= 500 || status === 403 || status === 429) {
    const wait = statedWait(headersOf(error), now);
    if (wait !== null) return { kind: 'again-later', ...wait };
  }
  if (status >= 500 || status === 408) return { kind: 'again-soon' };
  if (status === 429 || (status === 403 && isLimit(error)) || (status === 422 && isTooQuick(error))) {
    return { kind: 'again-later', waitMs: UNSTATED_WAIT_MS, isStated: false };
  }
  if (asked === 'just-named' && isAbsence(status, error)) return { kind: 'not-yet-there' };
  if (status === 401) return { kind: 'not-accepted' };
  if (status < 400) return { kind: 'other' };
  return { kind: 'refused', sentence: sentenceOf(error) };
}

/** GitHub has three ways to say that a commit is not there: 409 stands for a repository without any. */
function isAbsence(status: number, error: unknown): boolean {
  return status === 404 || status === 409 || (status === 422 && /no commit found/i.test(messageOf(error)));
}

/** How long a limit lasts, and whether the answer states it. */
interface Wait {
  readonly waitMs: number;
  readonly isStated: boolean;
}

const UNSTATED: Wait = { waitMs: UNSTATED_WAIT_MS, isStated: false };

/** The wait by the headers of a limit; `null` where they name none. */
function statedWait(headers: Readonly<Record<string, unknown>>, now: number): Wait | null {
  const retryAfter = retryAfterOf(headers['retry-after'], now);
  if (retryAfter !== null) return retryAfter;
  if (headers['x-ratelimit-remaining'] !== '0') return null;
  return waitUntil(Number(headers['x-ratelimit-reset'] ?? Number.NaN) * 1_000, now);
}

/** `retry-after` is a number of seconds or a date (RFC 9110, 10.2.3). */
function retryAfterOf(value: unknown, now: number): Wait | null {
  if (typeof value !== 'string' || value.trim() === '') return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return { waitMs: withinBounds(seconds * 1_000), isStated: true };
  const at = Date.parse(value);
  return Number.isFinite(at) ? waitUntil(at, now) : null;
}

/**
 * The wait until an instant, epoch ms. One that has passed by our clock has not passed by GitHub's, or else it would
 * not refuse: it says nothing of how long, and to ask each second would prolong the limit.
 */
function waitUntil(at: number, now: number): Wait {
  return at > now ? { waitMs: withinBounds(at - now), isStated: true } : UNSTATED;
}

function withinBounds(waitMs: number): number {
  return Math.min(LONGEST_STATED_WAIT_MS, Math.max(SHORTEST_STATED_WAIT_MS, waitMs));
}

/**
 * A 403 stands for missing permissions too: nothing but GitHub's sentence, or the page that it names, tells them from a
 * limit without headers. The limits were called abuse detection once, and GitHub Enterprise Server still says so.
 */
function isLimit(error: unknown): boolean {
  const { documentation_url: page } = bodyOf(error);
  return LIMIT_WORDS.test(messageOf(error)) || (typeof page === 'string' && LIMIT_PAGE.test(page));
}

/** GitHub takes pull requests and comments that come too fast for invalid. */
function isTooQuick(error: unknown): boolean {
  return /submitted too quickly/i.test(sentenceOf(error));
}

/** GitHub's own words for a failed request, as sentences on one line. */
function sentenceOf(error: unknown): string {
  const { message, errors } = bodyOf(error);
  const details = Array.isArray(errors) ? errors.map(detailOf) : [];
  const lines = [typeof message === 'string' ? message : messageOf(error), ...details]
    .flatMap((text) => text.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const text = lines.map((line) => (SENTENCE_ENDS.test(line) ? line : `${line}.`)).join(' ');
  const characters = [...text];
  return characters.length <= MAX_SENTENCE ? text : `${characters.slice(0, MAX_SENTENCE - 1).join('')}…`;
}

/** `errors` of a 422 holds sentences, or objects of which some have one. */
function detailOf(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  const message = fieldOf(detail, 'message');
  return typeof message === 'string' ? message : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

/** Headers of the answer that an error of Octokit's was made of; none where there was no answer. */
export function headersOf(error: unknown): Readonly<Record<string, unknown>> {
  return recordOf(fieldOf(fieldOf(error, 'response'), 'headers'));
}

function bodyOf(error: unknown): Readonly<Record<string, unknown>> {
  return recordOf(fieldOf(fieldOf(error, 'response'), 'data'));
}

function fieldOf(value: unknown, name: string): unknown {
  return recordOf(value)[name];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
