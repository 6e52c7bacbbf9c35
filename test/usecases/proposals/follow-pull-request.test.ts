import { beforeEach, describe, expect, it } from 'vitest';
import { type Marker, writeMarker } from '../../../src/proposal/marker.ts';
import { PROPOSAL_BRANCH } from '../../../src/render/pull-request.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { followPullRequest, type SeenPull } from '../../../src/usecases/proposals/follow-pull-request.ts';
import { proposal } from '../../proposal/sample.ts';
import { APP_LOGIN, DAY_MS, fakeContext, NOW, OPEN_PULL, SEEN } from '../fakes.ts';

const HOUR_MS = 3_600_000;
const KNOWN = proposal();
const MARKER: Marker = { version: 1, repositoryId: SEEN.id, decisionId: 'd-9', at: NOW, moves: KNOWN.moves };

function pull(over: Partial<SeenPull> = {}): SeenPull {
  return {
    number: KNOWN.pullNumber,
    url: KNOWN.url,
    author: APP_LOGIN,
    body: `Why.\n${writeMarker(MARKER)}\n`,
    branch: PROPOSAL_BRANCH,
    headSha: 'abc',
    merged: false,
    createdAt: NOW - DAY_MS,
    updatedAt: NOW,
    ...over,
  };
}

let fake: ReturnType<typeof fakeContext>;
beforeEach(async () => {
  fake = fakeContext();
  await meetRepository(fake.context, SEEN);
});

const keep = () => fake.store.apply(SEEN.id, { proposals: [KNOWN] });
const proposals = () => fake.store.states.get(SEEN.id)?.proposals;
const happens = (action: 'closed' | 'reopened' | 'edited', over: Partial<SeenPull> = {}) =>
  followPullRequest(fake.context, SEEN, pull(over), { action, by: 'mona' });

describe('a proposal that is known', () => {
  it.each([
    ['merged', { merged: true }],
    ['closed', { merged: false }],
  ])('is %s by whoever did it', async (state, over) => {
    await keep();
    await happens('closed', over);
    expect(proposals()).toEqual([
      {
        ...KNOWN,
        state,
        changedAt: NOW,
        ...(state === 'merged' ? { mergedAt: NOW } : {}),
        changedBy: 'mona',
      },
    ]);
  });

  it('says the same after the same event twice', async () => {
    await keep();
    await happens('closed', { merged: true });
    fake.clock.at += 60_000;
    await happens('closed', { merged: true });
    expect(proposals()).toMatchObject([{ state: 'merged', changedAt: NOW }]);
  });

  it.each([
    ['stays open where that was an hour ago and it is open by now', HOUR_MS, OPEN_PULL, 'open'],
    ['is closed where that was an hour ago', HOUR_MS, { ...OPEN_PULL, open: false }, 'closed'],
    ['is closed where that was just now, whatever GitHub shows still', 0, OPEN_PULL, 'closed'],
  ])('%s', async (_, agoMs, now, state) => {
    await keep();
    fake.repository.pull = now;
    await happens('closed', { updatedAt: NOW - agoMs });
    expect(proposals()?.[0]?.state).toBe(state);
  });

  it('is open again when it is reopened', async () => {
    await keep();
    await happens('closed');
    await happens('reopened');
    expect(proposals()).toMatchObject([{ state: 'open' }]);
  });

  it('stays merged, whatever comes later', async () => {
    await keep();
    await happens('closed', { merged: true });
    await happens('closed', { merged: false });
    await happens('reopened');
    expect(proposals()).toMatchObject([{ state: 'merged' }]);
    expect(fake.log.lines.filter(({ level }) => level === 'warn').length).toBeGreaterThan(0);
  });

  it('is not changed by an edit of its text, nor by a marker put into it', async () => {
    await keep();
    await happens('edited', { body: writeMarker({ ...MARKER, decisionId: 'forged', moves: [] }) });
    expect(proposals()).toEqual([KNOWN]);
  });
});

