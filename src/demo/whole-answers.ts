import { asJson, asList, isJson, type Json, numberAt, textAt } from './json.ts';

/*
 * What GitHub's answers hold beyond those of the emulator: mostly addresses. Nothing here is read by Offbeat; it is
 * there so that the answers fit GitHub's own description.
 */

type Fields = (value: Json, apiUrl: string) => Json;

/** Objects of one kind, and how GitHub's differ from those here. */
interface Kind {
  /** Fields that no other kind has all of. */
  readonly knownBy: readonly string[];
  readonly lacking?: Fields;
  /** Fields that are there and are not as GitHub has them. */
  readonly corrected?: Fields;
}

/** Of several kinds that fit, the first. */
const KINDS: readonly Kind[] = [
  { knownBy: ['login'], lacking: userFields },
  { knownBy: ['slug', 'events', 'permissions'], corrected: appOwner },
  { knownBy: ['app_slug', 'target_type'], lacking: installationFields },
  { knownBy: ['full_name'], lacking: repositoryFields },
  {
    knownBy: ['head', 'base', 'number'],
    lacking: () => ({ active_lock_reason: null }),
    // In a pull request, unlike in an issue, a label without description has an empty one.
    corrected: ({ labels }) => ({
      labels: asList(labels).map((label) => ({ ...label, description: label.description ?? '' })),
    }),
  },
  { knownBy: ['number', 'title', 'comments_url'], lacking: issueFields },
  { knownBy: ['run_attempt', 'workflow_id'], lacking: runFields, corrected: headCommit },
  {
    knownBy: ['run_attempt', 'run_id'],
    lacking: (job) => ({ check_run_url: textAt(job, 'url'), html_url: textAt(job, 'url') }),
  },
  { knownBy: ['state', 'path', 'name', 'node_id'], lacking: workflowFields },
  {
    knownBy: ['annotations_count'],
    lacking: (_, apiUrl) => ({ annotations_url: `${apiUrl}/annotations` }),
  },
  { knownBy: ['commit', 'parents', 'sha'], corrected: treeUrl },
];

/** An answer, or a webhook's payload, with all that GitHub would put into it. `apiUrl` has no slash at its end. */
export function wholeAnswer(body: unknown, apiUrl: string): unknown {
  if (Array.isArray(body)) return body.map((item) => wholeAnswer(item, apiUrl));
  if (!isJson(body)) return body;
  const given: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(body)) given[field] = wholeAnswer(value, apiUrl);
  const kind = KINDS.find(({ knownBy }) => knownBy.every((field) => field in given));
  if (kind === undefined) return given;
  return { ...kind.lacking?.(given, apiUrl), ...given, ...kind.corrected?.(given, apiUrl) };
}

function treeUrl({ commit }: Json, apiUrl: string): Json {
  const sha = textAt(commit, 'tree', 'sha');
  return { commit: { ...asJson(commit), tree: { sha, url: `${apiUrl}/git/trees/${sha}` } } };
}

function appOwner({ owner }: Json, apiUrl: string): Json {
  return isJson(owner) ? {} : { owner: wholeAnswer({ login: 'octo-org', type: 'Organization' }, apiUrl) };
}

function userFields({ login }: Json, apiUrl: string): Json {
  const url = `${apiUrl}/users/${login}`;
  return {
    id: 0,
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
    type: 'User',
    site_admin: false,
  };
}

/** When something was made of which nobody knows it. */
const SINCE = { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' };

function installationFields({ id, account }: Json, apiUrl: string): Json {
  const url = `${apiUrl}/app/installations/${id}`;
  return {
    ...SINCE,
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${apiUrl}/installation/repositories`,
    html_url: url,
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

const REACTIONS = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'];
const NO_REACTIONS: Json = Object.fromEntries(REACTIONS.map((reaction) => [reaction, 0]));

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

function workflowFields(workflow: Json): Json {
  const url = textAt(workflow, 'url');
  return { ...SINCE, badge_url: `${url}/badge.svg`, html_url: url };
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

function headCommit({ head_commit: commit, head_sha }: Json): Json {
  if (!isJson(commit)) return { head_commit: null };
  const person = { name: 'GitHub', email: 'noreply@github.com' };
  return { head_commit: { tree_id: head_sha, author: person, committer: person, ...commit } };
}
