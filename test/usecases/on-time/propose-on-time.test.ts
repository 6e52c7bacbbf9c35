import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import type { Proposal } from '../../../src/proposal/proposal.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { runMaintenance } from '../../../src/usecases/maintenance/run-maintenance.ts';
import { proposeOnTime } from '../../../src/usecases/on-time/propose-on-time.ts';
import { undo } from '../../../src/usecases/proposals/undo.ts';
import { NET_PATH } from '../../../src/workflow/paths.ts';
import { proposal } from '../../proposal/sample.ts';
import { type FakeRepository, fakeContext, NOW, SEEN } from '../fakes.ts';

const NIGHTLY = '.github/workflows/nightly.yml';
const DEPLOY = '.github/workflows/deploy.yml';
const JOBS = 'jobs:\n  a:\n    runs-on: x\n    steps:\n      - run: make\n';
const nightly = `on:\n  schedule:\n    - cron: '0 3 * * *'\n${JOBS}`;
const deploy = nightly.replace('make', 'make ${{ github.event_name }}');
const FILES = [
  { path: NIGHTLY, text: nightly },
  { path: DEPLOY, text: deploy },
];
const PUNCTUAL = 'mode: suggest\non-time: punctual\n';

async function fake(over: FakeRepository = {}, known: readonly Proposal[] = []) {
  const made = fakeContext({ files: FILES, config: PUNCTUAL, sha: 'base', ...over });
  await meetRepository(made.context, SEEN);
  await made.store.apply(SEEN.id, { proposals: known });
  const connected = await made.context.github.connect(SEEN);
  const propose = (askedBy: string | null = null) => proposeOnTime(made.context, SEEN.id, connected, askedBy);
  return { ...made, propose, state: () => made.store.states.get(SEEN.id) };
}

/** As one that the configuration above leads to. */
const earlier = (over: Partial<Proposal> = {}): Proposal =>
  proposal({
    pullNumber: 13,
    branch: 'offbeat/on-time',
    headSha: 'head-0',
    moves: [],
    onTime: [{ path: NIGHTLY, to: 'punctual', net: 'own' }],
    changedAt: NOW,
    ...over,
  });

