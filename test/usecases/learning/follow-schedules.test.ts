import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import { rollUp } from '../../../src/history/older-runs.ts';
import { goneKey } from '../../../src/history/run.ts';
import { refusedMoves } from '../../../src/proposal/fingerprint.ts';
import type { Proposal } from '../../../src/proposal/proposal.ts';
import { openProposalOf } from '../../../src/proposal/record.ts';
import { wasRearranged } from '../../../src/proposal/revision.ts';
import { applyChange } from '../../../src/store/apply-change.ts';
import { emptyRepository } from '../../../src/store/kept-repository.ts';
import { withVersion } from '../../../src/usecases/learning/follow-schedules.ts';
import { observeRun } from '../../../src/usecases/learning/observe-run.ts';
import { touchWorkflows } from '../../../src/usecases/learning/read-version.ts';
import { newestVersion, scheduleVersion } from '../../../src/usecases/learning/schedule-version.ts';
import type { RepositoryState } from '../../../src/usecases/ports.ts';
import { reportView } from '../../../src/usecases/questions/report-view.ts';
import { serveRepository } from '../../../src/workflow/serve-repository.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { decision, proposal, schedule } from '../../proposal/sample.ts';
import { DAY_MS, fakeContext, SEEN } from '../fakes.ts';

const RENAMED = '.github/workflows/at-night.yml';
const MORNING = '0 2 * * *';
const EVENING = '0 20 * * *';
const NOON = '0 12 * * *';
const DAYS = 6;
const START = Date.UTC(2026, 4, 5);
const AFTER = START + DAYS * DAY_MS;

const text = (crons: readonly string[], name = 'Nightly', quote = '"') =>
  [
    `name: ${name}`,
    'on:',
    '  schedule:',
    ...crons.map((cron) => `    - cron: ${quote}${cron}${quote}`),
    'jobs:',
    '  build:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    '      - uses: actions/checkout@v5',
    '      - run: make',
    '',
  ].join('\n');

let fake: ReturnType<typeof fakeContext>;

function state(): RepositoryState {
  const known = fake.store.states.get(SEEN.id);
  if (known === undefined) throw new Error('The repository is not known.');
  return known;
}

/** A closed proposal for the morning's cron, one that is watched for the evening's, and one that is open for it. */
const PROPOSALS: readonly Proposal[] = [
  { cron: MORNING, index: 0, over: { state: 'closed', pullNumber: 1 } },
  { cron: EVENING, index: 1, over: { state: 'watching', pullNumber: 2 } },
  { cron: EVENING, index: 1, over: { state: 'open', pullNumber: 3 } },
].map(({ cron, index, over }) => {
  const key = `${NIGHTLY}#${index}`;
  const [move] = proposal().moves;
  if (move === undefined) throw new Error('The sample moves nothing.');
  const watch = { since: START, moves: [{ key, actorBefore: null, firstRunAt: null, alarms: [] }] };
  return {
    ...proposal(),
    ...(over as Partial<Proposal>),
    moves: [{ ...move, key, path: NIGHTLY, index, from: cron, to: '17 21 * * *' }],
    ...(over.state === 'watching' ? { watch } : {}),
  };
});

/** Six days of two daily crons, half an hour and an hour late. */
beforeEach(async () => {
  fake = fakeContext({ files: [{ path: NIGHTLY, text: text([MORNING, EVENING]) }] });
  fake.clock.at = START;
  await touchWorkflows(fake.context, SEEN, 'first');
  for (let day = 0; day < DAYS; day += 1) {
    for (const [place, hours] of [2.5, 21].entries()) {
      const at = new Date(START + day * DAY_MS + hours * 3_600_000).toISOString();
      await observeRun(fake.context, SEEN, sampleRun(2 * day + place + 1, at, { headSha: 'first' }));
    }
  }
  const { care } = state();
  await fake.store.apply(SEEN.id, {
    proposals: PROPOSALS,
    care: {
      ...care,
      editedAt: { [`${NIGHTLY}#1`]: START },
      leftAlone: [{ path: NIGHTLY, as: 'pinned', at: START, by: 'mona' }],
      usage: { [NIGHTLY]: { reports: 1, means: { cpu: 2 } } },
    },
  });
  fake.clock.at = AFTER;
});

async function push(files: Readonly<Record<string, string>>, sha = 'second'): Promise<void> {
  fake.repository.files = Object.entries(files).map(([path, content]) => ({ path, text: content }));
  await touchWorkflows(fake.context, SEEN, sha, 'first');
}

