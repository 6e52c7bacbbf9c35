import { z } from 'zod';
import { OnTimeMode } from '../config/config.ts';
import { OffbeatError } from '../errors.ts';
import { OnTimeAnswer, renderOnTime } from '../render/on-time.ts';
import { onTimeCommand } from '../usecases/on-time/command.ts';
import { defineOperation } from './define.ts';
import { WorkflowName } from './workflow-name.ts';

export const onTime = defineOperation({
  name: 'on-time',
  summary: 'Start a workflow on time: off, rescue or punctual; without a mode, show how they are started.',
  example: '/on-time nightly.yml punctual',
  permission: 'write',
  positionals: ['workflow', 'mode'],
  input: z.strictObject({
    workflow: WorkflowName.optional(),
    mode: OnTimeMode.optional().describe('off, rescue or punctual.'),
  }),
  output: OnTimeAnswer,
  run: (input, { context, repositoryId, actor }) =>
    onTimeCommand(context, repositoryId, { ...modeAlone(input), by: actor }),
  render: renderOnTime,
});

/** `/on-time rescue` names no workflow: it is meant for all. */
function modeAlone(input: {
  readonly workflow?: string | undefined;
  readonly mode?: OnTimeMode | undefined;
}): typeof input {
  const word = OnTimeMode.safeParse(input.workflow);
  if (!word.success) return input;
  if (input.mode !== undefined) {
    throw new OffbeatError('command-invalid', `"${word.data}" is a mode, and no workflow.`, {
      where: 'on-time',
      fix: 'Name the workflow first, for example: /on-time nightly.yml punctual',
    });
  }
  return { mode: word.data };
}
