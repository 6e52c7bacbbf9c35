import { z } from 'zod';
import { Horizon, LoadAhead, renderLoadAhead } from '../render/load-ahead.ts';
import { loadAhead } from '../usecases/questions/load-ahead.ts';
import { defineOperation } from './define.ts';

export const load = defineOperation({
  name: 'load',
  summary: 'Predict how many jobs are queued from now on.',
  example: '/load --horizon 24h',
  permission: 'read',
  input: z.strictObject({
    horizon: Horizon.optional().describe('How far ahead; all of them where none is named.'),
  }),
  output: LoadAhead,
  run: ({ horizon }, { context, repositoryId }) => loadAhead(context, repositoryId, horizon),
  render: renderLoadAhead,
});
