import { z } from 'zod';
import { code, details, fenced, inline } from '../render/markdown.ts';
import { count, percent } from '../render/quantity.ts';
import { performance } from '../strategy/track-record.ts';
import { ExportedLearning, exportLearning, importLearning } from '../usecases/move-learning.ts';
import { defineOperation } from './define.ts';

/** An export as text that can be kept and taken in elsewhere. */
function textOf(exported: ExportedLearning): string {
  return JSON.stringify(exported, null, 2);
}

export const exportOperation = defineOperation({
  name: 'export',
  summary: 'Write down what was learned here, for another repository or deployment.',
  example: '/export',
  who: 'write',
  changes: false,
  words: [],
  file: 'written',
  input: z.strictObject({}),
  output: ExportedLearning,
  run: (_input, { context, repositoryId }) => exportLearning(context, repositoryId),
  markdown: (exported) =>
    [
      `${count(exported.strategies.length, 'strategy', 'strategies')}: ${exported.strategies
        .map(({ name, performance_history }) => `${code(name)} ${percent(performance(performance_history))}`)
        .join(', ')}. It holds numbers only.`,
      details('The export, as JSON', fenced(textOf(exported), 'json')),
    ].join('\n\n'),
  terminal: textOf,
});

const Imported = z.object({
  added: z.array(z.string()),
  left: z.array(z.object({ name: z.string(), why: z.string() })),
  priors: z.boolean(),
});

function sentencesOf({ added, left, priors }: z.infer<typeof Imported>): readonly string[] {
  return [
    added.length === 0 ? 'No strategy was taken in.' : `Taken in: ${added.join(', ')}.`,
    ...left.map(({ name, why }) => `Left out: ${name}, since ${why}.`),
    ...(priors ? ['Series that begin from now on begin with its errors and rates.'] : []),
  ];
}

export const importOperation = defineOperation({
  name: 'import',
  summary: 'Take in what was learned elsewhere, as /export writes it.',
  example: '/import --learning {"version":1,"strategies":[],"priors":null}',
  who: 'write',
  doors: ['cli', 'api'],
  words: [],
  file: 'read',
  input: z.strictObject({ learning: ExportedLearning.describe('What an export holds.') }),
  output: Imported,
  async run({ learning }, { context, repositoryId }) {
    const { added, left, priors } = await importLearning(context, repositoryId, learning);
    return { added: [...added], left: [...left], priors };
  },
  markdown: (imported) => sentencesOf(imported).map(inline).join(' '),
  terminal: (imported) => sentencesOf(imported).join('\n'),
});
