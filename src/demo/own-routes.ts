import type { Clock } from '../clock.ts';
import { DAY_MS } from '../time.ts';
import { answerActions, workflowView } from './actions-routes.ts';
import type { EmulatedActions } from './emulated-actions.ts';
import { type Answer, type Exchange, isSuccess, refusal, type Upstream } from './exchange.ts';
import { answerGraphql } from './graphql.ts';
import { deliveryView, type HookDeliveries } from './hook-deliveries.ts';
import { asJson, asList, at, type Json, textAt } from './json.ts';
import { asIssue, type PullRequests } from './pull-requests.ts';
import { pageBounds, type RunRegistry } from './run-registry.ts';

export type Role = 'admin' | 'write' | 'read' | 'none';

export interface OwnRoutesContext {
  readonly upstream: Upstream;
  readonly hooks: HookDeliveries;
  readonly runs: RunRegistry;
  readonly pulls: PullRequests;
  readonly actions: EmulatedActions;
  /** What each person may do in every seeded repository; others are nobody. */
  readonly roles: ReadonlyMap<string, Role>;
  readonly sender: (exchange: Exchange) => Promise<Json>;
  readonly clock: Clock;
  readonly reactions: Map<string, Json[]>;
  readonly installation: {
    readonly id: number;
    readonly owner: string;
    readonly appSlug: string;
    /** Names of the repositories that it covers. */
    readonly repositories: readonly string[];
  };
}

type Handler = (
  context: OwnRoutesContext,
  exchange: Exchange,
  parts: readonly string[],
) => Promise<Answer> | Answer;

const REPOSITORY = `(/repos/[^/]+/[^/]+)`;

function route(method: string, pattern: string, handle: Handler) {
  return { method, path: new RegExp(`^${pattern}$`), handle };
}

/** Endpoints that the emulator lacks, or answers otherwise than GitHub does. */
const ROUTES: readonly ReturnType<typeof route>[] = [
  route('GET', `${REPOSITORY}/collaborators/([^/]+)/permission`, permission),
  route('GET', `${REPOSITORY}/issues/(\\d+)`, issue),
  route('GET', `${REPOSITORY}/pulls`, pullList),
  route('POST', `${REPOSITORY}/pulls`, pullCreate),
  route('GET', `${REPOSITORY}/pulls/(\\d+)`, pull),
  route('GET', `${REPOSITORY}/pulls/(\\d+)/files`, (context, _, [path = '', number = '']) =>
    context.pulls.files(path, number),
  ),
  route('PUT', `${REPOSITORY}/pulls/(\\d+)/merge`, async (context, exchange, [path = '', number = '']) =>
    context.pulls.merge(path, number, exchange, await context.sender(exchange)),
  ),
  route('PUT', `${REPOSITORY}/pulls/(\\d+)/update-branch`, (context, _, [path = '', number = '']) =>
    context.pulls.updateBranch(path, number),
  ),
  route('POST', `${REPOSITORY}/pulls/(\\d+)/requested_reviewers`, requestReviewers),
  route('POST', `${REPOSITORY}/issues/comments/(\\d+)/reactions`, react),
  route('GET', `${REPOSITORY}/issues/comments/(\\d+)/reactions`, (context, _, [path = '', id = '']) => ({
    status: 200,
    body: context.reactions.get(`${path}/${id}`) ?? [],
  })),
  route('GET', `${REPOSITORY}/branches/([^/]+)`, branch),
  route('GET', `${REPOSITORY}/actions/runs`, runList),
  route('GET', `${REPOSITORY}/actions/workflows`, workflowList),
  route('GET', `${REPOSITORY}/actions/workflows/([^/]+)/runs`, runList),
  route('GET', `${REPOSITORY}/actions/runs/(\\d+)`, run),
  route('GET', `${REPOSITORY}/actions/runs/(\\d+)/attempts/\\d+`, run),
  route('GET', `${REPOSITORY}/actions/runs/(\\d+)/attempts/\\d+/jobs`, jobs),
  route('GET', `${REPOSITORY}/actions/runs/(\\d+)/jobs`, jobs),
  route('POST', '/app/installations/\\d+/access_tokens', installationToken),
  route('POST', '/graphql', answerGraphql),
  route('GET', '/user/installations', userInstallations),
  route('GET', '/user/installations/(\\d+)/repositories', userRepositories),
  route('GET', '/app/hook/deliveries', deliveryList),
  route('GET', '/app/hook/deliveries/(\\d+)', delivery),
  route('POST', '/app/hook/deliveries/(\\d+)/attempts', redeliver),
];

/** The proxy's own answer; `undefined` where the emulator is to be asked. */
export async function answerOwn(context: OwnRoutesContext, exchange: Exchange): Promise<Answer | undefined> {
  context.actions.advance();
  const ofActions = await answerActions(context.actions, exchange);
  if (ofActions !== undefined) return ofActions;
  for (const { method, path, handle } of ROUTES) {
    if (method !== exchange.method) continue;
    const parts = path.exec(exchange.path);
    if (parts !== null) return handle(context, exchange, parts.slice(1));
  }
  return undefined;
}

