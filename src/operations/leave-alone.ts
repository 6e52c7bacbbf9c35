import { z } from 'zod';
import { LeftAloneAnswer, renderLeftAlone } from '../render/leave-alone.ts';
import {
  leaveAlone,
  listLeftAlone,
  unignore as stopLeavingAlone,
} from '../usecases/proposals/leave-alone.ts';
import { defineOperation } from './define.ts';
import { WorkflowName } from './workflow-name.ts';

const shown = { output: LeftAloneAnswer, render: renderLeftAlone } as const;

export const ignore = defineOperation({
  name: 'ignore',
  summary: 'Never propose to move a workflow; without a name, list what is left alone.',
  example: '/ignore nightly.yml',
  permission: 'write',
  positionals: ['workflow'],
  input: z.strictObject({ workflow: WorkflowName.optional() }),
  ...shown,
  run: ({ workflow }, { context, repositoryId, actor }) =>
    workflow === undefined
      ? listLeftAlone(context, repositoryId)
      : leaveAlone(context, repositoryId, { workflow, as: 'ignored', by: actor }),
});

export const unignore = defineOperation({
  name: 'unignore',
  summary: 'Take /ignore or /pin of a workflow back.',
  example: '/unignore nightly.yml',
  permission: 'write',
  positionals: ['workflow'],
  input: z.strictObject({ workflow: WorkflowName }),
  ...shown,
  run: ({ workflow }, { context, repositoryId, actor }) =>
    stopLeavingAlone(context, repositoryId, { workflow, by: actor }),
});

export const pin = defineOperation({
  name: 'pin',
  summary: 'Drop a workflow from the open pull request, and keep it where it is.',
  example: '/pin nightly.yml',
  permission: 'write',
  positionals: ['workflow'],
  input: z.strictObject({ workflow: WorkflowName }),
  ...shown,
  run: ({ workflow }, { context, repositoryId, actor }) =>
    leaveAlone(context, repositoryId, { workflow, as: 'pinned', by: actor }),
});
