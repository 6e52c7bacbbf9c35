import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examine } from '../../src/serve/doctor/doctor.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { cli } from '../cli/checkout.ts';
import { API_SECRET, type RunningApp, WEBHOOK_SECRET, withApp } from './harness.ts';

/** Enough for two planning rounds. */
const DAYS = 16;

async function token(...options: readonly string[]): Promise<string> {
  const before = process.env.API_JWT_SECRET;
  process.env.API_JWT_SECRET = API_SECRET;
  const { code, out } = await cli('token', '--subject', 'e2e', ...options);
  if (before === undefined) delete process.env.API_JWT_SECRET;
  else process.env.API_JWT_SECRET = before;
  expect(code).toBe(0);
  return out.trim();
}

/** Asks the running server; answers the status and the body. */
async function ask(app: RunningApp, path: string, bearer: string | null, init: RequestInit = {}) {
  const response = await fetch(`${app.server.url}/api/v1${path}`, {
    ...init,
    headers: {
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
      'audit-reason': 'end to end',
    },
  });
  const body: { data?: Record<string, unknown>; code?: string; detail?: string } = JSON.parse(
    (await response.text()) || '{}',
  );
  return { status: response.status, body, headers: response.headers };
}

/** The App makes tokens by its own clock, which here is that of the replay. */
async function tokenOf(app: RunningApp, role: string, ...repositories: readonly string[]): Promise<string> {
  // Valid from the wall clock on for a day is long past, or yet to come, where the replay stands: ask for years.
  const days = Math.ceil(Math.abs(Date.now() - app.clock.now()) / 86_400_000) + 400;
  return token(
    '--role',
    role,
    '--days',
    String(days),
    ...(repositories.length === 0 ? [] : ['--repositories', ...repositories]),
  );
}

