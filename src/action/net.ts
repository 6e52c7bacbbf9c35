import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { OffbeatError } from '../errors.ts';
import { NET_STEP } from '../workflow/net-step.ts';
import type { ActionIo } from './io.ts';
import type { Step } from './session.ts';

/** A line of the step's output that the runner shows as an annotation. */
const ANNOTATION = /^::(notice|error)::(.*)$/s;

/**
 * Starts each workflow of the input `served` whose newest tick nobody has served. It runs the same code as the
 * step of the generated `offbeat-net.yml`, so that both follow one rule. Errors are annotations; any of them fails the
 * step.
 */
export async function netInAction({ io, inputs, surroundings, clock, time }: Step): Promise<void> {
  if (inputs.served.trim() === '') {
    throw new OffbeatError('usage-invalid', 'No workflow is listed.', {
      where: 'input served',
      fix: 'List one workflow a line, as the generated offbeat-net.yml does.',
    });
  }
  const wait = time?.wait ?? ((ms: number) => sleep(ms));
  const process = {
    env: {
      APP: inputs.app,
      SERVED: inputs.served,
      GH_TOKEN: inputs.token,
      GITHUB_API_URL: surroundings.apiUrl,
      GITHUB_REF_NAME: surroundings.refName,
      GITHUB_REPOSITORY: `${surroundings.owner}/${surroundings.name}`,
      GITHUB_RUN_ID: surroundings.runId ?? 0,
    },
    exitCode: 0,
  };
  class StepDate extends Date {
    static override now = () => clock.now();
  }
  await runInNewContext(NET_STEP, {
    process,
    fetch,
    Date: StepDate,
    setTimeout: (act: () => void, ms: number) => void wait(ms).then(act),
    console: { log: (line: string) => say(io, line) },
  });
  if (process.exitCode !== 0) io.fail('Not every workflow could be started.');
}

function say(io: ActionIo, line: string): void {
  const [, level, text = ''] = ANNOTATION.exec(line) ?? [];
  if (level === 'error') io.error(text);
  else if (level === 'notice') io.notice(text);
  else io.info(line);
}
