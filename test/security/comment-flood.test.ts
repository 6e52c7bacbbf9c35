import { beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { answerOnce } from '../../src/slash/answer-once.ts';
import { meetRepository } from '../../src/usecases/known-repository.ts';
import type { RepositoryProfile } from '../../src/usecases/ports.ts';
import { NIGHTLY } from '../history/sample-run.ts';
import { fakeContext, NOW, SEEN } from '../usecases/fakes.ts';

const HOUR_MS = 3_600_000;
/** What Offbeat looks at of one person in an hour. */
const HEARD = 60;

let fake: ReturnType<typeof fakeContext>;
let profile: RepositoryProfile;
let id: number;
/** The repository's configuration, and how often it was read. */
let config: string;
let configReads: number;
let isStopped: boolean;
/** Times that GitHub was asked for the rights of a login. */
let asked: string[];

beforeEach(async () => {
  config = '';
  configReads = 0;
  isStopped = false;
  fake = fakeContext({
    files: [{ path: NIGHTLY, text: "on:\n  schedule:\n    - cron: '0 2 * * *'\njobs: {}\n" }],
    permissions: { writer: 'write', other: 'write' },
  });
  profile = (await meetRepository(fake.context, SEEN)).profile;
  id = 0;
  asked = [];
});

async function say(
  author: string,
  body: string,
  { issue = 1, comment }: { issue?: number; comment?: number } = {},
) {
  id += 1;
  await answerOnce(
    { id: comment ?? id, issueNumber: issue, body, author, authorIsBot: false },
    { context: { ...fake.context, emergencyStop: isStopped }, repositoryId: SEEN.id },
    async () => {
      const connected = await fake.context.github.connect(profile);
      return {
        ...connected,
        reader: {
          ...connected.reader,
          async config() {
            configReads += 1;
            return parseConfig(config);
          },
        },
        async permissionOf(login) {
          asked.push(login);
          return connected.permissionOf(login);
        },
      };
    },
  );
}

const state = () => {
  const known = fake.store.states.get(SEEN.id);
  if (known === undefined) throw new Error('The repository is not known.');
  return known;
};

describe('a flood of commands by a stranger', () => {
  it.each(['/optimize', '/optimize nightly.yml\n/evolve\n/pause', '/offbeat what-is-this', '/help'])(
    'is looked at up to a bound, and gets no word: %s',
    async (body) => {
      for (let at = 0; at < 300; at += 1) await say('Stranger', body, { issue: at });
      expect(asked).toHaveLength(HEARD);
      expect(fake.written.comments).toEqual([]);
      expect(fake.written.reactions).toHaveLength(20);
      expect(state()).toMatchObject({ decisions: [], profile: { commandedMode: null } });
      // Another hour.
      fake.clock.at = NOW + HOUR_MS;
      await say('stranger', body);
      expect(asked).toHaveLength(HEARD + 1);
    },
  );

  it('keeps no maintainer from being heard, nor does one from a hundred accounts', async () => {
    for (let at = 0; at < 300; at += 1) await say(`stranger${at % 150}`, '/optimize', { issue: at });
    expect(fake.written.comments).toEqual([]);
    expect(state().care.commanders?.length).toBeLessThanOrEqual(100);
    await say('writer', '/pause');
    expect(fake.written.comments).toHaveLength(1);
    expect(state().profile.commandedMode).toBe('pause');
  });

  it('costs nothing where it holds no command of Offbeat', async () => {
    const before = state();
    for (const body of ['/lgtm', 'Please /optimize this.', '> /optimize', '    /optimize', '`/optimize`']) {
      for (let at = 0; at < 20; at += 1) await say('stranger', body);
    }
    expect(asked).toEqual([]);
    expect(state()).toBe(before);
  });
});

describe('a flood of commands by somebody who may give them', () => {
  it('is answered up to a bound; the last answer says until when', async () => {
    for (let at = 0; at < 200; at += 1) await say('writer', '/optimize', { issue: at });
    expect(asked).toHaveLength(HEARD);
    expect(fake.written.comments).toHaveLength(HEARD);
    // Decisions that say the same are kept once.
    expect(state().decisions).toHaveLength(1);
    const told = fake.written.comments.map(({ body }) => body.includes('Further ones are read from'));
    expect(told.indexOf(true)).toBe(HEARD - 1);
    expect(fake.written.comments.at(-1)?.body).toContain('2026-05-04 04:17 UTC');
    // It neither silences others nor lasts.
    await say('other', '/pause');
    expect(state().profile.commandedMode).toBe('pause');
    fake.clock.at = NOW + HOUR_MS;
    await say('writer', '/help');
    expect(fake.written.comments).toHaveLength(HEARD + 2);
  });

  it('does not count what is left to another bot', async () => {
    config = 'commands: { prefix: true }';
    for (let at = 0; at < 200; at += 1) await say('writer', '/help', { issue: at });
    expect(fake.written.comments).toEqual([]);
    // That too is asked of GitHub up to a bound.
    expect(configReads).toBe(HEARD);
    await say('writer', '/offbeat pause');
    expect(state().profile.commandedMode).toBe('pause');
    expect(fake.written.comments).toHaveLength(1);
  });

  it('is told once where the last answer could not', async () => {
    for (let at = 1; at < HEARD; at += 1) await say('writer', '/help', { issue: at });
    isStopped = true;
    await say('writer', '/help');
    isStopped = false;
    expect(fake.written.comments).toHaveLength(HEARD - 1);
    for (let at = 0; at < 20; at += 1) await say('writer', '/pause');
    expect(fake.written.comments).toHaveLength(HEARD);
    expect(fake.written.comments.at(-1)?.body).toContain(
      'Further ones are read from 2026-05-04 04:17 UTC on.',
    );
    expect(state().profile.commandedMode).toBeNull();
    expect(asked).toHaveLength(HEARD + 1);
  });

  it('counts a comment once, however often it is delivered', async () => {
    for (let time = 0; time < 2 * HEARD; time += 1) await say('writer', '/help', { comment: 7 });
    await say('writer', '/help', { comment: 8 });
    expect(fake.written.comments).toHaveLength(2);
  });

  it('carries out five commands of one comment, and answers them in one', async () => {
    await say('writer', '/help\n'.repeat(200));
    expect(fake.written.comments).toHaveLength(1);
    expect(fake.written.comments[0]?.body.split('\n---\n')).toHaveLength(5);
  });
});