/** All that is kept of one schedule, without its name. */
function knownOf({ learned, runs, care, proposals }: RepositoryState, key: string) {
  const path = key.slice(0, key.lastIndexOf('#'));
  const { path: _, ...track } = learned.schedules[key] ?? { path };
  return {
    track,
    matched: learned.matches[path]?.entries[key],
    stream: learned.streams[`${path}|schedule`],
    runs: [...runs].filter((run) => run.scheduleKey === key && run.path === path).map(({ id }) => id),
    editedAt: care.editedAt[key],
    leftAlone: care.leftAlone.filter((one) => one.path === path).map(({ as }) => as),
    usage: care.usage?.[path],
    proposals: proposals
      .filter(({ moves }) => moves.some((move) => move.key === key && move.path === path))
      .map(({ pullNumber }) => pullNumber),
    watched: proposals.filter(({ watch }) => watch?.moves.some((move) => move.key === key)).length,
  };
}

describe('what is known of a schedule', () => {
  it.each([
    ['the order is another', { [NIGHTLY]: text([EVENING, MORNING]) }, [1, 0]],
    ['an entry is put before it', { [NIGHTLY]: text([NOON, MORNING, EVENING]) }, [1, 2]],
    ['quotes are others', { [NIGHTLY]: text([MORNING, EVENING], 'Nightly', "'") }, [0, 1]],
    ['the workflow has another name', { [NIGHTLY]: text([MORNING, EVENING], 'At night') }, [0, 1]],
    ['a comment is added', { [NIGHTLY]: `# Two runs a day\n${text([MORNING, EVENING])}` }, [0, 1]],
  ])('follows it where %s', async (_, files, places) => {
    const before = state();
    await push(files);
    for (const [old, place] of places.entries()) {
      expect(knownOf(state(), `${NIGHTLY}#${place}`)).toEqual(knownOf(before, `${NIGHTLY}#${old}`));
    }
    expect(state().runs).toHaveLength(before.runs.length);
    expect(Object.keys(state().learned.schedules)).toHaveLength(2);
    expect(state().proposals).toHaveLength(3);
  });

  it('follows it into a renamed file, whose order is another too', async () => {
    const before = state();
    fake.repository.filesAt = { first: fake.repository.files ?? [] };
    await push({ [RENAMED]: text([EVENING, MORNING]) });
    expect(knownOf(state(), `${RENAMED}#1`)).toEqual(knownOf(before, `${NIGHTLY}#0`));
    expect(knownOf(state(), `${RENAMED}#0`)).toEqual(knownOf(before, `${NIGHTLY}#1`));
    const { versions, ...rest } = {
      ...state(),
      scheduleVersions: [],
      audit: [],
      versions: state().scheduleVersions,
    };
    expect(JSON.stringify(rest)).not.toContain(NIGHTLY);
    expect(versions.map(({ entries }) => entries.map(({ key }) => key))).toEqual([
      [`${RENAMED}#1`, `${RENAMED}#0`],
      [`${RENAMED}#0`, `${RENAMED}#1`],
    ]);
  });

  it('takes the sums of older runs along into a renamed file, and leaves them where a cron is edited', async () => {
    const known = fake.store.states.get(SEEN.id);
    if (known === undefined) throw new Error('The repository is not known.');
    const olderRuns = rollUp([], [sampleRun(1, '2026-01-05T02:30:00Z')]);
    fake.store.states.set(SEEN.id, { ...known, olderRuns });
    fake.repository.filesAt = { first: fake.repository.files ?? [] };
    await push({ [NIGHTLY]: text([NOON, EVENING]) });
    expect(state().olderRuns).toEqual(olderRuns);
    fake.repository.filesAt = { second: fake.repository.files ?? [] };
    await push({ [RENAMED]: text([NOON, EVENING]) }, 'third');
    expect(state().olderRuns).toEqual(olderRuns.map((month) => ({ ...month, path: RENAMED })));
  });

  it.each(['first', 'between'])(
    'is learned on from a late run of the old file at the commit %s',
    async (sha) => {
      const old = fake.repository.files ?? [];
      fake.repository.filesAt = { first: old, between: old };
      fake.clock.at = AFTER + 3 * 3_600_000;
      await push({ [RENAMED]: text([EVENING, MORNING]) });
      const { runs, stream } = knownOf(state(), `${RENAMED}#1`);
      const at = new Date(AFTER + 2.6 * 3_600_000);
      const learnt = await observeRun(fake.context, SEEN, sampleRun(99, at.toISOString(), { headSha: sha }));
      expect(learnt?.run).toMatchObject({ path: RENAMED, scheduleKey: `${RENAMED}#1` });
      const after = knownOf(state(), `${RENAMED}#1`);
      expect(after.runs).toEqual([...runs, 99]);
      expect(after.stream?.duration.experts.count).toBe((stream?.duration.experts.count ?? 0) + 1);
      expect(Object.keys(state().learned.matches)).toEqual([RENAMED]);
    },
  );

  it('is not forgotten while the schedule is taken out for being started on time, and comes back with its lines', async () => {
    const before = state();
    const files = fake.repository.files ?? [];
    const start = { path: NIGHTLY, mode: 'punctual', net: 'none', inputs: {}, manualServes: false } as const;
    const [served] = serveRepository(files, [start], { appSlug: 'offbeat' }).files;
    await push({ [NIGHTLY]: served?.text ?? '' });
    expect(state().audit.map(({ what }) => what)).toEqual([
      `\`${MORNING}\` of \`nightly.yml\` was taken out of GitHub’s schedule: it is started on time.`,
      `\`${EVENING}\` of \`nightly.yml\` was taken out of GitHub’s schedule: it is started on time.`,
    ]);
    await push({ [NIGHTLY]: files[0]?.text ?? '' }, 'third');
    expect(knownOf(state(), `${NIGHTLY}#0`)).toEqual(knownOf(before, `${NIGHTLY}#0`));
    expect(knownOf(state(), `${NIGHTLY}#1`)).toEqual(knownOf(before, `${NIGHTLY}#1`));
  });

  it('stays with the old file where another comes and nobody knows the old text any more', async () => {
    fake.repository.filesAt = { first: [] };
    await push({ [RENAMED]: text([EVENING, MORNING]) });
    expect(Object.keys(state().learned.schedules)).toEqual([]);
    expect(knownOf(state(), goneKey(`${NIGHTLY}#0`, 'second')).proposals).toEqual([1]);
  });

  it('follows it where a run tells of the edit before the push does, and only once', async () => {
    const before = state();
    fake.repository.files = [{ path: NIGHTLY, text: text([NOON, MORNING, EVENING]) }];
    const at = new Date(AFTER + 2.5 * 3_600_000);
    fake.clock.at = at.getTime() + DAY_MS;
    const learnt = await observeRun(
      fake.context,
      SEEN,
      sampleRun(99, at.toISOString(), { headSha: 'second' }),
    );
    expect(learnt?.run.scheduleKey).toBe(`${NIGHTLY}#1`);
    await touchWorkflows(fake.context, SEEN, 'second', 'first');
    expect(knownOf(state(), `${NIGHTLY}#1`).runs).toEqual([...knownOf(before, `${NIGHTLY}#0`).runs, 99]);
    const { stream: _, matched: __, ...evening } = knownOf(before, `${NIGHTLY}#1`);
    expect(knownOf(state(), `${NIGHTLY}#2`)).toMatchObject(evening);
  });

  it('stays where the repository or its default branch has another name', async () => {
    const before = state();
    await touchWorkflows(
      fake.context,
      { ...SEEN, owner: 'other', name: 'web', defaultBranch: 'trunk' },
      'second',
    );
    expect(state().profile).toMatchObject({ owner: 'other', name: 'web', defaultBranch: 'trunk' });
    for (const place of [0, 1]) {
      expect(knownOf(state(), `${NIGHTLY}#${place}`)).toEqual(knownOf(before, `${NIGHTLY}#${place}`));
    }
  });
});

