import { type Answer, type Exchange, isSuccess, refusal, type Upstream } from './exchange.ts';
import { asJson, asList, at, type Json, textAt } from './json.ts';

/** What one installation token was asked for. */
export interface AskedToken {
  readonly permissions: Json;
  /** Full names of the repositories; `null` for all of the installation's. */
  readonly repositories: readonly string[] | null;
}

const REPOSITORY = /^\/repos\/([^/]+\/[^/]+)(\/.*)?$/;
const READS = new Set(['GET', 'HEAD']);

/** What a request needs, by its path below the repository; `metadata` for everything else. */
const NEEDED: readonly (readonly [path: RegExp, permission: string])[] = [
  [/^\/(git|contents|commits|compare|branches)\b/, 'contents'],
  [/^\/pulls\b/, 'pull_requests'],
  [/^\/check-(runs|suites)\b/, 'checks'],
  [/^\/actions\b/, 'actions'],
];

/** Holds installation tokens to the repositories and permissions that they were asked for, as GitHub does. */
export class TokenRights {
  readonly #tokens = new Map<string, AskedToken>();
  readonly #upstream: Upstream;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  /** Every token that was made, in order. */
  get asked(): readonly AskedToken[] {
    return [...this.#tokens.values()];
  }

  /** Remembers a token that was made. */
  learn({ method, path, body }: Exchange, answer: Answer): void {
    if (method !== 'POST' || !path.endsWith('/access_tokens') || !isSuccess(answer)) return;
    const listed = at(answer.body, 'repositories');
    this.#tokens.set(textAt(answer.body, 'token'), {
      permissions: asJson(body.permissions ?? at(answer.body, 'permissions')),
      repositories: listed === undefined ? null : asList(listed).map((one) => textAt(one, 'full_name')),
    });
  }

  /** The answer to a request that its token does not allow; `undefined` where it does. */
  async refuse({ method, path, authorization, caller }: Exchange): Promise<Answer | undefined> {
    const [, repository, below = ''] = REPOSITORY.exec(path) ?? [];
    const token = this.#tokens.get(authorization.replace(/^\S+\s+/, ''));
    if (caller.kind !== 'installation' || repository === undefined || token === undefined) return undefined;
    const isRead = READS.has(method);
    const isNamed = token.repositories === null || token.repositories.includes(repository);
    const level = isNamed ? token.permissions[await this.#permissionFor(repository, below)] : undefined;
    if (level === 'write' || (isRead && level === 'read')) return undefined;
    // Anybody may read what is public.
    if (isRead && !(await this.#isPrivate(repository))) return undefined;
    return isRead && !isNamed
      ? refusal(404, 'Not Found')
      : refusal(403, 'Resource not accessible by integration');
  }

  /** A comment takes the permission of what is commented on. */
  async #permissionFor(repository: string, below: string): Promise<string> {
    const found = NEEDED.find(([path]) => path.test(below));
    if (found !== undefined) return found[1];
    const issue = /^\/issues(?:\/(\d+))?\b/.exec(below);
    if (issue === null) return 'metadata';
    const pull =
      issue[1] === undefined ? null : await this.#upstream('GET', `/repos/${repository}/pulls/${issue[1]}`);
    return pull !== null && isSuccess(pull) ? 'pull_requests' : 'issues';
  }

  async #isPrivate(repository: string): Promise<boolean> {
    return at((await this.#upstream('GET', `/repos/${repository}`)).body, 'private') === true;
  }
}
