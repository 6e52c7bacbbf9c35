import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advanceRollout,
  beginRollout,
  breachOf,
  isInRollout,
  type Rollout,
  rollBackRollout,
  STAGES,
} from '../../src/proposal/rollout.ts';
import { DAY_MS, NOW } from './sample.ts';

const HOUR_MS = 3_600_000;
const begun = (over: Partial<Rollout> = {}): Rollout => ({
  ...beginRollout('planner', 1, NOW, null),
  ...over,
});

describe('repositories of a rollout', () => {
  it('depend on name and number alone, and stay in as the percentage grows', () => {
    fc.assert(
      fc.property(fc.nat(1e9), (id) => {
        const turns = [0, ...STAGES].map((percent) => isInRollout({ name: 'planner', percent }, id));
        expect(turns[0]).toBe(false);
        expect(turns.at(-1)).toBe(true);
        expect(turns.toSorted((a, b) => Number(a) - Number(b))).toEqual(turns);
      }),
    );
  });

  it.each([1, 10, 25, 50])('are about %d %% of neighbouring numbers', (percent) => {
    const ids = Array.from({ length: 20_000 }, (_, at) => 700_000_000 + at);
    const share = ids.filter((id) => isInRollout({ name: 'planner', percent }, id)).length / ids.length;
    expect(Math.abs(share - percent / 100)).toBeLessThan(0.012);
  });

  it('are drawn anew for another rollout', () => {
    const first = Array.from({ length: 10_000 }, (_, id) => id).filter((id) =>
      isInRollout({ name: 'planner', percent: 10 }, id),
    );
    const both = first.filter((id) => isInRollout({ name: 'other', percent: 10 }, id));
    expect(both.length / first.length).toBeLessThan(0.2);
  });
});

describe('rollout stages', () => {
  it('advance once a day, and to the last a week after the first', () => {
    let rollout = begun();
    const reached: [number, number][] = [];
    for (let hour = 0; hour <= 24 * 10; hour += 1) {
      const advance = advanceRollout(rollout, NOW + hour * HOUR_MS, null);
      if (advance.kind === 'waits') continue;
      rollout = advance.rollout;
      reached.push([rollout.percent, hour / 24]);
    }
    expect(reached).toEqual([
      [10, 1],
      [25, 2],
      [50, 3],
      [100, 7],
    ]);
  });

  it('do not advance during a breach or after a rollback', () => {
    const later = NOW + 2 * DAY_MS;
    const failing = begun({ rounds: 40, failedRounds: 3 });
    expect(breachOf(failing, NOW)).toContain('3 of 40');
    expect(advanceRollout(failing, later, null)).toMatchObject({ kind: 'waits' });
    expect(advanceRollout(rollBackRollout(begun(), NOW, null, 'harm'), later, null)).toMatchObject({
      kind: 'waits',
    });
  });

  it.each([
    [19, 19, false],
    [20, 1, false],
    [20, 2, true],
    [100, 5, false],
    [100, 6, true],
  ])('of %d rounds %d failed: a breach, %s', (rounds, failedRounds, breach) => {
    expect(breachOf(begun({ rounds, failedRounds }), NOW) !== null).toBe(breach);
  });

  it('are breached by many harmful proposals, not by a few of many', () => {
    const of = (harmful: number, all: number) => Array.from({ length: all }, (_, at) => at < harmful);
    expect(breachOf(begun({ harms: of(1, 20) }), NOW)).toBeNull();
    expect(breachOf(begun({ harms: of(4, 10) }), NOW)).not.toBeNull();
  });
});