describe('operations of a running App', () => {
  it('answers, refuses and reports bad input the same way in comments and in the API', async () => {
    await withApp({}, async (app) => {
      await app.live(DAYS);
      const base = `/repositories/${app.where.owner}/${app.where.repo}`;
      const viewer = await tokenOf(app, 'viewer');
      const operator = await tokenOf(app, 'operator', `${app.where.owner}/*`);
      const { data: issue } = await app.as('maintainer').rest.issues.create({ ...app.where, title: 'Talk' });

      // REST: who may what.
      expect((await ask(app, `${base}/report`, null)).status).toBe(401);
      expect((await ask(app, `${base}/report`, 'abc')).status).toBe(401);
      expect((await ask(app, `${base}/pause`, viewer, { method: 'POST' })).status).toBe(403);
      expect((await ask(app, '/admin/flags', operator)).status).toBe(403);
      expect((await ask(app, '/repositories/octo/elsewhere/report', operator)).status).toBe(404);

      // REST: success and bad input.
      const report = await ask(app, `${base}/report`, viewer);
      expect(report.status).toBe(200);
      expect(report.headers.get('x-request-id')).toMatch(/\S/);
      expect((await ask(app, `${base}/history?perPage=1000`, viewer)).body.code).toBe('command-invalid');
      const history = await ask(app, `${base}/history?perPage=1`, viewer);
      expect(history.body.data).toMatchObject({ total: expect.any(Number), runs: [{}] });

      // A comment: a stranger's, bad input, a near miss, success.
      expect(await app.command('stranger', issue.number, '/pause')).toBe('');
      expect(app.writes().at(-1)).toMatch(/^POST \/issues\/comments\/\d+\/reactions$/);
      expect(await app.command('maintainer', issue.number, '/history --page none')).toMatch(/page/);
      expect(await app.command('maintainer', issue.number, '/offbeat acuracy')).toContain(
        '/offbeat accuracy',
      );
      const accuracy = await ask(app, `${base}/accuracy`, viewer);
      const said = await app.command('maintainer', issue.number, '/accuracy');
      expect(said).toContain(`${Number(accuracy.body.data?.accuracy_score).toFixed(1)} %`);

      // What one door changes, the other sees, and the audit names who.
      expect((await ask(app, `${base}/pause`, operator, { method: 'POST' })).status).toBe(200);
      expect(await app.command('maintainer', issue.number, '/health')).toContain('`pause`');
      const audit = await ask(app, `${base}/audit`, viewer);
      expect(JSON.stringify(audit.body.data)).toMatch(/pause through the API: end to end/);

      // The same figures for Prometheus.
      const metrics = await (await fetch(`${app.server.url}/metrics`)).text();
      expect(metrics).toMatch(/offbeat_api_request_seconds_count\{endpoint="pause",status="200"\} 1/);
      expect(metrics).toMatch(/offbeat_event_seconds_count\{event="workflow_run",outcome="done"\} [1-9]/);
      expect(metrics).toMatch(/offbeat_github_request_seconds_count\{method="GET",status="2xx"\} [1-9]/);
    });
  });

  it('lets an admin stop all writing, roll out, override a repository, and resume', async () => {
    await withApp({}, async (app) => {
      await app.live(1);
      const base = `/repositories/${app.where.owner}/${app.where.repo}`;
      const [admin, operator] = [await tokenOf(app, 'admin'), await tokenOf(app, 'operator')];
      const post = (path: string, bearer: string, body: object) =>
        ask(app, path, bearer, { method: 'POST', body: JSON.stringify(body) });
      const mode = async () => (await ask(app, `${base}/report`, operator)).body.data?.mode;

      expect((await post('/admin/emergency-stop', operator, { why: 'a drill' })).status).toBe(403);
      expect((await post('/admin/emergency-stop', admin, {})).body.code).toBe('command-invalid');
      const confirmed = async (path: string, why: string) => {
        const asked = await post(path, admin, { why });
        expect([asked.status, asked.body.code]).toEqual([409, 'confirmation-needed']);
        return post(path, admin, { why, confirm: /"confirm": "(\w+)"/.exec(asked.body.detail ?? '')?.[1] });
      };
      const stopped = await confirmed('/admin/emergency-stop', 'a drill');
      expect(stopped.body.data?.emergencyStop).toMatchObject({ by: 'e2e', why: 'a drill' });
      expect(await mode()).toMatchObject({ mode: 'stopped' });
      expect((await post(`${base}/optimize`, operator, {})).status).toBe(400);
      expect((await ask(app, '/admin/flags', admin)).body.data).toEqual(stopped.body.data);
      expect((await confirmed('/admin/resume', 'it is over')).status).toBe(200);
      expect(await mode()).toMatchObject({ mode: 'suggest' });

      const pause = { mode: 'pause', why: 'it floods the runners' };
      expect((await post(`${base}/override`, operator, pause)).status).toBe(403);
      expect((await post(`${base}/override`, admin, { mode: 'pause' })).status).toBe(400);
      expect((await post(`${base}/override`, admin, pause)).status).toBe(200);
      expect(await mode()).toMatchObject({ mode: 'pause' });
      expect((await post(`${base}/override`, admin, { ...pause, mode: 'none' })).status).toBe(200);
      expect(await mode()).toMatchObject({ mode: 'suggest' });
      const audit = await ask(app, `${base}/audit`, operator);
      expect(JSON.stringify(audit.body.data)).toContain('Override, mode pause: it floods the runners');

      expect((await post('/admin/flags/advance', admin, { name: 'nonsense' })).status).toBe(404);
      const set = await post('/admin/flags/set', admin, { name: 'planner', percent: 10 });
      expect(set.body.data?.rollouts).toMatchObject([{ name: 'planner', percent: 10 }]);
      const back = await post('/admin/flags/rollback', admin, { name: 'planner', why: 'a drill' });
      expect(back.body.data?.rollouts).toMatchObject([{ name: 'planner', percent: 0 }]);
    });
  });

  it('answers a comment once when it is delivered repeatedly and GitHub fails', async () => {
    await withApp({}, async (app) => {
      const { data: issue } = await app.as('maintainer').rest.issues.create({ ...app.where, title: 'Talk' });
      expect(await app.command('maintainer', issue.number, '/pause\n/resume')).toContain('---');
      const { data: comments } = await app
        .as('maintainer')
        .rest.issues.listComments({ ...app.where, issue_number: issue.number });
      const asked = comments.find(({ body }) => body?.startsWith('/pause'));
      const { repository, installationId } = await app.payloadContext();
      const person = { login: app.emulated.people.maintainer.login, id: 1, type: 'User' };
      const again = {
        action: 'created',
        issue: { number: issue.number, state: 'open' },
        comment: {
          id: asked?.id,
          body: asked?.body,
          user: person,
          created_at: asked?.created_at,
          // Another key, as if GitHub had told of it anew: only the comment's own number is the same.
          updated_at: '2030-01-01T00:00:00Z',
        },
        repository,
        installation: { id: installationId },
        sender: person,
      };
      expect(await app.send({ event: 'issue_comment', payload: again as never })).toBe(202);
      await app.idle();
      const { data: after } = await app
        .as('maintainer')
        .rest.issues.listComments({ ...app.where, issue_number: issue.number });
      expect(after).toHaveLength(comments.length);
    });
  });
});

describe('doctor', () => {
  it('reports a healthy deployment, and names each fault of a broken one', async () => {
    await withApp({}, async (app) => {
      const context = { clock: { now: () => Date.now() }, log: createLog({ level: 'silent' }) };
      const environment = {
        APP_ID: String(app.emulated.app.id),
        PRIVATE_KEY: app.emulated.app.privateKey,
        WEBHOOK_SECRET,
        API_JWT_SECRET: API_SECRET,
        GITHUB_API_URL: app.emulated.url,
        DATA_DIR: '/tmp',
      };
      const well = await examine(environment, context);
      expect(well.filter(({ state }) => state === 'failure')).toEqual([]);
      expect(well.find(({ about }) => about === 'credentials')?.state).toBe('ok');

      const ill = await examine({ ...environment, APP_ID: '999', DATA_DIR: '/dev/null/data' }, context);
      const stateOf = (about: string, findings = ill) => findings.find((one) => one.about === about)?.state;
      expect(stateOf('credentials')).toBe('failure');
      expect(stateOf('store')).toBe('failure');
      expect(stateOf('permissions')).toBe('skipped');
      for (const { state, fix } of ill) if (state === 'failure') expect(fix).toMatch(/\S/);

      // The first start makes the directory.
      const DATA_DIR = join(app.dataDirectory, 'not', 'yet');
      const fresh = await examine({ ...environment, DATA_DIR }, context);
      expect(stateOf('store', fresh)).toBe('ok');
      expect([stateOf('stop', fresh), stateOf('dead letters', fresh)]).toEqual(['skipped', 'skipped']);
    });
  });
});
