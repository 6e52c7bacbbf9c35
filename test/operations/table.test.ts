import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fieldsOf } from '../../src/operations/fields.ts';
import { usageOf } from '../../src/operations/help.ts';
import { inputFrom, positionalLimit, splitFlags } from '../../src/operations/read-input.ts';
import { findOperation, OPERATIONS } from '../../src/operations/table.ts';
import { toMarkdown } from '../../src/render/to-markdown.ts';
import { toTerminal } from '../../src/render/to-terminal.ts';
import { parseCommands } from '../../src/slash/parse.ts';
import { meetRepository } from '../../src/usecases/known-repository.ts';
import { fakeContext, SEEN } from '../usecases/fakes.ts';

async function where() {
  const { context } = fakeContext();
  await meetRepository(context, SEEN);
  return { context, repositoryId: SEEN.id, actor: 'mona' };
}

describe('the table', () => {
  it('has every name once, each a word that the doors can read', () => {
    const names = OPERATIONS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names)
      expect(parseCommands(`/${name}`)).toEqual([{ name, words: [], addressed: false }]);
  });

  it('finds an operation by its name, and by no other', () => {
    for (const operation of OPERATIONS) expect(findOperation(operation.name)).toBe(operation);
    for (const name of ['', 'Report', 'toString', 'constructor']) expect(findOperation(name)).toBeUndefined();
  });
});

describe.each(OPERATIONS)('$name', (operation) => {
  it('has an example that parses to itself, with input that it takes', () => {
    const [command, ...others] = parseCommands(operation.example);
    expect(others).toEqual([]);
    expect(command?.name).toBe(operation.name);
    const words = command?.words ?? [];
    const syntax = { ...operation, typedAs: operation.name };
    const input = inputFrom(syntax, splitFlags(syntax, words));
    expect(operation.inputSchema.safeParse(input).error).toBeUndefined();
  });

  it('has a field for each of its words', () => {
    expect(operation.fields.map(({ name }) => name)).toEqual(
      expect.arrayContaining([...operation.positionals]),
    );
  });

  it.each([[{ nonsense: 'x' }], ['text'], [null], [[]]])(
    'refuses %j with its name and an example',
    async (input) => {
      await expect(operation.answer(input, await where())).rejects.toMatchObject({
        code: 'command-invalid',
        where: operation.name,
        fix: expect.stringContaining(operation.example),
      });
    },
  );

  it('changes nothing for readers, and says in one line what it does', () => {
    if (operation.permission === 'read') expect(operation.mutates).toBe(false);
    expect(operation.summary).toMatch(/^[A-Z][^\n]+\.$/);
  });
});

describe('help', () => {
  it('lists every operation with its usage, in each form', async () => {
    const answer = await findOperation('help')?.answer({}, await where());
    const document = answer?.document ?? [];
    for (const operation of OPERATIONS) {
      const isCommand = operation.doors.includes('slash');
      expect(toMarkdown(document).includes(`/${operation.name}`)).toBe(isCommand);
      expect(toTerminal(document)).toContain(usageOf(operation));
    }
    expect(answer?.data).toHaveLength(OPERATIONS.length);
  });

  it('shows words in brackets, those it cannot do without in angles, and lists with dots', () => {
    const fields = fieldsOf(
      z.object({
        workflow: z.string(),
        minConfidence: z.number().optional(),
        rest: z.array(z.string()).optional(),
      }),
    );
    expect(usageOf({ name: 'x', positionals: ['workflow', 'minConfidence', 'rest'], fields })).toBe(
      '/x <workflow> [min-confidence] [rest…]',
    );
    expect(usageOf({ name: 'report', positionals: [], fields: [] })).toBe('/report');
  });
});

describe('the limit of positionals', () => {
  it.each([
    [[], 'no words'],
    [['a'], 'at most one word'],
    [['a', 'b'], 'at most 2 words'],
  ])('is said when the positionals are %j: %s', (positionals, text) => {
    expect(positionalLimit({ positionals })).toBe(text);
  });
});
