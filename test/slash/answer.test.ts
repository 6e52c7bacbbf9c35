import { beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { OffbeatError } from '../../src/errors.ts';
import { answerComment, COMMANDS } from '../../src/slash/answer.ts';
import { meetRepository } from '../../src/usecases/known-repository.ts';
import type { Permission } from '../../src/usecases/ports.ts';
import { fakeContext, SEEN } from '../usecases/fakes.ts';
import { UNLIMITED } from './unlimited.ts';

let fake: ReturnType<typeof fakeContext>;
let asked: string[];

beforeEach(async () => {
  fake = fakeContext();
  asked = [];
  await meetRepository(fake.context, SEEN);
});

async function answer(body: string, permission: Permission = 'write', authorIsBot = false, config = '') {
  const given = await answerComment(
    { body, author: 'mona', authorIsBot },
    { context: fake.context, repositoryId: SEEN.id },
    {
      async permissionOf(login) {
        asked.push(login);
        return permission;
      },
      rules: async () => parseConfig(config).commands,
    },
    UNLIMITED,
  );
  return given?.kind === 'said' ? given.text : (given?.kind ?? null);
}

const commandedMode = () => fake.store.states.get(SEEN.id)?.profile.commandedMode;

describe('who may command', () => {
  it.each(['write', 'admin'] as const)('%s access does', async (permission) => {
    expect(await answer('/pause', permission)).toContain('`pause`');
    expect(commandedMode()).toBe('pause');
  });

  it.each(['read', 'none'] as const)(
    '%s access does not: no word, and nothing is changed',
    async (permission) => {
      for (const body of ['/pause', '/offbeat pause', '/help', '/pause\n/evolve']) {
        expect(await answer(body, permission)).toBe('stranger');
      }
      expect(commandedMode()).toBeNull();
    },
  );

  it('is asked of GitHub once a comment', async () => {
    await answer('/help\n/report');
    expect(asked).toEqual(['mona']);
  });
});

describe('what a repository says of commands', () => {
  it('may ask for more than write access', async () => {
    const admin = 'commands: { who: admin }';
    expect(await answer('/pause', 'write', false, admin)).toMatch(/needs admin access.*Nothing was changed/);
    expect(commandedMode()).toBeNull();
    expect(await answer('/pause', 'admin', false, admin)).toContain('`pause`');
  });

  it('may ask for the prefix: bare commands are then those of others, and nobody is asked for', async () => {
    const prefix = 'commands: { prefix: true }';
    expect(await answer('/pause', 'admin', false, prefix)).toBeNull();
    expect(asked).toEqual([]);
    expect(await answer('/pause\n/offbeat pause', 'write', false, prefix)).not.toContain('---');
    expect(commandedMode()).toBe('pause');
  });
});

describe('what is left alone', () => {
  it.each([
    ['a bot', '/pause', true],
    ['a comment without command', 'Looks good to me.', false],
    ['a command of somebody else', '/rebase', false],
    ['a quote', '> /pause', false],
    ['a code block', '```\n/pause\n```', false],
  ])('%s', async (_, body, isBot) => {
    expect(await answer(body, 'admin', isBot)).toBeNull();
    expect(asked).toEqual([]);
    expect(commandedMode()).toBeNull();
  });
});

describe('answers', () => {
  it('says that an addressed command does not exist', async () => {
    expect(await answer('/offbeat rebase')).toMatch(/no command.*\/offbeat rebase.*\/help/);
  });

  it.each([
    ['/offbeat optimise', '/offbeat optimize'],
    ['/offbeat pase', '/offbeat pause'],
  ])('suggests for %s what was most likely meant: %s', async (typed, meant) => {
    expect(await answer(typed)).toContain(`Did you mean \`${meant}\``);
    expect(commandedMode()).toBeNull();
  });

  it('leaves a near miss without the prefix alone', async () => {
    expect(await answer('/pase')).toBeNull();
  });

  it('suggests the flag that was meant', async () => {
    expect(await answer('/optimize --stratgy bold')).toMatch(/no flag.*--stratgy.*Did you mean.*--strategy/s);
  });

  it('answers several commands in their order, divided by rules', async () => {
    const [first, second, ...others] = (await answer('/pause\ntext\n/resume'))?.split('\n\n---\n\n') ?? [];
    expect(first).toContain('`pause`');
    expect(second).toContain('`observe`');
    expect(others).toEqual([]);
    expect(commandedMode()).toBeNull();
  });

  it('answers a known command beside an unknown one', async () => {
    expect(await answer('/rebase\n/pause')).toContain('`pause`');
    expect(commandedMode()).toBe('pause');
  });

  it('lists every operation for a bare /offbeat', async () => {
    const help = await answer('/offbeat');
    for (const { name } of COMMANDS) expect(help).toContain(`/${name}`);
  });

  it('says that there are words too many, with an example, and does nothing', async () => {
    expect(await answer('/pause until monday')).toMatch(/\/pause takes no words.*For example: \/pause/s);
    expect(commandedMode()).toBeNull();
    expect(await answer('/optimize a b')).toMatch(
      /\/optimize takes at most one word, and "b" is one too many/,
    );
    expect(await answer('/record --duration -5 --success true')).toMatch(
      /\/record takes no words, and "true" is one too many\. A switch takes no value: write --success or --no-success\./,
    );
  });

  it('says an error as a sentence, and goes on with the next command', async () => {
    const said = await answer('/optimize "no such workflow"\n/help');
    expect(said).toContain('No workflow named "no such workflow" is known here');
    expect(said).toContain('What it does');
    expect(said).not.toContain('OffbeatError');
  });

  it('makes words of a comment inert where it repeats them', async () => {
    const said = await answer('/optimize "@everyone <img src=x>"');
    expect(said).not.toMatch(/@everyone|(?<!\\)<img/);
  });

  it('leaves a fault to be tried again', async () => {
    const broken = fakeContext(
      {},
      { store: { ...fake.store, load: () => Promise.reject(new Error('disk')) } },
    );
    const answering = answerComment(
      { body: '/pause', author: 'mona', authorIsBot: false },
      { context: broken.context, repositoryId: SEEN.id },
      { permissionOf: async () => 'write', rules: async () => parseConfig('').commands },
      UNLIMITED,
    );
    await expect(answering).rejects.toThrow('disk');
    await expect(answering).rejects.not.toBeInstanceOf(OffbeatError);
  });
});

it('/adapt says its whole reason', async () => {
  const said = await answer('/adapt');
  expect(said).toContain('default');
  expect(said).not.toContain('…');
});
