import { describe, expect, it } from 'vitest';
import { countedLatenessGain, leadingReason } from '../../src/proposal/evidence.ts';
import { outlook, schedule } from './sample.ts';

const late = (minutes: number) => outlook({ latenessMedianMinutes: minutes, overlapMinutesPerWeek: 100 });

describe('counted gain of lateness', () => {
  it.each([
    ['well known there', 120, 40, 1, 80],
    ['half believed', 120, 40, 0.5, 40],
    ['not known there', 120, 40, 0, 0],
    ['a loss, which is believed at once', 40, 120, 0, -80],
    ['of an older record', 120, 40, undefined, 80],
  ])('%s', (_, before, after, latenessBelief, counted) => {
    const move = { today: late(before), proposed: late(after) };
    expect(countedLatenessGain(latenessBelief === undefined ? move : { ...move, latenessBelief })).toBe(
      counted,
    );
  });

  it('is no reason for a move where it counts nothing', () => {
    const move = schedule({ today: late(120), proposed: { ...late(40), overlapMinutesPerWeek: 30 } });
    expect(leadingReason(move)).toBe('lateness');
    expect(leadingReason({ ...move, latenessBelief: 0 })).toBe('overlap');
  });
});
