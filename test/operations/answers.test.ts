import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { emptyOnTime } from '../../src/on-time/state.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { inputFrom, splitFlags } from '../../src/operations/read-input.ts';
import { findOperation, OPERATIONS } from '../../src/operations/table.ts';
import { Decision } from '../../src/plan/decision.ts';
import { toMarkdown } from '../../src/render/to-markdown.ts';
import { toTerminal } from '../../src/render/to-terminal.ts';
import { parseCommands } from '../../src/slash/parse.ts';
import { meetRepository } from '../../src/usecases/known-repository.ts';
import { onTimeFile } from '../store/sample.ts';
import { fakeContext, NOW, SEEN } from '../usecases/fakes.ts';

const NIGHTLY = {
  path: '.github/workflows/nightly.yml',
  text: 'name: Nightly\non:\n  schedule:\n    - cron: "0 2 * * *"\n',
};

let fake: ReturnType<typeof fakeContext>;

beforeEach(async () => {
  fake = fakeContext({ files: [NIGHTLY] });
  await meetRepository(fake.context, SEEN);
});

async function ask(name: string, input: unknown = {}, repositoryId = SEEN.id) {
  const operation = findOperation(name);
  if (operation === undefined) throw new Error(`There is no ${name}.`);
  const { data, document } = await operation.answer(input, {
    context: fake.context,
    repositoryId,
    actor: 'mona',
  });
  return { data, markdown: toMarkdown(document), terminal: toTerminal(document) };
}

/** What the operation's own example asks. */
function exampleInput(name: string): unknown {
  const operation = findOperation(name);
  if (operation === undefined) throw new Error(`There is no ${name}.`);
  const syntax = { ...operation, typedAs: name };
  return inputFrom(syntax, splitFlags(syntax, parseCommands(operation.example)[0]?.words ?? []));
}

const profile = () => fake.store.states.get(SEEN.id)?.profile;

describe('modes', () => {
  it.each([
    ['observe', 'observe'],
    ['suggest', 'suggest'],
    ['pause', 'pause'],
  ] as const)('/%s is kept and in force', async (name, mode) => {
    expect((await ask(name)).data).toMatchObject({ mode });
    expect(profile()?.commandedMode).toBe(mode);
  });

  it('/resume takes the command back', async () => {
    await ask('suggest');
    expect((await ask('resume')).data).toMatchObject({ mode: 'observe' });
    expect(profile()?.commandedMode).toBeNull();
  });

  it.each(['suggest', 'observe'])(
    '/resume comes back to /%s, which /pause has taken the place of',
    async (name) => {
      await ask(name);
      await ask('pause');
      await ask('pause');
      expect((await ask('resume')).data).toMatchObject({ mode: name });
      expect((await ask('report')).markdown).not.toContain('/pause');
    },
  );

  it('an operator has set are not told as a command of a maintainer', async () => {
    const why = async () => JSON.stringify((await ask('override', { mode: 'pause', why: 'too many' })).data);
    expect(await why()).toContain('The operator has paused');
    expect(JSON.stringify((await ask('health')).data)).not.toContain('A maintainer has paused');
    await ask('pause');
    expect(JSON.stringify((await ask('health')).data)).toContain('A maintainer has paused');
  });

  it('are said as they are: a config file stands above /suggest, /pause above the file', async () => {
    fake.repository.config = 'mode: observe\n';
    expect((await ask('suggest')).data).toMatchObject({
      mode: 'observe',
      why: expect.stringContaining('offbeat.yml'),
    });
    expect((await ask('pause')).data).toMatchObject({ mode: 'pause' });
  });

  it('are changed even where the config file cannot be read', async () => {
    fake.repository.config = 'mode: [';
    expect((await ask('suggest')).data).toMatchObject({ mode: 'suggest' });
  });
});

describe('/report', () => {
  it('tells of schedules, mode and strategies before anything was decided', async () => {
    await ask('optimize');
    const { data, markdown, terminal } = await ask('report');
    expect(data).toMatchObject({
      repository: 'acme/site',
      at: NOW,
      mode: { mode: 'observe' },
      schedules: [{ path: NIGHTLY.path, cron: '0 2 * * *', workflowName: 'Nightly' }],
      strategies: [{ name: 'default', active: true }],
      proposals: [],
      damage: [],
      refusals: [],
    });
    expect(markdown).toContain('0 2 * * *');
    expect(terminal).toContain('0 2 * * *');
  });
});

describe('what GitHub refuses', () => {
  const SENTENCE = 'GitHub refuses dashboard, proposal: Repository rule violations found.';

  beforeEach(async () => {
    const refusal = { at: NOW, sentence: 'Repository rule violations found.' };
    const { profile: before } = await meetRepository(fake.context, SEEN);
    const refusals = { proposal: refusal, dashboard: refusal };
    await fake.store.apply(SEEN.id, { profile: { ...before, refusals } });
  });

  it('is a problem in /health', async () => {
    const { data, markdown } = await ask('health');
    expect(data).toMatchObject({ status: 'degraded', problems: [SENTENCE] });
    expect(markdown).toContain(SENTENCE);
  });

  it('is said in /report, with no word of damage', async () => {
    const { data, markdown, terminal } = await ask('report');
    expect(data).toMatchObject({ damage: [], refusals: [SENTENCE] });
    for (const text of [markdown, terminal]) expect(text).toContain(SENTENCE);
  });
});