describe('a cron that a person has edited', () => {
  it('begins anew, but for what belongs to the file, and leaves the others', async () => {
    const before = state();
    await push({ [NIGHTLY]: text([EVENING, '30 3 * * *']) });
    const edited = knownOf(state(), `${NIGHTLY}#1`);
    expect(edited).toMatchObject({ editedAt: AFTER, stream: knownOf(before, `${NIGHTLY}#0`).stream });
    expect(state().learned.schedules[`${NIGHTLY}#1`]).toBeUndefined();
    expect(knownOf(state(), `${NIGHTLY}#0`)).toEqual(knownOf(before, `${NIGHTLY}#1`));
  });
});

describe('an entry that is removed', () => {
  it('leaves its place to others, and nothing of it to them', async () => {
    const before = state();
    await push({ [NIGHTLY]: text([EVENING]) });
    expect(knownOf(state(), `${NIGHTLY}#0`)).toEqual(knownOf(before, `${NIGHTLY}#1`));
    const gone = goneKey(`${NIGHTLY}#0`, 'second');
    expect(knownOf(state(), gone)).toMatchObject({ editedAt: AFTER, proposals: [1] });
    expect(newestVersion(state().scheduleVersions)?.entries).toHaveLength(1);
  });

  it('has its history again when it is put back', async () => {
    const before = state();
    await push({ [NIGHTLY]: text([EVENING]) });
    await push({ [NIGHTLY]: text([NOON, EVENING]) }, 'third');
    expect(knownOf(state(), `${NIGHTLY}#0`)).toMatchObject({ runs: [], proposals: [] });
    await push({ [NIGHTLY]: text([NOON, MORNING, EVENING]) }, 'fourth');
    expect(knownOf(state(), `${NIGHTLY}#0`)).toMatchObject({ runs: [], proposals: [] });
    const { runs, proposals } = knownOf(before, `${NIGHTLY}#0`);
    expect(knownOf(state(), `${NIGHTLY}#1`)).toMatchObject({ runs, proposals });
  });
});

