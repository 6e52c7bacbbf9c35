import { describe, expect, it } from 'vitest';
import { LOOK_BACK_MS, LOOK_FOR_MS, lookFor, SETTLED_MS } from '../../src/on-time/lookup.ts';
import type { StartedRun } from '../../src/on-time/started-run.ts';

const PATH = '.github/workflows/nightly.yml';
const APP = 'offbeat[bot]';
/** When the run was asked for. */
const ASKED = Date.parse('2026-11-02T03:00:00Z');
const MINUTE = 60_000;

const own = (id: number, createdAt: number, more: Partial<StartedRun> = {}): StartedRun => ({
  ...{ id, createdAt, attempt: 1, path: PATH, event: 'workflow_dispatch', actor: APP },
  ...{ state: 'waiting', conclusion: null, endedAt: null },
  ...more,
});

type Open = Parameters<typeof lookFor>[1];
const UNKNOWN: Open = {
  ...{ state: 'asked', firstAt: ASKED, at: ASKED, call: 1 },
  ...{ answer: 'unknown', runId: null },
};

function look(
  runs: readonly StartedRun[],
  more: Partial<Parameters<typeof lookFor>[2]> = {},
  open = UNKNOWN,
) {
  const listing = { now: ASKED + 10_000, runs, claimed: new Set<number>(), nextAskedAt: null, appLogin: APP };
  const found = lookFor({ path: PATH }, open, { ...listing, ...more });
  return found.kind === 'found' ? found.run.id : found.kind;
}

describe('a look for the run of a request', () => {
  it('finds the oldest run that the App has started since two minutes before, and that serves no other tick', () => {
    const runs = [
      own(1, ASKED + 9_000),
      own(2, ASKED - LOOK_BACK_MS),
      own(3, ASKED - LOOK_BACK_MS - 1),
      own(4, ASKED - 2_000, { actor: 'mona' }),
      own(5, ASKED - 2_000, { event: 'schedule' }),
      own(6, ASKED - 2_000, { path: 'other.yml' }),
    ];
    expect(look(runs)).toBe(2);
    expect(look(runs, { claimed: new Set([2]) })).toBe(1);
    expect(look(runs, { claimed: new Set([1, 2]) })).toBe('again');
  });

  it('finds the run that the answer has named, whenever that was created, and no other', () => {
    const named: Open = { ...UNKNOWN, answer: 'accepted', runId: 7 };
    expect(look([own(1, ASKED), own(7, ASKED + MINUTE)], {}, named)).toBe(7);
    expect(look([own(1, ASKED)], {}, named)).toBe('again');
  });

  it('leaves runs from two minutes before the next request on to that one', () => {
    const nextAskedAt = ASKED + LOOK_FOR_MS;
    expect(look([own(1, nextAskedAt - LOOK_BACK_MS - 1)], { nextAskedAt })).toBe(1);
    expect(look([own(1, nextAskedAt - LOOK_BACK_MS)], { nextAskedAt, now: ASKED + MINUTE })).not.toBe(1);
  });

  it('allows a second request only after the first, where its answer said nothing and newer runs are listed', () => {
    const newer = [own(9, ASKED + SETTLED_MS, { actor: 'mona' })];
    const { answer: _answer, runId: _runId, ...call } = UNKNOWN as Extract<Open, { state: 'asked' }>;
    expect(look(newer)).toBe('ask-again');
    expect(look(newer, {}, { ...call, state: 'intent' })).toBe('ask-again');
    expect(look([own(9, ASKED + SETTLED_MS - 1, { actor: 'mona' })])).toBe('again');
    expect(look(newer, {}, { ...UNKNOWN, answer: 'accepted' })).toBe('again');
    expect(look(newer, {}, { ...UNKNOWN, call: 2 })).toBe('again');
  });

  it('takes the run for lost five minutes after the request', () => {
    expect(look([], { now: ASKED + LOOK_FOR_MS - 1 })).toBe('again');
    expect(look([], { now: ASKED + LOOK_FOR_MS })).toBe('lost');
  });
});
