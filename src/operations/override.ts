import { z } from 'zod';
import { audited } from '../proposal/audit.ts';
import { effectiveMode } from '../proposal/mode.ts';
import { Mode } from '../proposal/proposal.ts';
import { renderMode } from '../render/mode.ts';
import { configuredMode } from '../usecases/configured-mode.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { defineOperation } from './define.ts';

const Answer = z.object({ mode: Mode, why: z.string(), snoozedUntil: z.number().nullable() });

/** For the operator: changes what people of a repository have set by command, with a reason for the audit. */
export const override = defineOperation({
  name: 'override',
  summary: 'Set the mode of a repository as its operator, and end its snooze.',
  example: '/override pause --why "it floods the runners"',
  permission: 'operator',
  doors: ['cli', 'api'],
  positionals: ['mode'],
  input: z.strictObject({
    mode: z
      .enum(['observe', 'suggest', 'pause', 'none'])
      .describe('The mode where the file names none; none takes every command back.'),
    endSnooze: z.boolean().default(false).describe('Let proposals come again at once.'),
    why: z.string().min(3).max(200).describe('Why, for the audit.'),
  }),
  output: Answer,
  async run({ mode, endSnooze, why }, { context, repositoryId, actor }) {
    const state = await knownRepository(context, repositoryId);
    const commanded = mode === 'none' ? null : mode;
    const { modeBeforePause: _before, modeByOperator: _by, ...others } = state.care;
    const snoozedUntil = endSnooze ? null : state.care.snoozedUntil;
    await context.store.apply(repositoryId, {
      profile: { ...state.profile, commandedMode: commanded },
      care: { ...others, snoozedUntil, ...(commanded === null ? {} : { modeByOperator: true as const }) },
      auditEvents: [audited('wish', context.clock.now(), actor, `Override, mode ${mode}: ${why}`)],
    });
    const configured = await configuredMode(context, state);
    return {
      ...effectiveMode({ emergencyStop: context.emergencyStop, commanded, byOperator: true, configured }),
      snoozedUntil,
    };
  },
  render: renderMode,
});
