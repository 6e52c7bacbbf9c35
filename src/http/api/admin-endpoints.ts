import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { Deployment } from '../../proposal/deployment.ts';
import {
  advanceFlag,
  type FlagContext,
  rollBackFlag,
  setEmergencyStop,
  setFlag,
} from '../../usecases/maintenance/flags.ts';
import type { Deployments } from '../../usecases/ports.ts';
import type { Asked, Endpoint } from './endpoint.ts';

const Why = z.string().min(3).max(200).describe('Why, for whoever comes after.');
const FlagName = z.string().min(1).max(60).describe('Name of the rollout, such as planner.');

interface AdminEndpoint<Input> {
  readonly id: string;
  readonly path: string;
  readonly summary: string;
  readonly input: z.ZodType<Input>;
  readonly message: string;
  act(flags: FlagContext, input: Input, asked: Asked): Promise<Deployment>;
}

export interface AdminOptions {
  readonly deployments: Deployments;
  readonly clock: Clock;
}

/** Endpoints for the whole deployment: the emergency stop and the rollouts. */
export function adminEndpoints({ deployments, clock }: AdminOptions): readonly Endpoint[] {
  const post = <Input>({ id, path, summary, input, message, act }: AdminEndpoint<Input>): Endpoint => ({
    id,
    method: 'POST',
    path: `/admin${path}`,
    tag: 'admin',
    summary,
    role: 'admin',
    wholeDeployment: true,
    input,
    output: Deployment,
    mutates: true,
    async handle(asked) {
      const flags = { deployments, clock, by: asked.caller.subject };
      return { message, data: await act(flags, input.parse(asked.input), asked) };
    },
  });
  return [
    {
      id: 'flags',
      method: 'GET',
      path: '/admin/flags',
      tag: 'admin',
      summary: 'Show the emergency stop and what is being rolled out.',
      role: 'admin',
      wholeDeployment: true,
      input: z.strictObject({}),
      output: Deployment,
      mutates: false,
      handle: async () => ({ message: 'What holds for all repositories.', data: await deployments.load() }),
    },
    post({
      id: 'emergency-stop',
      path: '/emergency-stop',
      summary: 'Write nothing to GitHub any more, on all repositories.',
      input: z.strictObject({ why: Why }),
      message: 'Nothing is written to GitHub any more.',
      act: (flags, { why }) => setEmergencyStop(flags, true, why),
    }),
    post({
      id: 'lift-emergency-stop',
      path: '/resume',
      summary: 'Lift the emergency stop. One that the environment sets stays.',
      input: z.strictObject({ why: Why }),
      message: 'The emergency stop is lifted.',
      act: (flags, { why }) => setEmergencyStop(flags, false, why),
    }),
    post({
      id: 'set-flag',
      path: '/flags/set',
      summary: 'Begin a rollout, or set its share anew.',
      input: z.strictObject({
        name: FlagName,
        percent: z.number().min(0).max(100).describe('Share of repositories, 0 to 100.'),
      }),
      message: 'The rollout is set.',
      act: (flags, { name, percent }) => setFlag(flags, name, percent),
    }),
    post({
      id: 'advance-flag',
      path: '/flags/advance',
      summary: 'Take a rollout to its next stage, where its time has come.',
      input: z.strictObject({ name: FlagName }),
      message: 'The rollout is at its next stage.',
      act: (flags, { name }) => advanceFlag(flags, name),
    }),
    post({
      id: 'roll-back-flag',
      path: '/flags/rollback',
      summary: 'Take a rollout back from everybody.',
      input: z.strictObject({ name: FlagName, why: Why }),
      message: 'Nobody has it any more.',
      act: (flags, { name, why }) => rollBackFlag(flags, name, why),
    }),
  ];
}
