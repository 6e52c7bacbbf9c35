import { beforeEach, describe, expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import { answerOnce } from '../../src/slash/answer-once.ts';
import { meetRepository } from '../../src/usecases/known-repository.ts';
import type { RepositoryProfile } from '../../src/usecases/ports.ts';
import { fakeContext, NOW, SEEN } from '../usecases/fakes.ts';

const HOUR_MS = 3_600_000;

let fake: ReturnType<typeof fakeContext>;
let profile: RepositoryProfile;
let id = 0;
let writesLeft: number;

beforeEach(async () => {
  fake = fakeContext({ permissions: { writer: 'write', reader: 'read' } });
  profile = (await meetRepository(fake.context, SEEN)).profile;
  id = 0;
  writesLeft = 10;
});

async function say(author: string, body: string, issueNumber = 1, comment?: number): Promise<void> {
  id += 1;
  await answerOnce(
    { id: comment ?? id, issueNumber, body, author, authorIsBot: false },
    { context: fake.context, repositoryId: SEEN.id },
    async () => ({ ...(await fake.context.github.connect(profile)), writesLeft: () => writesLeft }),
  );
}

describe('a command of somebody who may not give it', () => {
  it.each(['reader', 'stranger'])('gets a reaction and no comment: %s', async (author) => {
    await say(author, '/pause');
    expect(fake.written.reactions).toEqual([{ comment: 1, reaction: 'confused' }]);
    expect(fake.written.comments).toEqual([]);
    expect(fake.store.states.get(SEEN.id)?.profile.commandedMode).toBeNull();
  });

  it('gets one reaction however often it is delivered', async () => {
    for (let time = 0; time < 5; time += 1) await say('stranger', '/help', 1, 7);
    expect(fake.written.reactions).toHaveLength(1);
  });

  it('gets no more than three an hour on an issue, and again in the next hour', async () => {
    for (let time = 0; time < 10; time += 1) await say('stranger', '/help');
    expect(fake.written.reactions).toHaveLength(3);
    await say('stranger', '/help', 2);
    expect(fake.written.reactions).toHaveLength(4);
    fake.clock.at = NOW + HOUR_MS;
    await say('stranger', '/help');
    expect(fake.written.reactions).toHaveLength(5);
  });

  it('gets no more than twenty an hour in a repository', async () => {
    for (let issue = 1; issue <= 50; issue += 1) await say('stranger', '/help', issue);
    expect(fake.written.reactions).toHaveLength(20);
  });

  it('takes nothing from what is remembered of answers', async () => {
    await say('writer', '/help', 1, 1_000);
    for (let issue = 1; issue <= 60; issue += 1) await say('stranger', '/help', issue);
    await say('writer', '/help', 1, 1_000);
    expect(fake.written.comments).toHaveLength(1);
  });

  it('gets its reaction later where GitHub cannot take it now, and one', async () => {
    fake.repository.reactionRefusal = new Error('Server Error');
    for (let time = 0; time < 5; time += 1) await expect(say('stranger', '/help', 1, 7)).rejects.toThrow();
    delete fake.repository.reactionRefusal;
    for (let time = 0; time < 2; time += 1) await say('stranger', '/help', 1, 7);
    expect(fake.written.reactions).toEqual([{ comment: 7, reaction: 'confused' }]);
  });

  it('is recorded and not tried again where GitHub refuses a reaction', async () => {
    fake.repository.reactionRefusal = new OffbeatError('github-refused', 'The conversation is locked.');
    await say('stranger', '/help', 1, 7);
    expect(fake.store.states.get(SEEN.id)?.profile.refusals).toMatchObject({
      answer: { sentence: 'The conversation is locked.' },
    });
    delete fake.repository.reactionRefusal;
    await say('stranger', '/help', 1, 7);
    expect(fake.written.reactions).toEqual([]);
  });

  it('gets none while everything is stopped, or where the App may only read', async () => {
    fake.repository.writes = false;
    await say('stranger', '/help');
    fake.repository.writes = true;
    Object.assign(fake.context, { emergencyStop: true });
    await say('stranger', '/help');
    expect(fake.written.reactions).toEqual([]);
  });

  it('gets none where the writes of the hour are used up', async () => {
    writesLeft = 0;
    await say('stranger', '/help');
    expect(fake.written.reactions).toEqual([]);
  });

  it('gets none with the prefix, where it is bare', async () => {
    fake.repository.config = 'commands: { prefix: true }';
    await say('stranger', '/help');
    expect(fake.written.reactions).toEqual([]);
    await say('stranger', '/offbeat help');
    expect(fake.written.reactions).toHaveLength(1);
  });
});

describe('a command of somebody who may give it', () => {
  it('is answered once, in words', async () => {
    await say('writer', '/Help.', 1, 3);
    await say('writer', '/Help.', 1, 3);
    expect(fake.written.comments).toMatchObject([{ issue: 1, body: expect.stringContaining('/report') }]);
    expect(fake.written.reactions).toEqual([]);
  });

  it('is refused in words where it takes more than write access', async () => {
    fake.repository.config = 'commands: { who: admin }';
    await say('writer', '/pause');
    expect(fake.written.comments).toMatchObject([{ body: expect.stringContaining('needs admin access') }]);
  });
});
