import { BRANCH } from '../config/config.ts';
import { OffbeatError } from '../errors.ts';
import type { BranchDraft, OpenedPull, PullRequestDraft, RepositoryWriter } from '../usecases/ports.ts';
import { type Absences, createAbsences } from './absences.ts';
import { classifyAnswer } from './classify-answer.ts';
import { type GitHubClient, PER_PAGE, type RepositoryName, statusOf } from './client.ts';
import { branchHead, type GitHubRepository, maySeemAbsent, notYet } from './look-again.ts';
import { sayingRefusals } from './saying-refusals.ts';

/**
 * Octokit's retries send a request again whose answer got lost, although GitHub may have carried it out: people would
 * be told twice. Such a failure goes to the queue instead, whose next try looks first. Trees, commits, branches and
 * pull requests may be asked for again: the second one is the first, or is refused as already there.
 */
const TOLD_ONCE = { request: { retries: 0 } } as const;

/** Modes of an ordinary file, and of one that can be executed, in a git tree. */
const FILE_MODE = '100644';
const PROGRAM_MODE = '100755';

/** A repository as the App's own account, `slug[bot]`, writes to it. */
interface Writable extends GitHubRepository {
  readonly appLogin: string;
}

/** Writes to one repository as the App. `appLogin` is the App's own account, `slug[bot]`. */
export function createWriter(
  client: GitHubClient,
  name: RepositoryName,
  appLogin: string,
  absences: Absences = createAbsences(),
): RepositoryWriter {
  const repository = { client, name, absences, appLogin };
  const writer: RepositoryWriter = {
    openPull: (draft) => openPull(repository, draft),
    rebuildBranch(draft) {
      refuseForeign(draft);
      return commitToBranch(repository, draft);
    },
    async comment(issueNumber, body, once) {
      const find = () => ownComment(repository, issueNumber, once);
      if ((await find()) !== null) return;
      const written = { ...name, issue_number: issueNumber, body, ...TOLD_ONCE };
      const { id } = (await client.rest.issues.createComment(written)).data;
      // An earlier try that nobody waited for any longer may have come through meanwhile: its comment stays.
      const first = await find();
      if (first !== null && first.id !== id)
        await client.rest.issues.deleteComment({ ...name, comment_id: id });
    },
    async commentInPlace(issueNumber, body, mark) {
      const own = await ownComment(repository, issueNumber, mark);
      if (own === null) {
        await client.rest.issues.createComment({ ...name, issue_number: issueNumber, body, ...TOLD_ONCE });
      } else if (own.body !== body) {
        await client.rest.issues.updateComment({ ...name, comment_id: own.id, body });
      }
    },
    async updatePull(pullNumber, { body, close = false }) {
      const state = close ? ({ state: 'closed' } as const) : {};
      await client.rest.pulls.update({ ...name, pull_number: pullNumber, body, ...state });
    },
    async check({ name: checkName, sha, passed, title, summary, annotations }) {
      await client.rest.checks.create({
        ...name,
        ...TOLD_ONCE,
        name: checkName,
        head_sha: sha,
        status: 'completed',
        conclusion: passed ? 'success' : 'failure',
        output: {
          title,
          summary,
          annotations: annotations.slice(0, MAX_ANNOTATIONS).map(({ path, line, message }) => ({
            path,
            start_line: line,
            end_line: line,
            annotation_level: 'failure',
            message,
          })),
        },
      });
    },
    async react(commentId, content) {
      await client.rest.reactions.createForIssueComment({ ...name, comment_id: commentId, content });
    },
    async issue(title, body) {
      const own = await openIssue(repository, title);
      if (own === undefined)
        return (await client.rest.issues.create({ ...name, title, body, ...TOLD_ONCE })).data.number;
      if (own.body !== body) await client.rest.issues.update({ ...name, issue_number: own.number, body });
      return own.number;
    },
    async closeIssue(title, body) {
      const own = await openIssue(repository, title);
      if (own === undefined) return;
      const closed = { state: 'closed', state_reason: 'completed' } as const;
      await client.rest.issues.update({ ...name, issue_number: own.number, body, ...closed });
    },
  };
  return sayingRefusals(writer, appLogin);
}

