import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import { answerOnce } from '../../src/slash/answer-once.ts';
import { meetRepository } from '../../src/usecases/known-repository.ts';
import { fakeContext, NOW, SEEN } from '../usecases/fakes.ts';

const COMMENT = { id: 5, issueNumber: 7, body: '/pause', author: 'mona', authorIsBot: false };

describe('an answer that GitHub refuses', () => {
  it('ends, and its command has run; the same comment is answered when it comes again', async () => {
    const locked = new OffbeatError('github-refused', 'Unable to create comment because issue is locked.');
    const fake = fakeContext({ permissions: { mona: 'write' }, refuses: { comment: locked } });
    await meetRepository(fake.context, SEEN);
    const profile = () => fake.store.states.get(SEEN.id)?.profile;
    const answer = () =>
      answerOnce(COMMENT, { context: fake.context, repositoryId: SEEN.id }, () =>
        fake.context.github.connect(SEEN),
      );
    await answer();
    expect(profile()).toMatchObject({
      commandedMode: 'pause',
      refusals: { 'answer #7': { at: NOW, sentence: locked.sentence } },
    });
    fake.repository.refuses = {};
    await answer();
    expect(fake.written.comments).toMatchObject([{ issue: 7, body: expect.stringContaining('pause') }]);
    expect(profile()?.refusals).toEqual({});
  });
});
