import { describe, expect, it } from 'vitest';
import { walk } from '../../bench/on-time/walk.ts';
import { madeLateness } from '../../bench/plan/lateness-replay.ts';

const LATENESS = madeLateness(Date.UTC(2026, 5, 20), Date.UTC(2026, 6, 10), 1);
const small = (troubled: boolean) => walk({ ticks: 100, seed: 7, lateness: LATENESS, troubled });

describe('a walk on an emulated GitHub', () => {
  it('begins every tick within five minutes, once, while all is well', async () => {
    const { ticks, begun, createdInTime, startedTwice, ranTwice, net } = await small(false);
    expect(ticks).toBeGreaterThan(40);
    expect({ createdInTime, startedTwice, ranTwice }).toEqual({
      createdInTime: ticks,
      startedTwice: 0,
      ranTwice: 0,
    });
    // The first of a minute does not wait for an answer of GitHub's.
    expect(Math.min(...begun)).toBe(0);
    // The net has looked, and has found nothing to do.
    expect(net.runs).toBeGreaterThan(10);
    expect(net.failed).toBe(0);
  });

  it('runs nothing twice with restarts, failing calls and a brown-out', async () => {
    const { ticks, createdInTime, startedTwice, ranTwice } = await small(true);
    expect({ startedTwice, ranTwice }).toEqual({ startedTwice: 0, ranTwice: 0 });
    expect(createdInTime / ticks).toBeGreaterThan(0.9);
  });
});