/** GitHub takes no more in one request. */
const MAX_ANNOTATIONS = 50;

/** The first of the App's own comments that holds a text, or `null`. */
async function ownComment({ client, name, appLogin }: Writable, issueNumber: number, text: string) {
  const pages = client.paginate.iterator(client.rest.issues.listComments, {
    ...name,
    issue_number: issueNumber,
    per_page: PER_PAGE,
  });
  for await (const { data } of pages) {
    const own = data.find(({ user, body }) => user?.login === appLogin && body?.includes(text) === true);
    if (own !== undefined) return { id: own.id, body: own.body ?? '' };
  }
  return null;
}

/**
 * Branch and head may come from a stored proposal, and whoever can write there must not lead the App to a branch of
 * somebody else. Throws `branch-taken` where the name does not show that it is the App's own.
 */
function refuseForeign({ branch }: BranchDraft): void {
  if (BRANCH.test(branch)) return;
  throw new OffbeatError('branch-taken', 'This is no branch of Offbeat: its name has to contain "offbeat".', {
    where: branch,
    fix: 'Name another one as `branch` of `pull-request` in the configuration.',
  });
}

/**
 * One commit on a stable branch and one pull request for it. Doing it twice has the effect of doing it once: an
 * open pull request of the App's from that branch is updated. A branch whose head somebody else wrote is left alone.
 * Labels and people are set once. Where no head is known, an earlier try has opened the pull request and was
 * interrupted: then those are set that it does not have yet.
 */
async function openPull(repository: Writable, draft: PullRequestDraft): Promise<OpenedPull> {
  const { client, name } = repository;
  refuseForeign(draft);
  if (draft.branch === draft.baseBranch) {
    throw new OffbeatError('branch-taken', 'The branch of the proposals is the default branch.', {
      where: draft.branch,
      fix: 'Name another one as `branch` of `pull-request` in the configuration.',
    });
  }
  const existing = await openPullOf(repository, draft.branch);
  const headSha = await commitToBranch(repository, draft);
  if (existing !== null) {
    const { data } = await client.rest.pulls.update({
      ...name,
      pull_number: existing.number,
      title: draft.title,
      body: draft.body,
      // Somebody may have renamed the default branch meanwhile.
      ...(existing.base === draft.baseBranch ? {} : { base: draft.baseBranch }),
    });
    const opened = { number: data.number, url: data.html_url, headSha };
    if (draft.knownHeadSha !== null) return opened;
    return { ...opened, ...(await wishFor(repository, existing, draft)) };
  }
  const opened = await createPull(repository, draft);
  const unmet = await wishFor(repository, opened, draft);
  return { number: opened.number, url: opened.url, headSha, ...unmet };
}

/** Makes the commit and has the branch point to it; returns its sha. */
async function commitToBranch(repository: Writable, draft: BranchDraft): Promise<string> {
  const sha = await commitFiles(repository, draft);
  await pointBranch(repository, draft, sha);
  return sha;
}

