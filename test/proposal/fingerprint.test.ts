import { describe, expect, it } from 'vitest';
import { fingerprint, refusedBy, refusedMoves } from '../../src/proposal/fingerprint.ts';
import { movesOf } from '../../src/proposal/moves.ts';
import type { ProposalState, ProposedMove } from '../../src/proposal/proposal.ts';
import { DAY_MS, decision, NOW, outlook, proposal, schedule } from './sample.ts';

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
    expect(refusedMoves([proposal({ state: 'closed' })], moves, NOW).length > 0).toBe(refused);
  });

  it('refuses only the moves that it proposed', () => {
    const fresh = { ...asked, key: 'other#0' };
    expect(refusedMoves([proposal({ state: 'closed' })], [asked, fresh], NOW)).toEqual([asked]);
  });

  it.each<ProposalState>(['open', 'merged', 'superseded'])('refuses nothing when it is %s', (state) => {
    expect(refusedMoves([proposal({ state })], [asked], NOW).length > 0).toBe(false);
  });

  it('refuses its moves where it has expired', () => {
    expect(refusedMoves([proposal({ state: 'expired' })], [asked], NOW).length > 0).toBe(true);
  });
});

describe('a proposal that a bot has closed', () => {
  const closed = proposal({ state: 'closed', changedBy: 'stale[bot]', changedAt: NOW });
  const days = (count: number) => NOW + count * DAY_MS;

  it('refuses its moves for thirty days', () => {
    expect(refusedBy([closed], asked, days(29))).toBe('bot');
    expect(refusedBy([closed], asked, days(30))).toBeNull();
  });

  it('refuses them for good where it was closed a second time', () => {
    expect(refusedBy([closed, { ...closed, pullNumber: 99 }], asked, days(300))).toBe('bot');
  });

  it('leaves the refusal to a person who has closed another one', () => {
    expect(refusedBy([{ ...closed, changedBy: 'mona' }, closed], asked, days(300))).toBe('person');
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
