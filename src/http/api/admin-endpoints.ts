import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { OffbeatError } from '../../errors.ts';
import { AlertState } from '../../proposal/alert.ts';
import { Deployment } from '../../proposal/deployment.ts';
import type { DeadLetter, Queue } from '../../queue/queue.ts';
import { type Confirmations, Reason } from '../../usecases/confirmations.ts';
import { PlacedAlert } from '../../usecases/maintenance/alerts-now.ts';
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

const Why = Reason.describe('Why, for whoever comes after.');
const Confirm = z
  .string()
  .min(1)
  .max(20)
  .optional()
  .describe('The one-time code that the answer without it names.');
const Confirmed = z.strictObject({ why: Why, confirm: Confirm });
const ForLetters = Confirmed.extend({
  id: z.string().min(1).max(300).optional().describe('Which one; all of them where it is left out.'),
});
const WantedAlerts = z.strictObject({
  state: AlertState.optional().describe('Only those that stand there; all but resolved ones where left out.'),
});
const STOP = 'emergency-stop';
const FlagName = z.string().min(1).max(60).describe('Name of the rollout, such as planner.');

/** What holds for every endpoint here. */
const FOR_ADMINS = { tag: 'admin', role: 'admin', wholeDeployment: true } as const;
const QUESTION = { ...FOR_ADMINS, method: 'GET', mutates: false } as const;

/** A delivery that could not be processed, without its payload. */
const ListedLetter = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  delivery_id: z.string(),
  event: z.string(),
  reason: z.string(),
  attempts: z.number().int(),
  can_be_redriven: z.boolean(),
});

interface AdminEndpoint<Input> {
  readonly id: string;
  readonly path: string;
  readonly summary: string;
  readonly input: z.ZodType<Input>;
  readonly message: string;
  /** What `act` answers; what holds for all repositories where it is left out. */
  readonly output?: z.ZodType;
  /** Takes a one-time code, and is written to the audit. */
  readonly isConfirmed?: boolean;
  act(flags: FlagContext, input: Input): Promise<unknown>;
}

export type AdminDeadLetters = Pick<Queue, 'deadLetters' | 'redrive' | 'drop'>;

export interface AdminOptions {
  /** Alerts of all repositories, those in one state where it is named. */
  readonly alerts: (requestId: string, state?: AlertState) => Promise<readonly PlacedAlert[]>;
  readonly deadLetters: AdminDeadLetters;
  readonly deployments: Deployments;
  readonly clock: Clock;
  readonly confirmations: Confirmations;
  readonly audit: OperatorAudit;
}

