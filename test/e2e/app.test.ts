import { describe, expect, it } from 'vitest';
import { generateHistory } from '../../src/demo/history.ts';
import { workflowRunPayload } from '../../src/demo/payloads.ts';
import { DEMO_WORKFLOWS } from '../../src/demo/workflows.ts';
import { FIRST_DAY, type RunningApp, TEST_WORKFLOWS, withApp } from './harness.ts';
import { livedOnce } from './lived-once.ts';
import { DAILY_WORKFLOWS } from './story.ts';

/** Enough days for the first pull request. */
const DAYS_TO_PROPOSAL = 18;
const SCHEDULES = TEST_WORKFLOWS.flatMap(({ schedules }) => schedules).length;
const PULL_REQUESTS = 'POST /pulls';

/** Starts where the App has opened its first pull request. */
const withProposal = livedOnce({}, DAYS_TO_PROPOSAL);

/** The one pull request that is open. */
async function proposalOf(app: RunningApp) {
  const [proposal, ...others] = await app.proposals();
  if (proposal === undefined) throw new Error('No pull request was opened.');
  expect(others).toEqual([]);
  return proposal;
}

async function someRun(app: RunningApp) {
  const [event] = generateHistory({
    workflows: DEMO_WORKFLOWS,
    from: FIRST_DAY,
    days: 2,
    headSha: 'a'.repeat(40),
    defaultBranch: 'main',
    actor: 'maintainer',
    seed: 1,
    firstId: 1,
  }).filter(({ kind }) => kind === 'completed');
  if (event === undefined) throw new Error('The history is empty.');
  return workflowRunPayload('completed', event.run, await app.payloadContext());
}

/** How a report names a proposal of the App's; a hair of space keeps GitHub from linking it. */
function names(pullNumber: number): RegExp {
  return new RegExp(`#\u200b?${pullNumber}\\b`);
}

/** A figure that the App shows to its operator. */
async function metric(app: RunningApp, line: RegExp): Promise<number> {
  const text = await (await fetch(`${app.server.url}/metrics`)).text();
  return Number(line.exec(text)?.[1] ?? Number.NaN);
}

function deadLetters(app: RunningApp): Promise<number> {
  return metric(app, /^offbeat_dead_letters (\d+)$/m);
}

describe('a proposal', () => {
  it('proposes cron lines and nothing else, answers /report, and refuses commands of people who may not write', async () => {
    await withProposal(async (app) => {
      const proposal = await proposalOf(app);
      const { data: files } = await app
        .as('maintainer')
        .rest.pulls.listFiles({ ...app.where, pull_number: proposal.number });
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        expect(file.filename).toMatch(/^\.github\/workflows\//);
        const changed = (file.patch ?? '').split('\n').filter((line) => /^[+-]/.test(line));
        expect(changed.every((line) => line.includes('cron:'))).toBe(true);
      }
      expect(files.map(({ filename }) => filename)).not.toContain('.github/workflows/month-end.yml');
      expect(files.length).toBeLessThanOrEqual(Math.max(1, Math.floor(0.3 * SCHEDULES)));
      expect(proposal.body).toContain('<!-- offbeat:state ');

      expect(await app.command('writer', proposal.number, '/report')).toMatch(names(proposal.number));
      const before = app.writes().filter((write) => !write.includes('/comments')).length;
      for (const [who, command] of [
        ['reader', '/evolve'],
        ['stranger', '/optimize'],
      ] as const) {
        expect(await app.command(who, proposal.number, command)).toBe('');
        expect(app.writes().at(-1)).toMatch(/^POST \/issues\/comments\/\d+\/reactions$/);
      }
      expect(app.writes().filter((write) => !write.includes('/comments'))).toHaveLength(before);

      await app.as('maintainer').rest.pulls.merge({ ...app.where, pull_number: proposal.number });
      await app.idle();
      expect(await app.proposals()).toEqual([]);
    });
  });

  it('writes nothing to GitHub in observe mode', async () => {
    await withApp({ workflows: DAILY_WORKFLOWS, config: 'mode: observe\n' }, async (app) => {
      await app.live(DAYS_TO_PROPOSAL);
      expect(app.writes().filter((write) => !write.includes('access_tokens'))).toEqual([]);
    });
  });

  it('does not propose the same crons again after its pull request was closed', async () => {
    await withProposal(async (app) => {
      const proposal = await proposalOf(app);
      await app
        .as('maintainer')
        .rest.pulls.update({ ...app.where, pull_number: proposal.number, state: 'closed' });
      await app.idle();
      await app.live(7, { fromDay: DAYS_TO_PROPOSAL, seed: 2 });
      const { data } = await app.as('maintainer').rest.pulls.list({ ...app.where, state: 'all' });
      const again = data.filter((pull) => pull.number !== proposal.number);
      const { data: before } = await app
        .as('maintainer')
        .rest.pulls.listFiles({ ...app.where, pull_number: proposal.number });
      const crons = (patches: typeof before) =>
        patches.flatMap(({ patch }) => (patch ?? '').split('\n').filter((line) => line.startsWith('+')));
      for (const pull of again) {
        const { data: after } = await app
          .as('maintainer')
          .rest.pulls.listFiles({ ...app.where, pull_number: pull.number });
        expect(crons(after)).not.toEqual(crons(before));
      }
      expect(
        (await app.as('maintainer').rest.pulls.get({ ...app.where, pull_number: proposal.number })).data
          .state,
      ).toBe('closed');
    });
  });

  it('knows its open pull request after a restart and opens no second one', async () => {
    await withProposal(async (app) => {
      const proposal = await proposalOf(app);
      await app.restart();
      await app.live(3, { fromDay: DAYS_TO_PROPOSAL, seed: 2 });
      expect((await app.proposals()).map(({ number }) => number)).toEqual([proposal.number]);
      expect(await app.command('writer', proposal.number, '/report')).not.toBe('');
    });
  });
});

