import type { Clock } from '../clock.ts';
import { DAY_MS } from '../time.ts';
import type { EmulatedActions } from './emulated-actions.ts';
import {
  type Answer,
  type Exchange,
  forward,
  isSuccess,
  NOT_FOUND,
  ok,
  type Role,
  refusal,
  type Upstream,
} from './exchange.ts';
import { answerGraphql } from './graphql.ts';
import { deliveryView, type HookDeliveries } from './hook-deliveries.ts';
import { asJson, asList, at, type Json, textAt } from './json.ts';
import { asIssue, type PullRequests } from './pull-requests.ts';
import { pageBounds, type RunRegistry } from './run-registry.ts';

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
  readonly installationId: number;
  /** Account that the App is installed on. */
  readonly owner: string;
  /** Names of its repositories. */
  readonly repositories: readonly string[];
  readonly appSlug: string;
}

/** Answers a request; `parts` is what the pattern of its path has caught. */
type Handler = (
  context: OwnRoutesContext,
  exchange: Exchange,
  parts: readonly string[],
) => Promise<Answer> | Answer;

/** The proxy's own answer; `undefined` where the emulator is to be asked. */
export async function answerOwn(context: OwnRoutesContext, exchange: Exchange): Promise<Answer | undefined> {
  context.actions.advance();
  for (const { method, path, handle } of ROUTES) {
    if (method !== exchange.method) continue;
    const parts = path.exec(exchange.path);
    if (parts !== null) return handle(context, exchange, parts.slice(1));
  }
  return undefined;
}

const permission: Handler = async ({ upstream, roles }, _, [, login = '']) => {
  const user = await upstream('GET', `/users/${login}`);
  if (!isSuccess(user)) return refusal(404, `${login} is not a user`);
  const role = roles.get(decodeURIComponent(login)) ?? 'none';
  return ok({ permission: role, role_name: role, user: { ...asJson(user.body), role_name: role } });
};

const issue: Handler = async ({ upstream, pulls }, exchange, [path = '', number = '']) => {
  const { authorization } = exchange;
  const found = await forward(upstream, exchange);
  if (found.status !== 404) return found;
  const asPull = await pulls.shown(path, await upstream('GET', `${path}/pulls/${number}`, { authorization }));
  return isSuccess(asPull) ? ok(asIssue(asJson(asPull.body))) : found;
};

const pullList: Handler = async ({ upstream, pulls }, exchange, [path = '']) => {
  const found = await forward(upstream, exchange);
  if (!isSuccess(found) || !Array.isArray(found.body)) return found;
  return { ...found, body: await Promise.all(found.body.map((one) => pulls.view(path, asJson(one)))) };
};

/** GitHub refuses a second open pull request from one branch. */
const pullCreate: Handler = async ({ upstream, pulls }, exchange, [path = '']) => {
  const head = textAt(exchange.body, 'head');
  if ((await pulls.openFrom(path, head)).length === 0)
    return pulls.shown(path, await forward(upstream, exchange));
  const message = `A pull request already exists for ${path.split('/')[2]}:${head}.`;
  const errors = [{ resource: 'PullRequest', code: 'custom', message }];
  return { status: 422, body: { message: 'Validation Failed', errors } };
};

const pull: Handler = async ({ upstream, pulls }, exchange, [path = '']) => {
  const found = await forward(upstream, exchange);
  return isSuccess(found) ? { ...found, body: await pulls.mergeableView(path, asJson(found.body)) } : found;
};

/** The emulator names the commit and leaves the rest of it out. */
const branch: Handler = async ({ upstream }, exchange, [path = '']) => {
  const found = await forward(upstream, exchange);
  if (!isSuccess(found)) return found;
  const commit = await upstream('GET', `${path}/commits/${textAt(found.body, 'commit', 'sha')}`);
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
};

/** The emulator answers 200, with labels whose description is `null`. */
const requestReviewers: Handler = async ({ upstream }, exchange) => {
  const asked = await forward(upstream, exchange);
  if (!isSuccess(asked)) return asked;
  const labels = asList(at(asked.body, 'labels')).map((label) => ({ ...label, description: '' }));
  return { status: 201, body: { ...asJson(asked.body), labels } };
};

