import type { OperationPermission } from '../../operations/operation.ts';

/** Each role may also do what the roles before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The sender of a request, by its credentials. */
export interface Caller {
  /** Name for audit and rate limits. */
  readonly subject: string;
  readonly role: Role;
  /** Repositories the caller may see: `owner/name`, `owner/*`, or `*` for all; lower case. */
  readonly repositories: readonly string[];
}

/** Finds the sender of a request; `null` where it has no credentials. Throws `Unauthenticated` for invalid ones. */
export type Authenticate = (request: Request) => Promise<Caller | null>;

/** Credentials that are forged, expired or meant for somebody else. */
export class Unauthenticated extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'Unauthenticated';
  }
}

const LEAST_ROLE: Readonly<Record<OperationPermission, Role>> = {
  read: 'viewer',
  write: 'operator',
  operator: 'admin',
};

/** The least role that may use operations with this permission. */
export function roleFor(permission: OperationPermission): Role {
  return LEAST_ROLE[permission];
}

export function hasRole({ role }: Caller, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}

/** Whether the caller may see a repository at all. */
export function mayReach({ repositories }: Caller, owner: string, name: string): boolean {
  const account = owner.toLowerCase();
  const wanted = [`${account}/${name.toLowerCase()}`, `${account}/*`, '*'];
  return wanted.some((scope) => repositories.includes(scope));
}
