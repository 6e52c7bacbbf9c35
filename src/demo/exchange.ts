import type { Json } from './json.ts';

/** What somebody may do in every seeded repository. */
export type Role = 'admin' | 'write' | 'read' | 'none';

/** Who asks, told from the token alone. */
export type Caller =
  | { readonly kind: 'app' }
  | { readonly kind: 'installation' }
  /** The token that a job of a workflow gets. */
  | { readonly kind: 'job' }
  | { readonly kind: 'person'; readonly login: string; readonly role: Role };

/** One request as GitHub would see it. */
export interface Exchange {
  readonly method: string;
  /** Path without the query, decoded no further than the client encoded it. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string;
  readonly caller: Caller;
  readonly body: Json;
}

/** What is answered; `body` is JSON, `undefined` for none. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the emulator behind the proxy; as its administrator unless an `authorization` is given. */
export type Upstream = (
  method: string,
  path: string,
  options?: { readonly body?: unknown; readonly authorization?: string },
) => Promise<Answer>;

const DOCUMENTATION = 'https://docs.github.com/rest';

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** An error in GitHub's form. */
export function refusal(status: number, message: string): Answer {
  return { status, body: { message, documentation_url: DOCUMENTATION, status: String(status) } };
}

export const NOT_FOUND = refusal(404, 'Not Found');

export function isSuccess(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** What the emulator answers to a request as it came. */
export function forward(upstream: Upstream, exchange: Exchange): Promise<Answer> {
  const { method, path, query, authorization, body } = exchange;
  const sendsBody = (method !== 'GET' && method !== 'DELETE') || Object.keys(body).length > 0;
  return upstream(method, query.size === 0 ? path : `${path}?${query}`, {
    authorization,
    ...(sendsBody ? { body } : {}),
  });
}

/** The account behind a request. */
export function loginOf({ caller }: Exchange, appSlug: string): string {
  if (caller.kind === 'person') return caller.login;
  return caller.kind === 'job' ? 'github-actions[bot]' : `${appSlug}[bot]`;
}
