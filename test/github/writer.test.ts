import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GitHubClient } from '../../src/github/client.ts';
import { createGuard } from '../../src/github/guard.ts';
import { createWriter } from '../../src/github/writer.ts';
import type { PullRequestDraft } from '../../src/usecases/ports.ts';
import { API, client, NAME } from './client.ts';

const APP = 'offbeat[bot]';
const REPOSITORY = '/repos/acme/site';
const REF = '/repos/acme/site/git/ref/heads%2Foffbeat%2Fschedules';
const REFS = '/repos/acme/site/git/refs/heads%2Foffbeat%2Fschedules';

const DRAFT: PullRequestDraft = {
  branch: 'offbeat/schedules',
  baseBranch: 'main',
  baseSha: 'base',
  knownHeadSha: null,
  title: 'Move a schedule',
  body: 'Why.',
  commitMessage: 'Move a cron',
  files: [{ path: '.github/workflows/nightly.yml', text: 'on: push\r\n' }],
};

let sent: { readonly line: string; readonly body: unknown }[];

beforeEach(() => {
  nock.disableNetConnect();
  sent = [];
});
afterEach(() => {
  const pending = nock.pendingMocks();
  nock.cleanAll();
  nock.enableNetConnect();
  expect(pending).toEqual([]);
});

/** Answers one writing request and keeps what it said. */
function writes(method: 'post' | 'patch', path: string, status: number, answer: object): void {
  nock(API)
    [method](path, (body) => {
      sent.push({ line: `${method.toUpperCase()} ${decodeURIComponent(path)}`, body });
      return true;
    })
    .reply(status, answer);
}

function openPulls(pulls: readonly object[]): void {
  nock(API)
    .get(`${REPOSITORY}/pulls`)
    .query({ state: 'open', head: 'acme:offbeat/schedules' })
    .reply(200, pulls);
}

function pull(login: string, headSha: string, ref = DRAFT.branch) {
  return {
    number: 12,
    user: { login },
    head: { ref, sha: headSha },
    base: { ref: 'main' },
    html_url: 'https://github.com/acme/site/pull/12',
  };
}

/** Answers what a commit on the base takes; `files` are those of the base. */
function commits(files: readonly { readonly path: string; readonly mode: string }[] = []): void {
  nock(API)
    .get(`${REPOSITORY}/git/commits/base`)
    .reply(200, { sha: 'base', tree: { sha: 'base-tree' } });
  // It is not asked for where no file is written.
  nock(API)
    .get(`${REPOSITORY}/git/trees/base`)
    .query({ recursive: '1' })
    .optionally()
    .reply(200, { sha: 'base-tree', tree: files, truncated: false });
  writes('post', `${REPOSITORY}/git/trees`, 201, { sha: 'new-tree' });
  writes('post', `${REPOSITORY}/git/commits`, 201, { sha: 'new-head' });
}

/** Head of the branch, and who wrote it. */
function branchAt(sha: string | null, author?: string | null): void {
  if (sha === null) nock(API).get(REF).reply(404, { message: 'Not Found' });
  else nock(API).get(REF).reply(200, { object: { sha } });
  if (author !== undefined) {
    const account = author === null ? null : { login: author };
    nock(API).get(`${REPOSITORY}/commits/${sha}`).reply(200, { sha, author: account });
  }
}

const opened = { number: 12, html_url: 'https://github.com/acme/site/pull/12', base: { ref: 'main' } };
const open = (draft: Partial<PullRequestDraft> = {}) =>
  createWriter(client(), NAME, APP).openPull({ ...DRAFT, ...draft });

