import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Octokit } from '@octokit/rest';
import { ProbotOctokit } from 'probot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulated, startEmulator } from '../../src/demo/emulator.ts';
import { signature } from '../../src/demo/hook-deliveries.ts';
import { asJson, at, type Json, parseJson, textAt } from '../../src/demo/json.ts';
import { type DemoRun, jobView, runView } from '../../src/demo/payloads.ts';
import { redeliverMissed } from '../../src/github/redeliver-missed.ts';
import { ContractWatch } from '../contract/contract-watch.ts';

const SECRET = 'a-webhook-secret';
const CRLF_FILE = 'on:\r\n  schedule:\r\n    - cron: "0 0 * * *"\r\n';

interface Received {
  readonly event: string;
  readonly guid: string;
  readonly payload: Json;
  readonly signed: boolean;
}

const contract = new ContractWatch();
let emulated: Emulated;
let receiver: Server;
let app: Octokit;
let installation: Octokit;
const received: Received[] = [];
/** Refusals are asked for here; nobody has to read them. */
const ignore = () => undefined;
const QUIET = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const where = { owner: 'octo-org', repo: 'octo-repo' };

function person(name: keyof Emulated['people']): Octokit {
  return new Octokit({ baseUrl: emulated.url, auth: emulated.people[name].token, log: QUIET });
}

/** The App itself, or its installation; unthrottled, as nobody is to be spared here. */
function asApp(installationId?: number): Octokit {
  return new ProbotOctokit({
    baseUrl: emulated.url,
    auth: {
      appId: emulated.app.id,
      privateKey: emulated.app.privateKey,
      ...(installationId === undefined ? {} : { installationId }),
    },
    throttle: { enabled: false },
    retry: { enabled: false },
    log: QUIET,
  }) as unknown as Octokit;
}

/** Runs `act` and returns the webhooks it raised. */
async function webhooksOf(act: () => Promise<unknown>): Promise<readonly Received[]> {
  await emulated.hooks.settled();
  received.length = 0;
  await act();
  await emulated.hooks.settled();
  return [...received];
}

