import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import { emptyOnTime } from '../../../src/on-time/state.ts';
import { knownRepository } from '../../../src/usecases/known-repository.ts';
import { observeRun } from '../../../src/usecases/learning/observe-run.ts';
import { planRepository } from '../../../src/usecases/planning/plan-repository.ts';
import { reportView } from '../../../src/usecases/questions/report-view.ts';
import { repositoryHealth } from '../../../src/usecases/questions/repository-health.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { onTimeFile } from '../../store/sample.ts';
import { DAY_MS, type FakeRepository, fakeContext, NOW, SEEN } from '../fakes.ts';

const OTHER = '.github/workflows/other.yml';
const FILES = [
  { path: NIGHTLY, text: 'name: Nightly\non:\n  schedule:\n    - cron: "0 2 * * *"\n' },
  { path: OTHER, text: 'name: Other\non:\n  schedule:\n    - cron: "0 2 * * *"\n' },
];
const PAGE = 'https://github.com/acme/site/actions/workflows/other.yml';
const MINUTE_MS = 60_000;

const listed = (state: string) => [
  { path: NIGHTLY, state: 'active', page: 'https://github.com/acme/site/actions/workflows/nightly.yml' },
  { path: OTHER, state, page: PAGE },
];

/** Thirty nights of both workflows, the other one's only until `silentDays` ago. */
async function watched(repository: FakeRepository, silentDays = 0) {
  const fake = fakeContext({ files: FILES, config: 'max-shift: 12h\n', ...repository });
  for (let day = 30; day > 0; day -= 1) {
    for (const [place, path] of [NIGHTLY, OTHER].entries()) {
      if (path === OTHER && day <= silentDays) continue;
      const created = Date.UTC(2026, 4, 4, 2, 10) - day * DAY_MS;
      fake.clock.at = created + 60 * MINUTE_MS;
      const over = { path, endedAt: fake.clock.at, durationSeconds: 3_600 };
      const id = 1_000 - 2 * day + place;
      await observeRun(fake.context, SEEN, sampleRun(id, new Date(created).toISOString(), over));
    }
  }
  fake.clock.at = NOW;
  const plan = async () => {
    await planRepository(fake.context, { repositoryId: SEEN.id, trigger: 'command' });
    const state = await knownRepository(fake.context, SEEN.id);
    return { state, rows: new Map(state.decisions.at(-1)?.schedules.map((row) => [row.path, row])) };
  };
  return { ...fake, plan };
}