describe('a first proposal', () => {
  it('may take files away', async () => {
    openPulls([]);
    commits();
    branchAt(null);
    writes('post', `${REPOSITORY}/git/refs`, 201, {});
    writes('post', `${REPOSITORY}/pulls`, 201, opened);
    await open({ files: [], removed: ['a.yml'] });
    expect(sent[0]?.body).toMatchObject({
      tree: [{ path: 'a.yml', mode: '100644', type: 'blob', sha: null }],
    });
  });

  it.each([
    ['100755', '100755'],
    ['100644', '100644'],
    // The workflow files that are read are no links: a link that came since is replaced.
    ['120000', '100644'],
  ])('writes over a file of mode %s with mode %s', async (was, mode) => {
    openPulls([]);
    commits([{ path: '.github/workflows/nightly.yml', mode: was }]);
    branchAt(null);
    writes('post', `${REPOSITORY}/git/refs`, 201, {});
    writes('post', `${REPOSITORY}/pulls`, 201, opened);
    await open({ files: [...DRAFT.files, { path: 'new.yml', text: 'a' }] });
    expect(sent[0]?.body).toMatchObject({ tree: [{ mode }, { path: 'new.yml', mode: '100644' }] });
  });

  it('is one commit on a new branch, signed by GitHub, and a pull request', async () => {
    openPulls([]);
    commits();
    branchAt(null);
    writes('post', `${REPOSITORY}/git/refs`, 201, {});
    writes('post', `${REPOSITORY}/pulls`, 201, opened);
    expect(await open()).toEqual({ number: 12, url: opened.html_url, headSha: 'new-head' });
    expect(sent).toEqual([
      {
        line: `POST ${REPOSITORY}/git/trees`,
        body: {
          base_tree: 'base-tree',
          tree: [
            { path: '.github/workflows/nightly.yml', mode: '100644', type: 'blob', content: 'on: push\r\n' },
          ],
        },
      },
      // An author would keep GitHub from signing it.
      {
        line: `POST ${REPOSITORY}/git/commits`,
        body: { message: 'Move a cron', tree: 'new-tree', parents: ['base'] },
      },
      { line: `POST ${REPOSITORY}/git/refs`, body: { ref: 'refs/heads/offbeat/schedules', sha: 'new-head' } },
      {
        line: `POST ${REPOSITORY}/pulls`,
        body: { head: 'offbeat/schedules', base: 'main', title: 'Move a schedule', body: 'Why.' },
      },
    ]);
  });

  it.each([
    ['https://github.com/apps/offbeat', 'users.noreply.github.com'],
    ['https://git.example.org/apps/offbeat', 'users.noreply.git.example.org'],
    ['https://octo.ghe.com/apps/offbeat', 'users.noreply.octo.ghe.com'],
  ])('is signed off, by the App’s account at %s, with the address of that server', async (html_url, host) => {
    openPulls([]);
    commits();
    branchAt(null);
    nock(API)
      .get(`/users/${encodeURIComponent(APP)}`)
      .reply(200, { id: 7, html_url });
    writes('post', `${REPOSITORY}/git/refs`, 201, {});
    writes('post', `${REPOSITORY}/pulls`, 201, opened);
    await open({ signOff: true });
    const trailer = `Signed-off-by: ${APP} <7+${APP}@${host}>`;
    const commit = expect.objectContaining({ message: `Move a cron\n\n${trailer}` });
    expect(sent.map(({ body }) => body)).toContainEqual(commit);
  });

  it('takes over the branch that an earlier one has left', async () => {
    openPulls([]);
    commits();
    branchAt('old-head', APP);
    writes('patch', REFS, 200, {});
    writes('post', `${REPOSITORY}/pulls`, 201, opened);
    await open();
    expect(sent.map(({ line }) => line)).toContain(`PATCH ${decodeURIComponent(REFS)}`);
  });
});

describe('a branch that is made anew', () => {
  it('has one commit on its new base, and its pull request stays as it is', async () => {
    commits();
    branchAt('known');
    writes('patch', REFS, 200, {});
    const { branch, baseSha, commitMessage, files } = DRAFT;
    const draft = { branch, baseSha, commitMessage, files, knownHeadSha: 'known' };
    expect(await createWriter(client(), NAME, APP).rebuildBranch(draft)).toBe('new-head');
    expect(sent.map(({ line }) => line)).not.toContainEqual(expect.stringContaining('/pulls'));
    expect(sent.at(-1)?.body).toEqual({ sha: 'new-head', force: true });
  });

  it('is left alone where somebody else has committed to it', async () => {
    commits();
    branchAt('theirs', 'mona');
    const draft = { ...DRAFT, knownHeadSha: 'known' };
    await expect(createWriter(client(), NAME, APP).rebuildBranch(draft)).rejects.toMatchObject({
      code: 'branch-taken',
    });
  });
});

