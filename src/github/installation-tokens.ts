import { LRUCache } from 'lru-cache';
import { OffbeatError } from '../errors.ts';
import { MINUTE_MS } from '../time.ts';
import { type GitHubClient, statusOf } from './client.ts';
import { PERMISSIONS, type Permissions, type Purpose, SHARED_CONFIG_PERMISSIONS } from './purposes.ts';

/** GitHub's tokens hold for an hour; the last minute is left for the requests that carry one. */
const TOKEN_LIVES_MS = 59 * MINUTE_MS;

const MAX_TOKENS = 15_000;

/** How long a refused set of permissions is not asked for again where a smaller one is left. */
const NARROWED_MS = MINUTE_MS;
/** How long a repository that is known by its name alone is not asked for again: most accounts have no shared one. */
const ABSENT_MS = 10 * MINUTE_MS;
const MAX_REFUSALS = 1_000;

/** One repository of an installation: by its id, or by its name where only that is known. */
export interface TokenScope {
  readonly installationId: number;
  readonly repository: { readonly id: number } | { readonly name: string };
}

export interface InstallationToken {
  readonly value: string;
  /** Monotonic time in ms. */
  readonly madeAt: number;
  /** Has it not be used again, as GitHub does not take it. */
  forget(): void;
}

/** Tokens that are good for one repository and one purpose, kept while they hold. */
export interface InstallationTokens {
  /**
   * Throws `permission-missing` where the installation has not accepted what the purpose needs, and `github-refused`
   * where the repository is not among its own.
   */
  get(scope: TokenScope, purpose: Purpose): Promise<InstallationToken>;
}

/** `asApp` gives the App's own client; `now` is monotonic ms. */
export function createInstallationTokens(
  asApp: () => Promise<GitHubClient>,
  now: () => number = () => performance.now(),
): InstallationTokens {
  const perf = { now };
  const tokens = new LRUCache<string, Promise<InstallationToken>>({
    max: MAX_TOKENS,
    ttl: TOKEN_LIVES_MS,
    perf,
  });
  const refused = new LRUCache<string, OffbeatError>({ max: MAX_REFUSALS, ttl: NARROWED_MS, perf });

  const make = async (key: string, scope: TokenScope, permissions: Permissions) => {
    const { installationId: installation_id, repository } = scope;
    const { rest } = await asApp();
    const { data } = await rest.apps
      .createInstallationAccessToken({
        installation_id,
        permissions,
        ...('id' in repository ? { repository_ids: [repository.id] } : { repositories: [repository.name] }),
      })
      .catch((error: unknown) => {
        throw refusalOf(error, permissions);
      });
    return { value: data.token, madeAt: now(), forget: () => tokens.delete(key) };
  };

  const tokenOf = (scope: TokenScope, permissions: Permissions): Promise<InstallationToken> => {
    const key = JSON.stringify([scope.installationId, scope.repository, permissions]);
    const known = tokens.get(key);
    if (known !== undefined) return known;
    const made = make(key, scope, permissions);
    tokens.set(key, made);
    // A failure is not kept: the next call tries again.
    made.catch(() => tokens.delete(key));
    return made;
  };

  /** Asks for the first set that the installation has accepted. */
  const firstAccepted = async (
    scope: TokenScope,
    [permissions, ...narrower]: readonly [Permissions, ...Permissions[]],
  ): Promise<InstallationToken> => {
    const [next, ...others] = narrower;
    if (next === undefined) return tokenOf(scope, permissions);
    const key = JSON.stringify([scope.installationId, permissions]);
    if (!refused.has(key)) {
      try {
        return await tokenOf(scope, permissions);
      } catch (error) {
        if (!(error instanceof OffbeatError) || error.code !== 'permission-missing') throw error;
        refused.set(key, error);
      }
    }
    return firstAccepted(scope, [next, ...others]);
  };

  const sharedConfig = async (scope: TokenScope): Promise<InstallationToken> => {
    const key = JSON.stringify(scope);
    const known = refused.get(key);
    if (known !== undefined) throw known;
    try {
      return await tokenOf(scope, SHARED_CONFIG_PERMISSIONS);
    } catch (error) {
      if (error instanceof OffbeatError) refused.set(key, error, { ttl: ABSENT_MS });
      throw error;
    }
  };

  return {
    get: (scope, purpose) =>
      'id' in scope.repository ? firstAccepted(scope, PERMISSIONS[purpose]) : sharedConfig(scope),
  };
}

/** What it means that GitHub makes no such token; nothing but the sentence tells the cases apart. */
function refusalOf(error: unknown, permissions: Permissions): unknown {
  if (statusOf(error) !== 422 || !(error instanceof Error)) return error;
  if (/permissions requested/i.test(error.message)) {
    const named = Object.entries(permissions).map(([name, level]) => `${name}: ${level}`);
    return new OffbeatError('permission-missing', 'The App has not been given the permissions for this.', {
      where: `permissions \`${named.join('`, `')}\``,
      fix: 'Accept the permissions that the App asks for in its installation settings.',
      cause: error,
    });
  }
  return new OffbeatError('github-refused', 'The App has no access to this repository.', {
    fix: 'Add the repository in the installation settings of the App.',
    cause: error,
  });
}
