import { z } from 'zod';
import { Genes } from '../genes/genes.ts';
import { code, reason, words } from '../render/inline.ts';
import { DEFAULT_STRATEGY, LearningEvent } from '../strategy/strategy.ts';
import { adaptStrategy } from '../usecases/learning/adapt-strategy.ts';
import { keepReport } from '../usecases/maintenance/keep-report.ts';
import { defineOperation } from './define.ts';

const Adapted = z.object({
  strategy: z.string(),
  parameters: Genes,
  /** `null` where its newest forecasts gave no reason to change it. */
  event: LearningEvent.nullable(),
});

function sentenceOf({ event }: z.infer<typeof Adapted>): string {
  return event?.why ?? 'Its newest forecasts are what they usually are, so nothing was changed.';
}

export const adapt = defineOperation({
  name: 'adapt',
  summary: 'Let one strategy take a step by what its newest forecasts were worth.',
  example: `/adapt ${DEFAULT_STRATEGY}`,
  permission: 'write',
  positionals: ['name'],
  input: z.strictObject({
    name: z.string().default(DEFAULT_STRATEGY).describe('Name of the strategy, as /report lists it.'),
  }),
  output: Adapted,
  async run({ name }, { context, repositoryId }) {
    const { strategy, event } = await adaptStrategy(context, repositoryId, name);
    await keepReport(context, repositoryId);
    return { strategy: strategy.name, parameters: strategy.parameters, event };
  },
  render: (adapted) => [words`${code(adapted.strategy)}: ${reason(sentenceOf(adapted))}`],
});