describe('labels and people', () => {
  const wishes = {
    'title-prefix': '',
    labels: ['ci'],
    reviewers: ['mona', 'acme/ops'],
    assignees: ['hubot'],
  };
  const ISSUE = `${REPOSITORY}/issues/12`;

  it.each([403, 404, 422])(
    'are set when a pull request is opened; what GitHub refuses with %i is handed back',
    async (status) => {
      openPulls([]);
      commits();
      branchAt(null);
      writes('post', `${REPOSITORY}/git/refs`, 201, {});
      writes('post', `${REPOSITORY}/pulls`, 201, opened);
      writes('post', `${ISSUE}/labels`, 200, []);
      writes('post', `${ISSUE}/assignees`, 201, {});
      writes('post', `${REPOSITORY}/pulls/12/requested_reviewers`, status, {
        message: 'Not a collaborator.',
      });
      expect(await open({ wishes })).toMatchObject({
        number: 12,
        unmet: [expect.stringMatching(/^mona, acme\/ops: Not a collaborator/)],
      });
      expect(sent.slice(-3).map(({ body }) => body)).toEqual([
        { labels: ['ci'] },
        { assignees: ['hubot'] },
        { reviewers: ['mona'], team_reviewers: ['ops'] },
      ]);
    },
  );

  it('are set on one that an interrupted try has opened, those that it lacks and no others', async () => {
    openPulls([
      {
        ...pull(APP, 'new-head'),
        labels: [{ name: 'CI' }],
        assignees: null,
        requested_reviewers: [{ login: 'Mona' }],
        requested_teams: [],
      },
    ]);
    commits();
    branchAt('new-head');
    writes('patch', `${REPOSITORY}/pulls/12`, 200, opened);
    writes('post', `${ISSUE}/assignees`, 201, {});
    writes('post', `${REPOSITORY}/pulls/12/requested_reviewers`, 201, {});
    await open({ wishes });
    expect(sent.slice(-2).map(({ body }) => body)).toEqual([
      { assignees: ['hubot'] },
      { reviewers: [], team_reviewers: ['ops'] },
    ]);
  });

  it('are left to people once it is open', async () => {
    openPulls([pull(APP, 'known')]);
    commits();
    branchAt('known');
    writes('patch', REFS, 200, {});
    writes('patch', `${REPOSITORY}/pulls/12`, 200, opened);
    await open({ wishes, knownHeadSha: 'known' });
    expect(sent.map(({ line }) => line)).not.toContainEqual(expect.stringContaining('labels'));
  });

  it('are not set on the default branch, which is never written to', async () => {
    await expect(open({ branch: 'main' })).rejects.toMatchObject({ code: 'branch-taken' });
    expect(sent).toEqual([]);
  });

  it('are not set on a branch of somebody else, whatever head a stored proposal names', async () => {
    const draft = { branch: 'release/1.0', knownHeadSha: 'known' };
    await expect(open(draft)).rejects.toMatchObject({ code: 'branch-taken' });
    expect(sent).toEqual([]);
  });
});

