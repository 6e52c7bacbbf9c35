import { describe, expect, it } from 'vitest';
import {
  dueAgain,
  heldOff,
  refusalSentences,
  withoutRefusal,
  withRefusal,
} from '../../src/proposal/refusal-records.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2026, 4, 4);
const refusal = (hoursAgo: number, sentence = 'No.') => ({ at: NOW - hoursAgo * HOUR_MS, sentence });

describe('a refusal', () => {
  it('holds its piece of work off for a day, and no other', () => {
    const refusals = { proposal: refusal(23), dashboard: refusal(24) };
    expect(heldOff(refusals, 'proposal', NOW)).toEqual(refusals.proposal);
    expect(heldOff(refusals, 'dashboard', NOW)).toBeUndefined();
    expect(heldOff(refusals, 'verdict #1', NOW)).toBeUndefined();
  });

  it('is due again at once where something has changed, and still stands', () => {
    const due = dueAgain({ proposal: refusal(1), dashboard: refusal(50) }, NOW);
    expect(due).toEqual({ proposal: refusal(24), dashboard: refusal(50) });
    expect(heldOff(due, 'proposal', NOW)).toBeUndefined();
  });

  it('is replaced by a newer one of the same piece, and taken back alone', () => {
    const both = withRefusal(
      { proposal: refusal(30), dashboard: refusal(2) },
      'proposal',
      refusal(0, 'Never.'),
    );
    expect(both).toEqual({ proposal: refusal(0, 'Never.'), dashboard: refusal(2) });
    expect(withoutRefusal(both, 'proposal')).toEqual({ dashboard: refusal(2) });
  });

  it('is forgotten after a week in which it was not met again', () => {
    const old = { 'answer #7': refusal(7 * 24), dashboard: refusal(6 * 24) };
    expect(withRefusal(old, 'proposal', refusal(0))).toEqual({
      proposal: refusal(0),
      dashboard: refusal(6 * 24),
    });
    expect(refusalSentences(old, NOW)).toEqual(['GitHub refuses dashboard: No.']);
    expect(refusalSentences(old, NOW + DAY_MS)).toEqual([]);
  });

  it('is said once for all that it has ended, in the same words while it stands', () => {
    const refusals = {
      verdict: refusal(3),
      proposal: refusal(1),
      dashboard: refusal(2, 'Issues are disabled.'),
    };
    const sentences = [
      'GitHub refuses dashboard: Issues are disabled.',
      'GitHub refuses proposal, verdict: No.',
    ];
    expect(refusalSentences(refusals, NOW)).toEqual(sentences);
    expect(refusalSentences(refusals, NOW + DAY_MS)).toEqual(sentences);
  });
});
