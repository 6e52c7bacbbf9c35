import nock from 'nock';
import { afterEach, describe, expect, it } from 'vitest';
import { failureSentence } from '../../src/cli/failure.ts';
import { plan } from '../../src/cli/plan.ts';
import { keepingOutput, NOW } from './checkout.ts';

const API = 'https://api.example.test';

async function failure(env: Readonly<Record<string, string>>): Promise<string> {
  const { output } = keepingOutput();
  const context = { output, clock: { now: () => NOW }, env: { GITHUB_TOKEN: 'x', ...env } };
  return plan('octo-org/nope', {}, context).then(
    () => 'no failure',
    (error: unknown) => failureSentence(error),
  );
}

afterEach(() => {
  nock.cleanAll();
});

describe('a failure in a terminal', () => {
  it.each(['', '/', '//'])(
    'is GitHub’s own sentence where a repository is not there: address + "%s"',
    async (end) => {
      nock(API)
        .get(/^\/repos\/octo-org\/nope/)
        .times(5)
        .reply(404, { message: 'Not Found' });
      expect(await failure({ GITHUB_API_URL: `${API}${end}` })).toMatch(/Not Found\.$/);
    },
  );

  it('is a sentence where the token is not accepted', async () => {
    nock(API).get(/./).times(5).reply(401, { message: 'Bad credentials' });
    expect(await failure({ GITHUB_API_URL: API })).toBe(
      'GitHub does not accept the token. Set GITHUB_TOKEN to one that is still valid.',
    );
  });

  it('is a sentence where nothing answers', async () => {
    nock(API).get(/./).times(5).replyWithError('connect ECONNREFUSED');
    expect(await failure({ GITHUB_API_URL: API })).toMatch(
      /^GitHub cannot be reached: .*GITHUB_API_URL is right\.$/,
    );
  });

  it('names the variable where the address is none', async () => {
    expect(await failure({ GITHUB_API_URL: 'hello' })).toBe(
      'GITHUB_API_URL: "hello" is no address of an API. Write one such as https://api.github.com.',
    );
  });

  it('has one line where the fault is ours', () => {
    const sentence = failureSentence(new TypeError('x is not a function\n    at somewhere'));
    expect(sentence).toBe(
      'Offbeat could not go on: x is not a function. This is a fault of Offbeat; please report it.',
    );
  });
});
