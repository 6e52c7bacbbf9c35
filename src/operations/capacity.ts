import { z } from 'zod';
import { CapacityReport, renderCapacity } from '../render/capacity.ts';
import { capacityHere } from '../usecases/questions/capacity.ts';
import { boundedText } from './bounded.ts';
import { defineOperation } from './define.ts';

export const capacity = defineOperation({
  name: 'capacity',
  summary: 'Say what jobs take of the runners, how long they wait, and when a limit is reached.',
  example: '/capacity ubuntu-latest',
  permission: 'read',
  positionals: ['label'],
  input: z.strictObject({
    label: boundedText(120).optional().describe('A label of runners; all runners where none is named.'),
  }),
  output: CapacityReport,
  run: ({ label }, { context, repositoryId }) => capacityHere(context, repositoryId, label),
  render: renderCapacity,
});