beforeAll(async () => {
  emulated = await startEmulator({
    webhookSecret: SECRET,
    repositories: [
      {
        name: 'octo-repo',
        files: [
          { path: '.github/workflows/nightly.yml', text: CRLF_FILE },
          { path: '.github/workflows/hourly.yml', text: 'on:\n  schedule:\n    - cron: 0 * * * *\n' },
        ],
      },
    ],
    observe: contract.observe,
  });
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks).toString('utf8');
    received.push({
      event: String(request.headers['x-github-event']),
      guid: String(request.headers['x-github-delivery']),
      payload: asJson(parseJson(body)),
      signed: request.headers['x-hub-signature-256'] === signature(SECRET, body),
    });
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  emulated.hooks.target(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`);
  app = asApp();
  installation = asApp(emulated.app.installationId);
});

afterAll(async () => {
  await emulated.stop();
  await new Promise((resolve) => receiver.close(resolve));
  contract.assertKept(emulated.hooks.all);
});

/** Commits one file on a new branch the way the App does, and opens its pull request. */
async function openPull(branch: string, path: string, content: string) {
  const git = installation.rest.git;
  const tip = await git.getRef({ ...where, ref: 'heads/main' });
  const parent = await git.getCommit({ ...where, commit_sha: tip.data.object.sha });
  const tree = await git.createTree({
    ...where,
    base_tree: parent.data.tree.sha,
    tree: [{ path, mode: '100644', type: 'blob', content }],
  });
  const commit = await git.createCommit({
    ...where,
    message: 'Move a cron',
    tree: tree.data.sha,
    parents: [tip.data.object.sha],
  });
  await git.createRef({ ...where, ref: `refs/heads/${branch}`, sha: commit.data.sha });
  return installation.rest.pulls.create({ ...where, title: 'Move', head: branch, base: 'main', body: 'Why' });
}

describe('the App and its installation', () => {
  it('answers to the App JWT and hands out installation tokens', async () => {
    expect((await app.rest.apps.getAuthenticated()).data?.slug).toBe('offbeat');
    expect((await app.rest.apps.listInstallations()).data.map(({ id }) => id)).toEqual([
      emulated.app.installationId,
    ]);
    expect((await installation.rest.repos.get(where)).data.full_name).toBe('octo-org/octo-repo');
  });

  it('refuses a token it never issued', async () => {
    const forged = new Octokit({ baseUrl: emulated.url, auth: 'ghp_forged', log: QUIET });
    await expect(forged.rest.repos.get(where)).rejects.toMatchObject({ status: 401 });
  });
});

describe('permission of a collaborator', () => {
  const roles = { maintainer: 'admin', writer: 'write', reader: 'read', stranger: 'none' } as const;
  it.each(Object.entries(roles))('%s: %s', async (username, role) => {
    const { data } = await installation.rest.repos.getCollaboratorPermissionLevel({ ...where, username });
    expect(data).toMatchObject({ permission: role, role_name: role, user: { login: username } });
  });

  it('knows nobody by an unknown name', async () => {
    const asked = installation.rest.repos.getCollaboratorPermissionLevel({ ...where, username: 'nobody' });
    await expect(asked).rejects.toMatchObject({ status: 404 });
  });
});

describe('files', () => {
  it('lists the workflow directory and gives a file byte for byte', async () => {
    const main = await installation.rest.repos.getBranch({ ...where, branch: 'main' });
    const ref = main.data.commit.sha;
    const listed = await installation.rest.repos.getContent({ ...where, path: '.github/workflows', ref });
    expect(Array.isArray(listed.data) && listed.data.map((file) => file.name).sort()).toEqual([
      'hourly.yml',
      'nightly.yml',
    ]);
    const file = await installation.rest.repos.getContent({
      ...where,
      path: '.github/workflows/nightly.yml',
      ref,
    });
    const content = Buffer.from(textAt(file.data, 'content'), 'base64').toString('utf8');
    expect(content).toBe(CRLF_FILE);
  });

  it('answers an unchanged read with 304', async () => {
    const first = await installation.rest.repos.get(where);
    const again = installation.rest.repos.get({
      ...where,
      headers: { 'if-none-match': first.headers.etag ?? '' },
    });
    await expect(again).rejects.toMatchObject({ status: 304 });
  });
});

describe('a proposal from branch to merge', () => {
  it('is opened by the bot, found by its head, shown with patches, moved on, and merged onto a newer main', async () => {
    const path = '.github/workflows/hourly.yml';
    const opened = await openPull('offbeat/one', path, 'on:\n  schedule:\n    - cron: 17 * * * *\n');
    expect(opened.data.user?.login).toBe('offbeat[bot]');
    expect(opened.data.user?.type).toBe('Bot');
    const pull_number = opened.data.number;

    const found = await installation.rest.pulls.list({
      ...where,
      head: 'octo-org:offbeat/one',
      state: 'open',
    });
    expect(found.data.map((pull) => pull.number)).toEqual([pull_number]);
    const files = await installation.rest.pulls.listFiles({ ...where, pull_number });
    expect(files.data).toHaveLength(1);
    expect(files.data[0]?.patch).toContain('+    - cron: 17 * * * *');

    const head = opened.data.head.sha;
    const parent = await installation.rest.git.getCommit({ ...where, commit_sha: head });
    const tree = await installation.rest.git.createTree({
      ...where,
      base_tree: parent.data.tree.sha,
      tree: [{ path, mode: '100644', type: 'blob', content: 'on:\n  schedule:\n    - cron: 23 * * * *\n' }],
    });
    const second = await installation.rest.git.createCommit({
      ...where,
      message: 'Move on',
      tree: tree.data.sha,
      parents: [head],
    });
    await installation.rest.git.updateRef({ ...where, ref: 'heads/offbeat/one', sha: second.data.sha });
    const shown = await installation.rest.pulls.get({ ...where, pull_number });
    expect(shown.data.head.sha).toBe(second.data.sha);

    await person('maintainer').rest.repos.createOrUpdateFileContents({
      ...where,
      path: 'NOTES.md',
      message: 'Meanwhile',
      content: Buffer.from('Meanwhile').toString('base64'),
    });
    const raised = await webhooksOf(() => person('maintainer').rest.pulls.merge({ ...where, pull_number }));
    expect(raised.map(({ event }) => event)).toEqual(['pull_request', 'push']);
    expect(raised.every(({ signed }) => signed)).toBe(true);
    expect(raised[0]?.payload).toMatchObject({
      action: 'closed',
      installation: { id: emulated.app.installationId },
      sender: { login: 'maintainer' },
      repository: { id: emulated.repository.id, full_name: 'octo-org/octo-repo' },
      pull_request: { merged: true, merged_by: { login: 'maintainer' }, number: pull_number },
    });
    expect(raised[1]?.payload).toMatchObject({ ref: 'refs/heads/main', commits: [{ modified: [path] }] });
    expect((await installation.rest.pulls.get({ ...where, pull_number })).data.merged).toBe(true);
    const moved = await installation.rest.repos.getContent({ ...where, path });
    expect(Buffer.from(textAt(moved.data, 'content'), 'base64').toString('utf8')).toContain('23 * * * *');
    const kept = await installation.rest.repos.getContent({ ...where, path: 'NOTES.md' });
    expect(textAt(kept.data, 'type')).toBe('file');
  });

  it('is closed by a maintainer, and says so', async () => {
    const opened = await openPull('offbeat/two', '.github/workflows/hourly.yml', 'on: push\n');
    const raised = await webhooksOf(() =>
      person('maintainer').rest.pulls.update({ ...where, pull_number: opened.data.number, state: 'closed' }),
    );
    expect(raised).toHaveLength(1);
    expect(raised[0]?.payload).toMatchObject({
      action: 'closed',
      pull_request: { merged: false, state: 'closed' },
    });
  });
});

describe('issues and comments', () => {
  it('opens, updates and finds an issue', async () => {
    const issue = await installation.rest.issues.create({
      ...where,
      title: 'Invalid configuration',
      body: 'a',
    });
    await installation.rest.issues.update({ ...where, issue_number: issue.data.number, body: 'b' });
    const open = await installation.rest.issues.listForRepo({ ...where, state: 'open' });
    expect(open.data.find(({ number }) => number === issue.data.number)?.body).toBe('b');
  });

  it('tells of a comment on a pull request with the issue it stands on', async () => {
    const opened = await openPull('offbeat/three', '.github/workflows/hourly.yml', 'on: push # 3\n');
    const issue_number = opened.data.number;
    const raised = await webhooksOf(() =>
      person('writer').rest.issues.createComment({ ...where, issue_number, body: '/report' }),
    );
    expect(raised.map(({ event }) => event)).toEqual(['issue_comment']);
    expect(raised[0]?.payload).toMatchObject({
      action: 'created',
      comment: { body: '/report', user: { login: 'writer', type: 'User' } },
      issue: { number: issue_number, pull_request: {} },
      sender: { login: 'writer' },
      installation: { id: emulated.app.installationId },
    });
    const comment_id = Number(at(raised[0]?.payload, 'comment', 'id'));
    await installation.rest.reactions.createForIssueComment({ ...where, comment_id, content: 'eyes' });
    const reactions = await installation.rest.reactions.listForIssueComment({ ...where, comment_id });
    expect(reactions.data.map(({ content }) => content)).toEqual(['eyes']);
    const answered = await installation.rest.issues.createComment({ ...where, issue_number, body: 'Report' });
    expect(answered.data.user?.type).toBe('Bot');
    await installation.rest.issues.updateComment({
      ...where,
      comment_id: answered.data.id,
      body: 'Report 2',
    });
    const comments = await installation.rest.issues.listComments({ ...where, issue_number });
    expect(comments.data.map(({ body }) => body)).toEqual(['/report', 'Report 2']);
    expect((await installation.rest.issues.get({ ...where, issue_number })).data.pull_request).toBeDefined();
    await installation.rest.issues.addLabels({ ...where, issue_number, labels: ['schedule'] });
  });

  it('takes a check run', async () => {
    const tip = await installation.rest.git.getRef({ ...where, ref: 'heads/main' });
    const check = await installation.rest.checks.create({
      ...where,
      name: 'Offbeat',
      head_sha: tip.data.object.sha,
      status: 'completed',
      conclusion: 'neutral',
    });
    expect(check.status).toBe(201);
  });
});

describe('failures on purpose', () => {
  it('refuses a branch with workflow files without the workflows permission', async () => {
    emulated.faults.withhold('workflows');
    await expect(
      openPull('offbeat/four', '.github/workflows/hourly.yml', 'on: push # 4\n'),
    ).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('without `workflows` permission'),
    });
    emulated.faults.restore('workflows');
    await openPull('offbeat/four', '.github/workflows/hourly.yml', 'on: push # 4\n');
  });

  it('fails as often as planted, then works again', async () => {
    emulated.faults.failNext({ method: 'GET', path: '/repos/octo-org/octo-repo', status: 502, times: 1 });
    await expect(installation.rest.repos.get(where)).rejects.toMatchObject({ status: 502 });
    await installation.rest.repos.get(where);
  });
});

describe('deliveries', () => {
  it('lists a lost delivery to the App alone, and sends it again under its guid', async () => {
    emulated.hooks.loseNext(1);
    const lost = await webhooksOf(() => person('writer').rest.issues.create({ ...where, title: 'Lost' }));
    expect(lost).toEqual([]);
    await expect(person('writer').request('GET /app/hook/deliveries')).rejects.toMatchObject({ status: 401 });
    const { data } = await app.rest.apps.listWebhookDeliveries({ per_page: 1 });
    const delivery = data[0];
    expect(delivery).toMatchObject({
      event: 'issues',
      action: 'opened',
      status_code: 502,
      redelivery: false,
    });
    const again = await webhooksOf(() =>
      app.rest.apps.redeliverWebhookDelivery({ delivery_id: delivery?.id ?? 0 }),
    );
    expect(again.map(({ guid }) => guid)).toEqual([delivery?.guid]);
  });

  it('are asked for again once, when they never arrived', async () => {
    emulated.hooks.loseNext(2);
    await webhooksOf(async () => {
      await person('writer').rest.issues.create({ ...where, title: 'Lost' });
      await person('writer').rest.issues.create({ ...where, title: 'Lost too' });
    });
    const again = await webhooksOf(() => redeliverMissed(app));
    expect(again.map(({ payload }) => textAt(payload, 'issue', 'title'))).toEqual(['Lost', 'Lost too']);
    expect(await webhooksOf(() => redeliverMissed(app))).toEqual([]);
  });
});

describe('workflow runs', () => {
  it('lists recorded runs within a span of time, with their jobs', async () => {
    const { data } = await installation.rest.repos.get(where);
    const main = await installation.rest.repos.getBranch({ ...where, branch: 'main' });
    const context = {
      repository: asJson(data),
      installationId: emulated.app.installationId,
      apiUrl: data.url,
      sender: { login: 'maintainer', id: 1, type: 'User' },
    };
    for (const [id, day] of [
      [1, '2026-03-01T00:00:00Z'],
      [2, '2026-03-02T00:00:00Z'],
    ] as const) {
      const at = Date.parse(day);
      const job = { id: id + 4, name: 'build', startedAt: at, endedAt: at + 60_000 };
      const run: DemoRun = {
        id,
        attempt: 1,
        number: id,
        workflowId: 9,
        name: 'Nightly',
        path: '.github/workflows/nightly.yml',
        event: 'schedule',
        headSha: main.data.commit.sha,
        headBranch: 'main',
        actor: 'maintainer',
        createdAt: at,
        startedAt: at,
        endedAt: job.endedAt,
        conclusion: 'success',
        jobs: [job],
      };
      emulated.runs.record(runView('completed', run, context), [jobView(run, job, context)]);
    }
    const created = '2026-03-01T12:00:00Z..2026-03-03';
    const listed = await installation.rest.actions.listWorkflowRunsForRepo({
      ...where,
      event: 'schedule',
      created,
    });
    expect(listed.data.workflow_runs.map(({ id }) => id)).toEqual([2]);
    const jobs = await installation.rest.actions.listJobsForWorkflowRunAttempt({
      ...where,
      run_id: 1,
      attempt_number: 1,
    });
    expect(jobs.data.jobs.map(({ id }) => id)).toEqual([5]);
  });
});
