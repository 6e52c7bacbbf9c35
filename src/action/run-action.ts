import type { Clock } from '../clock.ts';
import { OffbeatError } from '../errors.ts';
import type { GuardTime } from '../github/guard.ts';
import { answerCommentInAction } from './answer-comment.ts';
import { answerInAction, isOperation } from './answer-operation.ts';
import { checkInAction } from './check.ts';
import { readInputs } from './inputs.ts';
import type { ActionIo } from './io.ts';
import { netInAction } from './net.ts';
import { recordInAction } from './record.ts';
import { connectStep, inSession, type Step } from './session.ts';
import { readSurroundings } from './surroundings.ts';
import { tune } from './tune.ts';

/** A workflow's own token may send 1,000 an hour to its repository, of all its runs together. */
const MOST_CALLS = 500;

export interface ActionOptions {
  readonly io: ActionIo;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** By what requests to GitHub wait; the machine's own time where left out. */
  readonly time?: GuardTime;
  /** Requests that one run may send; what is not done with them is done by the next. */
  readonly mostCalls?: number;
  /** Between 0 and 1; spreads the tries of runs that meet. */
  readonly random?: () => number;
}

/** Runs the step that inputs and environment describe. Whatever cannot be done fails the step with a sentence. */
export async function runAction({
  io,
  env,
  clock,
  time,
  mostCalls = MOST_CALLS,
  random = Math.random,
}: ActionOptions): Promise<void> {
  try {
    const surroundings = await readSurroundings(env);
    const inputs = readInputs(io);
    await runCommand({ io, clock, inputs, surroundings, time, mostCalls }, random);
  } catch (error) {
    io.fail(error instanceof OffbeatError ? error.sentence : String(error));
    if (error instanceof Error) io.debug(error.stack ?? '');
  }
}

async function runCommand(step: Step, random: () => number): Promise<void> {
  const { inputs, io, surroundings } = step;
  const { command } = inputs;
  if (command === 'check') return checkInAction(step);
  if (command === 'record') return recordInAction(step, random);
  if (command === 'net') return netInAction(step);
  if (surroundings.isOfPullRequest && command === 'tune') {
    io.notice('Runs of pull requests may be anybody’s, so that nothing is learned or proposed from them.');
    return;
  }
  if (command === 'tune') {
    const connected = await connectStep(step);
    await (surroundings.eventName === 'issue_comment'
      ? answerCommentInAction(connected)
      : inSession(connected, tune));
    io.output('calls', connected.github.calls());
    io.info(`${connected.github.calls()} requests to GitHub.`);
    return;
  }
  if (isOperation(command)) return answerInAction(step);
  throw new OffbeatError('usage-invalid', `There is no command "${command.split(' ')[0]}".`, {
    where: 'input command',
    fix: 'Write tune, check, record, net, or a command as in a comment, such as report or "predict nightly.yml".',
  });
}
