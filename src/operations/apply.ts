import { z } from 'zod';
import { Applied, renderApplied } from '../render/applied.ts';
import { applySuggestion } from '../usecases/proposals/apply-suggestion.ts';
import { defineOperation } from './define.ts';
import { WorkflowName } from './workflow-name.ts';

export const apply = defineOperation({
  name: 'apply',
  summary: 'Open a pull request for a suggestion of `bottlenecks`, where it writes a key of a job.',
  example: '/apply 1 ci.yml',
  permission: 'write',
  positionals: ['number', 'workflow'],
  input: z.strictObject({
    number: z.number().int().positive().describe('Number of the suggestion, as `bottlenecks` gives it.'),
    workflow: WorkflowName.optional().describe(
      'Its workflow, where several have a suggestion of that number.',
    ),
  }),
  output: Applied,
  async run({ number, workflow }, { context, repositoryId, actor }) {
    const { path, sentence, result } = await applySuggestion(context, repositoryId, {
      number,
      workflow,
      by: actor,
    });
    return result.kind === 'proposed'
      ? { path, sentence, pull: { number: result.proposal.pullNumber, url: result.proposal.url }, held: [] }
      : { path, sentence, pull: null, held: result.gates.filter(({ passed }) => !passed) };
  },
  render: renderApplied,
});
