import { z } from 'zod';
import { Batch, renderBatch, renderPrediction, StartPrediction } from '../render/prediction.ts';
import { predictBatch } from '../usecases/questions/batch.ts';
import { predict as predictSchedule } from '../usecases/questions/predict.ts';
import { wholeNumber } from './bounded.ts';
import { defineOperation } from './define.ts';
import { WorkflowName } from './workflow-name.ts';

const MOST_WORKFLOWS = 1000;

const LEAST_CONFIDENCE =
  'Least confidence (0 to 1) of a recommendation, below which the present time is kept; `min-confidence` of ' +
  'the configuration where left out.';

const MinConfidence = z.number().min(0).max(1).optional().describe(LEAST_CONFIDENCE);

export const predict = defineOperation({
  name: 'predict',
  summary: 'Predict duration, success, start and the better time of a workflow.',
  example: '/predict nightly.yml',
  permission: 'read',
  positionals: ['workflow'],
  input: z.strictObject({
    workflow: WorkflowName,
    schedule: wholeNumber(0, 999).default(0).describe('Which schedule of the file, counted from 0.'),
    minConfidence: MinConfidence,
    at: z
      .string()
      .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'Write a time of the day in UTC as HH:MM, for example 05:17.')
      .optional()
      .describe('A time of the day, HH:MM in UTC: when a run would start if the tick were then.'),
  }),
  output: StartPrediction,
  run: (input, { context, repositoryId }) => predictSchedule(context, repositoryId, input),
  render: renderPrediction,
});

export const batch = defineOperation({
  name: 'batch',
  summary: 'Predict several workflows together, no two in the same minute.',
  example: '/batch nightly.yml backup.yml --min-confidence 0.6',
  permission: 'read',
  positionals: ['workflows'],
  input: z.strictObject({
    workflows: z
      .array(WorkflowName)
      .max(MOST_WORKFLOWS)
      .default([])
      .describe('Paths, file names or names; all workflows where none is named.'),
    minConfidence: MinConfidence.describe(
      `${LEAST_CONFIDENCE} Another’s minute is left all the same, unless more than 0.5 is asked for here.`,
    ),
  }),
  output: Batch,
  run: (input, { context, repositoryId }) => predictBatch(context, repositoryId, input),
  render: renderBatch,
});
