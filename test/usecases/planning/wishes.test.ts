import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openProposalOf } from '../../../src/proposal/record.ts';
import { touchWorkflows } from '../../../src/usecases/learning/read-version.ts';
import { planRepository } from '../../../src/usecases/planning/plan-repository.ts';
import type { RepositoryState } from '../../../src/usecases/ports.ts';
import { leaveAlone, listLeftAlone, unignore } from '../../../src/usecases/proposals/leave-alone.ts';
import { snooze } from '../../../src/usecases/proposals/snooze.ts';
import { undo } from '../../../src/usecases/proposals/undo.ts';
import { NIGHTLY } from '../../history/sample-run.ts';
import { proposal } from '../../proposal/sample.ts';
import { DAY_MS, fakeContext, NOW, OPEN_PULL, SEEN, watchNights } from '../fakes.ts';

const OTHER = '.github/workflows/other.yml';
const THIRD = '.github/workflows/third.yml';
const MORE = ['4', '5'].map((name) => `.github/workflows/${name}.yml`);
const PATHS = [NIGHTLY, OTHER, THIRD, ...MORE];
const workflow = (cron: string) =>
  `on:\n  schedule:\n    - cron: '${cron}'\njobs:\n  a:\n    runs-on: ubuntu-latest\n`;
const FILES = PATHS.map((path) => ({ path, text: workflow('0 2 * * *') }));
const CONFIG =
  'mode: suggest\nmin-confidence: 0\nmin-benefit: 0\nmax-shift: 12h\nmax-change-share: 0.7\nrunners: { max-jobs: { standard: 1 } }\n';

const WORLD = { files: FILES, config: CONFIG, sha: 'a'.repeat(40), pull: OPEN_PULL };

let fake: ReturnType<typeof fakeContext>;
let watched: RepositoryState;
let proposed: RepositoryState;
const state = () => {
  const found = fake.store.states.get(SEEN.id);
  if (found === undefined) throw new Error('The repository is gone.');
  return found;
};
const round = () => planRepository(fake.context, { repositoryId: SEEN.id, trigger: 'run' });

/** Three hours of work at the same time, watched for some weeks. */
beforeAll(async () => {
  fake = fakeContext({ ...WORLD });
  await watchNights(fake, PATHS, 20);
  watched = state();
  await round();
  proposed = state();
});
beforeEach(() => {
  fake = fakeContext({ ...WORLD });
  fake.store.states.set(SEEN.id, watched);
});

