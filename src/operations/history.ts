import { z } from 'zod';
import { Accuracy, renderAccuracy } from '../render/accuracy.ts';
import { Insights, RunHistoryPage, renderInsights, renderRunPage } from '../render/history-view.ts';
import { accuracyOf } from '../usecases/questions/accuracy.ts';
import { insightsOf } from '../usecases/questions/insights.ts';
import { runHistoryPage } from '../usecases/questions/run-history-page.ts';
import { boundedText } from './bounded.ts';
import { defineOperation } from './define.ts';
import { paging } from './listing.ts';
import { WorkflowName } from './workflow-name.ts';

export const history = defineOperation({
  name: 'history',
  summary: 'List past runs, newest first.',
  example: '/history nightly.yml --per-page 10',
  permission: 'read',
  positionals: ['workflow'],
  input: z.strictObject({
    workflow: WorkflowName.optional(),
    page: paging.page.describe('Which page, counted from 1.'),
    perPage: paging.perPage.describe('Runs on a page, at most 100.'),
  }),
  output: RunHistoryPage,
  run: (input, { context, repositoryId }) => runHistoryPage(context, repositoryId, input),
  render: renderRunPage,
});

export const insights = defineOperation({
  name: 'insights',
  summary: 'Say what past runs show: durations, outcomes, lateness, busy hours.',
  example: '/insights',
  permission: 'read',
  positionals: ['workflow'],
  input: z.strictObject({ workflow: WorkflowName.optional() }),
  output: Insights,
  run: ({ workflow }, { context, repositoryId }) => insightsOf(context, repositoryId, workflow),
  render: renderInsights,
});

export const accuracy = defineOperation({
  name: 'accuracy',
  summary: 'Say how well durations were forecast here.',
  example: '/accuracy nightly.yml',
  permission: 'read',
  positionals: ['workflow'],
  input: z.strictObject({
    workflow: WorkflowName.optional(),
    strategy: boundedText(100).optional().describe('Name of a strategy; the one in use where none is named.'),
  }),
  output: Accuracy,
  run: (input, { context, repositoryId }) => accuracyOf(context, repositoryId, input),
  render: renderAccuracy,
});
