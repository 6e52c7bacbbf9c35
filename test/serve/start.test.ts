import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Env } from '../../src/env.ts';
import { startServer } from '../../src/serve/start.ts';
import { openStorage } from '../../src/serve/storage.ts';
import { createLog } from '../../src/telemetry/log.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** GitHub that has been asked what it has delivered, and looks at once whether anybody would take it. */
async function curiousGitHub(appUrl: string) {
  let answer: (status: number | 'nobody listens') => void = () => undefined;
  const found = new Promise<number | 'nobody listens'>((resolve) => {
    answer = resolve;
  });
  const server = createServer((request, response) => {
    if (!request.url?.startsWith('/app/hook/deliveries')) {
      response.writeHead(404).end('{}');
      return;
    }
    fetch(`${appUrl}/healthz`)
      .then(
        ({ status }) => answer(status),
        () => answer('nobody listens'),
      )
      .finally(() => response.writeHead(200, { 'content-type': 'application/json' }).end('[]'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, found };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function environment(port: number, githubApiUrl: string): Promise<Env> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'offbeat-start-'));
  cleanups.push(() => rm(dataDirectory, { recursive: true, force: true }));
  return {
    dataDirectory,
    appId: 7,
    privateKey,
    secrets: ['secret-of-the-test'],
    githubApiUrl,
    host: '127.0.0.1',
    port,
    logLevel: 'silent',
    emergencyStop: false,
  };
}

const options = { clock: { now: () => Date.now() }, log: createLog({ level: 'silent' }) };

describe('startServer', () => {
  it('asks for missed deliveries once it takes deliveries', async () => {
    const port = await freePort();
    const github = await curiousGitHub(`http://127.0.0.1:${port}`);
    const server = await startServer({ env: await environment(port, github.url), ...options });
    cleanups.push(() => server.stop());
    expect(await github.found).toBe(200);
  });

  it('has its storage wait with timed work until it is told to begin', async () => {
    const env = await environment(0, 'http://127.0.0.1:1');
    const open = () => openStorage({ env, ...options, handler: () => async () => undefined });
    await (await open()).close();
    // There it would stand when a task was done last.
    expect(await readdir(env.dataDirectory)).not.toContain('timers.json');
    const storage = await open();
    await storage.beginTimedWork();
    await storage.close();
    expect(await readdir(env.dataDirectory)).toContain('timers.json');
  });

  it('releases the data directory when its port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const env = await environment((holder.address() as AddressInfo).port, 'http://127.0.0.1:1');
    await expect(startServer({ env, ...options })).rejects.toThrow('EADDRINUSE');
    holder.close();
    await once(holder, 'close');
    const server = await startServer({ env: { ...env, port: 0 }, ...options });
    await server.stop();
  });
});
