import type { ServerResponse } from 'node:http';

/** How long a refused sender may take to read the answer before its connection is cut. */
const LINGER_MS = 2_000;

/** Answers with a small JSON object. */
export function respond(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Answers, and closes the connection without reading what else the sender has to say. */
export function refuse(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const socket = response.socket;
  response.once('finish', () => {
    socket?.end();
    setTimeout(() => socket?.destroy(), LINGER_MS).unref();
  });
  respond(response, status, body, { connection: 'close', ...headers });
}
