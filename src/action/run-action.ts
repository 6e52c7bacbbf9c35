import type { Clock } from '../clock.ts';
import { OffbeatError } from '../errors.ts';
import type { GuardTime } from '../github/guard.ts';
import { answerCommentInAction } from './answer-comment.ts';
import { answerInAction, isOperation } from './answer-operation.ts';
import { checkInAction } from './check.ts';
import { failureSentence } from './failure-sentence.ts';
import { readInputs } from './inputs.ts';
import type { ActionIo } from './io.ts';
import { netInAction } from './net.ts';
import { recordInAction } from './record.ts';
import { connectStep, inSession, type Step } from './session.ts';
import { readSurroundings } from './surroundings.ts';
import { tune } from './tune.ts';

/** Requests of one run. All runs of a repository may send 1,000 an hour together with the workflow's own token. */
const MOST_CALLS = 500;

export interface ActionOptions {
  readonly io: ActionIo;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** The waits between requests to GitHub; real waits where left out. */
  readonly time?: GuardTime;
  /** Requests that one run may send; the next run does the rest of the work. */
  readonly mostCalls?: number;
  /** Between 0 and 1; spreads the tries of runs that write at once. */
  readonly random?: () => number;
}

/** Runs the step that inputs and environment describe. An error fails the step with its sentence. */
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
    io.fail(failureSentence(error));
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
    io.notice('Anybody may start runs of pull requests, so nothing is learned or proposed from them.');
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
