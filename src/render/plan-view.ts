import { z } from 'zod';
import { Decision } from '../plan/decision.ts';
import { OnTimeChange } from '../proposal/proposal.ts';

/** What a pull request of its own would change so that workflows are started on time. */
const PlannedOnTime = z.object({
  changes: z.array(OnTimeChange).describe('Workflows whose own file changes, and how they are started then.'),
  files: z.array(
    z.object({
      path: z.string().describe('From the root of the checkout.'),
      text: z.string().nullable().describe('The whole new text; null where the file is removed.'),
    }),
  ),
  net: z.object({
    runsPerMonth: z.number().describe('How often the crons of offbeat-net.yml ask for a run in a month.'),
    isRemoved: z.boolean().describe('Whether offbeat-net.yml is removed, with its last workflow.'),
  }),
  leftAlone: z
    .array(z.object({ path: z.string(), reason: z.string() }))
    .describe('Workflows that are asked to be on time and stay as they are, each with its first reason.'),
});

/** What `plan --json` prints. The JSON contract: fields are added, never renamed. */
export const PlanReport = Decision.extend({ onTime: PlannedOnTime });
export type PlanReport = z.infer<typeof PlanReport>;