async function permission(
  context: OwnRoutesContext,
  _: Exchange,
  [, login = '']: readonly string[],
): Promise<Answer> {
  const user = await context.upstream('GET', `/users/${login}`);
  if (!isSuccess(user)) return refusal(404, `${login} is not a user`);
  const role = context.roles.get(decodeURIComponent(login)) ?? 'none';
  return {
    status: 200,
    body: { permission: role, role_name: role, user: { ...asJson(user.body), role_name: role } },
  };
}

async function issue(
  context: OwnRoutesContext,
  exchange: Exchange,
  [path = '', number = '']: readonly string[],
): Promise<Answer> {
  const { authorization } = exchange;
  const found = await context.upstream('GET', exchange.path, { authorization });
  if (found.status !== 404) return found;
  const asPull = await context.upstream('GET', `${path}/pulls/${number}`, { authorization });
  if (!isSuccess(asPull)) return found;
  return { status: 200, body: asIssue(await context.pulls.view(path, asJson(asPull.body))) };
}

async function pullList(
  context: OwnRoutesContext,
  exchange: Exchange,
  [path = '']: readonly string[],
): Promise<Answer> {
  const found = await context.upstream('GET', `${exchange.path}?${exchange.query}`, {
    authorization: exchange.authorization,
  });
  if (!isSuccess(found) || !Array.isArray(found.body)) return found;
  return {
    ...found,
    body: await Promise.all(found.body.map((one) => context.pulls.view(path, asJson(one)))),
  };
}

/** GitHub refuses a second open pull request from one branch. */
async function pullCreate(
  context: OwnRoutesContext,
  exchange: Exchange,
  [path = '']: readonly string[],
): Promise<Answer> {
  const { authorization, body } = exchange;
  const open = await context.upstream('GET', `${path}/pulls?state=open&per_page=100`);
  const head = textAt(body, 'head');
  if (asList(open.body).some((one) => textAt(one, 'head', 'ref') === head)) {
    const message = `A pull request already exists for ${path.split('/')[2]}:${head}.`;
    return {
      ...refusal(422, 'Validation Failed'),
      body: { message: 'Validation Failed', errors: [{ resource: 'PullRequest', code: 'custom', message }] },
    };
  }
  return context.upstream('POST', exchange.path, { authorization, body });
}

async function pull(
  context: OwnRoutesContext,
  exchange: Exchange,
  [path = '']: readonly string[],
): Promise<Answer> {
  const found = await context.upstream('GET', exchange.path, { authorization: exchange.authorization });
  return isSuccess(found)
    ? { ...found, body: await context.pulls.mergeableView(path, asJson(found.body)) }
    : found;
}

/** The emulator names the commit and leaves the rest of it out. */
async function branch(
  context: OwnRoutesContext,
  exchange: Exchange,
  [path = '']: readonly string[],
): Promise<Answer> {
  const { authorization } = exchange;
  const found = await context.upstream('GET', exchange.path, { authorization });
  if (!isSuccess(found)) return found;
  const commit = await context.upstream('GET', `${path}/commits/${textAt(found.body, 'commit', 'sha')}`);
  const self = textAt(commit.body, 'url');
  return {
    ...found,
    body: {
      protection: { enabled: false },
      ...asJson(found.body),
      commit: commit.body,
      _links: { self, html: self },
      protection_url: `${self}/protection`,
    },
  };
}

/** The emulator answers 200, with labels whose description is `null`. */
async function requestReviewers(context: OwnRoutesContext, exchange: Exchange): Promise<Answer> {
  const { authorization, body } = exchange;
  const asked = await context.upstream('POST', exchange.path, { authorization, body });
  if (!isSuccess(asked)) return asked;
  const labels = asList(at(asked.body, 'labels')).map((label) => ({ ...asJson(label), description: '' }));
  return { status: 201, body: { ...asJson(asked.body), labels } };
}

async function react(
  context: OwnRoutesContext,
  exchange: Exchange,
  [path = '', id = '']: readonly string[],
): Promise<Answer> {
  const comment = await context.upstream('GET', `${path}/issues/comments/${id}`);
  if (!isSuccess(comment)) return comment;
  const given = context.reactions.get(`${path}/${id}`) ?? [];
  const content = textAt(exchange.body, 'content');
  const user = await context.sender(exchange);
  // Nobody can give the same one twice.
  const same = given.find(
    (one) => one.content === content && textAt(one, 'user', 'login') === textAt(user, 'login'),
  );
  if (same !== undefined) return { status: 200, body: same };
  const reaction = {
    id: given.length + 1,
    node_id: `REA_${given.length + 1}`,
    content,
    user,
    created_at: new Date().toISOString(),
  };
  context.reactions.set(`${path}/${id}`, [...given, reaction]);
  return { status: 201, body: reaction };
}

function runList(
  context: OwnRoutesContext,
  exchange: Exchange,
  [path = '', workflow]: readonly string[],
): Answer {
  return {
    status: 200,
    body: context.runs.list(path.slice('/repos/'.length), exchange.query, workflow, context.clock.now()),
  };
}