describe('the front door', () => {
  it('refuses a wrong signature and a body of more than 25 MB, and handles a repeated delivery once', async () => {
    await withApp({}, async (app) => {
      const payload = await someRun(app);
      expect(await app.send({ event: 'workflow_run', payload, secret: 'another-secret-entirely' })).toBe(401);
      const tooLarge = `{"filler":"${'x'.repeat(26 * 1024 * 1024)}"}`;
      // The door may close while the sender is still writing.
      const answered = await app.send({ event: 'workflow_run', payload: tooLarge }).catch(() => 413);
      expect(answered).toBe(413);
      const guid = '11111111-2222-3333-4444-555555555555';
      expect(await app.send({ event: 'workflow_run', payload, guid })).toBe(202);
      expect(await app.send({ event: 'workflow_run', payload, guid })).toBe(202);
      expect(await app.send({ event: 'workflow_run', payload })).toBe(202);
      await app.idle();
      expect(
        await metric(app, /^offbeat_deliveries_total\{outcome="accepted",event="workflow_run"\} (\d+)$/m),
      ).toBe(1);
      expect(
        await metric(app, /^offbeat_deliveries_total\{outcome="duplicate",event="workflow_run"\} (\d+)$/m),
      ).toBe(2);
    });
  });

  it('keeps a payload that it cannot read as a dead letter and answers 422', async () => {
    await withApp({}, async (app) => {
      expect(await deadLetters(app)).toBe(0);
      const status = await app.send({
        event: 'workflow_run',
        payload: { action: 'completed', workflow_run: { id: 'x' } },
      });
      expect(status).toBe(422);
      await app.idle();
      expect(await deadLetters(app)).toBe(1);
    });
  });
});

describe('a forged pull request', () => {
  it('ignores a state marker in a pull request of somebody else', async () => {
    await withApp({ workflows: DAILY_WORKFLOWS }, async (app) => {
      const writer = app.as('writer');
      const forged = JSON.stringify({
        version: 1,
        repositoryId: app.emulated.repository.id,
        decisionId: 'forged',
        at: 1,
        moves: [],
      });
      const { data: tip } = await writer.rest.git.getRef({ ...app.where, ref: 'heads/main' });
      await writer.rest.git.createRef({
        ...app.where,
        ref: 'refs/heads/offbeat/schedules',
        sha: tip.object.sha,
      });
      const { data: pull } = await writer.rest.pulls.create({
        ...app.where,
        title: 'Not by the App',
        head: 'offbeat/schedules',
        base: 'main',
        body: `<!-- offbeat:state ${forged} -->`,
      });
      await writer.rest.pulls.update({ ...app.where, pull_number: pull.number, body: `${pull.body} ` });
      await writer.rest.pulls.update({ ...app.where, pull_number: pull.number, state: 'closed' });
      await app.idle();
      await app.live(DAYS_TO_PROPOSAL);
      expect(await app.command('writer', pull.number, '/report')).not.toMatch(names(pull.number));
      expect(await deadLetters(app)).toBe(0);
    });
  });
});

describe('a repository that a maintainer has to fix', () => {
  it('opens one issue when the workflows permission is missing', async () => {
    await withApp({ workflows: DAILY_WORKFLOWS }, async (app) => {
      app.emulated.faults.withhold('workflows');
      await app.live(DAYS_TO_PROPOSAL + 4);
      expect(app.writes().filter((write) => write === PULL_REQUESTS)).toEqual([]);
      const { data: issues } = await app
        .as('maintainer')
        .rest.issues.listForRepo({ ...app.where, state: 'open' });
      expect(issues.filter(({ user }) => user?.type === 'Bot')).toHaveLength(1);
      expect(`${issues[0]?.title} ${issues[0]?.body}`).toMatch(/workflows/);
    });
  });

  it('opens one issue that names the key when the configuration is invalid', async () => {
    await withApp({ workflows: DAILY_WORKFLOWS, config: 'mode: sugest\n' }, async (app) => {
      await app.live(DAYS_TO_PROPOSAL + 2);
      expect(await app.proposals()).toEqual([]);
      const { data: issues } = await app
        .as('maintainer')
        .rest.issues.listForRepo({ ...app.where, state: 'open' });
      expect(issues.filter(({ user }) => user?.type === 'Bot')).toHaveLength(1);
      expect(issues[0]?.body).toMatch(/mode/);
      expect(app.writes().filter((write) => /^(POST|PATCH) \/issues/.test(write)).length).toBeLessThanOrEqual(
        3,
      );
    });
  });
});
