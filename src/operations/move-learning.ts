import { z } from 'zod';
import { type Block, details, only, preformatted, together } from '../render/document.ts';
import { code, joined, name as nameOf, words } from '../render/inline.ts';
import { count, percent } from '../render/quantity.ts';
import { performance } from '../strategy/track-record.ts';
import { ExportedLearning, exportLearning, importLearning } from '../usecases/learning/move-learning.ts';
import { defineOperation } from './define.ts';

export const exportOperation = defineOperation({
  name: 'export',
  summary: 'Write down what was learned here, for another repository or deployment.',
  example: '/export',
  permission: 'write',
  mutates: false,
  file: 'written',
  output: ExportedLearning,
  run: (_input, { context, repositoryId }) => exportLearning(context, repositoryId),
  render: (exported) => {
    const json = preformatted(JSON.stringify(exported, null, 2), 'json');
    return [
      only('markdown', exportSummary(exported), details('The export, as JSON', json)),
      only('terminal', json),
    ];
  },
});

function exportSummary({ strategies }: ExportedLearning): Block {
  const each = strategies.map(
    ({ name, performance_history }) => words`${code(name)} ${percent(performance(performance_history))}`,
  );
  const all = count(strategies.length, 'strategy', 'strategies');
  return words`${all}: ${joined(each, ', ')}. It holds numbers only.`;
}

const Imported = z.object({
  added: z.array(z.string()),
  /** Strategies that were not taken in, each with the reason. */
  left: z.array(z.object({ name: z.string(), why: z.string() })),
  /** Whether new workflows here start with the export's errors and rates. */
  priors: z.boolean(),
});

function sentencesOf({ added, left, priors }: z.infer<typeof Imported>): readonly string[] {
  return [
    added.length === 0 ? 'No strategy was taken in.' : `Taken in: ${added.join(', ')}.`,
    ...left.map(({ name, why }) => `Left out: ${name}, since ${why}.`),
    ...(priors ? ['Workflows that are new here start with its forecast errors and success rates.'] : []),
  ];
}

export const importOperation = defineOperation({
  name: 'import',
  summary: 'Take in what was learned elsewhere, as /export writes it.',
  example: '/import --learning {"version":1,"strategies":[],"priors":null}',
  permission: 'write',
  doors: ['cli', 'api'],
  file: 'read',
  input: z.strictObject({ learning: ExportedLearning.describe('What an export holds.') }),
  output: Imported,
  async run({ learning }, { context, repositoryId }) {
    const { added, left, priors } = await importLearning(context, repositoryId, learning);
    return { added: [...added], left: [...left], priors };
  },
  render: (imported) => {
    const sentences = sentencesOf(imported).map(nameOf);
    return [only('markdown', joined(sentences, ' ')), only('terminal', together(...sentences))];
  },
});