describe('two processes at the same moment', () => {
  const refused = (message: string) => ({ message: `Validation Failed: ${message}` });

  it('have one branch and one pull request', async () => {
    openPulls([]);
    commits();
    branchAt(null);
    writes('post', `${REPOSITORY}/git/refs`, 422, refused('Reference already exists'));
    branchAt('of-the-other');
    nock(API)
      .get(`${REPOSITORY}/commits/of-the-other`)
      .reply(200, { sha: 'of-the-other', author: { login: APP } });
    writes('patch', REFS, 200, {});
    writes('post', `${REPOSITORY}/pulls`, 422, refused('A pull request already exists for acme:offbeat'));
    openPulls([pull(APP, 'new-head')]);
    expect(await open()).toEqual({ number: 12, url: opened.html_url, headSha: 'new-head' });
  });

  it('take over no branch that a person has made meanwhile', async () => {
    openPulls([]);
    commits();
    branchAt(null);
    writes('post', `${REPOSITORY}/git/refs`, 422, refused('Reference already exists'));
    branchAt('theirs', 'mona');
    await expect(open()).rejects.toMatchObject({ code: 'branch-taken' });
  });

  it('stop where the pull request that exists is not the App’s', async () => {
    openPulls([]);
    commits();
    branchAt(null);
    writes('post', `${REPOSITORY}/git/refs`, 201, {});
    writes('post', `${REPOSITORY}/pulls`, 422, refused('A pull request already exists for acme:offbeat'));
    openPulls([pull('mona', 'new-head')]);
    await expect(open()).rejects.toMatchObject({ code: 'github-refused' });
  });
});

describe('an open proposal of the App’s', () => {
  it('is brought up to date, not opened again', async () => {
    openPulls([pull(APP, 'known')]);
    commits();
    branchAt('known');
    writes('patch', REFS, 200, {});
    writes('patch', `${REPOSITORY}/pulls/12`, 200, opened);
    expect(await open({ knownHeadSha: 'known' })).toMatchObject({ number: 12, headSha: 'new-head' });
    expect(sent.slice(2)).toEqual([
      { line: `PATCH ${decodeURIComponent(REFS)}`, body: { sha: 'new-head', force: true } },
      { line: `PATCH ${REPOSITORY}/pulls/12`, body: { title: 'Move a schedule', body: 'Why.' } },
    ]);
  });

  it.each([
    ['after a crash that forgot the head', null],
    ['after a crash between the branch and the store', 'older'],
  ])('is brought up to date %s', async (_, knownHeadSha) => {
    openPulls([pull(APP, 'own')]);
    commits();
    branchAt('own', APP);
    writes('patch', REFS, 200, {});
    writes('patch', `${REPOSITORY}/pulls/12`, 200, opened);
    expect(await open({ knownHeadSha })).toMatchObject({ number: 12 });
  });

  it.each([
    ['a person', 'mona', 'known'],
    ['a person, where the store has lost the head', 'mona', null],
    ['somebody without account', null, 'known'],
    ['another App', 'other[bot]', 'known'],
  ])('keeps the commit of %s', async (_, author, knownHeadSha) => {
    openPulls([pull(APP, 'theirs')]);
    commits();
    branchAt('theirs', author);
    await expect(open({ knownHeadSha })).rejects.toMatchObject({
      code: 'branch-taken',
      where: 'offbeat/schedules',
    });
    expect(sent.map(({ line }) => line)).not.toContain(`PATCH ${decodeURIComponent(REFS)}`);
  });
});

describe('a pull request that is not the App’s', () => {
  it.each([
    ['another author', pull('mona', 'theirs')],
    ['another branch', pull(APP, 'x', 'offbeat/other')],
  ])('is not written to: %s', async (_, other) => {
    openPulls([other]);
    commits();
    branchAt(null);
    writes('post', `${REPOSITORY}/git/refs`, 201, {});
    writes('post', `${REPOSITORY}/pulls`, 201, { ...opened, number: 13 });
    expect(await open()).toMatchObject({ number: 13 });
  });
});

