import { type Answer, type Exchange, isSuccess, type Upstream } from './exchange.ts';
import type { HookDeliveries } from './hook-deliveries.ts';
import { asJson, asList, at, type Json, numberAt, textAt } from './json.ts';
import { asIssue } from './pull-requests.ts';

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
  readonly pullView: (repositoryPath: string, number: string) => Promise<Json>;
  /** Closes the open pull requests from a branch whose last commit is named, as GitHub does when it is deleted. */
  readonly closePulls: (repositoryPath: string, branch: string, tip: string) => Promise<readonly Json[]>;
}

interface Raised {
  readonly event: string;
  readonly payload: Json;
}

interface Change {
  readonly exchange: Exchange;
  readonly answer: Answer;
  readonly repositoryPath: string;
  /** What the path's pattern caught after the repository. */
  readonly part: string;
  /** Commit at the tip of the branch before the write, where the write moves one. */
  readonly before: string;
}

type Teller = (context: WebhookContext, change: Change) => Promise<readonly Raised[]>;

const NO_COMMIT = '0'.repeat(40);

const TELLERS: readonly { readonly method: string; readonly path: RegExp; readonly tell: Teller }[] = [
  { method: 'POST', path: /^\/issues\/(\d+)\/comments$/, tell: commentCreated },
  { method: 'PATCH', path: /^\/issues\/comments\/(\d+)$/, tell: commentEdited },
  { method: 'POST', path: /^\/issues$/, tell: async (_, { answer }) => [issueEvent('opened', answer)] },
  {
    method: 'PATCH',
    path: /^\/issues\/(\d+)$/,
    tell: async (_, change) => [issueEvent(stateAction(change), change.answer)],
  },
  {
    method: 'POST',
    path: /^\/pulls$/,
    tell: async (_, { answer }) => [pullEvent('opened', asJson(answer.body))],
  },
  {
    method: 'PATCH',
    path: /^\/pulls\/(\d+)$/,
    tell: async (_, change) => [pullEvent(stateAction(change), asJson(change.answer.body))],
  },
  { method: 'PUT', path: /^\/pulls\/(\d+)\/merge$/, tell: merged },
  { method: 'PUT', path: /^\/pulls\/(\d+)\/update-branch$/, tell: branchUpdated },
  { method: 'PUT', path: /^\/contents\/(.+)$/, tell: contentsChanged },
  { method: 'DELETE', path: /^\/contents\/(.+)$/, tell: contentsChanged },
  { method: 'POST', path: /^\/git\/(refs)$/, tell: refMoved },
  { method: 'PATCH', path: /^\/git\/refs\/(.+)$/, tell: refMoved },
  { method: 'DELETE', path: /^\/git\/refs\/heads\/(.+)$/, tell: branchDeleted },
];

/** The branch whose tip a request may move, to be read before it is forwarded; `undefined` for the others. */
export function branchMoved(exchange: Exchange): string | undefined {
  const ref = /\/git\/refs\/heads\/(.+)$/.exec(decodeURIComponent(exchange.path))?.[1];
  if (ref !== undefined || exchange.method === 'PATCH') return ref;
  if (exchange.method !== 'PUT' && exchange.method !== 'DELETE') return undefined;
  return /\/contents\//.test(exchange.path) ? textAt(exchange.body, 'branch') || 'main' : undefined;
}

/** Raises the webhooks that GitHub sends after a successful write. */
export async function raiseWebhooks(
  context: WebhookContext,
  exchange: Exchange,
  answer: Answer,
  before: string | undefined,
): Promise<void> {
  if (!isSuccess(answer)) return;
  const path = decodeURIComponent(exchange.path);
  const [, repositoryPath, rest] = /^(\/repos\/[^/]+\/[^/]+)(\/.*)$/.exec(path) ?? [];
  if (repositoryPath === undefined || rest === undefined) return;
  const match = TELLERS.find((teller) => teller.method === exchange.method && teller.path.test(rest));
  if (match === undefined) return;
  const part = match.path.exec(rest)?.[1] ?? '';
  const raised = await match.tell(context, {
    exchange,
    answer,
    repositoryPath,
    part,
    before: before ?? NO_COMMIT,
  });
  const repository = (await context.upstream('GET', repositoryPath)).body;
  const owner = textAt(repository, 'owner', 'login');
  const sender = await context.sender(exchange);
  for (const { event, payload } of raised) {
    context.hooks.raise(event, {
      ...payload,
      repository,
      sender,
      installation: { id: context.installationIdOf(owner), node_id: 'demo' },
    });
  }
}

async function issueOf(context: WebhookContext, repositoryPath: string, number: string): Promise<Json> {
  const issue = await context.upstream('GET', `${repositoryPath}/issues/${number}`);
  return isSuccess(issue) ? asJson(issue.body) : asIssue(await context.pullView(repositoryPath, number));
}

async function commentCreated(context: WebhookContext, change: Change): Promise<readonly Raised[]> {
  const issue = await issueOf(context, change.repositoryPath, change.part);
  return [{ event: 'issue_comment', payload: { action: 'created', issue, comment: change.answer.body } }];
}

