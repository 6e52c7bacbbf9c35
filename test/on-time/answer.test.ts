import { describe, expect, it } from 'vitest';
import { type DispatchAnswer, meaningOf } from '../../src/on-time/answer.ts';
import { type Hold, holdAfter, isLiftedByRun, unreadableHold } from '../../src/on-time/hold.ts';

const answer = (more: Partial<DispatchAnswer>): DispatchAnswer => ({
  sent: true,
  status: null,
  message: '',
  runId: null,
  retryAfterMs: null,
  ...more,
});

describe('what an answer to a dispatch means', () => {
  it.each<[string, Partial<DispatchAnswer>, string]>([
    ['200 with the run', { status: 200, runId: 7 }, 'started'],
    ['204', { status: 204 }, 'started'],
    ['200 without a run', { status: 200 }, 'not-known'],
    ['no answer', {}, 'not-known'],
    ['500', { status: 500, message: 'Failed to run workflow dispatch' }, 'not-known'],
    ['502', { status: 502 }, 'not-known'],
    ['429', { status: 429, retryAfterMs: 60_000 }, 'not-known'],
    ['403 with the signs of a limit', { status: 403, retryAfterMs: 60_000 }, 'not-known'],
    ['409', { status: 409 }, 'not-known'],
    ['400 about something else', { status: 400, message: 'Problems parsing JSON' }, 'not-known'],
    [
      '400 of an older server',
      { status: 400, message: '"return_run_details" is not a permitted key.' },
      'without-details',
    ],
    ['never sent', { sent: false, retryAfterMs: 5_000 }, 'not-sent'],
    ['401', { status: 401, message: 'Bad credentials' }, 'credentials'],
    ['403 permission', { status: 403, message: 'Resource not accessible by integration' }, 'permission'],
    [
      'a token that the installation does not allow',
      { status: 422, message: 'The permissions requested are not granted to this installation.' },
      'permission',
    ],
    ['403 archived', { status: 403, message: 'Repository was archived so is read-only.' }, 'archived'],
    ['403 suspended', { status: 403, message: 'This installation has been suspended' }, 'suspended'],
    ['403 of a policy', { status: 403, message: 'Not allowed by an Actions policy' }, 'policy'],
    ['404', { status: 404, message: 'Not Found' }, 'not-found'],
    [
      '422 no trigger',
      { status: 422, message: "Workflow does not have 'workflow_dispatch' trigger" },
      'no-trigger',
    ],
    [
      '422 disabled',
      { status: 422, message: "Cannot trigger a 'workflow_dispatch' on a disabled workflow" },
      'disabled',
    ],
    ['422 ref', { status: 422, message: 'No ref found for: master' }, 'not-found'],
    ['422 inputs', { status: 422, message: 'Unexpected inputs provided: ["a"]' }, 'inputs'],
    ['422 input missing', { status: 422, message: "Required input 'a' not provided" }, 'inputs'],
    [
      '422 Actions off',
      { status: 422, message: 'Actions has been disabled for this repository.' },
      'actions-off',
    ],
  ])('%s', (_name, given, expected) => {
    const meaning = meaningOf(answer(given));
    expect(meaning.kind === 'refused' ? meaning.why : meaning.kind).toBe(expected);
  });
});

describe('what a refusal holds up', () => {
  const NOW = Date.parse('2026-11-02T03:00:00Z');
  const noTrigger = { why: 'no-trigger', sentence: 'There is no trigger.' } as const;

  it('asks again after 10 minutes, 1 hour and 6 hours while GitHub is behind the file, then says what to do', () => {
    let hold: Hold | null = null;
    const waits: number[] = [];
    for (let times = 0; times < 4; times += 1) {
      const at = hold?.until ?? NOW;
      hold = holdAfter(noTrigger, hold, { now: at, hasTrigger: true });
      waits.push((hold.until - at) / 60_000);
    }
    expect(waits).toEqual([10, 60, 360, 24 * 60]);
    expect(hold?.why).toBe('refused');
    expect(hold?.sentence).toContain('Edit its `on:`');
  });

  it('is refused where the file itself has no trigger', () => {
    expect(holdAfter(noTrigger, null, { now: NOW, hasTrigger: false }).why).toBe('refused');
  });

  it.each([
    ['disabled', 10],
    ['actions-off', 60],
    ['suspended', 60],
    ['credentials', 1],
  ] as const)('waits while it is %s, %i minutes each time', (why, minutes) => {
    const hold = holdAfter({ why, sentence: '' }, null, { now: NOW, hasTrigger: true });
    expect(hold).toMatchObject({ why, until: NOW + minutes * 60_000, times: 1 });
    expect(holdAfter({ why, sentence: '' }, hold, { now: NOW, hasTrigger: true })).toEqual({
      ...hold,
      times: 2,
    });
  });

  it('waits as for the first time where the hold before had another reason', () => {
    const before: Hold = { why: 'disabled', until: NOW, times: 3, sentence: 'It is disabled.' };
    expect(holdAfter(noTrigger, before, { now: NOW, hasTrigger: true })).toMatchObject({
      why: 'stale',
      until: NOW + 10 * 60_000,
      times: 1,
    });
    expect(unreadableHold('a.yml', 'No.', before, NOW)).toMatchObject({ until: NOW + 15_000, times: 1 });
  });

  it.each([
    ['actions-off', true],
    ['suspended', true],
    ['disabled', false],
    ['refused', false],
  ] as const)('ends with a run that was created since, where it is %s: %s', (why, isOver) => {
    const hold: Hold = { why, until: NOW + 60 * 60_000, times: 1, sentence: '' };
    expect(isLiftedByRun(hold, NOW + 1_000)).toBe(isOver);
    expect(isLiftedByRun(hold, NOW - 1_000)).toBe(false);
  });
});
