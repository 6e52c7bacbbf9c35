import { type Answer, type Exchange, isSuccess, type Upstream } from './exchange.ts';
import type { HookDeliveries } from './hook-deliveries.ts';
import { asJson, asList, at, type Json, numberAt, textAt } from './json.ts';
import { asIssue, type PullRequests } from './pull-requests.ts';

/**
 * The emulator's own webhooks lack the push after a merge and the commits of a push, and reuse a delivery id
 * within one millisecond. So it is given no webhook address, and what GitHub would send is told here from each
 * successful write.
 */
export interface WebhookContext {
  readonly upstream: Upstream;
  readonly hooks: HookDeliveries;
  readonly installationIdOf: (owner: string) => number;
  /** The user behind a request. */
  readonly sender: (exchange: Exchange) => Promise<Json>;
  readonly pulls: PullRequests;
}

interface Raised {
  readonly event: string;
  readonly payload: Json;
}

/** A successful write, and what is asked to tell of it. */
interface Change extends Pick<WebhookContext, 'upstream' | 'pulls'> {
  readonly asked: Json;
  readonly answer: Json;
  readonly repositoryPath: string;
  /** What the path's pattern caught after the repository. */
  readonly part: string;
  /** Commit at the tip of the branch before the write, where the write moves one. */
  readonly before: string;
}

type Teller = (change: Change) => readonly Raised[] | Promise<readonly Raised[]>;

const NO_COMMIT = '0'.repeat(40);

/** The branch whose tip a request may move, to be read before it is forwarded; `undefined` for the others. */
export function branchMoved(exchange: Exchange): string | undefined {
  const ref = /\/git\/refs\/heads\/(.+)$/.exec(decodeURIComponent(exchange.path))?.[1];
  if (ref !== undefined || exchange.method === 'PATCH') return ref;
  if (exchange.method !== 'PUT' && exchange.method !== 'DELETE') return undefined;
  return /\/contents\//.test(exchange.path) ? branchOf(exchange.body) : undefined;
}

/** Raises the webhooks that GitHub sends after a successful write. */
export async function raiseWebhooks(
  { upstream, pulls, hooks, installationIdOf, sender: senderOf }: WebhookContext,
  exchange: Exchange,
  answer: Answer,
  before = NO_COMMIT,
): Promise<void> {
  if (!isSuccess(answer)) return;
  const [, repositoryPath, rest] =
    /^(\/repos\/[^/]+\/[^/]+)(\/.*)$/.exec(decodeURIComponent(exchange.path)) ?? [];
  if (repositoryPath === undefined || rest === undefined) return;
  const match = TELLERS.find(([method, path]) => method === exchange.method && path.test(rest));
  if (match === undefined) return;
  const [, path, tell] = match;
  const part = path.exec(rest)?.[1] ?? '';
  const change = { upstream, pulls, asked: exchange.body, answer: asJson(answer.body) };
  const raised = await tell({ ...change, repositoryPath, part, before });
  const repository = (await upstream('GET', repositoryPath)).body;
  const sender = await senderOf(exchange);
  const installation = { id: installationIdOf(textAt(repository, 'owner', 'login')), node_id: 'demo' };
  for (const { event, payload } of raised)
    hooks.raise(event, { ...payload, repository, sender, installation });
}

/** The branch that a request to write a file names. */
function branchOf(asked: Json): string {
  return textAt(asked, 'branch') || 'main';
}

async function pullView({ pulls, repositoryPath }: Change, number: string): Promise<Json> {
  return asJson((await pulls.find(repositoryPath, number)).body);
}

/** A comment on an issue or pull request of this number. */
async function commented(change: Change, number: string, more: Json): Promise<readonly Raised[]> {
  const found = await change.upstream('GET', `${change.repositoryPath}/issues/${number}`);
  const issue = isSuccess(found) ? found.body : asIssue(await pullView(change, number));
  return [{ event: 'issue_comment', payload: { issue, comment: change.answer, ...more } }];
}

const commentCreated: Teller = (change) => commented(change, change.part, { action: 'created' });

const commentEdited: Teller = (change) => {
  const number = textAt(change.answer, 'issue_url').split('/').at(-1) ?? '';
  return commented(change, number, { action: 'edited', changes: {} });
};

function stateAction({ asked: { state } }: Change): string {
  return state === 'closed' ? 'closed' : state === 'open' ? 'reopened' : 'edited';
}

function issueEvent(action: string, issue: Json): Raised {
  const changes = action === 'edited' ? { changes: {} } : {};
  return { event: 'issues', payload: { action, issue, ...changes } };
}

function pullEvent(action: string, pull: Json): Raised {
  const changes = action === 'edited' ? { changes: {} } : {};
  return { event: 'pull_request', payload: { action, number: pull.number, pull_request: pull, ...changes } };
}

/** The first parent of a commit that was made now: the branch's tip before. */
async function parentOf({ upstream, repositoryPath }: Change, sha: string): Promise<string> {
  const commit = await upstream('GET', `${repositoryPath}/git/commits/${sha}`);
  return textAt(asList(at(commit.body, 'parents'))[0], 'sha');
}

