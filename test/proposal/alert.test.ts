import { describe, expect, it } from 'vitest';
import {
  type Alert,
  afterLook,
  alertStateOf,
  type Finding,
  withAcknowledged,
} from '../../src/proposal/alert.ts';
import { DAY_MS } from '../../src/time.ts';

const silent: Finding = { key: 'silent a.yml', severity: 'warning', sentence: 'a.yml is silent.' };
const failing: Finding = { key: 'failing b.yml', severity: 'critical', sentence: 'b.yml fails.' };
const byMona = { at: 2, by: 'mona' };

const ids = (alerts: readonly Alert[]) => alerts.map((alert) => `${alert.id} ${alertStateOf(alert)}`);

describe('the life of an alert', () => {
  it('begins when something is found, and ends when it is found no more', () => {
    const opened = afterLook([], [silent, failing], 1);
    expect(ids(opened)).toEqual(['a1 open', 'a2 open']);
    const after = afterLook(opened, [failing], 2);
    expect(ids(after)).toEqual(['a1 resolved', 'a2 open']);
    expect(after[0]).toMatchObject({ openedAt: 1, resolvedAt: 2 });
  });

  it('goes on under one name while the same is found, with its newest words', () => {
    const opened = afterLook([], [silent], 1);
    expect(afterLook(opened, [silent], 2)).toBe(opened);
    const worse: Finding = { ...silent, severity: 'critical', sentence: 'a.yml is silent for a week.' };
    expect(afterLook(opened, [worse], 3)).toMatchObject([{ ...worse, id: 'a1', openedAt: 1 }]);
  });

  it('is another alert where the same comes back', () => {
    const resolved = afterLook(afterLook([], [silent], 1), [], 2);
    expect(ids(afterLook(resolved, [silent], 3))).toEqual(['a1 resolved', 'a2 open']);
  });

  it('stays with whoever has taken it on first, until it is over', () => {
    const taken = withAcknowledged(afterLook([], [silent], 1), 'a1', byMona) ?? [];
    expect(withAcknowledged(taken, 'a1', { at: 3, by: 'hubot' })).toMatchObject([{ acknowledged: byMona }]);
    expect(ids(afterLook(taken, [silent], 4))).toEqual(['a1 acknowledged']);
    expect(ids(afterLook(taken, [], 5))).toEqual(['a1 resolved']);
  });

  it('cannot be taken on where it does not stand', () => {
    const resolved = afterLook(afterLook([], [silent], 1), [], 2);
    expect(withAcknowledged(resolved, 'a1', byMona)).toBeNull();
    expect(withAcknowledged(resolved, 'a9', byMona)).toBeNull();
  });

  it('is forgotten ninety days after it was resolved', () => {
    const resolved = afterLook(afterLook([], [silent], 0), [], 1);
    expect(afterLook(resolved, [], 90 * DAY_MS)).toBe(resolved);
    expect(afterLook(resolved, [], 91 * DAY_MS)).toEqual([]);
  });
});
