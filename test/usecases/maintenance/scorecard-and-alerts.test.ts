import { describe, expect, it } from 'vitest';
import { tickKey } from '../../../src/on-time/served-tick.ts';
import { emptyOnTime } from '../../../src/on-time/state.ts';
import { findOperation } from '../../../src/operations/table.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { acknowledgeAlert } from '../../../src/usecases/maintenance/alerts-now.ts';
import { runMaintenance } from '../../../src/usecases/maintenance/run-maintenance.ts';
import { NIGHTLY } from '../../history/sample-run.ts';
import { decision, proposal } from '../../proposal/sample.ts';
import { DAY_MS, fakeContext, NOW, SEEN } from '../fakes.ts';

async function watched(config: string) {
  const fake = fakeContext({ config });
  await meetRepository(fake.context, SEEN);
  await fake.store.apply(SEEN.id, { decisions: [decision()] });
  return { ...fake, tend: () => runMaintenance(fake.context, SEEN.id) };
}

describe('the monthly scorecard', () => {
  it('is commented once a month from the month after on', async () => {
    const { tend, written, clock } = await watched('mode: observe\nscorecard: monthly\n');
    await tend();
    expect(written.comments).toEqual([]);
    clock.at = Date.UTC(2026, 5, 1, 4);
    for (let visit = 0; visit < 4; visit += 1) {
      await tend();
      clock.at += DAY_MS;
    }
    expect(written.issues).toMatchObject([{ title: 'What Offbeat has brought' }]);
    expect(written.comments).toHaveLength(1);
    expect(written.comments[0]?.body).toContain('<!-- offbeat:scorecard 2026-06 -->');
    clock.at = Date.UTC(2026, 6, 1, 4);
    await tend();
    expect(written.comments).toHaveLength(2);
  });

  it('is not there where nobody has asked for it', async () => {
    const { tend, written, clock } = await watched('mode: observe\n');
    await tend();
    clock.at += 40 * DAY_MS;
    await tend();
    expect([written.issues, written.comments]).toEqual([[], []]);
  });
});

describe('days of ticks on time', () => {
  it('are kept once they have settled', async () => {
    const { tend, store, clock } = await watched('mode: observe\n');
    const tick = {
      path: NIGHTLY,
      tick: NOW,
      cron: '0 2 * * *',
      timezone: 'UTC',
      mode: 'punctual',
      blobSha: null,
      progress: {
        state: 'done',
        firstAt: NOW,
        runId: 5,
        createdAt: NOW + 1_000,
        attempt: 1,
        endedAt: NOW + 9_000,
      },
      twin: { runId: 6, createdAt: NOW + 60 * 60_000, fate: 'cancelled' },
    } as const;
    expect(tickKey(tick)).toContain(NIGHTLY);
    await store.apply(SEEN.id, { onTime: emptyOnTime(), ticks: [tick] });
    const kept = () => store.states.get(SEEN.id)?.care.servedDays;
    clock.at = NOW + DAY_MS;
    await tend();
    expect(kept()).toBeUndefined();
    clock.at = NOW + 3 * DAY_MS;
    await tend();
    await tend();
    expect(kept()).toMatchObject([{ ticks: 1, onTime: 1, pairs: 1, githubOnTime: 0 }]);
  });
});

describe('alerts', () => {
  const refused = { proposal: { at: NOW, sentence: 'Rule violations.' } };

  async function alarmed() {
    const fake = await watched('mode: observe\n');
    const state = fake.store.states.get(SEEN.id);
    if (state === undefined) throw new Error('The repository is gone.');
    await fake.store.apply(SEEN.id, { profile: { ...state.profile, refusals: refused } });
    return fake;
  }

  it('are listed at once, kept by maintenance, taken on, and resolved', async () => {
    const { tend, store, context, clock } = await alarmed();
    const list = async (input = {}) => {
      const where = { context, repositoryId: SEEN.id, actor: 'mona' };
      return (await findOperation('alerts')?.answer(input, where))?.data;
    };
    expect(await list()).toMatchObject({ alerts: [{ id: 'a1', severity: 'warning', acknowledged: null }] });
    await tend();
    expect(store.states.get(SEEN.id)?.care.alerts).toHaveLength(1);
    await acknowledgeAlert(context, SEEN.id, 'a1', 'mona');
    expect(await list({ state: 'open' })).toEqual({ alerts: [] });
    expect(await list({ state: 'acknowledged' })).toMatchObject({
      alerts: [{ acknowledged: { by: 'mona' } }],
    });
    clock.at = NOW + 8 * DAY_MS;
    await tend();
    expect(await list()).toEqual({ alerts: [] });
    expect(await list({ state: 'resolved' })).toMatchObject({ alerts: [{ id: 'a1', resolvedAt: clock.at }] });
    await expect(acknowledgeAlert(context, SEEN.id, 'a1', 'mona')).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('are counted by severity for Alertmanager', async () => {
    const { tend, store } = await alarmed();
    await tend();
    const { care } = store.states.get(SEEN.id) ?? {};
    const metrics = createMetrics();
    if (care !== undefined) metrics.changed(SEEN.id, { care });
    const { text } = await metrics.expose();
    expect(text).toContain('offbeat_alerts{severity="warning",state="open"} 1');
    expect(text).toContain('offbeat_alerts{severity="critical",state="open"} 0');
  });
});

describe('reactions to a pull request', () => {
  it('are kept where they have changed, and turn up in the scorecard', async () => {
    const { tend, store, context, repository } = await watched('mode: observe\n');
    await store.apply(SEEN.id, { proposals: [proposal({ state: 'open' })] });
    repository.thumbs = { up: 3, down: 1 };
    await tend();
    expect(store.states.get(SEEN.id)?.proposals[0]?.thumbs).toEqual({ up: 3, down: 1 });
    const where = { context, repositoryId: SEEN.id, actor: null };
    expect((await findOperation('scorecard')?.answer({}, where))?.data).toMatchObject({
      own: { thumbs: { up: 3, down: 1 } },
    });
  });
});
