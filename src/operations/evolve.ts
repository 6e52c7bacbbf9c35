import { Evolution, renderEvolution } from '../render/evolution.ts';
import { evolveRepository } from '../usecases/learning/evolve-repository.ts';
import { keepReport } from '../usecases/maintenance/keep-report.ts';
import { defineOperation } from './define.ts';

export const evolve = defineOperation({
  name: 'evolve',
  summary: 'Try new strategies on past runs; keep only those proven better.',
  example: '/evolve',
  permission: 'write',
  output: Evolution,
  async run(_input, { context, repositoryId }) {
    const { population, events, runsReplayed } = await evolveRepository(context, repositoryId);
    await keepReport(context, repositoryId);
    return {
      runsReplayed,
      strategies: population.strategies.map(({ name }) => name),
      events: [...events],
    };
  },
  render: renderEvolution,
});
