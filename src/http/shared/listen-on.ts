import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Listening {
  /** The port that was taken. */
  readonly port: number;
  /** Ends all connections. */
  stop(): Promise<void>;
}

/** Has a server listen. Rejects where it cannot. */
export async function listenOn(server: Server, { host, port }: Address): Promise<Listening> {
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(port, host, listening);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
