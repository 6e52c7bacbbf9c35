import { z } from 'zod';
import { LeftAlone } from '../proposal/maintainer-settings.ts';
import { renderLeftAlone } from '../render/leave-alone.ts';
import {
  type LeftAloneAnswer,
  leaveAlone,
  listLeftAlone,
  unignore as stopLeavingAlone,
} from '../usecases/proposals/leave-alone.ts';
import { defineOperation } from './define.ts';
import { WorkflowName } from './workflow-name.ts';

const Answer = z.object({
  leftAlone: z.array(LeftAlone),
  pull: z.enum(['unchanged', 'updated', 'closed', 'to-be-updated']),
  pullNumber: z.number().int().nullable(),
});

const shown = { output: Answer, render: renderLeftAlone } as const;

function answerOf(answer: LeftAloneAnswer): z.infer<typeof Answer> {
  return { ...answer, leftAlone: [...answer.leftAlone] };
}

export const ignore = defineOperation({
  name: 'ignore',
  summary: 'Never propose to move a workflow; without a name, list what is left alone.',
  example: '/ignore nightly.yml',
  permission: 'write',
  positionals: ['workflow'],
  input: z.strictObject({ workflow: WorkflowName.optional() }),
  ...shown,
  run: async ({ workflow }, { context, repositoryId, actor }) =>
    answerOf(
      workflow === undefined
        ? await listLeftAlone(context, repositoryId)
        : await leaveAlone(context, repositoryId, { workflow, as: 'ignored', by: actor }),
    ),
});

export const unignore = defineOperation({
  name: 'unignore',
  summary: 'Take /ignore or /pin of a workflow back.',
  example: '/unignore nightly.yml',
  permission: 'write',
  positionals: ['workflow'],
  input: z.strictObject({ workflow: WorkflowName }),
  ...shown,
  run: async ({ workflow }, { context, repositoryId, actor }) =>
    answerOf(await stopLeavingAlone(context, repositoryId, { workflow, by: actor })),
});

export const pin = defineOperation({
  name: 'pin',
  summary: 'Drop a workflow from the open pull request, and keep it where it is.',
  example: '/pin nightly.yml',
  permission: 'write',
  positionals: ['workflow'],
  input: z.strictObject({ workflow: WorkflowName }),
  ...shown,
  run: async ({ workflow }, { context, repositoryId, actor }) =>
    answerOf(await leaveAlone(context, repositoryId, { workflow, as: 'pinned', by: actor })),
});