describe('a pull request that puts workflows on time', () => {
  it('takes out the schedule, writes the net, and names what it leaves alone', async () => {
    const { propose, written, state } = await fake();
    const opened = await propose();
    expect(opened).toMatchObject({ pullNumber: 13, state: 'open', moves: [], onTime: earlier().onTime });
    const [draft] = written.pulls;
    expect(draft).toMatchObject({
      branch: 'offbeat/on-time',
      baseSha: 'base',
      knownHeadSha: null,
      title: 'Start 1 workflow on time',
      removed: [],
    });
    expect(draft?.files.map(({ path }) => path)).toEqual([NIGHTLY, NET_PATH]);
    expect(draft?.body).toContain('deploy.yml');
    expect(draft?.body).toContain('github.event_name');
    expect(draft?.body).toContain('/on-time off');
    expect(draft?.commitMessage).toContain('- nightly.yml: punctual, net: own');
    expect(state()?.proposals).toEqual([opened]);
    expect(state()?.audit.at(-1)).toMatchObject({ kind: 'written', pullNumber: 13 });
  });

  it.each<readonly [string, FakeRepository]>([
    ['nobody wants it', { config: 'mode: suggest\n' }],
    ['only what stands in the way is wanted', { files: FILES.slice(1) }],
    ['somebody has committed to its branch', { refusal: new OffbeatError('branch-taken', 'Theirs.') }],
    ['nothing may be written', { writes: false }],
  ])('is not opened where %s', async (_, over) => {
    const { propose, written, state } = await fake(over);
    expect(await propose()).toBeNull();
    expect(written.pulls).toEqual([]);
    expect(state()?.proposals).toEqual([]);
  });

  it('is opened for a directive beside the cron, too', async () => {
    const files = [{ path: NIGHTLY, text: nightly.replace("'\n", "' # offbeat: punctual\n") }];
    const { propose, written } = await fake({ files, config: 'mode: suggest\n' });
    await propose();
    expect(written.pulls[0]?.files[0]?.text).toContain("#|   - cron: '0 3 * * *' # offbeat: punctual\n");
  });

  it('is opened once, and again only where somebody asks after it was closed', async () => {
    const { propose, written } = await fake({}, [earlier({ state: 'closed' })]);
    expect(await propose()).toBeNull();
    expect(await propose('mona')).toMatchObject({ state: 'open' });
    expect(written.pulls).toHaveLength(1);
    expect(written.pulls[0]?.body).toContain('mona');
  });

  it('is written anew only where its branch is not what is wanted', async () => {
    const first = await fake();
    await first.propose();
    const [draft] = first.written.pulls;
    const texts = Object.fromEntries((draft?.files ?? []).map(({ path, text }) => [path, text]));
    const same = await fake({ texts }, [earlier()]);
    expect(await same.propose()).toEqual(earlier());
    expect(same.written.pulls).toEqual([]);
    const other = await fake({ texts: { ...texts, [NIGHTLY]: nightly } }, [earlier()]);
    await other.propose();
    expect(other.written.pulls[0]?.knownHeadSha).toBe('head-0');
  });

  it('is closed where everything is as wanted without it', async () => {
    const pull = {
      open: true,
      merged: false,
      mergedBy: null,
      closedAt: null,
      headSha: 'head-0',
      baseBranch: 'main',
      body: 'b',
      conflicts: false,
    };
    const { propose, written, state } = await fake({ config: 'mode: suggest\n', pull }, [earlier()]);
    expect(await propose()).toBeNull();
    expect(written.updated).toMatchObject([{ pull: 13, close: true }]);
    expect(state()?.proposals[0]?.state).toBe('superseded');
  });

  it('is left to whoever has taken it over', async () => {
    const { propose, written } = await fake({}, [earlier({ takenOverBy: 'mona' })]);
    expect(await propose()).toBeNull();
    expect(written.pulls).toEqual([]);
  });

  it('leaves out a file whose cron an open pull request moves', async () => {
    const { moves } = proposal();
    const moving = proposal({ state: 'open', moves: moves.map((move) => ({ ...move, path: NIGHTLY })) });
    const { propose, written } = await fake({}, [moving]);
    expect(await propose()).toBeNull();
    expect(written.pulls).toEqual([]);
  });

  it('puts every line back when it is switched off, and the net goes', async () => {
    const on = await fake();
    await on.propose();
    const files = [...(on.written.pulls[0]?.files ?? []), { path: DEPLOY, text: deploy }];
    const off = await fake({ files, config: 'mode: suggest\n' }, [earlier({ state: 'merged' })]);
    expect(await off.propose()).toMatchObject({ onTime: [{ path: NIGHTLY, to: 'off' }] });
    expect(off.written.pulls[0]).toMatchObject({
      title: "Put 1 workflow back on GitHub's schedule",
      files: [{ path: NIGHTLY, text: nightly }],
      removed: [NET_PATH],
    });
  });
});

describe('/undo', () => {
  const undone = async (known: readonly Proposal[], pullNumber: number | null = null) => {
    const { context } = await fake({}, known);
    return undo(context, SEEN.id, { pullNumber, by: 'mona' });
  };

  it('names the way back where a pull request of on time was merged', async () => {
    const merged = earlier({ state: 'merged' });
    const named = expect.stringMatching(/^#13 has workflows started on time\. .*\/on-time off/);
    await expect(undone([merged])).rejects.toMatchObject({ sentence: named });
    const other = proposal({ pullNumber: 9, state: 'merged' });
    await expect(undone([other, merged], 13)).rejects.toMatchObject({ sentence: named });
  });

  it('has nothing to take back where on time was switched off again', async () => {
    const off = earlier({
      pullNumber: 14,
      state: 'merged',
      onTime: [{ path: NIGHTLY, to: 'off', net: 'own' }],
    });
    await expect(undone([earlier({ state: 'merged' }), off])).rejects.toThrow('nothing to undo');
    await expect(undone([earlier({ state: 'merged' }), off], 14)).rejects.toThrow(
      "#14 has put workflows back on GitHub's schedule; `/on-time` starts them on time again.",
    );
  });
});

describe('maintenance', () => {
  it('proposes it in suggest mode only, and measures nothing after its merge', async () => {
    const suggesting = await fake();
    await runMaintenance(suggesting.context, SEEN.id);
    expect(suggesting.written.pulls).toHaveLength(1);
    const observing = await fake({ config: 'mode: observe\non-time: punctual\n' });
    await runMaintenance(observing.context, SEEN.id);
    expect(observing.written.pulls).toEqual([]);
    const merged = await fake({ config: 'mode: suggest\n', files: [] }, [earlier({ state: 'merged' })]);
    await runMaintenance(merged.context, SEEN.id);
    expect(merged.state()?.proposals[0]?.state).toBe('merged');
  });
});