describe('a schedule of which no runs come', () => {
  it.each<[string, string, number, string]>([
    ['disabled by a person', 'disabled_manually', 0, 'somebody has disabled the workflow'],
    ['disabled by GitHub', 'disabled_inactivity', 0, 'after 60 days without activity'],
    ['disabled as in a fork', 'disabled_fork', 0, 'as in every new fork'],
    ['disabled in a way of its own', 'disabled_by_policy', 0, 'lists the workflow as `disabled_by_policy`'],
    ['silent for weeks', 'active', 16, 'not running since 2026-04-17'],
  ])('is not planned where it is %s, and its load does not count', async (_, state, silentDays, why) => {
    const { plan, context } = await watched({ workflows: listed(state) }, silentDays);
    const { rows, state: after } = await plan();
    const [reason] = rows.get(OTHER)?.reasons ?? [];
    expect(rows.get(OTHER)?.outcome).toBe('refused');
    expect(reason).toContain(why);
    expect(reason).toContain(PAGE);
    expect(rows.get(NIGHTLY)?.today?.overlapMinutesPerWeek).toBe(0);
    const said = expect.arrayContaining([expect.stringContaining(why)]);
    expect((await repositoryHealth(context, SEEN.id)).problems).toEqual(said);
    expect(reportView(context, after, null).damage).toEqual(said);
  });

  it.each<[string, FakeRepository]>([
    ['active', { workflows: listed('active') }],
    ['deleted: the file itself says whether it is there', { workflows: listed('deleted') }],
    ['not listed', {}],
    ['not shown', { refuses: { workflows: new OffbeatError('github-refused', 'Not accessible') } }],
  ])('is planned where its workflow is %s', async (_, repository) => {
    const { plan, context } = await watched(repository);
    const { rows, state } = await plan();
    expect(rows.get(OTHER)?.outcome).not.toBe('refused');
    expect(rows.get(NIGHTLY)?.today?.overlapMinutesPerWeek).toBeGreaterThan(0);
    expect(state.care.notRunning).toBeUndefined();
    expect((await repositoryHealth(context, SEEN.id)).problems.join()).not.toContain('not planned');
  });

  it('is planned where nothing at all was heard since', async () => {
    const { plan, clock } = await watched({});
    clock.at = NOW + 30 * DAY_MS;
    const { rows } = await plan();
    expect([...rows.values()].map(({ outcome }) => outcome)).not.toContain('refused');
  });

  it.each<[string, readonly string[], string | undefined]>([
    ['no run of any file', [], 'not running since 2026-05-03'],
    ['a run that was not heard of', [OTHER], undefined],
  ])('is planned or not, after a month without a word, as GitHub lists %s', async (_, scheduledRuns, why) => {
    const { plan, clock, written } = await watched({ scheduledRuns });
    clock.at = NOW + 30 * DAY_MS;
    const { rows, state } = await plan();
    expect([...rows.values()].map(({ outcome }) => outcome === 'refused')).toEqual([why, why].map(Boolean));
    expect(Object.values(state.care.notRunning ?? {}).map((one) => one.why)).toEqual(why ? [why, why] : []);
    expect(written.tried.filter((name) => name === 'hasScheduledRun')).toHaveLength(2);
  });

  it('is planned where nobody watched meanwhile', async () => {
    const { plan, context, store } = await watched({}, 16);
    const { care } = await knownRepository(context, SEEN.id);
    const unwatched = { from: NOW - 15 * DAY_MS, to: NOW - 2 * DAY_MS };
    await store.apply(SEEN.id, { care: { ...care, unwatched } });
    expect((await plan()).rows.get(OTHER)?.outcome).not.toBe('refused');
  });

  it('is planned again once it is enabled, and not named any more once a run has come', async () => {
    const { plan, context, clock, repository } = await watched({ workflows: listed('disabled_manually') });
    await plan();
    clock.at = NOW + DAY_MS;
    const run = sampleRun(2_000, new Date(NOW + DAY_MS - MINUTE_MS).toISOString(), { path: OTHER });
    await observeRun(context, SEEN, run);
    expect((await repositoryHealth(context, SEEN.id)).problems).toEqual([]);
    repository.workflows = listed('active');
    const { rows, state } = await plan();
    expect(rows.get(OTHER)?.outcome).not.toBe('refused');
    expect(state.care).not.toHaveProperty('notRunning');
  });

  it('costs one request a round', async () => {
    const { plan, written } = await watched({ workflows: listed('disabled_manually') });
    await plan();
    await plan();
    expect(written.tried.filter((name) => name === 'workflows')).toHaveLength(2);
  });
});

describe('a repository whose Actions are switched off', () => {
  const sentence = 'workflows: Actions has been disabled for this repository.';
  const off = new OffbeatError('github-refused', sentence);
  const why = 'GitHub Actions is switched off in the repository';

  it('is concluded from a refusal: nothing is planned, /health and /report say why, until GitHub lists workflows again', async () => {
    const { plan, context, clock, repository } = await watched({ refuses: { workflows: off } });
    const { rows, state } = await plan();
    expect([...rows.values()].map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
    expect([...rows.values()].map(({ reasons }) => reasons[0]?.includes(why))).toEqual([true, true]);
    const said = expect.arrayContaining([expect.stringContaining(why)]);
    expect((await repositoryHealth(context, SEEN.id)).problems).toEqual(said);
    expect(reportView(context, state, null).damage).toEqual(said);
    repository.refuses = {};
    repository.workflows = listed('active');
    clock.at += DAY_MS;
    const after = await plan();
    expect([...after.rows.values()].map(({ outcome }) => outcome)).not.toContain('refused');
    expect(after.state.care).not.toHaveProperty('notRunning');
    expect((await repositoryHealth(context, SEEN.id)).problems).toEqual([]);
  });

  it('is concluded from the refusal of a start on time', async () => {
    const { plan, context, store } = await watched({ workflows: listed('active') });
    const hold = { why: 'actions-off', until: NOW + MINUTE_MS, times: 1, sentence } as const;
    const file = { ...onTimeFile({ path: NIGHTLY }), hold };
    const onTime = { ...emptyOnTime(), files: [file] };
    await store.apply(SEEN.id, { onTime });
    const { rows } = await plan();
    expect([...rows.values()].map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
    expect((await repositoryHealth(context, SEEN.id)).problems.join()).toContain(why);
  });
});
