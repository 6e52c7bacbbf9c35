import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { OffbeatError } from '../errors.ts';
import { inputProblems } from '../operations/input-problems.ts';
import { NET_STEP } from '../workflow/net-step.ts';
import type { ActionIo } from './io.ts';
import type { Step } from './session.ts';

/** A line of the step's output that the runner shows as an annotation. */
const ANNOTATION = /^::(notice|error)::(.*)$/s;

/**
 * Starts each workflow of the input `served` whose newest tick nobody has served, by the code of the generated
 * `offbeat-net.yml`. Errors are annotations; any of them fails the step.
 */
export async function netInAction({ io, inputs, surroundings, clock, time }: Step): Promise<void> {
  if (inputs.served.trim() === '') {
    throw new OffbeatError('usage-invalid', 'No workflow is listed.', {
      where: 'input served',
      fix: 'List one workflow a line, as the generated offbeat-net.yml does.',
    });
  }
  checkServed(inputs.served);
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

/** A list of numbers, as `5,35`, or `*`. */
const FieldText = z.string().regex(/^(\*|\d+(,\d+)*)$/, 'Write * or numbers with commas between them.');
const Served = z.object({
  file: z.string().min(1),
  manual: z.boolean().optional(),
  inputs: z.record(z.string(), z.string()).optional(),
  schedules: z
    .array(
      z.object({
        minute: FieldText,
        hour: FieldText,
        day: FieldText,
        month: FieldText,
        weekday: FieldText,
        zone: z.string().min(1),
      }),
    )
    .min(1),
});

/** Throws `usage-invalid` for the first line that is not as Offbeat writes it. */
function checkServed(served: string): void {
  for (const [at, text] of served.trim().split('\n').entries()) {
    const line = parsedJson(text);
    const { error } = Served.safeParse(line);
    if (error === undefined) continue;
    throw new OffbeatError('usage-invalid', inputProblems(error.issues.slice(0, 1), line), {
      where: `input served, line ${at + 1}`,
      fix: 'Write one workflow a line as JSON, as the generated offbeat-net.yml does.',
    });
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function say(io: ActionIo, line: string): void {
  const [, level, text = ''] = ANNOTATION.exec(line) ?? [];
  if (level === 'error') io.error(text);
  else if (level === 'notice') io.notice(text);
  else io.info(line);
}
