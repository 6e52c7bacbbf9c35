import { describe, expect, it } from 'vitest';
import { movesOf } from '../../../src/proposal/moves.ts';
import { withOpenMoves } from '../../../src/usecases/planning/kept-moves.ts';
import { decision, proposal, schedule } from '../../proposal/sample.ts';

const [ONE, OTHER] = ['.github/workflows/one.yml', '.github/workflows/other.yml'];
const [move, held] = [schedule({ path: ONE, benefit: 0.3, confidence: 0.7 }), schedule({ path: OTHER })];
const { cron } = move;
const staying = { outcome: 'keep', to: cron, benefit: 0, confidence: 0, inRound: false } as const;

/** An open pull request that moves `one.yml`, and a round for `other.yml` alone. */
function round(over: Partial<typeof move> = {}) {
  const carried = { ...decision([move]), id: 'd-1', benefit: 0.2 };
  const open = proposal({ state: 'open', decisionId: 'd-1', moves: [...movesOf(carried)] });
  const narrowed = {
    ...decision([{ ...move, ...staying, ...over }, held]),
    id: 'd-2',
    benefit: 0.1,
    confidence: 0.8,
    narrowed: true as const,
  };
  return withOpenMoves(narrowed, OTHER, { decisions: [carried], proposals: [open] });
}

describe('a round for one workflow beside an open pull request', () => {
  it('keeps the moves of the pull request, as sure as the least sure of all', () => {
    const whole = round();
    expect(movesOf(whole).map(({ path, to }) => [path, to])).toEqual([
      [ONE, move.to],
      [OTHER, held.to],
    ]);
    expect(whole.confidence).toBe(0.7);
    expect(whole.benefit).toBeCloseTo(0.3, 10);
  });

  it.each([
    ['was edited since', { cron: '5 5 * * *', to: '5 5 * * *' }],
    ['is left alone since', { outcome: 'refused' }],
  ] as const)('leaves one out whose cron %s', (_, over) => {
    expect(movesOf(round(over)).map(({ path }) => path)).toEqual([OTHER]);
  });
});