describe('/health of workflows that shall be on time', () => {
  const hold = { why: 'refused', until: NOW + 1, times: 1, sentence: 'Starting takes more.' } as const;
  const switchedOff = { why: 'The trial failed.', at: NOW };
  const files = [
    onTimeFile(),
    onTimeFile({ path: '.github/workflows/held.yml', hold }),
    onTimeFile({ path: '.github/workflows/off.yml', switchedOff }),
    onTimeFile({ path: '.github/workflows/soon.yml', obstacles: ['It waits for #3.'], unprepared: true }),
  ];
  const problems = async (mode: 'suggest' | 'observe') => {
    const onTime = { ...emptyOnTime(), files, configured: { mode, by: null, mention: [] } };
    await fake.store.apply(SEEN.id, { onTime });
    return (await ask('health')).data;
  };

  it('names those that are not started, and why', async () => {
    expect(await problems('suggest')).toMatchObject({
      status: 'degraded',
      problems: [
        '`held.yml` is not started on time: Starting takes more.',
        '`off.yml` is not started on time: The trial failed.',
      ],
    });
  });

  it('finds nothing wrong where the mode says to start nothing', async () => {
    expect(await problems('observe')).toMatchObject({ status: 'ok', problems: [] });
  });

  it('says that the emergency stop is on', async () => {
    fake = fakeContext({ files: [NIGHTLY] }, { emergencyStop: true });
    await meetRepository(fake.context, SEEN);
    expect((await ask('health')).markdown).toContain('nothing is started on time');
    expect(await problems('suggest')).toMatchObject({ status: 'degraded', mode: 'stopped' });
  });
});

describe('/optimize', () => {
  it('decides, and says what held it back', async () => {
    const { data } = await ask('optimize');
    expect(data).toMatchObject({ pullUrl: null, decision: { trigger: 'command', strategy: 'default' } });
    expect(fake.written.pulls).toEqual([]);
  });

  it('knows no strategy that there is not, and then reads nothing', async () => {
    await expect(ask('optimize', { strategy: 'bold' })).rejects.toMatchObject({ code: 'not-found' });
    expect(fake.written.read).toEqual([]);
  });

  it('says where the config file is wrong', async () => {
    fake.repository.config = 'mode: sometimes\n';
    await expect(ask('optimize')).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('.github/offbeat.yml:1:7'),
    });
  });

  it('leaves an archived repository alone, with a sentence', async () => {
    await meetRepository(fake.context, { ...SEEN, archived: true });
    await expect(ask('optimize')).rejects.toMatchObject({
      code: 'command-invalid',
      message: expect.stringMatching(/archived/),
    });
  });
});

describe('/evolve', () => {
  it('adds no strategy where there is nothing to replay', async () => {
    expect((await ask('evolve')).data).toMatchObject({ runsReplayed: 0, strategies: ['default'] });
  });
});

describe('every operation but help', () => {
  it.each(OPERATIONS.map(({ name }) => name).filter((name) => name !== 'help'))(
    '%s says that it does not know a repository',
    async (name) => {
      await expect(ask(name, exampleInput(name), 404)).rejects.toMatchObject({ code: 'not-found' });
    },
  );
});

describe('defineOperation', () => {
  it('lets nothing out that its output schema does not know', async () => {
    const leaky = defineOperation({
      name: 'leaky',
      summary: 'Say too much.',
      example: '/leaky',
      permission: 'write',
      positionals: [],
      input: z.strictObject({}),
      output: z.object({ said: z.string() }),
      run: async () => ({ said: 'this', secret: 'that' }),
      render: ({ said }) => [said],
    });
    const { data } = await leaky.answer({}, { context: fake.context, repositoryId: 1, actor: null });
    expect(data).toEqual({ said: 'this' });
  });
});

describe('/explain', () => {
  it('tells of the whole decision, of one by its id, and of one workflow', async () => {
    await ask('optimize');
    const other = { ...NIGHTLY, path: '.github/workflows/other.yml' };
    fake.repository.files = [NIGHTLY, other];
    await ask('optimize');
    const paths = async (workflow?: string) => {
      const { data } = await ask('explain', workflow === undefined ? {} : { workflow });
      return Decision.parse(data).schedules.map(({ path }) => path);
    };
    expect(await paths()).toEqual([NIGHTLY.path, other.path]);
    expect(await paths('d1')).toEqual([NIGHTLY.path]);
    expect(await paths('other.yml')).toEqual([other.path]);
    await expect(paths('nowhere.yml')).rejects.toMatchObject({ code: 'not-found' });
  });
});
