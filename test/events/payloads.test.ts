import { describe, expect, it } from 'vitest';
import { groupOf, isKnownEvent, parseEvent, payloadKeys, repositoryIdOf } from '../../src/events/payloads.ts';
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
      // The oldest runs in the examples were recorded before GitHub named the file.
      const body =
        name === 'workflow_run'
          ? {
              ...example,
              workflow_run: { path: '.github/workflows/a.yml', ...(example.workflow_run as object) },
            }
          : example;
      const event = parseEvent(name, body);
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
