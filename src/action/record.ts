import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { OffbeatError } from '../errors.ts';
import { fieldsOf } from '../operations/fields.ts';
import { inputProblems } from '../operations/input-problems.ts';
import { INBOX_FOLDER } from '../store/state-files.ts';
import { RunReport, refuseFuture } from '../usecases/learning/record-run.ts';
import { failureSentence } from './failure-sentence.ts';
import { connectStep, type Step } from './session.ts';

/** Tries for one report. Where twenty runs end at once, one wins each time; waits grow until the rest are far apart. */
const MOST_TRIES = 40;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Puts a report of this run onto the state branch, for the next `tune`. A report that loses a race is written again;
 * nothing that other runs have written is lost. A run of a pull request writes nothing. Wrong inputs fail the step. An
 * error of GitHub does not, since the workflow has done its work.
 */
export async function recordInAction(step: Step, random: () => number): Promise<void> {
  const { io, surroundings, time } = step;
  if (surroundings.isOfPullRequest) {
    io.notice('Anybody may start runs of pull requests, so this one is not recorded.');
    return;
  }
  const report = readReport(step);
  const { runId = 0, runAttempt } = surroundings;
  const path = `${INBOX_FOLDER}/${runId}-${runAttempt}-${randomUUID().slice(0, 8)}.json`;
  const written = new Map([[path, `${JSON.stringify(report)}\n`]]);
  const wait = time?.wait ?? sleep;
  try {
    const { branch, github } = await connectStep(step);
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      if (await branch.replace(await branch.snapshot(), { written, removed: new Set() })) {
        io.info(`Recorded with ${github.calls()} requests to GitHub.`);
        io.output('calls', github.calls());
        return;
      }
      await wait(random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries));
    }
    io.warning(`The run was not recorded: others were quicker ${MOST_TRIES} times.`);
  } catch (error) {
    if (error instanceof OffbeatError && error.code === 'usage-invalid') throw error;
    io.warning(`The run was not recorded. ${failureSentence(error)}`);
  }
}

/** What the input `success` says; any other text is refused as what it is. */
const SUCCESS: ReadonlyMap<string, unknown> = new Map([
  ['true', true],
  ['false', false],
]);

function readReport({ inputs, surroundings, clock }: Step): RunReport {
  const workflow = inputs.workflow === '' ? surroundings.workflowPath : inputs.workflow;
  const startTime = inputs['start-time'] === '' ? undefined : inputs['start-time'];
  const startedAt = Date.parse(startTime ?? '');
  if (!Number.isNaN(startedAt)) refuseFuture(startedAt, clock.now());
  // Of a start that cannot be read the schema tells.
  const taken = Number.isNaN(startedAt) ? 0 : Math.max(0, (clock.now() - startedAt) / 1_000);
  const given = {
    workflow,
    startTime,
    duration: inputs.duration === '' ? taken : Number(inputs.duration),
    success: SUCCESS.get(inputs.success) ?? inputs.success,
    ...(inputs['resource-usage'] === '' ? {} : { resourceUsage: figures(inputs['resource-usage']) }),
    ...(surroundings.runId === undefined ? {} : { runId: surroundings.runId }),
  };
  const { success, data, error } = RunReport.safeParse(given);
  if (success) return data;
  throw new OffbeatError('usage-invalid', inputProblems(error.issues, given, fieldsOf(RunReport)), {
    where: 'record',
    fix:
      'Give start-time (ISO 8601), success (true or false), and, where they differ from this run, workflow ' +
      'and duration.',
  });
}

function figures(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