describe('a proposal that the store has lost', () => {
  it('is recovered from its marker, and then follows the event', async () => {
    await happens('closed', { merged: true });
    expect(proposals()).toMatchObject([
      {
        decisionId: 'd-9',
        pullNumber: KNOWN.pullNumber,
        moves: KNOWN.moves,
        state: 'merged',
        openedAt: NOW - DAY_MS,
        changedAt: NOW,
        changedBy: 'mona',
      },
    ]);
  });

  it('is recovered from the branch that is configured', async () => {
    fake.repository.config = 'pull-request: { branch: chore/offbeat }\n';
    await happens('edited', { branch: 'chore/offbeat' });
    expect(proposals()).toMatchObject([{ state: 'open', branch: 'chore/offbeat' }]);
  });

  it('is recovered on an edit too', async () => {
    await happens('edited');
    expect(proposals()).toMatchObject([{ state: 'open', decisionId: 'd-9' }]);
  });

  it.each([
    ['somebody else wrote the pull request', { author: 'mallory' }],
    ['an account only looks like the App', { author: 'offbeat' }],
    ['it comes from another branch', { branch: 'patch-1' }],
    ['there is no marker', { body: 'Why.' }],
    ['there is no text', { body: null }],
    ['there are two markers', { body: `${writeMarker(MARKER)}\n${writeMarker(MARKER)}` }],
    ['the marker is of another repository', { body: writeMarker({ ...MARKER, repositoryId: 2 }) }],
    ['the marker is no JSON', { body: '<!-- offbeat:state {"version":1 -->' }],
    ['the marker lacks something', { body: '<!-- offbeat:state {"version":1} -->' }],
  ])('is not believed where %s', async (_, over) => {
    await happens('closed', { merged: true, ...over });
    expect(proposals()).toEqual([]);
  });
});

describe('a commit of somebody else on the branch', () => {
  const [move] = KNOWN.moves;
  const text = (cron: string) => `on:\n  schedule:\n    - cron: "${cron}"\njobs: {}\n# formatted\n`;
  const isPushed = () =>
    followPullRequest(fake.context, SEEN, pull({ headSha: 'theirs' }), { action: 'synchronize', by: 'x' });
  const is = async (commit: Partial<typeof fake.repository>, cron = move?.to ?? '') => {
    await keep();
    Object.assign(fake.repository, { texts: { [move?.path ?? '']: text(cron) }, ...commit });
    await isPushed();
    return proposals()?.[0];
  };
  const goesOn = { ...KNOWN, headSha: 'theirs' };
  const merge = { author: 'mona', parents: [KNOWN.headSha, 'new-base'], baseCommits: ['new-base'] };
  const format = { author: 'format[bot]', parents: [KNOWN.headSha] };

  it('is no takeover where it merges the base', async () => {
    expect(await is(merge)).toEqual(goesOn);
    expect(fake.written.kept).toEqual([]);
  });

  it('is no takeover where a bot changes other lines, and it is said which file', async () => {
    expect(await is(format)).toEqual(goesOn);
    const events = fake.store.states.get(SEEN.id)?.audit;
    expect(events?.at(-1)).toMatchObject({
      by: 'format[bot]',
      what: expect.stringContaining(move?.path ?? '-'),
    });
  });

  it.each([
    ['merges the base twice', { ...merge, parentsOf: { theirs: ['between', 'new-base'] } }],
    [
      'is a bot’s after a merge of the base',
      { ...merge, author: 'format[bot]', parentsOf: { theirs: ['between'] } },
    ],
  ])('is no takeover where it %s, of which one event tells', async (_, commits) => {
    expect(await is(commits)).toEqual(goesOn);
  });

  it('is no takeover where its event comes after that of a newer one', async () => {
    const gone = { author: 'mona', parents: ['older'], pull: { ...OPEN_PULL, headSha: KNOWN.headSha } };
    expect(await is(gone)).toEqual(KNOWN);
    expect(fake.written.kept).toEqual([]);
  });

  it('takes it over where the newest one is a person’s, whichever is told of', async () => {
    const pushed = { author: 'mona', parents: ['older'], pull: { ...OPEN_PULL, headSha: 'newest' } };
    expect(await is(pushed)).toEqual({ ...KNOWN, takenOverBy: 'mona' });
  });

  it.each([
    ['merges another branch', { ...merge, baseCommits: [] }, undefined],
    ['is a person’s', { ...format, author: 'mona' }, undefined],
    ['comes after another one', { ...format, parents: ['between'] }, undefined],
    ['is a bot’s and changes the cron', format, '5 5 * * *'],
    ['merges the base and changes the cron', merge, '5 5 * * *'],
  ])('takes it over where it %s', async (_, commit, cron) => {
    expect(await is(commit, cron)).toEqual({ ...KNOWN, takenOverBy: commit.author });
    expect(fake.written.kept).toHaveLength(1);
  });
});
