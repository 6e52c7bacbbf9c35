import { describe, expect, it } from 'vitest';
import { emptyLatenessPool } from '../../../src/forecast/lateness-pool.ts';
import { type Conclusion, scheduleKey } from '../../../src/history/run.ts';
import { emptyOnTime, type OnTimeFile } from '../../../src/on-time/state.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { findAlerts } from '../../../src/usecases/maintenance/find-alerts.ts';
import type { RepositoryState, ScheduleVersion } from '../../../src/usecases/ports.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { DAY_MS, fakeContext, SEEN } from '../fakes.ts';

const FIRST = Date.parse('2026-05-01T02:40:00Z');
const KEY = scheduleKey(NIGHTLY, 0);
const OTHER = '.github/workflows/push.yml';

function version(daysAfterFirst: number, cron = '0 2 * * *'): ScheduleVersion {
  return {
    sha: `${daysAfterFirst}`.padStart(40, '0'),
    seenAt: FIRST + daysAfterFirst * DAY_MS,
    entries: [{ key: KEY, path: NIGHTLY, cron, timezone: 'UTC' }],
  };
}

function runs(conclusions: readonly Conclusion[], changes: Parameters<typeof sampleRun>[2] = {}) {
  return conclusions.map((conclusion, day) =>
    sampleRun(day + 1, new Date(FIRST + day * DAY_MS).toISOString(), {
      scheduleKey: KEY,
      conclusion,
      ...changes,
    }),
  );
}

async function attention(changes: Partial<RepositoryState>) {
  const { context, store } = fakeContext({ config: 'mode: observe\n' });
  await meetRepository(context, SEEN);
  const state = store.states.get(SEEN.id);
  if (state === undefined) throw new Error('The repository is gone.');
  return findAlerts(
    { ...state, scheduleVersions: [version(0)], ...changes },
    emptyLatenessPool(),
    FIRST + 9 * DAY_MS,
  );
}

const five = (conclusion: Conclusion) => Array.from({ length: 5 }, () => conclusion);

describe('five runs of a schedule in a row', () => {
  it.each([
    ['failure', 'warning', 'has failed 5 times in a row.'],
    ['startup_failure', 'critical', 'takes it over by editing the cron line'],
    ['cancelled', 'warning', 'no runner took its jobs'],
    ['skipped', 'info', 'an `if` of them does not hold'],
  ] as const)('that all end as %s need a look', async (conclusion, severity, words) => {
    const found = await attention({ runs: runs(five(conclusion)) });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ severity, sentence: expect.stringContaining(words) });
  });

  it.each([
    ['good ones', five('success')],
    ['four cancelled ones', five('cancelled').slice(1)],
    ['one that did its work', ['success', ...five('cancelled').slice(1)]],
    ['cancelled and skipped ones', ['skipped', ...five('cancelled').slice(1)]],
  ] as const)('do not: %s', async (_, conclusions) => {
    expect(await attention({ runs: runs(conclusions) })).toEqual([]);
  });

  it('that fail within seconds may not have been started', async () => {
    const [found] = await attention({ runs: runs(five('failure'), { durationSeconds: 3 }) });
    expect(found?.sentence).toContain('a spending limit');
    const [slow] = await attention({ runs: runs(five('failure')) });
    expect(slow?.sentence).not.toContain('spending');
  });

  it('may be cancelled by Offbeat itself, where the workflow is on time', async () => {
    const onTime = { ...emptyOnTime(), files: [{ path: NIGHTLY, switchedOff: null } as OnTimeFile] };
    expect(await attention({ runs: runs(five('cancelled')), onTime })).toEqual([]);
  });
});

describe('a schedule without any run', () => {
  const pushes = (days: number) =>
    runs(
      Array.from({ length: days }, (): Conclusion => 'success'),
      { path: OTHER, event: 'push', scheduleKey: null },
    );

  it('is told of after three of its ticks, while other runs come', async () => {
    const [found] = await attention({ runs: pushes(5) });
    expect(found).toMatchObject({ severity: 'warning', key: `never started ${KEY}` });
    expect(found?.sentence).toContain('started no run since it was first seen on 2026-05-01');
  });

  it('may have its first run yet', async () => {
    expect(await attention({ runs: pushes(3) })).toEqual([]);
  });

  it('has time from the day on which its cron was edited', async () => {
    const scheduleVersions = [version(0, '0 1 * * *'), version(3)];
    expect(await attention({ scheduleVersions, runs: pushes(5) })).toEqual([]);
    const [found] = await attention({ scheduleVersions, runs: pushes(9) });
    expect(found?.sentence).toContain('first seen on 2026-05-04');
  });

  it('is not told of where a run of its file has come since, or its cron is not valid', async () => {
    expect(await attention({ runs: [...runs(['success']), ...pushes(6).slice(1)] })).toEqual([]);
    expect(await attention({ scheduleVersions: [version(0, '0 25 * * *')], runs: pushes(6) })).toEqual([]);
  });
});
