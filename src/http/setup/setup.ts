import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { SetupEnv } from '../../env.ts';
import { OffbeatError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { respond } from '../webhook/respond.ts';
import { appManifest, githubWebUrl, isAccountName, RETURN_PATH, registrationUrl } from './app-manifest.ts';
import { mustBeWritable, saveVariables } from './env-file.ts';
import { type RegisteredApp, registerApp } from './register-app.ts';
import { contentSecurityPolicy, renderProblem, renderRegistered, renderSetup } from './setup-page.ts';

/** The same place seen from the source and from the built package. */
const APP_FILE = new URL('../../../app.yml', import.meta.url);

const STATE_BYTES = 32;

/** A browser that is slower than this is none. */
const REQUEST_TIMEOUT_MS = 15_000;

export interface SetupOptions {
  readonly env: SetupEnv;
  /** File that takes the credentials. */
  readonly file: string;
  readonly log: Log;
}

export interface SetupServer {
  /** Where it listens, `http://host:port`. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The small server that stands in for the App until there is one: `/setup` sends the manifest to GitHub, `/setup/done`
 * takes the credentials. Throws `env-invalid` where the file for these could not be written.
 */
export async function startSetup({ env, file, log }: SetupOptions): Promise<SetupServer> {
  await mustBeWritable(file);
  const setup = createSetup({ env, file: resolve(file), log, appFile: await readFile(APP_FILE, 'utf8') });
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    setup(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'A request of the setup failed');
      response.destroy();
    });
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(env.port, env.host, listening);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${env.host === '0.0.0.0' ? 'localhost' : env.host}:${port}`,
    stop: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

interface Setup {
  readonly env: SetupEnv;
  readonly file: string;
  readonly log: Log;
  readonly appFile: string;
}

function createSetup(setup: Setup): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { env, file } = setup;
  const webUrl = githubWebUrl(env.githubApiUrl);
  const policy = contentSecurityPolicy(webUrl);
  const manifest = appManifest(setup.appFile, env.publicUrl);
  const state = randomBytes(STATE_BYTES).toString('base64url');
  // One App a process: whoever loads the last page again sees the same one.
  let registered: RegisteredApp | undefined;
  let registration: Promise<RegisteredApp> | undefined;

  const show = (response: ServerResponse, status: number, text: string): void => {
    response.writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      'content-security-policy': policy,
      // The address of the last page holds the code.
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(text);
  };

  function begin(query: URLSearchParams, response: ServerResponse): void {
    const text = registered === undefined ? invitation(query) : renderRegistered(registered, file);
    show(response, 200, text);
  }

  function invitation(query: URLSearchParams): string {
    const asked = query.get('organization')?.trim() ?? '';
    const organization = isAccountName(asked) ? asked : null;
    const problem =
      asked === '' || organization !== null
        ? null
        : 'That cannot be the name of an organisation. Write it as it stands in its address on GitHub.';
    const action = registrationUrl(webUrl, organization, state);
    return renderSetup({ manifest, action, organization, file, problem });
  }

  async function finish(query: URLSearchParams, response: ServerResponse): Promise<void> {
    const code = query.get('code') ?? '';
    if (!sameText(query.get('state') ?? '', state) || code === '') {
      const sentence = 'This address was not made by the setup page of this server. Nothing was changed.';
      return show(response, 400, renderProblem('Begin again', sentence));
    }
    registration ??= keep(setup, code);
    try {
      registered = await registration;
      show(response, 200, renderRegistered(registered, file));
    } catch (error) {
      registration = undefined;
      if (!(error instanceof OffbeatError)) throw error;
      setup.log.warn({ code: error.code }, 'The App could not be registered');
      show(response, 502, renderProblem('The App could not be registered', error.sentence));
    }
  }

  return async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://setup.invalid');
    if (request.method !== 'GET')
      return respond(response, 405, { error: 'Nothing is posted here.' }, { allow: 'GET' });
    switch (pathname) {
      case '/':
        response.writeHead(302, { location: '/setup' }).end();
        return;
      case '/setup':
        return begin(searchParams, response);
      case RETURN_PATH:
        return finish(searchParams, response);
      case '/healthz':
        return respond(response, 200, { status: 'setup' });
      default:
        return respond(response, 404, { error: 'There is nothing here but /setup.' });
    }
  };
}

async function keep({ env, file, log }: Setup, code: string): Promise<RegisteredApp> {
  const app = await registerApp(env.githubApiUrl, code);
  try {
    await saveVariables(file, app.variables);
  } catch (error) {
    throw new OffbeatError('env-invalid', 'The App is registered, and its credentials could not be kept.', {
      where: file,
      fix: `Make a new private key and webhook secret on the App’s own page, ${app.url}, and set the variables by hand.`,
      cause: error,
    });
  }
  log.info({ slug: app.slug, file }, 'The App is registered; start Offbeat again');
  return app;
}

/** Takes the same time wherever the texts differ. */
function sameText(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
