import type { OperationPermission } from '../../operations/operation.ts';
import { fullNameOf, liveRepositories } from '../../usecases/named-repository.ts';
import type { RepositoryProfile } from '../../usecases/ports.ts';
import { RequestRefused } from './problem.ts';

/** Each role may also do what the roles before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The sender of a request, by its credentials. */
export interface Caller {
  /** Name for audit and rate limits. */
  readonly subject: string;
  readonly role: Role;
  /** Repositories the caller may see: `owner/name`, `owner/*` or `*` of a token, in lower case; a person's ids. */
  readonly repositories: readonly string[] | ReadonlySet<number>;
}

/** Finds the sender of a request; `null` where it has no credentials. Throws `Unauthenticated` for invalid ones. */
export type Authenticate = (request: Request) => Promise<Caller | null>;

/** Credentials that are forged, expired or meant for somebody else. */
export class Unauthenticated extends RequestRefused {
  constructor(message: string, cause?: unknown) {
    super('unauthenticated', message, { 'www-authenticate': 'Bearer realm="offbeat"' });
    this.cause = cause;
  }
}

/** The least role that may use operations with a permission. */
export const LEAST_ROLE: Readonly<Record<OperationPermission, Role>> = {
  read: 'viewer',
  write: 'operator',
  operator: 'admin',
};

export function hasRole({ role }: Caller, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}

/** The repositories that the caller may see, by their names in lower case; without those that the App was taken off. */
export function reachable(
  { repositories }: Caller,
  profiles: readonly RepositoryProfile[],
): ReadonlyMap<string, RepositoryProfile> {
  if (!isListOfNames(repositories))
    return liveRepositories(profiles.filter(({ id }) => repositories.has(id)));
  const scopes = new Set(repositories);
  const scopesOf = (profile: RepositoryProfile): readonly string[] => [
    fullNameOf(profile),
    `${profile.owner.toLowerCase()}/*`,
    '*',
  ];
  return new Map(
    [...liveRepositories(profiles)].filter(([, profile]) =>
      scopesOf(profile).some((scope) => scopes.has(scope)),
    ),
  );
}

/** Whether the caller may see every repository, also those that are still to come. */
export function reachesAll({ repositories }: Caller): boolean {
  return isListOfNames(repositories) && repositories.includes('*');
}

function isListOfNames(repositories: Caller['repositories']): repositories is readonly string[] {
  return Array.isArray(repositories);
}
