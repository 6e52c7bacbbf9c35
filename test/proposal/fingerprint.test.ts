import { describe, expect, it } from 'vitest';
import { fingerprint, refusedMoves, wasRefused } from '../../src/proposal/fingerprint.ts';
import { movesOf } from '../../src/proposal/moves.ts';
import type { ProposalState, ProposedMove } from '../../src/proposal/proposal.ts';
import { decision, outlook, proposal, schedule } from './sample.ts';

const [asked] = movesOf(decision()) as readonly [ProposedMove];
const evidence = { reason: 'lateness', benefit: 0.4, runsSeen: 58 } as const;

const answers: readonly (readonly [string, Partial<ProposedMove>, boolean])[] = [
  ['the same move', {}, true],
  ['another minute', { to: '23 21 * * *' }, true],
  ['a little more benefit', { evidence: { ...evidence, benefit: 0.55 } }, true],
  ['much more benefit', { evidence: { ...evidence, benefit: 0.65 } }, false],
  ['another reason', { evidence: { ...evidence, reason: 'failure' } }, false],
  ['another present cron', { from: '0 3 * * *' }, false],
  ['another entry', { key: '.github/workflows/nightly.yml#1' }, false],
];

describe('a closed proposal', () => {
  it.each(answers)('of %s: %o is refused again: %s', (_, over, refused) => {
    const moves = [{ ...asked, ...over }];
    expect(wasRefused([proposal({ state: 'closed' })], moves)).toBe(refused);
  });

  it('refuses only the moves that it proposed', () => {
    const fresh = { ...asked, key: 'other#0' };
    expect(refusedMoves([proposal({ state: 'closed' })], [asked, fresh])).toEqual([asked]);
  });

  it.each<ProposalState>(['open', 'merged', 'superseded'])('refuses nothing when it is %s', (state) => {
    expect(wasRefused([proposal({ state })], [asked])).toBe(false);
  });

  it('refuses its moves where it has expired', () => {
    expect(wasRefused([proposal({ state: 'expired' })], [asked])).toBe(true);
  });
});

describe('the reason of a move', () => {
  const reasons = [
    ['lateness', { latenessMedianMinutes: 20 }, {}],
    ['overlap', { overlapMinutesPerWeek: 3 }, {}],
    ['failure', { successProbability: 0.99 }, { successProbability: 0.5 }],
    ['finish-by', { finishByProbability: 0.9 }, { finishByProbability: 0.3 }],
  ] as const;

  it.each(reasons)('is %s where that term gains most', (reason, proposed, today) => {
    const [move] = movesOf(
      decision([schedule({ today: outlook(today), proposed: outlook({ ...today, ...proposed }) })]),
    );
    expect(move?.evidence?.reason).toBe(reason);
    expect(move && fingerprint(move)).toBe(`.github/workflows/nightly.yml|0|17 21 * * *|${reason}`);
  });
});
