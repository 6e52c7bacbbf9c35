import { CostReport, renderCost } from '../render/cost.ts';
import { costHere } from '../usecases/questions/cost.ts';
import { defineOperation } from './define.ts';

export const cost = defineOperation({
  name: 'cost',
  summary: 'Say what workflows take of runners and money, by month, and in the month ahead.',
  example: '/cost',
  permission: 'read',
  output: CostReport,
  run: (_, { context, repositoryId }) => costHere(context, repositoryId),
  render: renderCost,
});
