import { describe, expect, it } from 'vitest';
import { revise, wasRearranged } from '../../src/proposal/revision.ts';
import { decision, proposal, schedule } from './sample.ts';

const OPEN = proposal();
const kindOf = (over: Partial<Parameters<typeof revise>[0]>) =>
  revise({ open: OPEN, decision: decision(), benefit: 0.3, asked: false, ...over }).kind;
const moved = (to: string) => schedule({ to });

describe('an open pull request after another round', () => {
  it.each([
    ['says just this', [moved('17 21 * * *')], 'keep'],
    ['would move it within the hour', [moved('41 21 * * *')], 'keep'],
    ['would move it elsewhere for the same gain', [moved('17 5 * * *')], 'keep'],
    [
      'knows nothing better, but the schedule stands',
      [schedule({ outcome: 'keep', to: '0 2 * * *' })],
      'keep',
    ],
    [
      'finds the cron changed, and nothing to move',
      [schedule({ cron: '9 9 * * *', outcome: 'keep' })],
      'supersede',
    ],
    ['finds the schedule gone', [schedule({ key: 'x#0', path: 'x', outcome: 'keep' })], 'supersede'],
    ['may not move it any more', [schedule({ outcome: 'refused', to: '0 2 * * *' })], 'supersede'],
    ['finds the cron changed, and a better time for it', [schedule({ cron: '9 9 * * *' })], 'update'],
  ] as const)('that %s: %s', (_, schedules, kind) => {
    expect(kindOf({ decision: decision(schedules) })).toBe(kind);
  });

  it('is updated for a much better plan or on request', () => {
    const better = { ...decision([moved('17 5 * * *')]), benefit: 0.5 };
    expect(kindOf({ decision: better })).toBe('update');
    const alittle = { ...decision([moved('17 5 * * *')]), benefit: 0.31 };
    expect(kindOf({ decision: alittle })).toBe('keep');
    expect(kindOf({ decision: alittle, asked: true })).toBe('update');
    expect(kindOf({ decision: { ...decision([moved('41 21 * * *')]), benefit: 0.5 }, asked: true })).toBe(
      'keep',
    );
  });

  it('is written again where the file was rearranged, and there is something to move', () => {
    expect(wasRearranged(OPEN, decision())).toBe(false);
    expect(wasRearranged(OPEN, undefined)).toBe(false);
    expect(wasRearranged(OPEN, decision([schedule({ key: 'x#1' })]))).toBe(true);
    expect(wasRearranged(OPEN, decision([schedule({ cron: '9 9 * * *' })]))).toBe(true);
    expect(kindOf({ isRearranged: true })).toBe('update');
    const stands = decision([schedule({ outcome: 'keep', to: '0 2 * * *' })]);
    expect(kindOf({ isRearranged: true, decision: stands })).toBe('keep');
  });

  it('is kept where somebody else has committed to its branch', () => {
    const open = { ...OPEN, takenOverBy: 'mona' };
    expect(kindOf({ open, decision: decision([]), asked: true })).toBe('keep');
  });
});
