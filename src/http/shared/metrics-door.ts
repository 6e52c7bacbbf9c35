import { createServer, type IncomingMessage } from 'node:http';
import type { Metrics } from '../../telemetry/metrics.ts';
import { type Address, listenOn, stopServer } from './listen-on.ts';
import { sameText } from './same-text.ts';

const REQUEST_TIMEOUT_MS = 15_000;

/** Whether a request carries `Authorization: Bearer` with this token; compared in constant time. */
export function carriesToken({ headers }: Pick<IncomingMessage, 'headers'>, token: string): boolean {
  const given = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  return sameText(given, token);
}

/** A port of its own for `/metrics`, which no proxy in front leads to. */
export async function listenForMetrics(
  metrics: Pick<Metrics, 'expose'>,
  address: Address,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    metrics.expose().then(
      ({ contentType, text }) => response.writeHead(200, { 'content-type': contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  return { port: await listenOn(server, address), stop: () => stopServer(server) };
}