const react: Handler = async ({ upstream, reactions, sender }, exchange, [path = '', id = '']) => {
  const comment = await upstream('GET', `${path}/issues/comments/${id}`);
  if (!isSuccess(comment)) return comment;
  const given = reactions.get(`${path}/${id}`) ?? [];
  const content = textAt(exchange.body, 'content');
  const user = await sender(exchange);
  // Nobody can give the same one twice.
  const same = given.find(
    (one) => one.content === content && textAt(one, 'user', 'login') === textAt(user, 'login'),
  );
  if (same !== undefined) return ok(same);
  const number = given.length + 1;
  const created_at = new Date().toISOString();
  const reaction = { id: number, node_id: `REA_${number}`, content, user, created_at };
  reactions.set(`${path}/${id}`, [...given, reaction]);
  return { status: 201, body: reaction };
};

/** `owner/name` of a repository's path. */
function nameOf(path: string): string {
  return path.slice('/repos/'.length);
}

const runList: Handler = ({ runs, clock }, { query }, [path = '', workflow]) =>
  ok(runs.list(nameOf(path), query, workflow, clock.now()));

/** The workflow files of the default branch. */
const workflowList: Handler = async ({ actions }, { query }, [path = '']) => {
  const all = await actions.workflowsOf(nameOf(path));
  const workflows = all.slice(...pageBounds(query)).map((one) => actions.view(nameOf(path), one));
  return ok({ total_count: all.length, workflows });
};

const workflow: Handler = async ({ actions }, _, [path = '', name = '']) => {
  const found = await actions.findWorkflow(nameOf(path), name);
  return found === undefined ? NOT_FOUND : ok(actions.view(nameOf(path), found));
};

const run: Handler = ({ runs }, _, [, id = '']) => {
  const found = runs.run(Number(id));
  return found === undefined ? NOT_FOUND : ok(found);
};

const jobs: Handler = ({ runs }, { query }, [, id = '']) => {
  if (runs.run(Number(id)) === undefined) return NOT_FOUND;
  const all = runs.jobs(Number(id));
  return ok({ total_count: all.length, jobs: all.slice(...pageBounds(query)) });
};

/** The emulator names the repositories of a token in a few words, where GitHub describes them. */
const installationToken: Handler = async ({ upstream }, exchange) => {
  const made = await forward(upstream, exchange);
  const named = at(made.body, 'repositories');
  if (named === undefined) return made;
  const repositories = await Promise.all(
    asList(named).map(async (one) => (await upstream('GET', `/repos/${textAt(one, 'full_name')}`)).body),
  );
  return { ...made, body: { ...asJson(made.body), repositories } };
};

const userInstallations: Handler = ({ installationId, owner, appSlug }, { caller }) => {
  const installation = {
    id: installationId,
    app_id: 1,
    app_slug: appSlug,
    account: { login: owner, type: 'Organization' },
    target_type: 'Organization',
    repository_selection: 'selected',
    events: [],
    suspended_at: null,
  };
  const installations = caller.kind === 'person' && caller.role !== 'none' ? [installation] : [];
  return ok({ total_count: installations.length, installations });
};

const userRepositories: Handler = async (context, { caller, query }, [id = '']) => {
  const { installationId, owner, repositories: names, upstream } = context;
  const role = caller.kind === 'person' ? caller.role : 'none';
  if (Number(id) !== installationId || role === 'none') return NOT_FOUND;
  const permissions = {
    admin: role === 'admin',
    maintain: role === 'admin',
    push: role !== 'read',
    triage: role !== 'read',
    pull: true,
  };
  const repositories = await Promise.all(
    names.slice(...pageBounds(query)).map(async (name) => {
      const { body } = await upstream('GET', `/repos/${owner}/${name}`);
      return { ...asJson(body), permissions };
    }),
  );
  return ok({ total_count: names.length, repositories });
};

const DELIVERIES_KEPT_MS = 3 * DAY_MS;

/** Only the App itself may ask for its deliveries. */
function forApp(handle: Handler): Handler {
  return (context, exchange, parts) =>
    exchange.caller.kind === 'app'
      ? handle(context, exchange, parts)
      : refusal(401, 'A JSON web token could not be decoded');
}