describe('a closed proposal for a cron', () => {
  it('still refuses it at another place of the file', async () => {
    const asked = (index: number) => {
      const [move] = PROPOSALS[0]?.moves ?? [];
      if (move === undefined) throw new Error('The sample moves nothing.');
      return refusedMoves(state().proposals, [{ ...move, key: `${NIGHTLY}#${index}`, index }], AFTER).length;
    };
    expect([asked(0), asked(1)]).toEqual([1, 0]);
    await push({ [NIGHTLY]: text([NOON, MORNING, EVENING]) });
    expect([asked(0), asked(1)]).toEqual([0, 1]);
  });
});

describe('a push whose commit GitHub cannot show', () => {
  it('changes nothing', async () => {
    const before = structuredClone(state());
    fake.repository.refuses = {
      workflowSources: new OffbeatError('not-found', 'GitHub knows no such commit.'),
    };
    await push({ [NIGHTLY]: text([EVENING]) });
    expect(state()).toEqual(before);
  });
});

describe('the report before the next planning round', () => {
  it('says of a cron what was decided of it at its old place', async () => {
    const lines = [MORNING, EVENING].map((cron, index) =>
      schedule({ key: `${NIGHTLY}#${index}`, index, cron, to: cron, reasons: [cron] }),
    );
    const care = { ...state().care, leftAlone: [] };
    await fake.store.apply(SEEN.id, { decisions: [decision(lines)], care });
    const reasons = () =>
      reportView(fake.context, state(), null).schedules.map(({ cron, reason }) => [cron, reason]);
    const unknown = 'No planning round has looked at it yet.';
    await push({ [NIGHTLY]: text([NOON, EVENING, MORNING]) });
    expect(reasons()).toEqual([
      [NOON, unknown],
      [EVENING, 'It is proposed in #3.'],
      [MORNING, MORNING],
    ]);
  });
});

describe('an open pull request', () => {
  it('is stale once its cron stands at another place', async () => {
    const open = (): Proposal => {
      const found = openProposalOf(state().proposals);
      if (found === undefined) throw new Error('No pull request is open.');
      return found;
    };
    const line = schedule({ key: `${NIGHTLY}#1`, index: 1, cron: EVENING });
    await fake.store.apply(SEEN.id, { decisions: [{ ...decision([line]), id: open().decisionId }] });
    const carried = () => wasRearranged(open(), state().decisions[0]);
    expect(carried()).toBe(false);
    await push({ [NIGHTLY]: text([NOON, MORNING, EVENING]) });
    expect(carried()).toBe(true);
  });
});

describe('over any change of places', () => {
  it('nothing is lost, and nothing of one schedule becomes another one’s', async () => {
    const base = state();
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([MORNING, EVENING, NOON, '15 6 * * 1', '45 23 1 * *'], { minLength: 1 }),
        fc.boolean(),
        async (crons, isRenamed) => {
          const path = isRenamed ? RENAMED : NIGHTLY;
          const version = scheduleVersion({ sha: 'second', files: [{ path, text: text(crons) }] }, AFTER);
          const renames = isRenamed ? [{ from: NIGHTLY, to: RENAMED }] : [];
          const after = applyChange(
            { ...emptyRepository(base.profile, AFTER), ...base, olderRuns: [] },
            withVersion(base, version, { renames, now: AFTER }),
          );
          for (const [old, cron] of [MORNING, EVENING].entries()) {
            const place = crons.indexOf(cron);
            if (place === -1) continue;
            expect(knownOf(after, `${path}#${place}`)).toEqual(knownOf(base, `${NIGHTLY}#${old}`));
          }
          expect(after.runs).toHaveLength(base.runs.length);
          expect(after.proposals).toHaveLength(base.proposals.length);
          const keys = [...after.runs].map(({ scheduleKey }) => scheduleKey);
          expect(new Set(keys).size).toBe(2);
        },
      ),
    );
  });
});
