import type { z } from 'zod';
import type { RepositoryProfile } from '../usecases/ports.ts';
import type { Caller, Role } from './caller.ts';

/** What an endpoint's handler is given: everything is checked by then. */
export interface Asked {
  readonly caller: Caller;
  /** Query or body, as the endpoint's schema has it. */
  readonly input: unknown;
  /** The repository of the path; `null` where the path names none. */
  readonly repository: RepositoryProfile | null;
  /** Why it is asked, in the caller's words. */
  readonly why: string | null;
  readonly requestId: string;
  /** Whoever asks waits for the answer no more. */
  readonly gone: AbortSignal;
}

export interface Answered {
  /** One line for people. */
  readonly message: string;
  readonly data: unknown;
}

/** One address of the API. The document, the routes and the tests are made of a list of these. */
export interface Endpoint {
  readonly id: string;
  readonly method: 'GET' | 'POST';
  /** Below `/api/v1`, with `{owner}` and `{repo}` where it is about a repository. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** Least role that may ask. */
  readonly role: Role;
  /** An object: the query of a GET, the body of a POST. */
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  /** Whether it changes anything. Such calls are audited, and may give a reason. */
  readonly mutates: boolean;
  handle(asked: Asked): Promise<Answered>;
}