/** Endpoints for the whole deployment: the emergency stop, the rollouts and the dead letters. */
export function adminEndpoints(options: AdminOptions): readonly Endpoint[] {
  const { deployments, deadLetters } = options;
  const post = <Input>(endpoint: AdminEndpoint<Input>): Endpoint => postEndpoint(endpoint, options);
  return [
    {
      id: 'flags',
      ...QUESTION,
      path: '/admin/flags',
      summary: 'Show the emergency stop and what is being rolled out.',
      input: z.strictObject({}),
      output: Deployment,
      handle: async () => ({ message: 'What holds for all repositories.', data: await deployments.load() }),
    },
    {
      id: 'all-alerts',
      ...QUESTION,
      path: '/admin/alerts',
      summary: 'List what somebody should look at in any repository, the most urgent first.',
      input: WantedAlerts,
      output: z.array(PlacedAlert),
      async handle({ input, requestId }) {
        const { state } = WantedAlerts.parse(input);
        const found = await options.alerts(requestId, state);
        return { message: `${found.length} alerts.`, data: [...found] };
      },
    },
    {
      id: 'dead-letters',
      ...QUESTION,
      path: '/admin/dead-letters',
      summary: 'List the deliveries that could not be processed, oldest first.',
      input: z.strictObject({}),
      output: z.array(ListedLetter),
      async handle() {
        const letters = (await deadLetters.deadLetters()).map(listed);
        return { message: `${letters.length} dead letters.`, data: letters };
      },
    },
    post({
      id: 'redrive-dead-letters',
      isConfirmed: true,
      path: '/dead-letters/redrive',
      summary: 'Put deliveries that could not be processed back into the queue.',
      input: ForLetters,
      output: z.object({ redriven: z.number().int() }),
      message: 'They are in the queue again.',
      act: async (_flags, { id }) => ({ redriven: await countOf(deadLetters, 'redrive', id) }),
    }),
    post({
      id: 'drop-dead-letters',
      isConfirmed: true,
      path: '/dead-letters/drop',
      summary: 'Forget deliveries that could not be processed, for good.',
      input: ForLetters,
      output: z.object({ dropped: z.number().int() }),
      message: 'They are gone.',
      act: async (_flags, { id }) => ({ dropped: await countOf(deadLetters, 'drop', id) }),
    }),
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

function postEndpoint<Input>(endpoint: AdminEndpoint<Input>, options: AdminOptions): Endpoint {
  const { id, path, summary, input, message, output = Deployment, act } = endpoint;
  const { deployments, clock } = options;
  return {
    ...FOR_ADMINS,
    id,
    method: 'POST',
    path: `/admin${path}`,
    summary,
    input,
    output,
    mutates: true,
    async handle(asked) {
      const flags = { deployments, clock, by: asked.caller.subject };
      const parsed = input.parse(asked.input);
      if (endpoint.isConfirmed !== true) return { message, data: await act(flags, parsed) };
      const unaudited = await confirmAndNote(id, asked, options);
      const data = await act(flags, parsed);
      const notes = [message, ...unkeptSentences(deployments.unkept?.() ?? null, unaudited)];
      return { message: notes.join(' '), data };
    },
  };
}

/**
 * Takes the one-time code of a call and writes the call to the audit. Returns the error where the audit could not be
 * kept and the call goes on all the same: an emergency stop cannot wait for the disk, and what lifts it can. Throws
 * `confirmation-needed`, and that error for other calls.
 */
async function confirmAndNote(
  endpointId: string,
  asked: Asked,
  { confirmations, audit, clock }: AdminOptions,
): Promise<unknown> {
  const by = asked.caller.subject;
  const { why, confirm, id: letterId } = ForLetters.parse(asked.input);
  const action = letterId === undefined ? endpointId : `${endpointId} ${letterId}`;
  await mustBeConfirmed(confirmations, `${by} ${action} ${why}`, confirm);
  const unaudited = await audit.note({ at: clock.now(), action, by, why }).then(
    () => null,
    (error: unknown) => error,
  );
  if (unaudited !== null && endpointId !== STOP) throw unaudited;
  return unaudited;
}

function listed({ id, at, deliveryId, event, reason, attempts, job }: DeadLetter) {
  return {
    id,
    at: new Date(at).toISOString(),
    delivery_id: deliveryId,
    event,
    reason,
    attempts,
    can_be_redriven: job !== null,
  };
}

/** How many letters it was done with: the one that is named, or all. Throws `not-found` where that one cannot be. */
async function countOf(
  letters: AdminDeadLetters,
  act: 'redrive' | 'drop',
  id: string | undefined,
): Promise<number> {
  if (id === undefined) {
    let count = 0;
    for (const letter of await letters.deadLetters()) if (await letters[act](letter.id)) count += 1;
    return count;
  }
  if (await letters[act](id)) return 1;
  if (act === 'drop') throw new OffbeatError('not-found', 'There is no such dead letter.');
  throw new OffbeatError('not-found', 'There is no such dead letter, or its payload could not be read.', {
    fix: 'An unreadable delivery has to be sent again by GitHub: redeliver it in the settings of the App.',
  });
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
    `${code === undefined ? '' : 'That is not the code, or it was used. '}Repeat it within ten minutes ` +
      `with "confirm": "${fresh}".`,
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