/** Sets the labels and people that a pull request lacks; hands back what GitHub refuses of them. */
async function wishFor(
  { client, name }: Writable,
  { number, labels: has, people: asked }: ListedPull,
  { wishes }: PullRequestDraft,
): Promise<Pick<OpenedPull, 'unmet'>> {
  const labels = (wishes?.labels ?? []).filter((label) => isMissing(has, label));
  const assignees = (wishes?.assignees ?? []).filter((login) => isMissing(asked.assignees, login));
  const reviewers = (wishes?.reviewers ?? []).filter((reviewer) =>
    isMissing(asked.reviewers, slugOf(reviewer)),
  );
  const teams = reviewers.filter((reviewer) => reviewer.includes('/'));
  const people = reviewers.filter((reviewer) => !reviewer.includes('/'));
  const issue = { ...name, issue_number: number };
  const asks: (readonly [what: readonly string[], ask: () => Promise<unknown>])[] = [
    [labels, () => client.rest.issues.addLabels({ ...issue, labels })],
    [assignees, () => client.rest.issues.addAssignees({ ...issue, assignees })],
    [
      reviewers,
      () =>
        client.rest.pulls.requestReviewers({
          ...name,
          pull_number: number,
          reviewers: people,
          team_reviewers: teams.map(slugOf),
        }),
    ],
  ];
  const unmet: string[] = [];
  for (const [what, ask] of asks) {
    if (what.length === 0) continue;
    try {
      await ask();
    } catch (error) {
      const answer = classifyAnswer(error, Date.now());
      if (answer.kind !== 'refused') throw error;
      unmet.push(`${what.join(', ')}: ${answer.sentence}`);
    }
  }
  return unmet.length === 0 ? {} : { unmet };
}

/** GitHub takes no notice of the case of labels and logins. */
function isMissing(present: readonly string[], wanted: string): boolean {
  return present.every((one) => one.toLowerCase() !== wanted.toLowerCase());
}

/** `owner/team` as GitHub lists it; the login of a person. */
function slugOf(reviewer: string): string {
  return reviewer.slice(reviewer.indexOf('/') + 1);
}

/** Another process of the App's may have opened it in this very moment: then that is the one. */
async function createPull(repository: Writable, draft: PullRequestDraft): Promise<ListedPull> {
  const { client, name } = repository;
  try {
    const { data } = await client.rest.pulls.create({
      ...name,
      head: draft.branch,
      base: draft.baseBranch,
      title: draft.title,
      body: draft.body,
    });
    return listed(data);
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
    const other = await openPullOf(repository, draft.branch);
    if (other === null) throw error;
    return other;
  }
}

/** GitHub's answer to whoever makes what exists. */
function isAlreadyThere(error: unknown): boolean {
  return statusOf(error) === 422 && error instanceof Error && /already exists/i.test(error.message);
}

/** A pull request as GitHub lists it. */
interface ListedPull {
  readonly number: number;
  readonly url: string;
  readonly base: string;
  readonly labels: readonly string[];
  readonly people: { readonly assignees: readonly string[]; readonly reviewers: readonly string[] };
}

type RestPull =
  | Awaited<ReturnType<GitHubClient['rest']['pulls']['list']>>['data'][number]
  | Awaited<ReturnType<GitHubClient['rest']['pulls']['create']>>['data'];

async function openPullOf({ client, name, appLogin }: Writable, branch: string): Promise<ListedPull | null> {
  const { data } = await client.rest.pulls.list({ ...name, state: 'open', head: `${name.owner}:${branch}` });
  const own = data.find((pull) => pull.user?.login === appLogin && pull.head.ref === branch);
  return own === undefined ? null : listed(own);
}

/** GitHub leaves lists out, or gives `null`, where it has nothing to name. */
function listed(pull: RestPull): ListedPull {
  return {
    number: pull.number,
    url: pull.html_url,
    base: pull.base.ref,
    labels: (pull.labels ?? []).flatMap(({ name }) => name ?? []),
    people: {
      assignees: (pull.assignees ?? []).map(({ login }) => login),
      reviewers: [
        ...(pull.requested_reviewers ?? []).map(({ login }) => login),
        ...(pull.requested_teams ?? []).map(({ slug }) => slug),
      ],
    },
  };
}

