import { z } from 'zod';
import { undo as openUndoPull } from '../usecases/proposals/undo.ts';
import { defineOperation } from './define.ts';

const Answer = z.object({ pullNumber: z.number().int(), url: z.string(), reverts: z.number().int() });

export const undo = defineOperation({
  name: 'undo',
  summary: 'Open a pull request that takes a merged one back.',
  example: '/undo',
  permission: 'write',
  positionals: ['pull'],
  input: z.strictObject({
    pull: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('Number of the merged pull request; the one commented on, or the newest.'),
  }),
  output: Answer,
  async run({ pull }, { context, repositoryId, actor, issueNumber }) {
    const opened = await openUndoPull(context, repositoryId, {
      pullNumber: pull ?? null,
      commentedOn: issueNumber ?? null,
      by: actor,
    });
    return { pullNumber: opened.pullNumber, url: opened.url, reverts: opened.reverts ?? 0 };
  },
  render: ({ pullNumber, url, reverts }) => [
    `#${pullNumber} takes #${reverts} back. Merging it is up to you: ${url}`,
  ],
});