const merged: Teller = async (change) => {
  const pull = await pullView(change, change.part);
  const after = textAt(change.answer, 'sha');
  const before = await parentOf(change, after);
  return [
    pullEvent('closed', pull),
    await push({ ...change, before }, `refs/heads/${textAt(pull, 'base', 'ref')}`, after),
  ];
};

const branchUpdated: Teller = async (change) => {
  const pull = await pullView(change, change.part);
  const after = textAt(pull, 'head', 'sha');
  const before = await parentOf(change, after);
  return branchPushed({ ...change, before }, textAt(pull, 'head', 'ref'), after);
};

const contentsChanged: Teller = (change) =>
  branchPushed(change, branchOf(change.asked), textAt(change.answer, 'commit', 'sha'));

const refMoved: Teller = (change) => {
  const branch = /^refs\/heads\/(.+)$/.exec(textAt(change.answer, 'ref'))?.[1];
  return branch === undefined ? [] : branchPushed(change, branch, textAt(change.answer, 'object', 'sha'));
};

const branchDeleted: Teller = async (change) => {
  const { pulls, repositoryPath, part, before } = change;
  const closed = await pulls.closeFrom(repositoryPath, part, before);
  const pushed = await push(change, `refs/heads/${part}`, NO_COMMIT);
  return [pushed, ...closed.map((pull) => pullEvent('closed', pull))];
};

/** The push, and the open pull requests whose branch has another head now. */
async function branchPushed(change: Change, branch: string, after: string): Promise<readonly Raised[]> {
  const { pulls, repositoryPath, before } = change;
  const pushed = await push(change, `refs/heads/${branch}`, after);
  const synchronized = (await pulls.openFrom(repositoryPath, branch)).map(async (pull) => {
    const view = await pullView(change, String(numberAt(pull, 'number')));
    const { event, payload } = pullEvent('synchronize', view);
    return { event, payload: { ...payload, before, after } };
  });
  return [pushed, ...(await Promise.all(synchronized))];
}

async function push(
  { upstream, repositoryPath, before }: Change,
  ref: string,
  after: string,
): Promise<Raised> {
  const isCreated = before === NO_COMMIT;
  const isDeleted = after === NO_COMMIT;
  const compared =
    isCreated || isDeleted
      ? undefined
      : await upstream('GET', `${repositoryPath}/compare/${before}...${after}`);
  const files = asList(at(compared?.body, 'files'));
  const named = (status: string) =>
    files.filter((file) => file.status === status).map((file) => textAt(file, 'filename'));
  const commit = await upstream('GET', `${repositoryPath}/git/commits/${isDeleted ? before : after}`);
  const head = {
    id: after,
    url: `${repositoryPath}/commit/${after}`,
    tree_id: textAt(commit.body, 'tree', 'sha'),
    distinct: true,
    message: textAt(commit.body, 'message'),
    timestamp: textAt(commit.body, 'committer', 'date'),
    author: at(commit.body, 'author'),
    committer: at(commit.body, 'committer'),
    added: named('added'),
    removed: named('removed'),
    modified: named('modified'),
  };
  return {
    event: 'push',
    payload: {
      ref,
      before,
      after,
      created: isCreated,
      deleted: isDeleted,
      forced: false,
      base_ref: null,
      compare: `${repositoryPath}/compare/${before}...${after}`,
      pusher: { name: textAt(commit.body, 'author', 'name'), email: textAt(commit.body, 'author', 'email') },
      commits: isCreated || isDeleted ? [] : [head],
      head_commit: isDeleted ? null : head,
    },
  };
}

/** What is told of a write, by its method and its path below the repository. */
const TELLERS: readonly (readonly [method: string, path: RegExp, tell: Teller])[] = [
  ['POST', /^\/issues\/(\d+)\/comments$/, commentCreated],
  ['PATCH', /^\/issues\/comments\/(\d+)$/, commentEdited],
  ['POST', /^\/issues$/, ({ answer }) => [issueEvent('opened', answer)]],
  ['PATCH', /^\/issues\/(\d+)$/, (change) => [issueEvent(stateAction(change), change.answer)]],
  ['POST', /^\/pulls$/, ({ answer }) => [pullEvent('opened', answer)]],
  ['PATCH', /^\/pulls\/(\d+)$/, (change) => [pullEvent(stateAction(change), change.answer)]],
  ['PUT', /^\/pulls\/(\d+)\/merge$/, merged],
  ['PUT', /^\/pulls\/(\d+)\/update-branch$/, branchUpdated],
  ['PUT', /^\/contents\/(.+)$/, contentsChanged],
  ['DELETE', /^\/contents\/(.+)$/, contentsChanged],
  ['POST', /^\/git\/(refs)$/, refMoved],
  ['PATCH', /^\/git\/refs\/(.+)$/, refMoved],
  ['DELETE', /^\/git\/refs\/heads\/(.+)$/, branchDeleted],
];
