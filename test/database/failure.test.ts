import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { openDatabase, takesWrites } from '../../src/database/connect.ts';

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it.each([
  ['a port that nobody listens on', async () => `postgres://a@127.0.0.1:${await closedPort()}/a`],
  ['a host with more than one address', async () => `postgres://a@localhost:${await closedPort()}/a`],
  ['a socket that is not there', async () => 'postgres://a@/a?host=/nowhere'],
  ['a name that nobody knows', async () => 'postgres://a@nobody.invalid/a'],
])('says that the database does not answer at %s', async (_, url) => {
  const database = openDatabase({ url: await url(), poolSize: 1, onError: () => undefined });
  await expect(takesWrites(database)).rejects.toMatchObject({ code: 'store-unreachable' });
  await database.destroy();
});
