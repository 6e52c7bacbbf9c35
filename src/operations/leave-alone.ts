import { z } from 'zod';
import { LeftAloneAnswer, renderLeftAlone } from '../render/leave-alone.ts';
import {
  leaveAlone,
  listLeftAlone,
  unignore as stopLeavingAlone,
} from '../usecases/proposals/leave-alone.ts';
import { defineOperation } from './define.ts';
import { WorkflowName } from './workflow-name.ts';

const shared = {
  permission: 'write',
  positionals: ['workflow'],
  output: LeftAloneAnswer,
  render: renderLeftAlone,
} as const;

export const ignore = defineOperation({
  ...shared,
  name: 'ignore',
  summary: 'Never propose to move a workflow; without a name, list what is left alone.',
  example: '/ignore nightly.yml',
  input: z.strictObject({ workflow: WorkflowName.optional() }),
  run: ({ workflow }, { context, repositoryId, actor }) =>
    workflow === undefined
      ? listLeftAlone(context, repositoryId)
      : leaveAlone(context, repositoryId, { workflow, as: 'ignored', by: actor }),
});

export const unignore = defineOperation({
  ...shared,
  name: 'unignore',
  summary: 'Take /ignore or /pin of a workflow back.',
  example: '/unignore nightly.yml',
  input: z.strictObject({ workflow: WorkflowName }),
  run: ({ workflow }, { context, repositoryId, actor }) =>
    stopLeavingAlone(context, repositoryId, { workflow, by: actor }),
});

export const pin = defineOperation({
  ...shared,
  name: 'pin',
  summary: 'Drop a workflow from the open pull request, and keep it where it is.',
  example: '/pin nightly.yml',
  input: z.strictObject({ workflow: WorkflowName }),
  run: ({ workflow }, { context, repositoryId, actor }) =>
    leaveAlone(context, repositoryId, { workflow, as: 'pinned', by: actor }),
});
