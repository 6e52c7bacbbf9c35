import { describe, expect, it } from 'vitest';
import { afterBeat, type Uptime, upShare } from '../../src/proposal/uptime.ts';
import { DAY_MS, NOW } from './sample.ts';

const MINUTE_MS = 60_000;
/** What is known after a process said once a minute that it lives, from a start for so many minutes. */
function lived(known: Uptime | undefined, startedAt: number, minutes: number): Uptime | undefined {
  let uptime = known;
  for (let minute = 1; minute <= minutes; minute += 1) {
    uptime = afterBeat(uptime, { startedAt, now: startedAt + minute * MINUTE_MS });
  }
  return uptime;
}
const shareOf = (uptime: Uptime | undefined, now: number) =>
  uptime === undefined ? null : upShare(uptime, now);

describe('uptime', () => {
  it('is not known before the first minute, and whole while a process lives', () => {
    expect(shareOf(afterBeat(undefined, { startedAt: NOW, now: NOW }), NOW + 1)).toBeNull();
    expect(shareOf(lived(undefined, NOW, 60), NOW + 60 * MINUTE_MS)).toBe(1);
  });

  it('lacks the time between a stop or a crash and the next start', () => {
    const stopped = lived(undefined, NOW, 90);
    const again = lived(stopped, NOW + 100 * MINUTE_MS, 100);
    expect(again?.outages).toEqual([{ from: NOW + 90 * MINUTE_MS, to: NOW + 100 * MINUTE_MS }]);
    expect(shareOf(again, NOW + 200 * MINUTE_MS)).toBeCloseTo(0.95, 6);
  });

  it('lacks the time in which a machine slept, and that since the last word', () => {
    const known = lived(undefined, NOW, 10);
    const slept = known && afterBeat(known, { startedAt: NOW, now: NOW + 20 * MINUTE_MS });
    expect(shareOf(slept, NOW + 20 * MINUTE_MS)).toBeCloseTo(0.5, 6);
    expect(shareOf(known, NOW + 20 * MINUTE_MS)).toBeCloseTo(0.5, 6);
  });

  it('is not lessened by a process that starts while another one lives', () => {
    const known = lived(undefined, NOW, 10);
    const other = known && afterBeat(known, { startedAt: NOW + 5 * MINUTE_MS, now: NOW + 11 * MINUTE_MS });
    expect(other?.outages).toEqual([]);
  });

  it('is told of the last thirty days', () => {
    const old = lived(undefined, NOW, 10);
    const again = afterBeat(old, { startedAt: NOW + DAY_MS, now: NOW + DAY_MS });
    const later = afterBeat(again, { startedAt: NOW + DAY_MS, now: NOW + DAY_MS + MINUTE_MS });
    expect(shareOf(later, later.aliveAt)).toBeLessThan(0.1);
    expect(shareOf({ ...later, aliveAt: NOW + 40 * DAY_MS }, NOW + 40 * DAY_MS)).toBe(1);
  });
});