async function commentEdited(context: WebhookContext, change: Change): Promise<readonly Raised[]> {
  const number = textAt(change.answer.body, 'issue_url').split('/').at(-1) ?? '';
  const issue = await issueOf(context, change.repositoryPath, number);
  return [
    {
      event: 'issue_comment',
      payload: { action: 'edited', issue, comment: change.answer.body, changes: {} },
    },
  ];
}

function stateAction(change: Change): string {
  const state = change.exchange.body.state;
  return state === 'closed' ? 'closed' : state === 'open' ? 'reopened' : 'edited';
}

function issueEvent(action: string, answer: Answer): Raised {
  const changes = action === 'edited' ? { changes: {} } : {};
  return { event: 'issues', payload: { action, issue: answer.body, ...changes } };
}

function pullEvent(action: string, pull: Json): Raised {
  const changes = action === 'edited' ? { changes: {} } : {};
  return { event: 'pull_request', payload: { action, number: pull.number, pull_request: pull, ...changes } };
}

async function merged(context: WebhookContext, change: Change): Promise<readonly Raised[]> {
  const pull = await context.pullView(change.repositoryPath, change.part);
  const base = textAt(pull, 'base', 'ref');
  const after = textAt(change.answer.body, 'sha');
  const commit = await context.upstream('GET', `${change.repositoryPath}/git/commits/${after}`);
  const before = textAt(asList(at(commit.body, 'parents'))[0], 'sha');
  return [
    pullEvent('closed', pull),
    await push(context, change.repositoryPath, `refs/heads/${base}`, before, after),
  ];
}

async function branchUpdated(context: WebhookContext, change: Change): Promise<readonly Raised[]> {
  const pull = await context.pullView(change.repositoryPath, change.part);
  const branch = textAt(pull, 'head', 'ref');
  const after = textAt(pull, 'head', 'sha');
  const commit = await context.upstream('GET', `${change.repositoryPath}/git/commits/${after}`);
  const before = textAt(asList(at(commit.body, 'parents'))[0], 'sha');
  return [
    await push(context, change.repositoryPath, `refs/heads/${branch}`, before, after),
    ...(await synchronized(context, { ...change, before }, branch, after)),
  ];
}

async function contentsChanged(context: WebhookContext, change: Change): Promise<readonly Raised[]> {
  const branch = textAt(change.exchange.body, 'branch') || 'main';
  const after = textAt(change.answer.body, 'commit', 'sha');
  return [
    await push(context, change.repositoryPath, `refs/heads/${branch}`, change.before, after),
    ...(await synchronized(context, change, branch, after)),
  ];
}

async function refMoved(context: WebhookContext, change: Change): Promise<readonly Raised[]> {
  const ref = textAt(change.answer.body, 'ref');
  const after = textAt(change.answer.body, 'object', 'sha');
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch === undefined) return [];
  return [
    await push(context, change.repositoryPath, ref, change.before, after),
    ...(await synchronized(context, change, branch, after)),
  ];
}

async function branchDeleted(context: WebhookContext, change: Change): Promise<readonly Raised[]> {
  const { repositoryPath, part, before } = change;
  const closed = await context.closePulls(repositoryPath, part, before);
  const pushed = await push(context, repositoryPath, `refs/heads/${part}`, before, NO_COMMIT);
  return [pushed, ...closed.map((pull) => pullEvent('closed', pull))];
}

/** Open pull requests whose branch has another head now. */
async function synchronized(
  context: WebhookContext,
  { repositoryPath, before }: Change,
  branch: string,
  after: string,
): Promise<readonly Raised[]> {
  const open = await context.upstream('GET', `${repositoryPath}/pulls?state=open&per_page=100`);
  const own = asList(open.body).filter((pull) => textAt(pull, 'head', 'ref') === branch);
  return Promise.all(
    own.map(async (pull) => {
      const view = await context.pullView(repositoryPath, String(numberAt(pull, 'number')));
      const { event, payload } = pullEvent('synchronize', view);
      return { event, payload: { ...payload, before, after } };
    }),
  );
}

async function push(
  context: WebhookContext,
  repositoryPath: string,
  ref: string,
  before: string,
  after: string,
): Promise<Raised> {
  const isDeleted = after === NO_COMMIT;
  const compared =
    before === NO_COMMIT || isDeleted
      ? undefined
      : await context.upstream('GET', `${repositoryPath}/compare/${before}...${after}`);
  const files = asList(at(compared?.body, 'files'));
  const named = (status: string) =>
    files.filter((file) => file.status === status).map((file) => textAt(file, 'filename'));
  const commit = await context.upstream('GET', `${repositoryPath}/git/commits/${isDeleted ? before : after}`);
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
      created: before === NO_COMMIT,
      deleted: isDeleted,
      forced: false,
      base_ref: null,
      compare: `${repositoryPath}/compare/${before}...${after}`,
      pusher: { name: textAt(commit.body, 'author', 'name'), email: textAt(commit.body, 'author', 'email') },
      commits: before === NO_COMMIT || isDeleted ? [] : [head],
      head_commit: isDeleted ? null : head,
    },
  };
}
