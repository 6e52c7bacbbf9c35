import { z } from 'zod';
import { renderSimulation } from '../render/simulation.ts';
import { Simulated, simulateRepository } from '../usecases/questions/simulate-repository.ts';
import { defineOperation } from './define.ts';
import { SIMULATE_SUMMARY } from './simulate-summary.ts';

/** Four weeks: every weekday four times. */
const DAYS = 28;
const MOST_DAYS = 365;
const LARGEST_SEED = 2 ** 31 - 1;

export const simulate = defineOperation({
  name: 'simulate',
  summary: SIMULATE_SUMMARY,
  example: '/simulate d1 --days 14',
  permission: 'read',
  positionals: ['decision'],
  input: z.strictObject({
    decision: z
      .string()
      .min(1)
      .max(40)
      .optional()
      .describe('Id of the decision to play; the newest one where none is named.'),
    days: z
      .number()
      .int()
      .min(1)
      .max(MOST_DAYS)
      .default(DAYS)
      .describe('Days to play; fewer where so many take too long.'),
    seed: z.number().int().min(1).max(LARGEST_SEED).default(1).describe('What chance is drawn from.'),
    ab: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .describe('Treat only this share of the schedules, and say what an A/B would find.'),
  }),
  output: Simulated,
  run: (input, { context, repositoryId }) => simulateRepository(context, repositoryId, input),
  render: (simulated) => renderSimulation(simulated, simulated.ab),
});
