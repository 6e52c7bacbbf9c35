import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { z } from 'zod';
import { OffbeatError } from '../errors.ts';

/** The variables of a runner that are read (docs: "Variables reference"). */
const Variables = z.object({
  GITHUB_REPOSITORY: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  GITHUB_API_URL: z.string().default('https://api.github.com'),
  GITHUB_EVENT_NAME: z.string().default(''),
  GITHUB_EVENT_PATH: z.string().optional(),
  GITHUB_SHA: z.string().optional(),
  GITHUB_REF_NAME: z.string().default(''),
  GITHUB_WORKFLOW_REF: z.string().optional(),
  GITHUB_RUN_ID: z.coerce.number().int().positive().optional(),
  GITHUB_RUN_ATTEMPT: z.coerce.number().int().positive().default(1),
  GITHUB_ACTOR: z.string().optional(),
  GITHUB_WORKSPACE: z.string().optional(),
  RUNNER_TEMP: z.string().optional(),
});

const Event = z.looseObject({
  pull_request: z.object({ head: z.object({ sha: z.string() }) }).optional(),
});

/** The run that a step belongs to. */
export interface Surroundings {
  readonly owner: string;
  readonly name: string;
  readonly apiUrl: string;
  readonly eventName: string;
  /** The payload of the event, as GitHub wrote it. */
  readonly event: unknown;
  /** True for a run of a pull request, which anybody may have opened. */
  readonly isOfPullRequest: boolean;
  /** The commit that a check is about; `undefined` where the runner names none. */
  readonly sha: string | undefined;
  /** Branch or tag of this run; empty where the runner names none. */
  readonly refName: string;
  /** Path of the workflow file of this run. */
  readonly workflowPath: string | undefined;
  readonly runId: number | undefined;
  readonly runAttempt: number;
  readonly actor: string | null;
  readonly workspace: string | undefined;
  /** A directory that is removed after the job. */
  readonly temporary: string;
}

/** Reads the runner's variables and the event of the run. Throws `usage-invalid` outside of a runner. */
export async function readSurroundings(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Surroundings> {
  const read = Variables.safeParse(environment);
  if (!read.success) {
    throw new OffbeatError('usage-invalid', 'This is no step of a workflow.', {
      where: String(read.error.issues[0]?.path[0] ?? ''),
      fix: 'Use it with `uses:`; for a terminal there is the command line.',
    });
  }
  const { data } = read;
  const [owner = '', name = ''] = data.GITHUB_REPOSITORY.split('/');
  const event = await eventOf(data.GITHUB_EVENT_PATH);
  const { pull_request: pull } = Event.catch({}).parse(event);
  const workflow = data.GITHUB_WORKFLOW_REF?.split('@')[0]?.split('/').slice(2).join('/');
  return {
    owner,
    name,
    apiUrl: data.GITHUB_API_URL,
    eventName: data.GITHUB_EVENT_NAME,
    event,
    isOfPullRequest: /^(?:pull_request|merge_group)/.test(data.GITHUB_EVENT_NAME),
    sha: pull?.head.sha ?? data.GITHUB_SHA,
    refName: data.GITHUB_REF_NAME,
    workflowPath: workflow,
    runId: data.GITHUB_RUN_ID,
    runAttempt: data.GITHUB_RUN_ATTEMPT,
    actor: data.GITHUB_ACTOR ?? null,
    workspace: data.GITHUB_WORKSPACE,
    temporary: data.RUNNER_TEMP ?? tmpdir(),
  };
}

async function eventOf(path: string | undefined): Promise<unknown> {
  if (path === undefined || path === '') return {};
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new OffbeatError('usage-invalid', 'The event of this run cannot be read.', { where: path, cause });
  }
}
