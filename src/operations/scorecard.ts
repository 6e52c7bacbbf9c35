import { renderScorecard } from '../render/scorecard.ts';
import { Scorecard } from '../scorecard/scorecard.ts';
import { repositoryScorecard } from '../usecases/questions/scorecard.ts';
import { defineOperation } from './define.ts';

export const scorecard = defineOperation({
  name: 'scorecard',
  summary: 'Say what Offbeat has brought: waiting saved, targets met, forecasts, its own work.',
  example: '/scorecard',
  permission: 'read',
  output: Scorecard,
  run: (_input, { context, repositoryId }) => repositoryScorecard(context, repositoryId),
  render: renderScorecard,
});
