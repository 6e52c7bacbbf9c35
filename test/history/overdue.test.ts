import { describe, expect, it } from 'vitest';
import type { emptyMatchState } from '../../src/history/match-state.ts';
import { lastRunBeforeSilence, overdueTicks } from '../../src/history/overdue.ts';
import { scheduleKey } from '../../src/history/run.ts';
import { Matcher } from './matcher.ts';
import { NIGHTLY, sampleRun } from './sample-run.ts';

const KEY = scheduleKey(NIGHTLY, 0);
const OTHER = scheduleKey(NIGHTLY, 1);
const daily = { key: KEY, cron: '0 2 * * *', timezone: 'UTC' };
const evening = { key: OTHER, cron: '0 18 * * *', timezone: 'UTC' };

function overdue(state: ReturnType<typeof emptyMatchState>, now: string) {
  return overdueTicks(state, Date.parse(now)).map(({ key, tick, kind }) => [
    key,
    new Date(tick).toISOString().slice(0, 16),
    kind,
  ]);
}

describe('overdue ticks', () => {
  it('are found without an event, once no run is expected for them any more', () => {
    const matcher = new Matcher();
    matcher.match([daily], sampleRun(1, '2026-03-02T03:00:00Z'));
    expect(overdue(matcher.state, '2026-03-03T10:00:00Z')).toEqual([]);
    expect(overdue(matcher.state, '2026-03-03T15:00:00Z')).toEqual([[KEY, '2026-03-03T02:00', 'dropped']]);
    expect(overdue(matcher.state, '2026-03-05T15:00:00Z')).toHaveLength(3);
  });

  it('are counted once, by the run that ends the silence', () => {
    const matcher = new Matcher();
    matcher.match([daily], sampleRun(1, '2026-03-02T03:00:00Z'));
    expect(overdue(matcher.state, '2026-03-04T15:00:00Z')).toHaveLength(2);
    expect(matcher.match([daily], sampleRun(2, '2026-03-05T03:00:00Z'))?.missed).toHaveLength(2);
    expect(overdue(matcher.state, '2026-03-05T15:00:00Z')).toEqual([]);
  });

  it('are unclear where the last run may belong to a later tick', () => {
    const matcher = new Matcher();
    const hourly = { ...daily, cron: '0 * * * *' };
    matcher.match([hourly], sampleRun(1, '2026-03-02T03:40:00Z'));
    expect(overdue(matcher.state, '2026-03-02T16:30:00Z')).toEqual([[KEY, '2026-03-02T04:00', 'unclear']]);
  });

  it('are found for other entries too, but not for removed or edited ones', () => {
    const matcher = new Matcher();
    matcher.match([daily, evening], sampleRun(1, '2026-03-02T03:00:00Z'));
    matcher.match([daily, evening], sampleRun(2, '2026-03-02T19:00:00Z'));
    matcher.match([daily, evening], sampleRun(3, '2026-03-03T03:00:00Z'));
    expect(overdue(matcher.state, '2026-03-04T09:00:00Z')).toEqual([[OTHER, '2026-03-03T18:00', 'dropped']]);
    matcher.match([daily], sampleRun(4, '2026-03-04T03:00:00Z'));
    expect(overdue(matcher.state, '2026-03-04T09:00:00Z')).toEqual([]);
    matcher.match([{ ...daily, cron: '30 4 * * *' }], sampleRun(5, '2026-03-05T05:00:00Z'));
    expect(overdue(matcher.state, '2026-03-07T20:00:00Z')).toEqual([]);
  });
});

describe('a file without runs for longer than its rhythm allows', () => {
  const silentFrom = (cron: string, now: string, wanted: object = {}) => {
    const entry = { ...daily, cron };
    const matcher = new Matcher();
    matcher.match([entry], sampleRun(1, '2026-03-01T03:00:00Z'));
    return lastRunBeforeSilence(matcher.state, { ...entry, ...wanted }, Date.parse(now));
  };
  const LAST = Date.parse('2026-03-01T03:00:00Z');

  it.each<[string, number | null, Parameters<typeof silentFrom>]>([
    ['a daily one after two weeks', LAST, ['0 2 * * *', '2026-03-16T04:00:00Z']],
    ['a daily one before', null, ['0 2 * * *', '2026-03-14T04:00:00Z']],
    ['a monthly one after two months', null, ['0 2 1 * *', '2026-05-02T04:00:00Z']],
    ['a monthly one after four', LAST, ['0 2 1 * *', '2026-07-02T04:00:00Z']],
    ['one edited since', null, ['0 2 * * *', '2026-03-16T04:00:00Z', { cron: '0 2 1 * *' }]],
    ['one that is new', null, ['0 2 * * *', '2026-03-16T04:00:00Z', { key: OTHER }]],
  ])('is told of %s', (_, last, given) => {
    expect(silentFrom(...given)).toBe(last);
  });

  it('is none where a run of its other entry has come', () => {
    const matcher = new Matcher();
    matcher.match([daily, evening], sampleRun(1, '2026-03-01T03:00:00Z'));
    matcher.match([daily, evening], sampleRun(2, '2026-03-14T18:10:00Z'));
    expect(lastRunBeforeSilence(matcher.state, daily, Date.parse('2026-03-16T04:00:00Z'))).toBeNull();
  });
});
