import { describe, expect, it } from 'vitest';
import { type DueTick, skip } from '../../src/on-time/progress.ts';
import {
  blockedPaths,
  commandedMode,
  emptyOnTime,
  punctualPaths,
  whyNotServed,
  withinThirtyDays,
} from '../../src/on-time/state.ts';
import { DAY_MS } from '../../src/time.ts';
import { onTimeFile } from '../store/sample.ts';

const PATH = '.github/workflows/nightly.yml';
const DUE: DueTick = {
  path: PATH,
  tick: 0,
  cron: '0 3 * * *',
  timezone: 'UTC',
  mode: 'punctual',
  blobSha: null,
};

describe('what a command has asked for', () => {
  it('holds for all workflows, and for one before all', () => {
    expect(commandedMode({}, PATH)).toBeNull();
    expect(commandedMode({ '*': 'rescue' }, PATH)).toBe('rescue');
    expect(commandedMode({ '*': 'rescue', [PATH]: 'off' }, PATH)).toBe('off');
  });
});

describe('workflows that are started at their ticks', () => {
  it('are those that are punctual and served, or will be after a merge', () => {
    expect(punctualPaths(null)).toEqual([]);
    const files = [
      onTimeFile(),
      onTimeFile({ path: 'rescued.yml', mode: 'rescue' }),
      onTimeFile({ path: 'blocked.yml', obstacles: ['It reads its actor.'] }),
      onTimeFile({ path: 'soon.yml', obstacles: ['It has no `workflow_dispatch` yet.'], unprepared: true }),
      onTimeFile({ path: 'off.yml', switchedOff: { why: 'The trial failed.', at: 1 } }),
    ];
    expect(punctualPaths({ ...emptyOnTime(), files })).toEqual([PATH, 'soon.yml']);
    expect(blockedPaths({ ...emptyOnTime(), files })).toEqual(['blocked.yml']);
  });
});

describe('ticks that are kept', () => {
  const ticks = Array.from({ length: 41 }, (_, day) => ({ ...skip(DUE, 0, 'too-late'), tick: day * DAY_MS }));

  it('are those of thirty days before the newest', () => {
    expect(withinThirtyDays(ticks, 0).map(({ tick }) => tick / DAY_MS)).toEqual(
      Array.from({ length: 31 }, (_, day) => 10 + day),
    );
  });

  it('are the newest twenty thousand where there are more', () => {
    const many = Array.from({ length: 20_001 }, (_, tick) => ({ ...skip(DUE, 0, 'too-late'), tick }));
    const kept = withinThirtyDays(many, 0);
    expect([kept.length, kept[0]?.tick]).toEqual([20_000, 1]);
  });

  it('are more where the bound is not exceeded by the slack', () => {
    expect(withinThirtyDays(ticks.slice(0, 34), 0.1)).toHaveLength(34);
    expect(withinThirtyDays(ticks.slice(0, 35), 0.1)).toHaveLength(31);
  });
});

describe('why nothing is started', () => {
  const file = { obstacles: [], switchedOff: null, hold: null };
  const hold = { why: 'disabled', until: 10, times: 1, sentence: 'It is disabled.' } as const;

  it('says what Offbeat has switched off first, then what stands in the way, then what is held', () => {
    expect(whyNotServed(file, 0)).toBeNull();
    expect(whyNotServed({ ...file, hold }, 9)).toBe('It is disabled.');
    expect(whyNotServed({ ...file, hold }, 10)).toBeNull();
    expect(whyNotServed({ ...file, hold, obstacles: ['It reads its actor.'] }, 9)).toBe(
      'It reads its actor.',
    );
    const switchedOff = { why: 'The trial failed.', at: 1 };
    expect(whyNotServed({ ...file, obstacles: ['It reads its actor.'], switchedOff }, 9)).toBe(
      'The trial failed.',
    );
  });
});
