import { describe, expect, it } from 'vitest';
import { countedLatenessGain, leadingReason } from '../../src/proposal/leading-reason.ts';
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
    const move = { cron: '0 2 * * *', to: '0 1 * * *', today: late(before), proposed: late(after) };
    expect(countedLatenessGain(latenessBelief === undefined ? move : { ...move, latenessBelief })).toBe(
      counted,
    );
  });

  it.each([
    ['starts later by the clock', '0 4 * * *', 0],
    ['starts when it does today', '20 3 * * *', 0],
    ['starts earlier by the clock', '30 2 * * *', 50],
  ])('is at a later time only what a run gains that %s', (_, to, counted) => {
    const move = { cron: '0 2 * * *', to, today: late(120), proposed: late(40) };
    expect(countedLatenessGain(move)).toBe(counted);
    expect(
      leadingReason(
        schedule({ ...move, overlapCounts: true, proposed: { ...late(40), overlapMinutesPerWeek: 30 } }),
      ),
    ).toBe(counted === 0 ? 'overlap' : 'lateness');
  });

  it('is no reason for a move where it counts nothing', () => {
    const move = schedule({ today: late(120), proposed: { ...late(40), overlapMinutesPerWeek: 30 } });
    expect(leadingReason(move)).toBe('lateness');
    expect(leadingReason({ ...move, latenessBelief: 0 })).toBe('overlap');
  });
});
