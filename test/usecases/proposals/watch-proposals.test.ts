import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import type { Run } from '../../../src/history/run.ts';
import { VERDICT_MARK } from '../../../src/render/verdict.ts';
import type { Context } from '../../../src/usecases/context.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { runMaintenance } from '../../../src/usecases/maintenance/run-maintenance.ts';
import { reportView } from '../../../src/usecases/questions/report-view.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { decision, proposal } from '../../proposal/sample.ts';
import { DAY_MS, type FakeRepository, fakeContext, NOW, SEEN } from '../fakes.ts';

const OTHER = '.github/workflows/other.yml';
const MOVE = proposal().moves[0] as ReturnType<typeof proposal>['moves'][number];
const FILE = { path: NIGHTLY, text: `on:\n  schedule:\n    - cron: '${MOVE.to}'\n` };
const BEFORE_DAYS = 50;
/** The merge came at 03:17; ticks at 21:17 follow the same evening. */
const MERGED = NOW;

interface Life {
  readonly durationFactor?: number;
  readonly failing?: (day: number) => boolean;
  readonly actor?: string;
  readonly silent?: boolean;
  /** Minutes by which it starts later than usual. */
  readonly late?: number;
}

/** A repository whose nightly schedule was moved; told to live on for some days. */
async function merged(repository: FakeRepository = {}, over: Partial<Context> = {}) {
  const fake = fakeContext({ files: [FILE], config: 'mode: suggest\n', ...repository }, over);
  await meetRepository(fake.context, SEEN);
  const kept = proposal({ state: 'merged', mergedAt: MERGED, changedAt: MERGED, changedBy: 'mona' });
  await fake.store.apply(SEEN.id, {
    proposals: [kept],
    runs: Array.from({ length: BEFORE_DAYS }, (_, at) => {
      const day = at - BEFORE_DAYS;
      return [run(NIGHTLY, day, [2, 0], {}), run(OTHER, day, [7, 0], {})];
    }).flat(),
  });
  const state = () => {
    const found = fake.store.states.get(SEEN.id);
    if (found === undefined) throw new Error('The repository is gone.');
    return found;
  };
  let lived = 0;
  const live = async (days: number, life: Life = {}) => {
    for (const until = lived + days; lived < until; lived += 1) {
      const day = lived;
      const runs = [
        ...(life.silent === true ? [] : [run(NIGHTLY, day, [21, 17], life)]),
        run(OTHER, day, [7, 0], {}),
      ];
      await fake.store.apply(SEEN.id, { runs });
      fake.clock.at = MERGED + (day + 1) * DAY_MS;
      await runMaintenance(fake.context, SEEN.id);
    }
  };
  return { ...fake, state, live };
}

let nextId = 1;
function run(path: string, day: number, [hour, minute]: readonly [number, number], life: Life): Run {
  const tick = Date.UTC(2026, 4, 4, hour, minute) + day * DAY_MS;
  const seconds = 600 * (1 + 0.05 * Math.sin(day * 2.4)) * (life.durationFactor ?? 1);
  const createdAt = tick + (20 + (life.late ?? 0)) * 60_000;
  const failed = life.failing?.(day) === true;
  return sampleRun(nextId++, new Date(createdAt).toISOString(), {
    path,
    scheduleKey: `${path}#0`,
    tick,
    actor: life.actor ?? 'mona',
    endedAt: createdAt + seconds * 1_000,
    durationSeconds: seconds,
    conclusion: failed ? 'failure' : 'success',
  });
}

