import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchWithin } from '../../src/github/fetch-within.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function silentUrl(begin: boolean): Promise<string> {
  const silent = createServer((_request, response) => {
    if (begin) response.write('{');
  });
  server = silent;
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
}

describe('a bounded fetch', () => {
  it('gives up on a server that never answers', async () => {
    await expect(fetchWithin(50)(await silentUrl(false))).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('gives up on an answer that never ends', async () => {
    const response = await fetchWithin(200)(await silentUrl(true));
    await expect(response.text()).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('still obeys a signal of its caller', async () => {
    const given = AbortSignal.abort(new Error('enough'));
    await expect(fetchWithin(10_000)(await silentUrl(false), { signal: given })).rejects.toThrow('enough');
  });
});
