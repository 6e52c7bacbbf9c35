import type { Json } from './json.ts';

/** Who asks, told from the token alone. */
export type Caller =
  | { readonly kind: 'app' }
  | { readonly kind: 'installation' }
  /** The token that a job of a workflow gets. */
  | { readonly kind: 'job' }
  | { readonly kind: 'person'; readonly login: string };

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

/** An error in GitHub's form. */
export function refusal(status: number, message: string): Answer {
  return { status, body: { message, documentation_url: DOCUMENTATION, status: String(status) } };
}

export function isSuccess(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}
