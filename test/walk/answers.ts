import type { Answer } from '../../src/demo/exchange.ts';
import type { Meddling } from '../../src/demo/faults.ts';

/** One way of GitHub's to answer otherwise than with what was asked for. */
export interface TroublingAnswer {
  /** The class that it belongs to, as in `classify-answer.ts`; and two that are outside of that table. */
  readonly means:
    | 'again soon'
    | 'at a stated time'
    | 'not yet there'
    | 'refused for good'
    | 'credentials not accepted'
    | 'nothing that can be read';
  readonly words: string;
  /** Where it is said of a read, it says no more than that something is not there. */
  readonly isAbsence?: boolean;
  /** Operations that GitHub answers so; all of them where left out. */
  readonly fits?: (operation: string) => boolean;
  /** `leftMs`: until the trouble ends. `sentence` is told of this trouble alone. `now` is epoch ms. */
  readonly meddling: (at: {
    readonly leftMs: number;
    readonly now: number;
    readonly sentence: string;
  }) => Meddling;
}

const SECOND_MS = 1_000;
/** Time in which a client cannot be told to wait longer: GitHub's limits are of an hour. */
const HOUR_SECONDS = 3_600;

function instead(status: number, message: string, headers?: Answer['headers']): Meddling {
  const body = { message, documentation_url: 'https://docs.github.com/rest', status: String(status) };
  return { kind: 'instead', answer: { status, body, ...(headers === undefined ? {} : { headers }) } };
}

function status(code: number): TroublingAnswer {
  return {
    means: 'again soon',
    words: String(code),
    meddling: () => instead(code, 'Server Error'),
  };
}

function lost(how: 'half-closed' | 'reset', isCarriedOut: boolean, words: string): TroublingAnswer {
  return { means: 'again soon', words, meddling: () => ({ kind: 'lost', how, isCarriedOut }) };
}

function limited(
  code: number,
  words: string,
  message: string,
  headersAt: (at: { readonly seconds: number; readonly now: number }) => Answer['headers'],
): TroublingAnswer {
  return {
    means: 'at a stated time',
    words: `${code}, ${words}`,
    meddling: ({ leftMs, now }) =>
      instead(
        code,
        message,
        headersAt({ seconds: Math.min(HOUR_SECONDS, Math.ceil(leftMs / SECOND_MS)), now }),
      ),
  };
}

const SECONDARY = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
const PRIMARY = 'API rate limit exceeded for installation ID 777001.';
const primary = ({ seconds, now }: { readonly seconds: number; readonly now: number }) => ({
  'x-ratelimit-limit': '5000',
  'x-ratelimit-remaining': '0',
  'x-ratelimit-reset': String(Math.ceil(now / SECOND_MS) + seconds),
});

/** What GitHub says in one answer and denies in another is about commits, branches, trees and files. */
const JUST_NAMED = /^GET .*\/(commits|contents|git|branches)(\/|$)/;

/**
 * Whether GitHub refuses for good by it. An absence is a refusal of what GitHub has not just named; of anything else it
 * may be there a moment later, so it is asked for again, and nobody needs to be told.
 */
export function isRefusal(
  { means, isAbsence = false }: Pick<TroublingAnswer, 'means' | 'isAbsence'>,
  operation: string,
): boolean {
  return isAbsence ? !JUST_NAMED.test(operation) : means === 'refused for good';
}

function notYet(code: number, message: string): TroublingAnswer {
  return {
    means: 'not yet there',
    words: `${code} "${message}"`,
    isAbsence: true,
    fits: (operation) => JUST_NAMED.test(operation),
    meddling: () => instead(code, message),
  };
}

function refused(code: number, message: string, fits?: TroublingAnswer['fits']): TroublingAnswer {
  return {
    means: 'refused for good',
    words: `${code} "${message}"`,
    ...(code === 404 ? { isAbsence: true } : {}),
    ...(fits === undefined ? {} : { fits }),
    meddling: ({ sentence }) => instead(code, `${message} ${sentence}`),
  };
}

/** Not where 404 or 409 say that something is absent. */
const isWrite = (operation: string): boolean => !operation.startsWith('GET ');

function garbled(
  text: string,
  words: string,
  contentType = 'application/json; charset=utf-8',
): TroublingAnswer {
  return {
    means: 'nothing that can be read',
    words: `200 with ${words}`,
    meddling: () => ({ kind: 'garbled', text, contentType }),
  };
}

/** Every class of answer, in the forms that it comes in. */
export const ANSWERS: readonly TroublingAnswer[] = [
  ...[500, 502, 503, 504, 408].map(status),
  lost('reset', false, 'a line that breaks before the request is carried out'),
  lost('reset', true, 'a line that breaks when the request was carried out'),
  lost('half-closed', true, 'half an answer'),
  limited(403, 'no requests left until a stated time', PRIMARY, primary),
  limited(429, 'no requests left until a stated time', PRIMARY, primary),
  limited(403, 'secondary limit with retry-after', SECONDARY, ({ seconds }) => ({
    'retry-after': String(seconds),
  })),
  limited(429, 'secondary limit with a date to try again', SECONDARY, ({ seconds, now }) => ({
    'retry-after': new Date(now + seconds * SECOND_MS).toUTCString(),
  })),
  limited(403, 'secondary limit without a time', SECONDARY, () => undefined),
  limited(429, 'a limit without words or time', 'Too Many Requests', () => undefined),
  limited(503, 'with retry-after', 'Service Unavailable', ({ seconds }) => ({
    'retry-after': String(seconds),
  })),
  notYet(404, 'Not Found'),
  notYet(409, 'Git Repository is empty.'),
  notYet(422, 'No commit found for SHA: 0123456'),
  refused(403, 'Resource not accessible by integration.'),
  refused(403, 'Repository was archived so is read-only.', isWrite),
  refused(403, 'Unable to create comment because issue is locked.', (operation) =>
    /^POST .*comments$/.test(operation),
  ),
  refused(403, 'This installation has been suspended.'),
  refused(404, 'Not Found.', isWrite),
  refused(410, 'Issues are disabled for this repo.', (operation) => operation.includes('/issues')),
  refused(422, 'Repository rule violations found.', isWrite),
  refused(422, 'Validation Failed.', isWrite),
  refused(451, 'Repository access blocked.'),
  {
    means: 'credentials not accepted',
    words: '401 "Bad credentials"',
    meddling: () => instead(401, 'Bad credentials'),
  },
  garbled('{}', 'an object without anything'),
  garbled('null', 'null'),
  garbled('[]', 'an empty list'),
  garbled('"words"', 'a text'),
  garbled('', 'nothing at all'),
  garbled('{"id": 1, "full_na', 'half an object'),
  garbled('<!DOCTYPE html><title>Unicorn!</title>', 'a page', 'text/html; charset=utf-8'),
];
