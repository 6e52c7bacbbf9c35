import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { leapingTime } from '../../src/demo/clock.ts';
import type { Env } from '../../src/env.ts';
import { type RunningServer, startServer } from '../../src/serve/start.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { SECRET } from '../http/webhook/sample.ts';

const API_SECRET = 'a secret of thirty-two characters';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** A server with one store, and the ways to ask it. */
export interface TestServer {
  readonly server: RunningServer;
  readonly directory: string;
  /** What it has logged, a JSON text a line. */
  readonly logged: readonly string[];
  /** Asks the API with a token; answers status, text and JSON. */
  ask(
    path: string,
    init?: AskOptions,
  ): Promise<{ readonly status: number; readonly text: string; readonly data: Json }>;
  /** Asks for what takes a confirmation, and confirms it. */
  confirm(path: string, why: string): ReturnType<TestServer['ask']>;
  tokenOf(role: string, repositories: readonly string[]): Promise<string>;
  get(path: string): Promise<{ readonly status: number; readonly text: string }>;
  close(): Promise<void>;
}

type Json = Readonly<Record<string, unknown>>;

export interface AskOptions {
  readonly post?: Json;
  readonly role?: string;
  readonly repositories?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Starts the App on a directory, or on the database at `url`; `before` may prepare the directory. */
export async function startTestServer(
  more: Partial<Env>,
  before: (directory: string) => Promise<unknown> = async () => undefined,
): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-server-'));
  await before(directory);
  const logged: string[] = [];
  const server = await startServer({
    env: {
      dataDirectory: directory,
      appId: 7,
      privateKey,
      secrets: [SECRET],
      githubApiUrl: 'http://127.0.0.1:1',
      host: '127.0.0.1',
      port: 0,
      logLevel: 'debug',
      emergencyStop: false,
      api: { secret: API_SECRET, audience: 'offbeat' },
      ...more,
    },
    clock: { now: () => Date.now() },
    githubTime: leapingTime(),
    log: createLog({ level: 'debug', destination: { write: (line) => void logged.push(line) } }),
  });
  const ask: TestServer['ask'] = async (
    path,
    { post, role = 'admin', repositories = ['*'], headers = {} } = {},
  ) => {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      headers: {
        authorization: `Bearer ${await bearer(role, repositories)}`,
        ...(post === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(post === undefined ? {} : { method: 'POST', body: JSON.stringify(post) }),
    });
    const text = await response.text();
    const { data = {} } = JSON.parse(text) as { data?: Json };
    return { status: response.status, text, data };
  };
  return {
    server,
    directory,
    logged,
    ask,
    async confirm(path, why) {
      const { detail } = JSON.parse((await ask(path, { post: { why } })).text) as { detail: string };
      return ask(path, { post: { why, confirm: /"confirm": "(\w+)"/.exec(detail)?.[1] } });
    },
    tokenOf: bearer,
    async get(path) {
      const response = await fetch(`${server.url}${path}`);
      return { status: response.status, text: await response.text() };
    },
    async close() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function bearer(role: string, repositories: readonly string[]): Promise<string> {
  return new SignJWT({ role, repositories: [...repositories] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('operator')
    .setAudience('offbeat')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(API_SECRET));
}