const deliveryList = forApp(({ hooks }, { query }) => {
  const size = Number(query.get('per_page') ?? 30);
  const cursor = Number(query.get('cursor') ?? Number.POSITIVE_INFINITY);
  const kept = Date.now() - DELIVERIES_KEPT_MS;
  const page = hooks.all
    .filter((one) => one.id < cursor && Date.parse(one.deliveredAt) >= kept)
    .reverse()
    .slice(0, size);
  const last = page.at(-1);
  const answer = ok(page.map((one) => deliveryView(one, false)));
  if (last === undefined || page.length < size) return answer;
  const link = `</app/hook/deliveries?per_page=${size}&cursor=${last.id}>; rel="next"`;
  return { ...answer, headers: { link } };
});

const delivery = forApp(({ hooks }, _, [id = '']) => {
  const found = hooks.all.find((one) => one.id === Number(id));
  return found === undefined ? NOT_FOUND : ok(deliveryView(found, true));
});

const redeliver = forApp(({ hooks }, _, [id = '']) =>
  hooks.redeliver(Number(id)) ? { status: 202, body: {} } : NOT_FOUND,
);

function route(method: string, pattern: string, handle: Handler) {
  return { method, path: new RegExp(`^${pattern}$`), handle };
}

const REPOSITORY = `(/repos/[^/]+/[^/]+)`;

/** Endpoints that the emulator lacks, or answers otherwise than GitHub does. */
const ROUTES: readonly ReturnType<typeof route>[] = [
  route('GET', `${REPOSITORY}/collaborators/([^/]+)/permission`, permission),
  route('GET', `${REPOSITORY}/issues/(\\d+)`, issue),
  route('GET', `${REPOSITORY}/pulls`, pullList),
  route('POST', `${REPOSITORY}/pulls`, pullCreate),
  route('GET', `${REPOSITORY}/pulls/(\\d+)`, pull),
  route('PATCH', `${REPOSITORY}/pulls/\\d+`, async ({ upstream, pulls }, exchange, [path = '']) =>
    pulls.shown(path, await forward(upstream, exchange)),
  ),
  route('GET', `${REPOSITORY}/pulls/(\\d+)/files`, ({ pulls }, _, [path = '', number = '']) =>
    pulls.files(path, number),
  ),
  route('PUT', `${REPOSITORY}/pulls/(\\d+)/merge`, async (context, exchange, [path = '', number = '']) =>
    context.pulls.merge(path, number, exchange, await context.sender(exchange)),
  ),
  route('PUT', `${REPOSITORY}/pulls/(\\d+)/update-branch`, ({ pulls }, _, [path = '', number = '']) =>
    pulls.updateBranch(path, number),
  ),
  route('POST', `${REPOSITORY}/pulls/(\\d+)/requested_reviewers`, requestReviewers),
  route('POST', `${REPOSITORY}/issues/comments/(\\d+)/reactions`, react),
  route('GET', `${REPOSITORY}/issues/comments/(\\d+)/reactions`, ({ reactions }, _, [path = '', id = '']) =>
    ok(reactions.get(`${path}/${id}`) ?? []),
  ),
  route('GET', `${REPOSITORY}/branches/([^/]+)`, branch),
  route('GET', `${REPOSITORY}/actions/runs`, runList),
  route('GET', `${REPOSITORY}/actions/workflows`, workflowList),
  route('GET', `${REPOSITORY}/actions/workflows/([^/]+)`, workflow),
  route('GET', `${REPOSITORY}/actions/workflows/([^/]+)/runs`, runList),
  route(
    'POST',
    `${REPOSITORY}/actions/workflows/([^/]+)/dispatches`,
    ({ actions }, exchange, [path = '', name = '']) => actions.dispatch(exchange, nameOf(path), name),
  ),
  route('GET', `${REPOSITORY}/actions/runs/(\\d+)(?:/attempts/\\d+)?`, run),
  route('GET', `${REPOSITORY}/actions/runs/(\\d+)(?:/attempts/\\d+)?/jobs`, jobs),
  route('POST', `${REPOSITORY}/actions/runs/(\\d+)/cancel`, ({ actions }, exchange, [path = '', id]) =>
    actions.cancel(exchange, nameOf(path), Number(id)),
  ),
  route('POST', '/app/installations/\\d+/access_tokens', installationToken),
  route('POST', '/graphql', answerGraphql),
  route('GET', '/user/installations', userInstallations),
  route('GET', '/user/installations/(\\d+)/repositories', userRepositories),
  route('GET', '/app/hook/deliveries', deliveryList),
  route('GET', '/app/hook/deliveries/(\\d+)', delivery),
  route('POST', '/app/hook/deliveries/(\\d+)/attempts', redeliver),
];
