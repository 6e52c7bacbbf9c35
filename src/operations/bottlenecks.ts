import { z } from 'zod';
import { Bottlenecks, renderBottlenecks } from '../render/bottlenecks.ts';
import { bottlenecksHere } from '../usecases/questions/bottlenecks.ts';
import { defineOperation } from './define.ts';
import { WorkflowName } from './workflow-name.ts';

export const bottlenecks = defineOperation({
  name: 'bottlenecks',
  summary: 'Say which jobs decide how long workflows take: critical path, slack, waiting.',
  example: '/bottlenecks ci.yml',
  permission: 'read',
  positionals: ['workflow'],
  input: z.strictObject({
    workflow: WorkflowName.optional(),
    share: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe(
        'Least share of critical paths, or of its time waiting, from which a job is a bottleneck; ' +
          '`bottleneck-share` of the configuration where left out.',
      ),
  }),
  output: Bottlenecks,
  run: (input, { context, repositoryId }) => bottlenecksHere(context, repositoryId, input),
  render: renderBottlenecks,
});
