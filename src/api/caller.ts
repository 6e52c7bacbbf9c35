import type { OperationPermission } from '../operations/operation.ts';

/** Each may what those before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Whoever sends a request, as its credentials say. */
export interface Caller {
  /** Name for audit and rate limits. */
  readonly subject: string;
  readonly role: Role;
  /** Repositories the caller may see: `owner/name`, `owner/*`, or `*` for all; lower case. */
  readonly repositories: readonly string[];
}

/** Who sends a request; `null` where it brings no credentials. Throws `Unauthenticated` where they are no good. */
export type Authenticate = (request: Request) => Promise<Caller | null>;

/** Credentials that do not hold: forged, expired, meant for somebody else. */
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
