import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import { classifyAnswer, type RequestKind } from '../../src/github/classify-answer.ts';

const NOW = Date.UTC(2026, 4, 4);
const MINUTE = 60_000;

/** What Octokit throws. */
function answer(status: number, message: string, headers: Record<string, string> = {}, errors?: unknown) {
  const data = { message, ...(errors === undefined ? {} : { errors }) };
  return Object.assign(new Error(message), { status, response: { status, headers, data } });
}

const later = (waitMs: number) => ({ kind: 'again-later', waitMs, isStated: true });
const UNSTATED = { kind: 'again-later', waitMs: MINUTE, isStated: false };
const refused = (sentence: string) => ({ kind: 'refused', sentence });
const SOON = { kind: 'again-soon' };
const NOT_YET = { kind: 'not-yet-there' };
const NOT_ACCEPTED = { kind: 'not-accepted' };
const OTHER = { kind: 'other' };
const resetIn = (seconds: number) => ({
  'x-ratelimit-remaining': '0',
  'x-ratelimit-reset': String(NOW / 1_000 + seconds),
});
const RESET_IN_90_S = resetIn(90);
const SECONDARY = 'You have exceeded a secondary rate limit. Please wait a few minutes.';
const ABUSE =
  'You have triggered an abuse detection mechanism. Please wait a few minutes before you try again.';
const INTEGRATION = 'Resource not accessible by integration';

describe('what an answer of GitHub means', () => {
  it.each<[number, string, Record<string, string>, RequestKind, object]>([
    // Faults of GitHub and of the network; Octokit gives the latter 500.
    [500, 'fetch failed', {}, 'anything', SOON],
    [502, 'Bad Gateway', {}, 'just-named', SOON],
    [503, 'Unavailable', {}, 'anything', SOON],
    [503, 'Unavailable', { 'retry-after': '7' }, 'anything', later(7_000)],
    [408, 'Request Timeout', {}, 'anything', SOON],
    // Limits, with a time and without.
    [429, 'Too many', {}, 'anything', UNSTATED],
    [429, 'Too many', { 'retry-after': '30' }, 'anything', later(30_000)],
    [429, 'Too many', { 'retry-after': '0' }, 'anything', later(1_000)],
    [429, 'Too many', { 'retry-after': 'soon' }, 'anything', UNSTATED],
    [429, 'API rate limit exceeded', RESET_IN_90_S, 'just-named', later(90_000)],
    [403, 'API rate limit exceeded', RESET_IN_90_S, 'anything', later(90_000)],
    [403, 'API rate limit exceeded', { 'x-ratelimit-remaining': '0' }, 'anything', UNSTATED],
    // Times that have passed by our clock, or lie farther off than any limit of GitHub.
    [403, SECONDARY, { 'retry-after': 'Sun, 03 May 2026 23:59:00 GMT' }, 'anything', UNSTATED],
    [403, 'API rate limit exceeded', resetIn(-90), 'anything', UNSTATED],
    [403, 'API rate limit exceeded', resetIn(0), 'anything', UNSTATED],
    [403, 'API rate limit exceeded', resetIn(5 * 86_400), 'anything', later(60 * MINUTE)],
    [403, 'API rate limit exceeded', resetIn(NOW), 'anything', later(60 * MINUTE)],
    [429, 'Too many', { 'retry-after': '99999999' }, 'anything', later(60 * MINUTE)],
    [503, 'Unavailable', { 'retry-after': 'Sun, 03 May 2026 23:59:00 GMT' }, 'anything', UNSTATED],
    [403, 'Forbidden', { 'retry-after': 'Mon, 04 May 2026 00:00:10 GMT' }, 'anything', later(10_000)],
    [403, SECONDARY, {}, 'anything', UNSTATED],
    [403, SECONDARY, { 'x-ratelimit-remaining': '4999' }, 'just-named', UNSTATED],
    [403, ABUSE, {}, 'anything', UNSTATED],
    [403, ABUSE, { 'x-ratelimit-remaining': '4999' }, 'just-named', UNSTATED],
    [403, ABUSE, { 'retry-after': '60' }, 'anything', later(MINUTE)],
    [403, 'API rate limit exceeded for installation ID 7.', {}, 'anything', UNSTATED],
    // Absent, or only late.
    [404, 'Not Found', {}, 'just-named', NOT_YET],
    [409, 'Git Repository is empty.', {}, 'just-named', NOT_YET],
    [422, 'No commit found for SHA: abc', {}, 'just-named', NOT_YET],
    [422, 'Validation Failed', {}, 'just-named', refused('Validation Failed.')],
    // For good.
    [400, 'Problems parsing JSON', {}, 'anything', refused('Problems parsing JSON.')],
    [403, INTEGRATION, {}, 'anything', refused(`${INTEGRATION}.`)],
    [403, INTEGRATION, { 'x-ratelimit-remaining': '17' }, 'just-named', refused(`${INTEGRATION}.`)],
    [
      403,
      'This installation has been suspended',
      {},
      'anything',
      refused('This installation has been suspended.'),
    ],
    [404, 'Not Found', {}, 'anything', refused('Not Found.')],
    [404, 'Not Found', RESET_IN_90_S, 'anything', refused('Not Found.')],
    [409, 'Git Repository is empty.', {}, 'anything', refused('Git Repository is empty.')],
    [410, 'Issues are disabled for this repo', {}, 'anything', refused('Issues are disabled for this repo.')],
    [422, 'No commit found for SHA: abc', {}, 'anything', refused('No commit found for SHA: abc.')],
    [451, 'Repository access blocked', {}, 'just-named', refused('Repository access blocked.')],
    // Nothing about this request.
    [401, 'Bad credentials', {}, 'anything', NOT_ACCEPTED],
    [401, 'Bad credentials', {}, 'just-named', NOT_ACCEPTED],
    [304, 'Not modified', {}, 'anything', OTHER],
  ])('%i "%s" with %o, asked for %s', (status, message, headers, asked, meaning) => {
    expect(classifyAnswer(answer(status, message, headers), NOW, asked)).toEqual(meaning);
  });

  it.each([
    ['a fault of ours', new TypeError('x is not a function')],
    ['an error of the house', new OffbeatError('github-busy', 'GitHub asks this installation to wait.')],
    ['no error', undefined],
  ])('is nothing for %s', (_, error) => {
    expect(classifyAnswer(error, NOW)).toEqual(OTHER);
  });
});

