import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { Deployment } from '../../proposal/deployment.ts';
import type { Confirmations } from '../../usecases/confirmations.ts';
import {
  advanceFlag,
  type FlagContext,
  rollBackFlag,
  setEmergencyStop,
  setFlag,
} from '../../usecases/maintenance/flags.ts';
import type { Deployments, OperatorAudit } from '../../usecases/ports.ts';
import type { Asked, Endpoint } from './endpoint.ts';
import { RequestRefused } from './problem.ts';

const Why = z.string().min(3).max(200).describe('Why, for whoever comes after.');
const Confirm = z
  .string()
  .min(1)
  .max(20)
  .optional()
  .describe('The one-time code that the answer without it names.');
const Confirmed = z.strictObject({ why: Why, confirm: Confirm });
const STOP = 'emergency-stop';
const FlagName = z.string().min(1).max(60).describe('Name of the rollout, such as planner.');

interface AdminEndpoint<Input> {
  readonly id: string;
  readonly path: string;
  readonly summary: string;
  readonly input: z.ZodType<Input>;
  readonly message: string;
  /** Takes a one-time code, and is written to the audit. */
  readonly isConfirmed?: boolean;
  act(flags: FlagContext, input: Input, asked: Asked): Promise<Deployment>;
}

export interface AdminOptions {
  readonly deployments: Deployments;
  readonly clock: Clock;
  readonly confirmations: Confirmations;
  readonly audit: OperatorAudit;
}

/** Endpoints for the whole deployment: the emergency stop and the rollouts. */
export function adminEndpoints({
  deployments,
  clock,
  confirmations,
  audit,
}: AdminOptions): readonly Endpoint[] {
  const post = <Input>({
    id,
    path,
    summary,
    input,
    message,
    act,
    isConfirmed,
  }: AdminEndpoint<Input>): Endpoint => ({
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
      const by = asked.caller.subject;
      const flags = { deployments, clock, by };
      const parsed = input.parse(asked.input);
      if (isConfirmed !== true) return { message, data: await act(flags, parsed, asked) };
      const { why, confirm } = Confirmed.parse(asked.input);
      await mustBeConfirmed(confirmations, `${by} ${id} ${why}`, confirm);
      const entry = { at: clock.now(), action: id, by, why };
      // A stop cannot wait for the disk; what lifts it can.
      const unaudited = await audit.note(entry).then(
        () => null,
        (error: unknown) => error,
      );
      if (unaudited !== null && id !== STOP) throw unaudited;
      const data = await act(flags, parsed, asked);
      const notes = [message, ...unkeptSentences(deployments.unkept?.() ?? null, unaudited)];
      return { message: notes.join(' '), data };
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
      id: STOP,
      isConfirmed: true,
      path: '/emergency-stop',
      summary: 'Write nothing to GitHub any more, on all repositories.',
      input: Confirmed,
      message: 'Nothing is written to GitHub any more.',
      act: (flags, { why }) => setEmergencyStop(flags, true, why),
    }),
    post({
      id: 'lift-emergency-stop',
      isConfirmed: true,
      path: '/resume',
      summary: 'Lift the emergency stop. One that the environment sets stays.',
      input: Confirmed,
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

/** Throws `confirmation-needed` with a new code where there is none, or not the one for exactly this. */
async function mustBeConfirmed(
  confirmations: Confirmations,
  what: string,
  code: string | undefined,
): Promise<void> {
  if (code !== undefined && (await confirmations.isConfirmed(what, code))) return;
  const fresh = await confirmations.codeFor(what);
  throw new RequestRefused(
    'confirmation-needed',
    `${code === undefined ? '' : 'That is not the code, or it was used. '}Repeat it within ten minutes with "confirm": "${fresh}".`,
  );
}

function unkeptSentences(unkept: string | null, unaudited: unknown): readonly string[] {
  return [
    ...(unkept === null
      ? []
      : [`It holds in this process, and could not be kept: ${unkept} It is tried again.`]),
    ...(unaudited === null ? [] : ['The audit could not be kept; the log has who and why.']),
  ];
}
