import { SignJWT } from 'jose';
import { z } from 'zod';
import { DEMO_WORKFLOWS, type DemoWorkflow } from '../../src/demo/workflows.ts';
import { AuditEvent } from '../../src/proposal/audit.ts';
import { Proposal } from '../../src/proposal/proposal.ts';
import { readWorkflowFiles } from '../../src/workflow/read-repository.ts';
import { API_SECRET, type RunningApp } from './harness.ts';

/** Six daily schedules, three of them in each other's way: little to replay, and enough to move. */
export const DAILY_WORKFLOWS: readonly DemoWorkflow[] = DEMO_WORKFLOWS.filter(({ id }) =>
  [101, 102, 103, 104, 105, 110].includes(id),
);

/** Days of their runs after which the first pull request is there. */
export const DAYS_TO_PROPOSAL = 16;

/** Days of their runs after which it is not there yet, and comes within three more. */
export const DAYS_BEFORE_PROPOSAL = 13;

/** What is asked of GitHub in the App's name while a proposal is made, in this order. */
export const WRITES_OF_A_PROPOSAL = [
  ['POST', /\/git\/trees$/],
  ['POST', /\/git\/commits$/],
  ['POST', /\/git\/refs$/],
  ['POST', /\/pulls$/],
] as const;

/** Good by the clock on the wall as well as by that of the replay. */
const TOKEN_SECONDS = 400 * 86_400;

/** What the App's own API says of the repository. */
async function asked(app: RunningApp, what: string): Promise<Record<string, unknown>> {
  const now = Math.floor(app.clock.now() / 1_000);
  const token = await new SignJWT({ role: 'viewer', repositories: ['*'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('e2e')
    .setAudience('offbeat')
    .setIssuedAt(now)
    .setExpirationTime(Math.max(now, Math.floor(Date.now() / 1_000)) + TOKEN_SECONDS)
    .sign(new TextEncoder().encode(API_SECRET));
  const response = await fetch(
    `${app.server.url}/api/v1/repositories/${app.where.owner}/${app.where.repo}/${what}?perPage=100`,
    { headers: { authorization: `Bearer ${token}` } },
  );
  const { data } = z
    .object({ data: z.record(z.string(), z.unknown()) })
    .parse(await response.json(), { error: () => `${what}: ${response.status}` });
  return data;
}

/** Where each of the App's proposals stands, by the number of its pull request. */
export async function statesOf(app: RunningApp): Promise<ReadonlyMap<number, string>> {
  const { proposals } = z.object({ proposals: z.array(Proposal) }).parse(await asked(app, 'proposals'));
  return new Map(proposals.map(({ pullNumber, state }) => [pullNumber, state]));
}

/** The steps in the life of the App's decisions, oldest first: `proposed → merged`. */
export async function stepsOf(app: RunningApp): Promise<readonly string[]> {
  const { events } = z.object({ events: z.array(AuditEvent) }).parse(await asked(app, 'audit'));
  return events
    .toReversed()
    .filter(({ kind }) => kind === 'state')
    .map(({ from, to }) => `${from} → ${to}`);
}

/** Alarms in the App's record, oldest first. */
export async function alarmsOf(app: RunningApp): Promise<readonly AuditEvent[]> {
  const { events } = z.object({ events: z.array(AuditEvent) }).parse(await asked(app, 'audit'));
  return events.toReversed().filter(({ kind }) => kind === 'alarm');
}

/** The one open pull request of the App's. Throws where there are none or two. */
export async function openPull(app: RunningApp) {
  const open = await app.proposals();
  const [pull] = open;
  if (pull === undefined || open.length > 1) throw new Error(`${open.length} pull requests are open.`);
  return pull;
}

/** The App's open pull request from one branch. Throws where there are none or two. */
export async function pullFrom(app: RunningApp, branch: string) {
  const [pull, another] = (await app.proposals()).filter(({ head }) => head.ref === branch);
  if (pull === undefined || another !== undefined) throw new Error(`Not one pull request from ${branch}.`);
  return pull;
}

/** The workflows with the crons that stand on the default branch now; those that were deleted are left out. */
export async function asCommitted(
  app: RunningApp,
  workflows: readonly DemoWorkflow[],
): Promise<readonly DemoWorkflow[]> {
  const found: DemoWorkflow[] = [];
  for (const workflow of workflows) {
    const text = await textOf(app, workflow.path);
    if (text === null) continue;
    const [file] = readWorkflowFiles([{ path: workflow.path, text }]);
    found.push({
      ...workflow,
      text,
      schedules: file?.schedules.map(({ cron, timezone }) => ({ cron, timezone })) ?? [],
    });
  }
  return found;
}

/** Text of a file; `null` where there is none. */
export async function textOf(app: RunningApp, path: string, ref?: string): Promise<string | null> {
  try {
    const { data } = await app.as('maintainer').rest.repos.getContent({
      ...app.where,
      path,
      ...(ref === undefined ? {} : { ref }),
    });
    return 'content' in data ? Buffer.from(data.content, 'base64').toString('utf8') : null;
  } catch {
    return null;
  }
}

/** Files that a pull request changes. */
export async function filesOf(app: RunningApp, pullNumber: number): Promise<readonly string[]> {
  const { data } = await app.as('maintainer').rest.pulls.listFiles({ ...app.where, pull_number: pullNumber });
  return data.map(({ filename }) => filename);
}

/** Merges as a maintainer does. */
export async function merge(app: RunningApp, pullNumber: number): Promise<void> {
  await app.as('maintainer').rest.pulls.merge({ ...app.where, pull_number: pullNumber });
  await app.idle();
}

/** Closes or reopens as a maintainer does. */
export async function turn(app: RunningApp, pullNumber: number, state: 'open' | 'closed'): Promise<void> {
  await app.as('maintainer').rest.pulls.update({ ...app.where, pull_number: pullNumber, state });
  await app.idle();
}

/** A person's commit on a branch, the App's or another. */
export async function commitOn(app: RunningApp, branch: string, path: string, text: string): Promise<void> {
  const { data } = await app.as('maintainer').rest.repos.getContent({ ...app.where, path, ref: branch });
  await app.as('maintainer').rest.repos.createOrUpdateFileContents({
    ...app.where,
    path,
    branch,
    message: 'By hand',
    content: Buffer.from(text).toString('base64'),
    ...('sha' in data ? { sha: data.sha } : {}),
  });
  await app.idle();
}

/** What the App has said on an issue or pull request. */
export async function saidOn(app: RunningApp, issueNumber: number): Promise<readonly string[]> {
  const { data } = await app
    .as('maintainer')
    .rest.issues.listComments({ ...app.where, issue_number: issueNumber, per_page: 100 });
  return data.flatMap(({ user, body }) => (user?.type === 'Bot' && body != null ? [body] : []));
}