describe('/ignore and /pin', () => {
  it('drop one move from the open pull request and leave the others as they are', async () => {
    fake.store.states.set(SEEN.id, proposed);
    const before = openProposalOf(state().proposals)?.moves ?? [];
    expect(before.length).toBeGreaterThan(1);
    const [dropped, ...kept] = before;
    const answer = await leaveAlone(fake.context, SEEN.id, {
      workflow: dropped?.path ?? '',
      as: 'pinned',
      by: 'mona',
    });
    expect(answer).toMatchObject({ pull: 'updated', pullNumber: 12 });
    const after = openProposalOf(state().proposals)?.moves ?? [];
    expect(after.map(({ key, to }) => [key, to])).toEqual(kept.map(({ key, to }) => [key, to]));
    expect(fake.written.comments).toHaveLength(1);
    expect(fake.written.comments[0]?.body).toContain('stays at');
  });

  it('take it out at once whatever the others gain, and in whatever mode', async () => {
    fake.store.states.set(SEEN.id, proposed);
    const [dropped, ...kept] = openProposalOf(state().proposals)?.moves ?? [];
    fake.repository.config = 'mode: observe\nmin-confidence: 1\nmin-benefit: 1\n';
    const wish = { workflow: dropped?.path ?? '', as: 'pinned', by: 'mona' } as const;
    expect(await leaveAlone(fake.context, SEEN.id, wish)).toMatchObject({ pull: 'updated' });
    const after = openProposalOf(state().proposals)?.moves ?? [];
    expect(after.map(({ key, to }) => [key, to])).toEqual(kept.map(({ key, to }) => [key, to]));
    expect(fake.written.checks).toEqual([]);
  });

  it('fail a check until the pull request is without it', async () => {
    fake.store.states.set(SEEN.id, proposed);
    const open = openProposalOf(state().proposals);
    const path = open?.moves[0]?.path ?? '';
    if (open !== undefined) {
      await fake.store.apply(SEEN.id, { proposals: [{ ...open, takenOverBy: 'hubot' }] });
    }
    const wish = { workflow: path, as: 'ignored', by: 'mona' } as const;
    expect(await leaveAlone(fake.context, SEEN.id, wish)).toMatchObject({ pull: 'to-be-updated' });
    expect(fake.written.checks).toMatchObject([{ sha: 'head-1', passed: false }]);
    expect(fake.written.checks[0]?.summary).toContain(path);
  });

  it('close the pull request that has nothing else to propose', async () => {
    fake.store.states.set(SEEN.id, proposed);
    for (const { path } of openProposalOf(state().proposals)?.moves ?? []) {
      await leaveAlone(fake.context, SEEN.id, { workflow: path, as: 'ignored', by: 'mona' });
    }
    expect(state().proposals).toMatchObject([{ state: 'superseded' }]);
    expect(fake.written.updated).toMatchObject([{ pull: 12, close: true }]);
  });

  it('hold until they are taken back, and are listed', async () => {
    await leaveAlone(fake.context, SEEN.id, { workflow: 'nightly', as: 'ignored', by: 'mona' });
    const outcomes = async () => {
      const result = await round();
      return 'decision' in result
        ? result.decision.schedules.filter(({ outcome }) => outcome === 'refused').map(({ path }) => path)
        : [];
    };
    expect(await outcomes()).toEqual([NIGHTLY]);
    expect((await listLeftAlone(fake.context, SEEN.id)).leftAlone).toMatchObject([
      { path: NIGHTLY, as: 'ignored', by: 'mona' },
    ]);
    await unignore(fake.context, SEEN.id, { workflow: 'nightly.yml', by: 'mona' });
    expect(await outcomes()).toEqual([]);
  });

  it('name the nearest workflow where there is none of the name', async () => {
    await expect(
      leaveAlone(fake.context, SEEN.id, { workflow: 'nightli.yml', as: 'ignored', by: null }),
    ).rejects.toMatchObject({ code: 'not-found', fix: 'Did you mean nightly.yml?' });
  });
});

describe('/snooze', () => {
  it('holds proposals back for the span, and no longer', async () => {
    expect(await snooze(fake.context, SEEN.id, { span: '30d', by: 'mona' })).toBe(NOW + 30 * DAY_MS);
    expect(await round()).toMatchObject({ kind: 'decided' });
    fake.clock.at += 30 * DAY_MS;
    expect(await round()).toMatchObject({ kind: 'proposed' });
  });

  it.each(['', 'soon', '400d', '0d', '30'])('does not take "%s" for a span', async (span) => {
    await expect(snooze(fake.context, SEEN.id, { span, by: null })).rejects.toMatchObject({
      code: 'command-invalid',
    });
  });

  it('is taken back with "off"', async () => {
    await snooze(fake.context, SEEN.id, { span: '30d', by: 'mona' });
    expect(await snooze(fake.context, SEEN.id, { span: 'off', by: 'mona' })).toBeNull();
    expect(await round()).toMatchObject({ kind: 'proposed' });
  });
});

describe('/undo', () => {
  const merged = proposal({ state: 'improved', mergedAt: NOW - 20 * DAY_MS });

  it('opens one pull request that takes the newest merge back', async () => {
    fake.repository.files = [{ path: NIGHTLY, text: workflow('17 21 * * *') }];
    await fake.store.apply(SEEN.id, { proposals: [merged] });
    const opened = await undo(fake.context, SEEN.id, { pullNumber: null, by: 'mona' });
    expect(opened).toMatchObject({ pullNumber: 13, reverts: 12, state: 'open' });
    expect(fake.written.pulls[0]?.files).toEqual([{ path: NIGHTLY, text: workflow('0 2 * * *') }]);
    expect(fake.written.pulls[0]?.body).toContain('mona');
    expect(await undo(fake.context, SEEN.id, { pullNumber: 12, by: 'mona' })).toEqual(opened);
    expect(fake.written.pulls).toHaveLength(1);
  });

  it('says so where nothing is left of it, or nothing was merged', async () => {
    await expect(undo(fake.context, SEEN.id, { pullNumber: null, by: null })).rejects.toMatchObject({
      code: 'not-found',
    });
    await fake.store.apply(SEEN.id, { proposals: [merged] });
    await expect(undo(fake.context, SEEN.id, { pullNumber: null, by: null })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('changed since'),
    });
  });
});