describe('a refusal of GitHub', () => {
  const sentence =
    'refusing to allow a GitHub App to create or update workflow `.github/workflows/nightly.yml` without ' +
    '`workflows` permission';

  it.each([403, 422])('%i that names the permission is permission-missing', async (status) => {
    openPulls([]);
    commits();
    branchAt(null);
    writes('post', `${REPOSITORY}/git/refs`, status, { message: sentence });
    await expect(open()).rejects.toMatchObject({
      code: 'permission-missing',
      where: expect.stringContaining('workflows'),
      fix: expect.stringContaining('Workflows: read and write'),
    });
  });

  it('on an existing branch is no other', async () => {
    openPulls([pull(APP, 'known')]);
    commits();
    branchAt('known');
    writes('patch', REFS, 403, { message: sentence });
    await expect(open({ knownHeadSha: 'known' })).rejects.toMatchObject({ code: 'permission-missing' });
  });

  it.each([
    [422, 'Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n'],
    [403, 'Repository was archived so is read-only.'],
  ])('%i for good is github-refused, with its sentence on one line', async (status, message) => {
    openPulls([]);
    commits();
    branchAt(null);
    writes('post', `${REPOSITORY}/git/refs`, status, { message });
    await expect(open()).rejects.toMatchObject({
      code: 'github-refused',
      message: message.startsWith('Repository was')
        ? message
        : 'Repository rule violations found. Cannot create ref due to creations being restricted.',
      where: 'pull request from offbeat/schedules',
    });
  });

  it('of a pull request says why, beside what it says in general', async () => {
    openPulls([]);
    commits();
    branchAt(null);
    writes('post', `${REPOSITORY}/git/refs`, 201, {});
    writes('post', `${REPOSITORY}/pulls`, 422, {
      message: 'Validation Failed',
      errors: [{ resource: 'PullRequest', code: 'custom', message: 'No commits between main and x' }],
    });
    await expect(open()).rejects.toMatchObject({
      code: 'github-refused',
      message: 'Validation Failed. No commits between main and x.',
    });
  });

  it.each([404, 409])('of the commit that was read just before is put off (%i)', async (status) => {
    openPulls([]);
    nock(API).get(`${REPOSITORY}/git/commits/base`).reply(status, {});
    await expect(open()).rejects.toMatchObject({ code: 'github-not-yet', retryAfterMs: 5_000 });
  });

  it('of a branch that is there already and cannot be read is put off', async () => {
    openPulls([]);
    commits();
    branchAt(null);
    writes('post', `${REPOSITORY}/git/refs`, 422, { message: 'Reference already exists' });
    branchAt(null);
    await expect(open()).rejects.toMatchObject({ code: 'github-not-yet' });
  });

  it.each([
    ['comment', 403, 'Unable to create comment because issue is locked.'],
    ['issue', 410, 'Issues has been disabled in this repository.'],
    ['check', 422, 'No commit found for SHA: abc'],
  ] as const)('of a %s is github-refused', async (kind, status, message) => {
    const writer = createWriter(client(), NAME, APP);
    if (kind === 'comment') {
      nock(API).get(`${REPOSITORY}/issues/7/comments`).query(true).reply(200, []);
      writes('post', `${REPOSITORY}/issues/7/comments`, status, { message });
      await expect(writer.comment(7, 'Done.', 'Done.')).rejects.toMatchObject({
        code: 'github-refused',
        message,
        where: 'comment on #7',
      });
    } else if (kind === 'issue') {
      nock(API).get(`${REPOSITORY}/issues`).query(true).reply(status, { message });
      await expect(writer.issue('Title', 'Text')).rejects.toMatchObject({ code: 'github-refused', message });
    } else {
      writes('post', `${REPOSITORY}/check-runs`, status, { message });
      const check = { name: 'config', sha: 'abc', passed: true, title: '', summary: '', annotations: [] };
      await expect(writer.check(check)).rejects.toMatchObject({
        code: 'github-refused',
        message: `${message}.`,
        where: 'check of abc',
      });
    }
  });

  it.each([
    [401, 'Bad credentials'],
    [403, 'You have exceeded a secondary rate limit'],
    [500, sentence],
  ])('%i %s stays what it is', async (status, message) => {
    openPulls([]);
    commits();
    branchAt(null);
    writes('post', `${REPOSITORY}/git/refs`, status, { message });
    await expect(open()).rejects.toMatchObject({ status });
  });
});

