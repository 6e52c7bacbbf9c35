import { describe, expect, it } from 'vitest';
import { movePreferences, shouldReadThumbs } from '../../src/proposal/move-preferences.ts';
import type { MoveReason, Proposal } from '../../src/proposal/proposal.ts';
import { DAY_MS } from '../../src/time.ts';
import { proposal } from './sample.ts';

function judged(thumbs: { up: number; down: number }, ...reasons: readonly MoveReason[]): Proposal {
  const sample = proposal({ state: 'closed' });
  const [move] = sample.moves;
  if (move === undefined) throw new Error('The sample moves nothing.');
  return {
    ...sample,
    thumbs,
    moves: reasons.map((reason, at) => ({
      ...move,
      key: `${move.path}#${at}`,
      evidence: { reason, benefit: 0.2, runsSeen: 9 },
    })),
  };
}

describe('what people make of moves', () => {
  it.each<readonly [string, readonly Proposal[], object]>([
    ['nothing', [], { lateness: 1, overlap: 1, failure: 1 }],
    ['no reaction', [judged({ up: 0, down: 0 }, 'lateness')], { lateness: 1, overlap: 1, failure: 1 }],
    ['three against lateness', [judged({ up: 0, down: 3 }, 'lateness')], { lateness: 0.5, overlap: 1 }],
    ['one for overlap', [judged({ up: 1, down: 0 }, 'overlap')], { lateness: 1, overlap: 4 / 3 }],
    [
      'a mixed one',
      [judged({ up: 3, down: 0 }, 'lateness', 'overlap', 'lateness')],
      { lateness: 5 / 3, overlap: 4 / 3 },
    ],
    ['many', [judged({ up: 90, down: 0 }, 'failure')], { failure: 2 }],
    ['a wish', [judged({ up: 0, down: 9 }, 'finish-by')], { lateness: 1, overlap: 1, failure: 1 }],
  ])('%s', (_, proposals, preferences) => {
    expect(movePreferences(proposals)).toMatchObject(preferences);
  });

  it('is asked for while a pull request is open and for a fortnight after', () => {
    const sample = proposal({ state: 'open' });
    const later = (days: number) => sample.changedAt + days * DAY_MS;
    expect(shouldReadThumbs({ ...sample, openedAt: later(0) }, later(0.1))).toBe(false);
    expect(shouldReadThumbs(sample, later(30))).toBe(true);
    expect(shouldReadThumbs({ ...sample, state: 'closed' }, later(13))).toBe(true);
    expect(shouldReadThumbs({ ...sample, state: 'closed' }, later(15))).toBe(false);
    expect(shouldReadThumbs({ ...sample, onTime: [] }, later(1))).toBe(false);
  });
});
