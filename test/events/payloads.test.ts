import { describe, expect, it } from 'vitest';
import { seenRun } from '../../src/events/from-payload.ts';
import {
  groupOf,
  isKnownEvent,
  isReadAction,
  parseEvent,
  parsePayload,
  payloadKeys,
  repositoryIdOf,
} from '../../src/events/payloads.ts';
import { examplesOf, scheduledRun } from '../http/webhook/sample.ts';

const NAMES = [
  'workflow_run',
  'workflow_job',
  'push',
  'pull_request',
  'issue_comment',
  'repository',
  'installation',
  'installation_repositories',
] as const;

describe.each(NAMES)('%s', (name) => {
  const examples = examplesOf(name);
  it('is read from every example that GitHub publishes, and what was read reads again to the same', () => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const event = parseEvent(name, example);
      expect(event.name).toBe(name);
      const again = parseEvent(name, JSON.parse(JSON.stringify(event.payload)));
      expect(again).toEqual(event);
      expect(payloadKeys(again)).toEqual(payloadKeys(event));
      expect(groupOf(event)).toMatch(/^(repository|installation):\d+$/);
      expect(repositoryIdOf(event) === null).toBe(name.startsWith('installation'));
    }
  });

  it('drops what is not read: addresses and messages never reach the disk', () => {
    for (const example of examples) {
      const body = name === 'workflow_run' ? scheduledRun(1) : example;
      const kept = JSON.stringify(parseEvent(name, body));
      expect(kept).not.toContain('email');
      expect(kept).not.toContain('avatar');
      expect(kept.length).toBeLessThan(JSON.stringify(body).length / 3);
    }
  });
});

describe('payloadKeys', () => {
  const keysOf = (id: number, more: object = {}): readonly string[] =>
    payloadKeys(parseEvent('workflow_run', scheduledRun(id, { ...more })));

  it.each([
    ['another run', 2, {}, false],
    ['another attempt', 1, { run_attempt: 2 }, false],
    ['the same end, touched later', 1, { updated_at: '2026-11-20T00:00:00Z' }, true],
  ])('tells %s apart', (_what, id, more, isSame) => {
    expect(keysOf(id, more).join() === keysOf(1).join()).toBe(isSame);
  });
});

describe('parseEvent', () => {
  it('names the field that is not as expected', () => {
    expect(() => parseEvent('workflow_run', scheduledRun(1, { head_sha: 7 }))).toThrow(
      expect.objectContaining({ code: 'payload-invalid', where: 'workflow_run.workflow_run.head_sha' }),
    );
  });

  it.each(['ping', 'star', 'constructor', 'toString', '__proto__'])('does not know %s', (name) => {
    expect(isKnownEvent(name)).toBe(false);
  });
});

describe('what GitHub may leave out or add', () => {
  const run = (more: Record<string, unknown>) => seenRun(parsePayload('workflow_run', scheduledRun(1, more)));

  it.each([
    ['an unknown conclusion', { conclusion: 'exploded' }, { conclusion: null }],
    ['no conclusion', { conclusion: undefined }, { conclusion: null }],
    ['no attempt', { run_attempt: undefined }, { attempt: 1 }],
    ['no path', { path: undefined }, { path: '' }],
    ['no workflow', { workflow_id: null }, { workflowId: 0 }],
    ['no branch', { head_branch: undefined }, { headBranch: null }],
    ['no actor', { actor: null }, { actor: null }],
    ['an actor without a name', { actor: { login: null } }, { actor: null }],
  ])('a run with %s is read', (_, more, expected) => {
    expect(run(more)).toMatchObject(expected);
  });

  it('a run without the time of its start began when it was created', () => {
    const { createdAt, startedAt } = run({ run_started_at: undefined });
    expect(startedAt).toBe(createdAt);
  });

  it('a job without labels, attempt or name is read', () => {
    const [job] = examplesOf('workflow_job').filter(({ action }) => action === 'completed');
    const given = job?.workflow_job;
    const workflow_job = {
      ...(given as object),
      labels: null,
      run_attempt: undefined,
      name: null,
      conclusion: 'exploded',
    };
    expect(parsePayload('workflow_job', { ...job, workflow_job }).workflow_job).toMatchObject({
      run_attempt: 1,
    });
  });

  it.each([
    ['installation', { repositories: null }, { repositories: [] }],
    ['installation_repositories', { repositories_added: null }, { repositories_added: [] }],
    ['installation_repositories', { repositories_removed: null }, { repositories_removed: [] }],
    ['push', { commits: null, deleted: null }, { commits: [], deleted: false }],
  ] as const)('%s with %j is read', (name, more, expected) => {
    const [example] = examplesOf(name);
    expect(parsePayload(name, { ...example, ...more })).toMatchObject(expected);
  });

  it('a repository of which nobody says whether it is archived is not', () => {
    const [example] = examplesOf('repository');
    const repository = { ...(example?.repository as object), archived: null };
    expect(parsePayload('repository', { ...example, repository }).repository.archived).toBe(false);
  });

  it.each([
    ['workflow_job', { action: 'queued', workflow_job: null }, false],
    ['workflow_job', { action: 'completed' }, true],
    ['workflow_run', { action: 'in_progress' }, false],
    ['workflow_run', { action: 'exploded' }, false],
    ['workflow_run', {}, true],
    ['issue_comment', { action: 'edited' }, false],
    ['push', {}, true],
    ['repository', { action: 'exploded' }, true],
  ] as const)('%s %j: read is %s', (name, body, expected) => {
    expect(isReadAction(name, body)).toBe(expected);
  });
});
