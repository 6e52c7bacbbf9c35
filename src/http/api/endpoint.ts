import type { z } from 'zod';
import type { RepositoryProfile } from '../../usecases/ports.ts';
import type { Caller, Role } from './caller.ts';

/** What an endpoint's handler is given. All of it has been validated. */
export interface Asked {
  readonly caller: Caller;
  /** Query or body, parsed by the endpoint's schema. */
  readonly input: unknown;
  /** The repository of the path; `null` where the path names none. */
  readonly repository: RepositoryProfile | null;
  /** The caller's reason, for the audit. */
  readonly why: string | null;
  readonly requestId: string;
  /** Aborted when the asker has disconnected. */
  readonly gone: AbortSignal;
}

export interface Answered {
  /** One line for people. */
  readonly message: string;
  readonly data: unknown;
}

/** One endpoint of the API. OpenAPI document, routes and tests are built from a list of these. */
export interface Endpoint {
  readonly id: string;
  readonly method: 'GET' | 'POST';
  /** Below `/api/v1`, with `{owner}` and `{repo}` where it is about a repository. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** Least role that may ask. */
  readonly role: Role;
  /** True where it concerns all repositories: it takes a token for all of them (`*`). */
  readonly wholeDeployment?: boolean;
  /** An object: the query of a GET, the body of a POST. */
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  /** Whether it changes anything. Such calls are audited, and may give a reason. */
  readonly mutates: boolean;
  handle(asked: Asked): Promise<Answered>;
}
