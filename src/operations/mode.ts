import { z } from 'zod';
import { effectiveMode } from '../proposal/mode.ts';
import { Mode } from '../proposal/proposal.ts';
import { renderMode } from '../render/mode.ts';
import { configuredMode } from '../usecases/configured-mode.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { defineOperation } from './define.ts';
import type { AnyOperation } from './operation.ts';

const ModeAnswer = z.object({ mode: Mode, why: z.string() });

/** A command that sets the mode. `commands` is `null` for the one that ends a pause, or takes another command back. */
function modeOperation(
  name: string,
  summary: string,
  commands: 'observe' | 'suggest' | 'pause' | null,
): AnyOperation {
  return defineOperation({
    name,
    summary,
    example: `/${name}`,
    permission: 'write',
    output: ModeAnswer,
    async run(_input, { context, repositoryId }) {
      const state = await knownRepository(context, repositoryId);
      const { modeBeforePause = null, modeByOperator: _, ...others } = state.care;
      const { commandedMode } = state.profile;
      const before = commandedMode === 'pause' ? modeBeforePause : commandedMode;
      const commanded = commands ?? (commandedMode === 'pause' ? before : null);
      await context.store.apply(repositoryId, {
        profile: { ...state.profile, commandedMode: commanded },
        care: commanded === 'pause' ? { ...others, modeBeforePause: before } : others,
      });
      return effectiveMode({
        emergencyStop: context.emergencyStop,
        commanded,
        configured: await configuredMode(context, state),
      });
    },
    render: renderMode,
  });
}

export const observe = modeOperation('observe', 'Decide and record, touch nothing.', 'observe');
export const suggest = modeOperation(
  'suggest',
  'Open a pull request when a better time is known.',
  'suggest',
);
export const pause = modeOperation(
  'pause',
  'Stop planning and starting workflows on time here, until /resume.',
  'pause',
);
export const resume = modeOperation(
  'resume',
  'End /pause with the mode before it; else take /observe or /suggest back.',
  null,
);