describe('a limit that neither a header nor the message names', () => {
  const page = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#';

  it.each([
    ['about-secondary-rate-limits', UNSTATED],
    ['abuse-rate-limits', UNSTATED],
    ['checking-the-status-of-your-rate-limit', refused('Forbidden.')],
  ])('is known by the page %s', (place, meaning) => {
    const error = answer(403, 'Forbidden');
    const data = { ...error.response.data, documentation_url: `${page}${place}` };
    expect(classifyAnswer({ ...error, response: { ...error.response, data } }, NOW)).toEqual(meaning);
  });

  it('is a pull request that was submitted too quickly', () => {
    const errors = [{ resource: 'PullRequest', code: 'custom', message: 'was submitted too quickly' }];
    expect(classifyAnswer(answer(422, 'Validation Failed', {}, errors), NOW)).toEqual(UNSTATED);
  });
});

describe('the sentence of a refusal', () => {
  const sentenceOf = (message: string, errors?: unknown) =>
    classifyAnswer(answer(422, message, {}, errors), NOW);

  it.each([
    [
      'Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n',
      undefined,
      'Repository rule violations found. Cannot create ref due to creations being restricted.',
    ],
    [
      'Validation Failed',
      [{ resource: 'PullRequest', code: 'custom', message: 'No commits between main and x' }],
      'Validation Failed. No commits between main and x.',
    ],
    [
      'Validation Failed',
      ['Head is invalid', { code: 'missing' }, null],
      'Validation Failed. Head is invalid.',
    ],
  ])('%j holds what GitHub says, on one line', (message, errors, sentence) => {
    expect(sentenceOf(message, errors)).toEqual(refused(sentence));
  });

  it('is no longer than 300 characters, whatever GitHub says', () => {
    expect(sentenceOf('ä'.repeat(500))).toEqual(refused(`${'ä'.repeat(299)}…`));
  });
});
