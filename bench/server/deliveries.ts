import { createHmac } from 'node:crypto';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { type AppEvent, groupOf, parseEvent, payloadKeys } from '../../src/events/payloads.ts';
import type { Job } from '../../src/queue/queue.ts';

/** Signs the deliveries of the bench, on both sides. */
export const SECRET = 'secret-of-the-bench-0123456789';

const HOUR_MS = 3_600_000;

/** Which runs the deliveries tell of. */
export interface Traffic {
  readonly repositories: number;
  readonly workflowsPerRepository: number;
  /** Runs of one repository that come one after the other before the next has its turn. */
  readonly burst: number;
  /** The first run's number: another round must not tell of the same runs. */
  readonly from: number;
  /** Scheduled runs are of commits not seen before, so that GitHub has to be asked for their crons. */
  readonly newCommits?: boolean;
}

export interface Delivery {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The commit whose crons are known, so that a scheduled run asks GitHub nothing. */
export const KNOWN_SHA = 'c'.repeat(40);
export const WORKFLOWS_PER_REPOSITORY = 10;
const FIRST_REPOSITORY = 1_000_000;
const FIRST_RUN = 9_000_000_000;
const INSTALLATION = 77;

export interface PlannedRun {
  readonly repositoryId: number;
  readonly id: number;
  readonly path: string;
  readonly event: 'schedule' | 'push';
  readonly headSha: string;
  readonly createdAt: number;
  readonly endedAt: number;
  readonly conclusion: 'success' | 'failure';
}

export function repositoryId(index: number): number {
  return FIRST_REPOSITORY + index;
}

export function workflowPath(index: number): string {
  return `.github/workflows/workflow-${index}.yml`;
}

/** Minute of the day at which the workflow's cron fires. */
export function tickMinute(index: number): number {
  return 60 + 7 * index;
}

/** The `number`-th run of the traffic; the same number is always the same run. */
export function plannedRun(traffic: Traffic, number: number, now: number): PlannedRun {
  const turn = Math.floor(number / traffic.burst);
  const repository = turn % traffic.repositories;
  const ordinal = Math.floor(turn / traffic.repositories) * traffic.burst + (number % traffic.burst);
  const workflow = ordinal % traffic.workflowsPerRepository;
  const day = Math.floor(ordinal / traffic.workflowsPerRepository);
  // Every other workflow is run by its schedule, the rest by pushes.
  const scheduled = workflow % 2 === 0;
  const midnight = Math.floor(now / (24 * HOUR_MS)) * 24 * HOUR_MS - (600 - (day % 600)) * 24 * HOUR_MS;
  const createdAt = midnight + tickMinute(workflow) * 60_000 + Math.round(noise(number + 0.5) * 2 * HOUR_MS);
  return {
    repositoryId: repositoryId(repository),
    id: FIRST_RUN + number,
    path: workflowPath(workflow),
    event: scheduled ? 'schedule' : 'push',
    headSha: scheduled && traffic.newCommits !== true ? KNOWN_SHA : shaOf(number),
    createdAt,
    endedAt: createdAt + 60_000 + Math.round(noise(number + 0.25) * 600_000),
    conclusion: noise(number + 0.75) < 0.95 ? 'success' : 'failure',
  };
}

/** A signed `workflow_run` as GitHub sends it: its own example, 17 KB, with this run's values. */
export function delivery(traffic: Traffic, number: number, now: number): Delivery {
  const run = plannedRun(traffic, number, now);
  const body = fill(run);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/bench',
      'x-github-event': 'workflow_run',
      'x-github-delivery': deliveryId(number),
      'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
    },
  };
}

/** What the front door makes of a delivery. */
export function jobOf(traffic: Traffic, number: number, now: number): Job {
  const run = plannedRun(traffic, number, now);
  exampleEvent ??= parseEvent('workflow_run', JSON.parse(fill(run)));
  if (exampleEvent.name !== 'workflow_run') throw new Error('The example is no workflow_run.');
  const { payload } = exampleEvent;
  const event: AppEvent = {
    name: 'workflow_run',
    payload: {
      ...payload,
      repository: { ...payload.repository, id: run.repositoryId },
      workflow_run: {
        ...payload.workflow_run,
        id: run.id,
        path: run.path,
        event: run.event,
        head_sha: run.headSha,
        created_at: new Date(run.createdAt).toISOString(),
        run_started_at: new Date(run.createdAt).toISOString(),
        updated_at: new Date(run.endedAt).toISOString(),
        conclusion: run.conclusion,
      },
    },
  };
  return {
    deliveryId: deliveryId(number),
    event: event.name,
    group: groupOf(event),
    repositoryId: run.repositoryId,
    payload: event.payload,
    keys: [...payloadKeys(event)],
    acceptedAt: now,
  };
}

/** Read once: to read 17 KB again for every run would cost more than what is measured. */
let exampleEvent: AppEvent | undefined;

function deliveryId(number: number): string {
  return `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`;
}

/** Uniform in [0, 1), the same for the same number (a hash, so that runs can be made in any order). */
function noise(number: number): number {
  let x = Math.imul(Math.floor(number * 4) ^ 0x9e3779b9, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}

function shaOf(number: number): string {
  return number.toString(16).padStart(40, '0');
}

const MARKS = {
  id: '"@run@"',
  repository: '"@repository@"',
  path: '@path@',
  event: '@event@',
  sha: '@sha@',
  created: '@created@',
  ended: '@ended@',
  conclusion: '@conclusion@',
} as const;
type Mark = keyof typeof MARKS;

const template = makeTemplate();

/** Texts between the marks, and the marks. */
function makeTemplate(): readonly { readonly text: string; readonly mark: Mark | null }[] {
  // The package's types describe a CommonJS module; what arrives is its array.
  const list = examples as unknown as readonly { name: string; examples: readonly object[] }[];
  const example = list.find(({ name }) => name === 'workflow_run')?.examples[0];
  if (example === undefined) throw new Error('The package of example payloads holds no workflow_run.');
  const payload = structuredClone(example) as unknown as Record<string, Record<string, unknown>>;
  const text = JSON.stringify({
    ...payload,
    action: 'completed',
    installation: { id: INSTALLATION, node_id: 'bench' },
    workflow_run: {
      ...payload.workflow_run,
      id: '@run@',
      run_attempt: 1,
      path: MARKS.path,
      event: MARKS.event,
      status: 'completed',
      conclusion: MARKS.conclusion,
      head_sha: MARKS.sha,
      created_at: MARKS.created,
      run_started_at: MARKS.created,
      updated_at: MARKS.ended,
      actor: payload.sender,
    },
    repository: { ...payload.repository, id: '@repository@' },
  });
  const parts: { text: string; mark: Mark | null }[] = [];
  const marks = Object.entries(MARKS) as [Mark, string][];
  const pattern = new RegExp(`(${marks.map(([, mark]) => mark).join('|')})`);
  for (const part of text.split(pattern)) {
    const mark = marks.find(([, written]) => written === part)?.[0] ?? null;
    parts.push({ text: part, mark });
  }
  return parts;
}

function fill(run: PlannedRun): string {
  const values: Readonly<Record<Mark, string>> = {
    id: String(run.id),
    repository: String(run.repositoryId),
    path: run.path,
    event: run.event,
    sha: run.headSha,
    created: new Date(run.createdAt).toISOString(),
    ended: new Date(run.endedAt).toISOString(),
    conclusion: run.conclusion,
  };
  let text = '';
  for (const part of template) text += part.mark === null ? part.text : values[part.mark];
  return text;
}
