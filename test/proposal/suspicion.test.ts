import { describe, expect, it } from 'vitest';
import { suspicion } from '../../src/proposal/suspicion.ts';
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

describe('suspicion of an earlier change', () => {
  it('lasts a fortnight after harm, unless that is taken back', () => {
    const worse = proposal({ state: 'worse', changedAt: NOW - 3 * DAY_MS });
    expect(suspicion([worse], NOW)).toContain('#12');
    expect(suspicion([worse], NOW + 12 * DAY_MS)).toBeNull();
    expect(suspicion([{ ...worse, state: 'rolled-back' }], NOW)).toBeNull();
  });

  it('is raised by what does not start any more, not by a name', () => {
    expect(suspicion([watched('not-fired')], NOW)).toContain('#12');
    expect(suspicion([watched('startup-failure')], NOW)).toContain('#12');
    expect(suspicion([watched('actor-changed')], NOW)).toBeNull();
    expect(suspicion([proposal({ state: 'improved' })], NOW)).toBeNull();
  });
});
