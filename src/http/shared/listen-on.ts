import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Has a server listen, and resolves with the port that was taken. Rejects where it cannot. */
export async function listenOn(
  server: Server,
  address: Address & { readonly backlog?: number },
): Promise<number> {
  server.listen(address);
  await once(server, 'listening');
  // A connection that cannot be accepted is one client's loss; an error that nobody hears would end the process.
  server.on('error', () => undefined);
  return (server.address() as AddressInfo).port;
}

/** Stops a server and ends all its connections. */
export function stopServer(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed());
    server.closeAllConnections();
  });
}