describe('/undo with a number', () => {
  const merged = proposal({ state: 'improved', mergedAt: NOW - 20 * DAY_MS });
  const older = proposal({ pullNumber: 9, state: 'improved', mergedAt: NOW - 60 * DAY_MS });
  const taken = proposal({ pullNumber: 7, state: 'rolled-back', mergedAt: NOW - 90 * DAY_MS });
  const mayUndo = 'Merged were #12, #9: write for example `/undo 12`.';

  it.each([
    ['nobody knows', 99, {}, '#99 is no pull request of Offbeat.', mayUndo],
    ['is still open', 20, { state: 'open' }, '#20 was not merged, so nothing of it is in force.', mayUndo],
    ['was closed', 20, { state: 'closed' }, '#20 was not merged, so nothing of it is in force.', mayUndo],
    ['takes another one back', 20, { state: 'merged', reverts: 9 }, '#20 took #9 back itself.', mayUndo],
  ] as const)(
    'refuses one that %s, and takes nothing else back',
    async (_, pullNumber, over, message, fix) => {
      fake.repository.files = [{ path: NIGHTLY, text: workflow('17 21 * * *') }];
      await fake.store.apply(SEEN.id, {
        proposals: [merged, older, taken, proposal({ pullNumber: 20, ...over })],
      });
      await expect(undo(fake.context, SEEN.id, { pullNumber, by: 'mona' })).rejects.toMatchObject({
        code: 'not-found',
        message,
        fix,
      });
      expect(fake.written.pulls).toEqual([]);
    },
  );

  it('takes the newest back where the comment stands below something else', async () => {
    fake.repository.files = [{ path: NIGHTLY, text: workflow('17 21 * * *') }];
    await fake.store.apply(SEEN.id, { proposals: [merged] });
    const wish = { pullNumber: null, commentedOn: 99, by: 'mona' };
    expect(await undo(fake.context, SEEN.id, wish)).toMatchObject({ reverts: 12 });
  });
});

describe('an edit of a cron by a person', () => {
  it('has the schedule learned anew and rest, and leaves the others', async () => {
    const keys = PATHS.map((path) => `${path}#0`);
    expect(keys.every((key) => key in state().learned.schedules)).toBe(true);
    fake.repository.files = FILES.map((file) =>
      file.path === OTHER ? { path: OTHER, text: workflow('0 5 * * *') } : file,
    );
    await touchWorkflows(fake.context, SEEN, 'b'.repeat(40));
    expect(Object.keys(state().learned.schedules).sort()).toEqual(
      keys.filter((key) => !key.startsWith(OTHER)).sort(),
    );
    expect(state().care.editedAt).toEqual({ [`${OTHER}#0`]: NOW });
    const result = await round();
    const moved =
      'decision' in result ? result.decision.schedules.filter(({ outcome }) => outcome === 'move') : [];
    expect(moved.map(({ path }) => path)).not.toContain(OTHER);
  });

  it('is none where a proposal of ours was merged', async () => {
    const [move] = proposal().moves;
    if (move === undefined) throw new Error('The sample moves nothing.');
    await fake.store.apply(SEEN.id, { proposals: [proposal()] });
    fake.repository.files = FILES.map((file) =>
      file.path === NIGHTLY ? { path: NIGHTLY, text: workflow(move.to) } : file,
    );
    await touchWorkflows(fake.context, SEEN, 'b'.repeat(40));
    expect(state().care.editedAt).toEqual({});
  });
});
