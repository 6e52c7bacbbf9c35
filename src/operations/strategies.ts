import { z } from 'zod';
import { percent } from '../render/quantity.ts';
import { leadingStrategy } from '../strategy/choose.ts';
import { Strategy } from '../strategy/strategy.ts';
import { performance } from '../strategy/track-record.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { defineOperation } from './define.ts';
import { LISTING_DOORS, renderListing } from './listing.ts';

const Strategies = z.object({ active: z.string(), strategies: z.array(Strategy) });

export const strategies = defineOperation({
  name: 'strategies',
  summary: 'List the strategies with their genes and track records.',
  example: '/strategies',
  permission: 'read',
  doors: LISTING_DOORS,
  output: Strategies,
  async run(_input, { context, repositoryId }) {
    const { population } = await knownRepository(context, repositoryId);
    return { active: leadingStrategy(population).name, strategies: [...population.strategies] };
  },
  render: ({ active, strategies: all }) =>
    renderListing({
      heads: ['Strategy', 'Generation', 'Performance', 'Forecasts', 'Trend', 'In use'],
      rows: all.map((one) => [
        one.name,
        String(one.generation),
        one.performance_history.total === 0 ? '–' : percent(performance(one.performance_history)),
        String(one.performance_history.total),
        one.performance_history.total === 0 ? '–' : one.trend,
        one.name === active ? 'yes' : '',
      ]),
      total: all.length,
      one: 'strategy',
      many: 'strategies',
    }),
});
