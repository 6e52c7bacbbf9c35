import { z } from 'zod';
import { GateResult, Outlook } from '../plan/decision.ts';
import { Mode, ProposalState } from '../proposal/proposal.ts';
import { Trend } from '../strategy/strategy.ts';
import { LearningView } from './learning.ts';

/** Everything the report says; epoch milliseconds and shares of 1. */
export const Report = z.object({
  repository: z.string(),
  at: z.number(),
  mode: z.object({ mode: Mode, why: z.string() }),
  runsLearned: z.number().int(),
  missedShare: z.number().nullable(),
  schedules: z.array(
    z.object({
      workflowName: z.string(),
      path: z.string(),
      cron: z.string(),
      timezone: z.string(),
      runsSeen: z.number().int(),
      outlook: Outlook.nullable(),
      outcome: z.enum(['move', 'keep', 'held', 'refused']).nullable(),
      to: z.string().nullable(),
      reason: z.string(),
    }),
  ),
  strategies: z.array(
    z.object({
      name: z.string(),
      generation: z.number().int(),
      performance: z.number(),
      predictions: z.number().int(),
      trend: Trend,
      active: z.boolean(),
    }),
  ),
  learning: LearningView,
  decision: z
    .object({
      id: z.string(),
      at: z.number(),
      confidence: z.number(),
      benefit: z.number(),
      gates: z.array(GateResult),
    })
    .nullable(),
  proposals: z.array(
    z.object({
      pullNumber: z.number().int(),
      url: z.string(),
      state: ProposalState,
      moves: z.number().int(),
      verdict: z.string().nullable(),
    }),
  ),
  damage: z.array(z.string()),
});
export type Report = z.infer<typeof Report>;

/** Contents of `report_latest.json`. */
export const StoredReport = Report.extend({ version: z.literal(1) });
export type StoredReport = z.infer<typeof StoredReport>;
