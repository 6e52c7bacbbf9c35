import { describe, expect, it } from 'vitest';
import { knownRepository, meetRepository } from '../../../src/usecases/known-repository.ts';
import { noteRun, observeRun } from '../../../src/usecases/learning/observe-run.ts';
import { isMaintenanceDue, runMaintenance } from '../../../src/usecases/maintenance/run-maintenance.ts';
import { reportView } from '../../../src/usecases/questions/report-view.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { decision } from '../../proposal/sample.ts';
import { DAY_MS, fakeContext, SEEN } from '../fakes.ts';

const FILE = { path: NIGHTLY, text: "on:\n  schedule:\n    - cron: '0 2 * * *'\n" };
const FIRST = Date.parse('2026-05-01T02:40:00Z');
const HOUR_MS = 3_600_000;
const SILENT = '`0 2 * * *` of `nightly.yml` is silent: no run has come for its tick of 2026-05-06 02:00 UTC';

/** Five days of runs, then silence. */
async function fallenSilent() {
  const fake = fakeContext({ files: [FILE], config: 'mode: suggest\ndashboard: true\n' });
  await meetRepository(fake.context, SEEN);
  await fake.store.apply(SEEN.id, { decisions: [decision()] });
  for (let day = 0; day < 5; day += 1) {
    fake.clock.at = FIRST + day * DAY_MS + HOUR_MS;
    await observeRun(fake.context, SEEN, sampleRun(day, new Date(FIRST + day * DAY_MS).toISOString()));
  }
  const tendUntil = async (hours: number) => {
    for (const end = fake.clock.at + hours * HOUR_MS; fake.clock.at < end; fake.clock.at += 6 * HOUR_MS) {
      await runMaintenance(fake.context, SEEN.id);
    }
  };
  const alarms = () =>
    (fake.store.states.get(SEEN.id)?.audit ?? [])
      .filter(({ kind }) => kind === 'alarm')
      .map(({ what }) => what);
  return { ...fake, tendUntil, alarms };
}

describe('the share of ticks without a run', () => {
  it('is told from twenty ticks on, of the schedules in force', async () => {
    const { context, store, clock } = await fallenSilent();
    const share = () => {
      const state = store.states.get(SEEN.id);
      return state === undefined ? null : reportView(context, state, null).missedShare;
    };
    expect(share()).toBeNull();
    for (let day = 6; day < 21; day += 1) {
      clock.at = FIRST + day * DAY_MS + HOUR_MS;
      await observeRun(context, SEEN, sampleRun(day, new Date(FIRST + day * DAY_MS).toISOString()));
    }
    expect(share()).toBeCloseTo(1 / 21, 5);
  });
});

describe('maintenance that is stopped between two of its writes', () => {
  /** The repository's last look at what is amiss, where the process ends at that write and the same run comes again. */
  async function stoppedAt(write: number) {
    const { context, clock, store } = await fallenSilent();
    clock.at = Date.parse('2026-05-07T15:00:00Z');
    let writes = 0;
    const failing = {
      ...context,
      store: {
        ...store,
        async apply(...change: Parameters<typeof store.apply>) {
          if (writes === write) throw new Error('The process has ended.');
          writes += 1;
          await store.apply(...change);
        },
      },
    };
    const wasStopped = await runMaintenance(failing, SEEN.id).then(
      () => false,
      () => true,
    );
    const state = () => knownRepository(context, SEEN.id);
    if (isMaintenanceDue(await state(), clock.at)) await runMaintenance(context, SEEN.id);
    const { care, audit } = await state();
    return { wasStopped, alerts: care.alerts, alarms: audit.filter(({ kind }) => kind === 'alarm') };
  }

  it('leaves no alert for a later look, wherever that was', async () => {
    const { wasStopped: _, ...usual } = await stoppedAt(Number.POSITIVE_INFINITY);
    expect(usual).toMatchObject({ alerts: [{ id: 'a1', key: `silent ${NIGHTLY}#0` }], alarms: [{}] });
    for (let write = 0; ; write += 1) {
      const { wasStopped, ...found } = await stoppedAt(write);
      expect(found, `write ${write}`).toEqual(usual);
      if (!wasStopped) break;
      expect(write).toBeLessThan(20);
    }
  });
});

describe('a schedule that falls silent', () => {
  it('is waited for as long as any run was ever late: twelve hours', async () => {
    const { context, clock, alarms } = await fallenSilent();
    const tick = Date.parse('2026-05-06T02:00:00Z');
    clock.at = tick + 12 * HOUR_MS;
    await runMaintenance(context, SEEN.id);
    expect(alarms()).toEqual([]);
    clock.at += 1;
    await runMaintenance(context, SEEN.id);
    expect(alarms()).toEqual([expect.stringContaining(SILENT)]);
  });

  it('is noticed by the clock alone, once, and stands in the dashboard after two ticks', async () => {
    const { tendUntil, alarms, written } = await fallenSilent();
    await tendUntil(24);
    expect(alarms()).toEqual([]);
    await tendUntil(24);
    expect(alarms()).toEqual([expect.stringContaining(SILENT)]);
    expect(written.issues.at(-1)?.body).not.toContain('is silent');
    const before = written.issues.length;
    await tendUntil(20 * 24);
    expect(alarms()).toHaveLength(1);
    expect(written.issues.at(-1)?.body).toContain(SILENT);
    expect(written.issues).toHaveLength(before + 1);
  });

  it('is not silent while a run of it is going', async () => {
    const { context, tendUntil, alarms } = await fallenSilent();
    await noteRun(context, SEEN, sampleRun(9, '2026-05-06T02:30:00Z', { endedAt: null, conclusion: null }));
    await tendUntil(72);
    expect(alarms()).toEqual([]);
  });

  it('is noticed again after a run in between', async () => {
    const { context, clock, tendUntil, alarms } = await fallenSilent();
    await tendUntil(48);
    await observeRun(context, SEEN, sampleRun(9, '2026-05-07T03:00:00Z'));
    clock.at = Date.parse('2026-05-07T04:00:00Z');
    await tendUntil(72);
    expect(alarms()).toHaveLength(2);
  });

  it('is not held against one that was taken out of the file', async () => {
    const { context, store, clock, tendUntil, alarms } = await fallenSilent();
    await store.apply(SEEN.id, { scheduleVersions: [{ sha: 'b', seenAt: clock.at, entries: [] }] });
    await tendUntil(72);
    expect(alarms()).toEqual([]);
    expect(context.clock.now()).toBe(clock.at);
  });
});
