/** Said of an answer that came from something on the way, or was cut on it: like any failure of a server it passes. */
const UNREADABLE_STATUS = 502;

/** The failure of an answer that should hold what nothing can be done without, and does not. */
export function unreadableAnswer(): Error {
  return Object.assign(new Error('GitHub’s answer cannot be read.'), { status: UNREADABLE_STATUS });
}

/** The part of an answer that is looked at. */
export interface ReadableAnswer {
  readonly status: number;
  readonly data: unknown;
}

/**
 * What something is made of, or concluded from: without it a commit, a branch or a proposal would be made of nothing,
 * the next request would name nothing, or what is there would count as absent.
 */
export const NEEDED_FIELDS: Readonly<Record<string, string>> = {
  'POST /app/installations/{installation_id}/access_tokens': 'token',
  'GET /repos/{owner}/{repo}': 'default_branch',
  'GET /repos/{owner}/{repo}/branches/{branch}': 'commit',
  'GET /repos/{owner}/{repo}/commits/{ref}': 'sha',
  'GET /repos/{owner}/{repo}/compare/{basehead}': 'status',
  'GET /repos/{owner}/{repo}/contents/{path}': 'type',
  'GET /repos/{owner}/{repo}/git/blobs/{file_sha}': 'content',
  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}': 'tree',
  'GET /repos/{owner}/{repo}/git/ref/{ref}': 'object',
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}': 'tree',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': 'head',
  'POST /repos/{owner}/{repo}/git/trees': 'sha',
  'POST /repos/{owner}/{repo}/git/commits': 'sha',
  'POST /repos/{owner}/{repo}/pulls': 'number',
  'POST /repos/{owner}/{repo}/issues': 'number',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': 'id',
};

/** These answer with a list as well: a folder's. */
const MAY_BE_LISTS: ReadonlySet<string> = new Set(['GET /repos/{owner}/{repo}/contents/{path}']);

/** The same answer to a request. Throws a passing fault where it is no JSON or lacks what is needed of it. */
export function readable<T extends ReadableAnswer>(answer: T, request: string): T {
  const { status, data } = answer;
  if (status !== 200 && status !== 201) return answer;
  if (typeof data !== 'object' || data === null) throw unreadableAnswer();
  const needed = NEEDED_FIELDS[request];
  if (needed === undefined || needed in data) return answer;
  if (Array.isArray(data) && MAY_BE_LISTS.has(request)) return answer;
  throw unreadableAnswer();
}
