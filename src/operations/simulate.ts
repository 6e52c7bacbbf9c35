import { z } from 'zod';
import { MACOS_RUNNERS, runnersOf, STANDARD_RUNNERS } from '../config/runner-names.ts';
import { renderSimulation } from '../render/simulation.ts';
import { Simulated, simulateRepository } from '../usecases/questions/simulate-repository.ts';
import { boundedText, wholeNumber } from './bounded.ts';
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
    decision: boundedText(40)
      .optional()
      .describe('Id of the decision to play; the newest one where none is named.'),
    days: wholeNumber(1, MOST_DAYS)
      .default(DAYS)
      .describe('Days to play; fewer where so many take too long.'),
    seed: wholeNumber(1, LARGEST_SEED).default(1).describe('What chance is drawn from.'),
    ab: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .describe('Treat only this share of the schedules, and say what an A/B would find.'),
    runners: z
      .string()
      .max(500)
      .regex(/^[^=,\s]+=\d{1,6}(,[^=,\s]+=\d{1,6})*$/, 'Write runners and jobs at once, for example gpu=2.')
      .optional()
      .describe('Move nothing, and play today with other runners: gpu=2, several with commas.'),
  }),
  output: Simulated,
  run: ({ runners, ...input }, { context, repositoryId }) =>
    simulateRepository(context, repositoryId, {
      ...input,
      runners: runners === undefined ? undefined : limitsIn(runners),
    }),
  render: (simulated) => renderSimulation(simulated, simulated.ab, simulated.runners),
});

/** The limits in `gpu=2,arm=4`, by the planner's name of the runners. */
function limitsIn(text: string): Readonly<Record<string, number>> {
  const pairs = text.split(',').map((pair) => pair.split('='));
  return Object.fromEntries(pairs.map(([label = '', jobs]) => [limitName(label), Number(jobs)]));
}

/** `standard` and `macos` are names already; any other label is a runner's. */
function limitName(label: string): string {
  const plain = label.toLowerCase();
  return plain === STANDARD_RUNNERS || plain === MACOS_RUNNERS ? plain : runnersOf([plain]);
}
