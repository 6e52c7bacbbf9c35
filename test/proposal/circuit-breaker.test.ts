import { describe, expect, it } from 'vitest';
import { whyCircuitOpen } from '../../src/proposal/circuit-breaker.ts';
import type { Alarm } from '../../src/proposal/watch.ts';
import { DAY_MS, NOW, proposal } from './sample.ts';

const watched = (alarm: Alarm) =>
  proposal({
    state: 'watching',
    watch: {
      since: NOW - DAY_MS,
      moves: [{ key: 'a#0', actorBefore: null, firstRunAt: null, alarms: [alarm] }],
    },
  });

describe('circuit breaker of a repository', () => {
  it('is open for a fortnight after harm, unless that is rolled back', () => {
    const worse = proposal({ state: 'worse', changedAt: NOW - 3 * DAY_MS });
    expect(whyCircuitOpen([worse], NOW)).toContain('#12');
    expect(whyCircuitOpen([worse], NOW + 12 * DAY_MS)).toBeNull();
    expect(whyCircuitOpen([{ ...worse, state: 'rolled-back' }], NOW)).toBeNull();
  });

  it('is open where a moved schedule does not start any more, not where its actor changed', () => {
    expect(whyCircuitOpen([watched('not-fired')], NOW)).toContain('#12');
    expect(whyCircuitOpen([watched('startup-failure')], NOW)).toContain('#12');
    expect(whyCircuitOpen([watched('actor-changed')], NOW)).toBeNull();
    expect(whyCircuitOpen([proposal({ state: 'improved' })], NOW)).toBeNull();
  });
});