describe('a merged proposal', () => {
  it('gets one comment with the verdict "no difference" after a fortnight', async () => {
    const { live, state, written } = await merged();
    await live(13);
    expect(state().proposals).toMatchObject([{ state: 'watching' }]);
    expect(written.kept).toEqual([]);
    await live(30);
    expect(state().proposals).toMatchObject([{ state: 'no-difference', verdict: { kind: 'no-difference' } }]);
    expect(written.kept).toMatchObject([{ issue: 12, mark: VERDICT_MARK }]);
    expect(written.kept[0]?.body).toContain('**No clear difference.**');
    expect(written.pulls).toEqual([]);
    expect(state().audit.map(({ from, to }) => [from, to])).toEqual([
      ['merged', 'watching'],
      [null, null],
      ['watching', 'no-difference'],
    ]);
  });

  it('tells that it is measured, and once what came of it and which of its moves kept their promise', async () => {
    const told: unknown[] = [];
    const { live, store } = await merged(
      {},
      {
        onMeasured: async ({ kind, value }) => void told.push([kind, value]),
        onMeasuredMoves: async (of, moves) => void told.push([of, moves]),
      },
    );
    await store.apply(SEEN.id, { decisions: [{ ...decision(), id: proposal().decisionId }] });
    await live(20, { late: -15 });
    expect(told).toEqual([
      ['verdict', null],
      [`${SEEN.id}#12`, [{ confidence: 0.8, kept: true }]],
      ['verdict', expect.any(Number)],
    ]);
  });

  it('is rolled back from a branch and under a title as configured', async () => {
    const config = 'mode: suggest\npull-request: { branch: chore/offbeat, title-prefix: "[CI]" }\n';
    const { live, written } = await merged({ config });
    await live(13, { durationFactor: 1.8 });
    expect(written.pulls).toMatchObject([
      { branch: 'chore/offbeat-undo-12', title: expect.stringMatching(/^\[CI\] Move /) },
    ]);
  });

  it('gets a rollback pull request when it did harm, before the fortnight is over', async () => {
    const { live, state, written } = await merged();
    await live(13, { durationFactor: 1.8 });
    expect(state().proposals).toMatchObject([
      { pullNumber: 12, state: 'worse', verdict: { by: 'duration' } },
      { pullNumber: 13, state: 'open', reverts: 12 },
    ]);
    expect(written.pulls).toMatchObject([{ branch: 'offbeat/undo-12', baseBranch: 'main' }]);
    expect(written.pulls[0]?.files[0]?.text).toContain(`'${MOVE.from}'`);
    expect(written.kept).toHaveLength(1);
    expect(written.kept[0]?.body).toContain('**Worse.**');
  });

  it.each([
    ['most schedules of the deployment were late too', 300, 'no-difference'],
    ['no other schedule was late', 0, 'worse'],
  ])('is judged by two failed and late runs as is right where %s', async (_, minutes, kind) => {
    const fake = await merged();
    const incident = { failing: (day: number) => day < 2, late: 300 };
    for (const [place, installationId] of [SEEN.installationId, SEEN.installationId, 77].entries()) {
      const id = 100 + place;
      await meetRepository(fake.context, { ...SEEN, id, installationId, name: `other-${id}` });
      const runs = Array.from({ length: BEFORE_DAYS + 20 }, (_, at) => at - BEFORE_DAYS).flatMap((day) =>
        [OTHER, NIGHTLY].map((path) =>
          run(path, day, [20, 0], { late: day === 0 || day === 1 ? minutes : 0 }),
        ),
      );
      await fake.store.apply(id, { runs });
    }
    await fake.live(2, incident);
    await fake.live(18);
    expect(fake.state().proposals[0]).toMatchObject({ state: kind });
    const { proposals } = reportView(fake.context, fake.state(), null);
    const named = 'were far later than usual on 2026-05-05 and 2026-05-06';
    expect(
      [fake.written.kept.at(-1)?.body, proposals.at(-1)?.verdict].map((text) => text?.includes(named)),
    ).toEqual(kind === 'worse' ? [false, false] : [true, true]);
  });

  it('gets no comment where the mode is not suggest, and its verdict is still stored', async () => {
    const { live, state, written } = await merged({ config: 'mode: observe\n' });
    await live(20, { durationFactor: 1.8 });
    expect(state().proposals[0]).toMatchObject({ state: 'worse' });
    expect([written.kept, written.pulls]).toEqual([[], []]);
  });

  it('gets an alarm in its comment when the new cron does not fire', async () => {
    const { live, state, written } = await merged();
    await live(4, { silent: true });
    expect(written.kept).toHaveLength(1);
    expect(written.kept[0]?.body).toMatch(/has not started since the merge/);
    expect(state().proposals[0]).toMatchObject({
      state: 'watching',
      watch: { moves: [{ alarms: ['not-fired'] }] },
    });
    expect(state().audit.filter(({ kind }) => kind === 'alarm')).toHaveLength(1);
  });

  it('gets an alarm for runs under another name', async () => {
    const { live, written } = await merged();
    await live(3, { actor: 'hubot' });
    expect(written.kept[0]?.body).toMatch(/another account/);
  });

  it('is not watched any more where somebody edits the cron', async () => {
    const { live, state, store, written } = await merged();
    await live(3);
    const { care } = state();
    await store.apply(SEEN.id, { care: { ...care, editedAt: { [MOVE.key]: MERGED + 4 * DAY_MS } } });
    await live(20, { durationFactor: 3 });
    expect(state().proposals[0]).toMatchObject({ state: 'inconclusive' });
    expect(written.pulls).toEqual([]);
  });

  it('has its verdict also where GitHub refuses to take it, which is tried again after a day', async () => {
    const rules = new OffbeatError('github-refused', 'Repository rule violations found.');
    const locked = new OffbeatError('github-refused', 'Unable to create comment because issue is locked.');
    const { live, state, written, repository } = await merged({
      refuses: { openPull: rules, commentInPlace: locked },
    });
    await live(13, { durationFactor: 1.8 });
    expect(state().proposals).toMatchObject([{ pullNumber: 12, state: 'worse' }]);
    expect(state().profile.refusals).toMatchObject({
      'rollback #12': { sentence: rules.sentence },
      'verdict #12': { sentence: locked.sentence },
    });
    repository.refuses = {};
    await live(2, { durationFactor: 1.8 });
    expect(state().proposals).toMatchObject([
      { pullNumber: 12, state: 'worse' },
      { pullNumber: 13, state: 'open', reverts: 12 },
    ]);
    expect(written.kept).toMatchObject([{ issue: 12, body: expect.stringContaining('#13') }]);
    expect(state().profile.refusals).toEqual({});
  });

  it('is recognised as merged without an event', async () => {
    const fake = fakeContext({
      files: [FILE],
      config: 'mode: suggest\n',
      pull: {
        open: false,
        merged: true,
        mergedBy: 'mona',
        closedAt: NOW - DAY_MS,
        headSha: 'abc',
        baseBranch: 'main',
        conflicts: false,
        body: '',
      },
    });
    await meetRepository(fake.context, SEEN);
    await fake.store.apply(SEEN.id, { proposals: [proposal()] });
    await runMaintenance(fake.context, SEEN.id);
    expect(fake.store.states.get(SEEN.id)?.proposals).toMatchObject([
      { state: 'watching', mergedAt: NOW - DAY_MS, watch: { since: NOW - DAY_MS } },
    ]);
  });

  it('expires when nobody touches it, in one request that says why', async () => {
    const pull = {
      open: true,
      merged: false,
      mergedBy: null,
      closedAt: null,
      headSha: 'abc',
      baseBranch: 'main',
      conflicts: false,
      body: 'Why.',
    };
    const fake = fakeContext({ files: [FILE], config: 'mode: suggest\n', pull });
    await meetRepository(fake.context, SEEN);
    await fake.store.apply(SEEN.id, { proposals: [proposal({ changedAt: NOW - 29 * DAY_MS })] });
    await runMaintenance(fake.context, SEEN.id);
    expect(fake.written.updated).toEqual([]);
    fake.clock.at += 2 * DAY_MS;
    await runMaintenance(fake.context, SEEN.id);
    expect(fake.written.updated).toMatchObject([{ pull: 12, close: true }]);
    expect(fake.written.updated[0]?.body).toMatch(/Closed by Offbeat.*Nobody has touched it.*Why\./s);
    expect(fake.store.states.get(SEEN.id)?.proposals).toMatchObject([{ state: 'expired' }]);
  });
});
