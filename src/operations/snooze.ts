import { z } from 'zod';
import { renderSnooze } from '../render/leave-alone.ts';
import { snooze as snoozeProposals } from '../usecases/proposals/snooze.ts';
import { boundedText } from './bounded.ts';
import { defineOperation } from './define.ts';

const Answer = z.object({
  /** Epoch ms; `null` where proposals are welcome. */
  until: z.number().nullable(),
});

export const snooze = defineOperation({
  name: 'snooze',
  summary: 'No proposal for a while, such as 30d; "off" takes it back.',
  example: '/snooze 30d',
  permission: 'write',
  positionals: ['span'],
  input: z.strictObject({
    span: boundedText(20).default('30d').describe('A number and m, h or d, or "off".'),
  }),
  output: Answer,
  run: async ({ span }, { context, repositoryId, actor }) => ({
    until: await snoozeProposals(context, repositoryId, { span, by: actor }),
  }),
  render: ({ until }) => renderSnooze(until),
});
