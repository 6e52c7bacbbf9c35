import { asJson, isJson, type Json, numberAt, textAt } from './json.ts';

/*
 * What GitHub's answers hold beyond those of the emulator: mostly addresses. Nothing here is read by Offbeat; it is
 * there so that the answers fit GitHub's own description.
 */

type Kind =
  | 'user'
  | 'app'
  | 'installation'
  | 'repository'
  | 'run'
  | 'listedCommit'
  | 'workflow'
  | 'job'
  | 'pull'
  | 'issue'
  | 'checkOutput';

/** An answer, or a webhook's payload, with all that GitHub would put into it. `apiUrl` has no slash at its end. */
export function wholeAnswer(body: unknown, apiUrl: string): unknown {
  if (Array.isArray(body)) return body.map((item) => wholeAnswer(item, apiUrl));
  if (!isJson(body)) return body;
  const given = Object.fromEntries(
    Object.entries(body).map(([field, value]) => [field, wholeAnswer(value, apiUrl)]),
  );
  const kind = kindOf(given);
  return kind === undefined
    ? given
    : { ...LACKING[kind](given, apiUrl), ...given, ...corrected(kind, given, apiUrl) };
}

/** By the fields that nothing else has. */
function kindOf(value: Json): Kind | undefined {
  const has = (...fields: readonly string[]): boolean => fields.every((field) => field in value);
  if (has('login') && !has('permission')) return 'user';
  if (has('slug', 'events', 'permissions')) return 'app';
  if (has('app_slug', 'target_type')) return 'installation';
  if (has('full_name')) return 'repository';
  if (has('head', 'base', 'number')) return 'pull';
  if (has('number', 'title', 'comments_url')) return 'issue';
  if (has('run_attempt', 'workflow_id')) return 'run';
  if (has('run_attempt', 'run_id')) return 'job';
  if (has('state', 'path', 'name', 'node_id')) return 'workflow';
  if (has('annotations_count')) return 'checkOutput';
  if (has('commit', 'parents', 'sha')) return 'listedCommit';
  return undefined;
}

/** What each kind of object has beyond what stands in it here. */
const LACKING: Readonly<Record<Kind, (value: Json, apiUrl: string) => Json>> = {
  user: userFields,
  app: () => ({}),
  listedCommit: () => ({}),
  installation: installationFields,
  repository: repositoryFields,
  run: runFields,
  workflow: workflowFields,
  pull: () => ({ active_lock_reason: null }),
  issue: issueFields,
  checkOutput: (_, apiUrl) => ({ annotations_url: `${apiUrl}/annotations` }),
  job: (job) => ({ check_run_url: textAt(job, 'url'), html_url: textAt(job, 'url') }),
};

/** Fields that are there and are not as GitHub has them. */
function corrected(kind: Kind, value: Json, apiUrl: string): Json {
  if (kind === 'run') return { head_commit: headCommit(value) };
  // In a pull request, unlike in an issue, a label without description has an empty one.
  if (kind === 'pull')
    return { labels: labelsOf(value).map((label) => ({ ...label, description: label.description ?? '' })) };
  if (kind === 'listedCommit') return { commit: withTreeUrl(value, apiUrl) };
  if (kind !== 'app' || isJson(value.owner)) return {};
  const owner = { login: 'octo-org', type: 'Organization' };
  return { owner: { ...userFields(owner, apiUrl), ...owner } };
}

function withTreeUrl({ commit }: Json, apiUrl: string): Json {
  const inner = asJson(commit);
  const sha = textAt(inner, 'tree', 'sha');
  return { ...inner, tree: { sha, url: `${apiUrl}/git/trees/${sha}` } };
}

function labelsOf({ labels }: Json): readonly Json[] {
  return Array.isArray(labels) ? labels.filter(isJson) : [];
}

function userFields({ login, id, type }: Json, apiUrl: string): Json {
  const url = `${apiUrl}/users/${login}`;
  return {
    id: id ?? 0,
    node_id: `U_${login}`,
    avatar_url: `${apiUrl}/avatars/${login}`,
    gravatar_id: '',
    url,
    html_url: `${apiUrl}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: type ?? 'User',
    site_admin: false,
  };
}

function installationFields({ id, account }: Json, apiUrl: string): Json {
  const url = `${apiUrl}/app/installations/${id}`;
  const at = '2026-01-01T00:00:00Z';
  return {
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${apiUrl}/installation/repositories`,
    html_url: url,
    created_at: at,
    updated_at: at,
    permissions: {},
    single_file_name: null,
    suspended_by: null,
    target_id: numberAt(account, 'id'),
  };
}

function repositoryFields({ id, default_branch: branch }: Json): Json {
  const lite = { node_id: `R_${id}` };
  if (branch === undefined) return lite;
  const counts = { network_count: 0, subscribers_count: 0 };
  return { ...lite, ...counts, custom_properties: {}, web_commit_signoff_required: false };
}

function issueFields(issue: Json): Json {
  const url = textAt(issue, 'url');
  return {
    active_lock_reason: null,
    events_url: `${url}/events`,
    labels_url: `${url}/labels{/name}`,
    repository_url: url.replace(/\/issues\/\d+$/, ''),
    reactions: { url: `${url}/reactions`, total_count: 0, ...NO_REACTIONS },
  };
}

const NO_REACTIONS: Json = {
  '+1': 0,
  '-1': 0,
  laugh: 0,
  hooray: 0,
  confused: 0,
  heart: 0,
  rocket: 0,
  eyes: 0,
};

function workflowFields(workflow: Json): Json {
  const url = textAt(workflow, 'url');
  const at = '2026-01-01T00:00:00Z';
  return { badge_url: `${url}/badge.svg`, html_url: url, created_at: at, updated_at: at };
}

function runFields(run: Json): Json {
  const url = textAt(run, 'url');
  const repositoryUrl = textAt(run, 'repository', 'url');
  return {
    html_url: url,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    logs_url: `${url}/logs`,
    rerun_url: `${url}/rerun`,
    jobs_url: `${url}/jobs`,
    check_suite_url: `${repositoryUrl}/check-suites/1`,
    check_suite_node_id: `CS_${run.check_suite_id}`,
    workflow_url: `${repositoryUrl}/actions/workflows/${run.workflow_id}`,
  };
}

function headCommit(run: Json): Json | null {
  const commit = run.head_commit;
  if (!isJson(commit)) return null;
  const person = { name: 'GitHub', email: 'noreply@github.com' };
  return { tree_id: textAt(run, 'head_sha'), author: person, committer: person, ...asJson(commit) };
}
