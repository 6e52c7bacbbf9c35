import { describe, expect, it } from 'vitest';
import { parseCron } from '../../src/cron/parse.ts';
import { servedShare, servedTicks } from '../../src/cron/served.ts';
import { ticksBetween } from '../../src/cron/ticks.ts';

const FROM = Date.UTC(2026, 8, 7);
const HOUR_MS = 3_600_000;

describe('the ticks that GitHub can serve', () => {
  it.each([
    ['* * * * *', 12, 1 / 5],
    ['*/2 * * * *', 12, 12 / 30],
    ['*/5 * * * *', 12, 1],
    ['7-59/15 * * * *', 4, 1],
    ['0,1 * * * *', 1, 1 / 2],
    ['17 * * * *', 1, 1],
  ])('of %s are %s an hour', (cron, count, share) => {
    const parsed = parseCron(cron);
    expect(servedTicks(ticksBetween(parsed, 'UTC', FROM, FROM + HOUR_MS))).toHaveLength(count);
    expect(servedShare(parsed.dayMinutes)).toBeCloseTo(share, 9);
  });
});