describe('an issue', () => {
  const issues = (list: readonly object[]) =>
    nock(API)
      .get(`${REPOSITORY}/issues`)
      .query({ state: 'open', creator: APP })
      .reply(200, [...list]);
  const own = { number: 5, title: 'Invalid', body: 'old', user: { login: APP } };
  const tell = (body: string) => createWriter(client(), NAME, APP).issue('Invalid', body);

  it('is opened where there is none', async () => {
    issues([{ ...own, title: 'Another' }]);
    writes('post', `${REPOSITORY}/issues`, 201, { number: 6 });
    await tell('new');
    expect(sent).toEqual([{ line: `POST ${REPOSITORY}/issues`, body: { title: 'Invalid', body: 'new' } }]);
  });

  it('is brought up to date where it is open', async () => {
    issues([own]);
    writes('patch', `${REPOSITORY}/issues/5`, 200, {});
    await tell('new');
    expect(sent).toEqual([{ line: `PATCH ${REPOSITORY}/issues/5`, body: { body: 'new' } }]);
  });

  it('says the same thing once', async () => {
    issues([own]);
    await tell('old');
    expect(sent).toEqual([]);
  });

  it('of somebody else is none of ours', async () => {
    issues([{ ...own, user: { login: 'mona' } }]);
    writes('post', `${REPOSITORY}/issues`, 201, { number: 6 });
    await tell('new');
  });
});

describe('a comment', () => {
  const COMMENTS = `${REPOSITORY}/issues/7/comments`;
  const standing = (list: readonly object[]) =>
    nock(API)
      .get(COMMENTS)
      .query(true)
      .reply(200, [...list]);
  const tell = (octokit: GitHubClient = client()) =>
    createWriter(octokit, NAME, APP).comment(7, 'Done. <!-- 1 -->', '<!-- 1 -->');

  it('goes where it was asked for', async () => {
    standing([{ id: 1, body: 'Done. <!-- 1 -->', user: { login: 'mona' } }]);
    writes('post', COMMENTS, 201, { id: 2 });
    standing([{ id: 2, body: 'Done. <!-- 1 -->', user: { login: APP } }]);
    await tell();
    expect(sent).toEqual([{ line: `POST ${COMMENTS}`, body: { body: 'Done. <!-- 1 -->' } }]);
  });

  it('whose answer got lost is looked for before it is written again', async () => {
    const retrying = client();
    createGuard({ now: () => performance.now(), wait: async () => undefined }).protect(retrying.hook, 9);
    standing([]);
    writes('post', COMMENTS, 502, {});
    await expect(tell(retrying)).rejects.toMatchObject({ status: 502 });
    standing([{ id: 1, body: 'Done. <!-- 1 -->', user: { login: APP } }]);
    await tell(retrying);
    expect(sent).toHaveLength(1);
  });

  it('is taken back where that of an earlier try has come through after all', async () => {
    standing([]);
    writes('post', COMMENTS, 201, { id: 2 });
    standing([1, 2].map((id) => ({ id, body: 'Done. <!-- 1 -->', user: { login: APP } })));
    const taken = nock(API).delete(`${REPOSITORY}/issues/comments/2`).reply(204);
    await tell();
    expect(taken.isDone()).toBe(true);
  });
});

describe('react', () => {
  it('gives a sign to a comment', async () => {
    writes('post', `${REPOSITORY}/issues/comments/7/reactions`, 201, { id: 1, content: 'confused' });
    await createWriter(client(), NAME, APP).react(7, 'confused');
    expect(sent).toMatchObject([{ body: { content: 'confused' } }]);
  });

  it('says which permission is missing', async () => {
    writes('post', `${REPOSITORY}/issues/comments/7/reactions`, 403, {
      message: 'Resource not accessible by integration',
    });
    await expect(createWriter(client(), NAME, APP).react(7, 'confused')).rejects.toMatchObject({
      code: 'permission-missing',
      where: 'permission `issues`',
    });
  });
});