/** No author is named, so that GitHub signs the commit as the App's. */
async function commitFiles(repository: Writable, draft: BranchDraft): Promise<string> {
  const { client, name } = repository;
  const base = await readBase(repository, draft.baseSha, (sha) =>
    client.rest.git.getCommit({ ...name, commit_sha: sha }),
  );
  const programs = draft.files.length === 0 ? new Set() : await programsAt(repository, draft.baseSha);
  const modeOf = (path: string) => (programs.has(path) ? PROGRAM_MODE : FILE_MODE);
  const tree = await client.rest.git.createTree({
    ...name,
    base_tree: base.data.tree.sha,
    tree: [
      ...draft.files.map(
        ({ path, text }) => ({ path, mode: modeOf(path), type: 'blob', content: text }) as const,
      ),
      ...(draft.removed ?? []).map((path) => ({ path, mode: FILE_MODE, type: 'blob', sha: null }) as const),
    ],
  });
  const commit = await client.rest.git.createCommit({
    ...name,
    message: await signedOff(repository, draft),
    tree: tree.data.sha,
    parents: [draft.baseSha],
  });
  return commit.data.sha;
}

/** Files of a commit that can be executed, as far as GitHub lists them; folders such as `.github` come first. */
async function programsAt(repository: GitHubRepository, baseSha: string): Promise<ReadonlySet<string>> {
  const { client, name } = repository;
  const { data } = await readBase(repository, baseSha, (sha) =>
    client.rest.git.getTree({ ...name, tree_sha: sha, recursive: '1' }),
  );
  return new Set(data.tree.filter(({ mode }) => mode === PROGRAM_MODE).map(({ path }) => path));
}

/** The files were read at this commit just before: where it seems absent, GitHub is behind, or it is gone. */
async function readBase<T>(
  repository: GitHubRepository,
  baseSha: string,
  read: (sha: string) => Promise<T>,
): Promise<T> {
  try {
    return await read(baseSha);
  } catch (error) {
    if (maySeemAbsent(error)) throw notYet(repository, `commit ${baseSha}`, error);
    throw error;
  }
}

/**
 * The message with the trailer that a Developer Certificate of Origin asks for; it must name the commit's author, whose
 * address is of the server's own no-reply host.
 */
async function signedOff(
  { client, appLogin }: Writable,
  { commitMessage, signOff = false }: BranchDraft,
): Promise<string> {
  if (!signOff) return commitMessage;
  const { data } = await client.rest.users.getByUsername({ username: appLogin });
  const { hostname } = new URL(data.html_url);
  return `${commitMessage}\n\nSigned-off-by: ${appLogin} <${data.id}+${appLogin}@users.noreply.${hostname}>`;
}

async function pointBranch(repository: Writable, draft: BranchDraft, sha: string): Promise<void> {
  const { client, name, appLogin } = repository;
  const ref = `heads/${draft.branch}`;
  const present =
    (await branchHead(repository, draft.branch)) ?? (await branchMade(repository, draft.branch, sha));
  if (present === sha) return;
  // A crash may have come between the branch and the store: then the head is ours, and not the one remembered.
  if (present !== draft.knownHeadSha && (await authorOf(repository, present)) !== appLogin) {
    throw new OffbeatError('branch-taken', 'Somebody else has committed to the branch of the proposals.', {
      where: draft.branch,
      fix: 'Merge or close its pull request and delete the branch; Offbeat does not write over anyone’s commits.',
    });
  }
  await client.rest.git.updateRef({ ...name, ref, sha, force: true });
}

/** Makes the branch; returns its head, which is another one where somebody was quicker. */
async function branchMade(repository: GitHubRepository, branch: string, sha: string): Promise<string> {
  const { client, name } = repository;
  try {
    await client.rest.git.createRef({ ...name, ref: `refs/heads/${branch}`, sha });
    return sha;
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
    const head = await branchHead(repository, branch);
    if (head === null) throw notYet(repository, `branch ${branch}`, error);
    return head;
  }
}

/** Login of whoever wrote a commit. */
async function authorOf({ client, name }: Writable, sha: string): Promise<string | undefined> {
  return (await client.rest.repos.getCommit({ ...name, ref: sha })).data.author?.login;
}

/** The App's open issue of a title, or `undefined`. */
async function openIssue({ client, name, appLogin }: Writable, title: string) {
  const { data } = await client.rest.issues.listForRepo({ ...name, state: 'open', creator: appLogin });
  return data.find((issue) => issue.title === title && issue.user?.login === appLogin);
}