/** The workflow files of the default branch. */
async function workflowList(
  { actions }: OwnRoutesContext,
  { query }: Exchange,
  [path = '']: readonly string[],
): Promise<Answer> {
  const repository = path.slice('/repos/'.length);
  const all = await actions.workflowsOf(repository);
  const [from, to] = pageBounds(query);
  const workflows = all.slice(from, to).map((one) => workflowView(actions, repository, one));
  return { status: 200, body: { total_count: all.length, workflows } };
}

function run(context: OwnRoutesContext, _: Exchange, [, id = '']: readonly string[]): Answer {
  const found = context.runs.run(Number(id));
  return found === undefined ? refusal(404, 'Not Found') : { status: 200, body: found };
}

function jobs(context: OwnRoutesContext, exchange: Exchange, [, id = '']: readonly string[]): Answer {
  if (context.runs.run(Number(id)) === undefined) return refusal(404, 'Not Found');
  const all = context.runs.jobs(Number(id));
  const [from, to] = pageBounds(exchange.query);
  return { status: 200, body: { total_count: all.length, jobs: all.slice(from, to) } };
}

/** The emulator names the repositories of a token in a few words, where GitHub describes them. */
async function installationToken({ upstream }: OwnRoutesContext, exchange: Exchange): Promise<Answer> {
  const { authorization, body } = exchange;
  const made = await upstream('POST', exchange.path, { authorization, body });
  const named = at(made.body, 'repositories');
  if (named === undefined) return made;
  const repositories = await Promise.all(
    asList(named).map(async (one) => (await upstream('GET', `/repos/${textAt(one, 'full_name')}`)).body),
  );
  return { ...made, body: { ...asJson(made.body), repositories } };
}

/** What the person who asks may do in every seeded repository. */
export function roleOf(
  { roles }: Pick<OwnRoutesContext, 'roles'>,
  { caller }: Pick<Exchange, 'caller'>,
): Role {
  return caller.kind === 'person' ? (roles.get(caller.login) ?? 'none') : 'none';
}

function userInstallations(context: OwnRoutesContext, exchange: Exchange): Answer {
  const { id, owner, appSlug } = context.installation;
  const installation = {
    id,
    app_id: 1,
    app_slug: appSlug,
    account: { login: owner, type: 'Organization' },
    target_type: 'Organization',
    repository_selection: 'selected',
    events: [],
    suspended_at: null,
  };
  const installations = roleOf(context, exchange) === 'none' ? [] : [installation];
  return { status: 200, body: { total_count: installations.length, installations } };
}

async function userRepositories(
  context: OwnRoutesContext,
  exchange: Exchange,
  [id = '']: readonly string[],
): Promise<Answer> {
  const role = roleOf(context, exchange);
  if (Number(id) !== context.installation.id || role === 'none') return refusal(404, 'Not Found');
  const { owner, repositories: names } = context.installation;
  const [from, to] = pageBounds(exchange.query);
  const listed = await Promise.all(
    names
      .slice(from, to)
      .map(async (name) => asJson((await context.upstream('GET', `/repos/${owner}/${name}`)).body)),
  );
  const permissions = {
    admin: role === 'admin',
    maintain: role === 'admin',
    push: role !== 'read',
    triage: role !== 'read',
    pull: true,
  };
  const repositories = listed.map((repository) => ({ ...repository, permissions }));
  return { status: 200, body: { total_count: names.length, repositories } };
}

const DELIVERIES_KEPT_MS = 3 * DAY_MS;

/** Only the App itself may ask for its deliveries. */
function unlessApp(exchange: Exchange): Answer | undefined {
  return exchange.caller.kind === 'app' ? undefined : refusal(401, 'A JSON web token could not be decoded');
}

function deliveryList(context: OwnRoutesContext, exchange: Exchange): Answer {
  const size = Number(exchange.query.get('per_page') ?? 30);
  const cursor = Number(exchange.query.get('cursor') ?? Number.POSITIVE_INFINITY);
  const kept = Date.now() - DELIVERIES_KEPT_MS;
  const page = context.hooks.all
    .filter((one) => one.id < cursor && Date.parse(one.deliveredAt) >= kept)
    .reverse()
    .slice(0, size);
  const last = page.at(-1);
  const more = last !== undefined && page.length === size;
  return (
    unlessApp(exchange) ?? {
      status: 200,
      body: page.map((one) => deliveryView(one, false)),
      headers: more ? { link: `</app/hook/deliveries?per_page=${size}&cursor=${last.id}>; rel="next"` } : {},
    }
  );
}

function delivery(context: OwnRoutesContext, exchange: Exchange, [id = '']: readonly string[]): Answer {
  const found = context.hooks.all.find((one) => one.id === Number(id));
  return (
    unlessApp(exchange) ??
    (found === undefined ? refusal(404, 'Not Found') : { status: 200, body: deliveryView(found, true) })
  );
}

function redeliver(context: OwnRoutesContext, exchange: Exchange, [id = '']: readonly string[]): Answer {
  const refused = unlessApp(exchange);
  if (refused !== undefined) return refused;
  return context.hooks.redeliver(Number(id)) ? { status: 202, body: {} } : refusal(404, 'Not Found');
}
