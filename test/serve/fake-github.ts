import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeGitHub {
  readonly url: string;
  /** `METHOD path` of every request, in order. */
  readonly requests: { readonly line: string; readonly headers: IncomingHttpHeaders }[];
  /** What the next requests are answered; the last one goes on answering. */
  answer(...answers: readonly FakeAnswer[]): void;
  stop(): Promise<void>;
}

/** A local server that answers what it was told to. */
export async function startFakeGitHub(): Promise<FakeGitHub> {
  const requests: FakeGitHub['requests'] = [];
  let answers: readonly FakeAnswer[] = [];
  const server = createServer((request, response) => {
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    const [next = { status: 500 }, ...rest] = answers;
    if (rest.length > 0) answers = rest;
    response.writeHead(next.status, { 'content-type': 'application/json', ...next.headers });
    response.end(JSON.stringify(next.body ?? {}));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer(...given) {
      answers = given;
    },
    stop: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
