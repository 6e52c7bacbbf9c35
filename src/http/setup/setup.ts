import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import type { SetupEnv } from '../../env.ts';
import { OffbeatError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { HOUR_MS } from '../../time.ts';
import { randomCode } from '../../usecases/confirmations.ts';
import { createCookie } from '../session/cookie.ts';
import { sameText } from '../session/same-text.ts';
import { listenOn, stopServer } from '../shared/listen-on.ts';
import { respond } from '../webhook/respond.ts';
import { appManifest, githubWebUrl, isAccountName, RETURN_PATH, registrationUrl } from './app-manifest.ts';
import { mustBeWritable, saveVariables } from './env-file.ts';
import { type RegisteredApp, registerApp } from './register-app.ts';
import {
  contentSecurityPolicy,
  renderChoice,
  renderCodeForm,
  renderProblem,
  renderRegistered,
  renderSetup,
} from './setup-page.ts';

/** The same place seen from the source and from the built package. */
const APP_FILE = new URL('../../../app.yml', import.meta.url);

const STATE_BYTES = 32;
/** Time to register an App, once the code was given. */
const VISIT_MS = HOUR_MS;
const LONGEST_FORM = 1_000;

const WRONG_CODE =
  'That is not the code, which the server’s terminal shows; try again. It lets in one browser: ' +
  'where another one was first, start the server again for a new code.';

const NO_NAME = 'That cannot be the name of an organisation. Write it as it stands in its address on GitHub.';

/** A browser that is slower than this is none. */
const REQUEST_TIMEOUT_MS = 15_000;

export interface SetupOptions {
  readonly env: SetupEnv;
  /** File that takes the credentials. */
  readonly file: string;
  readonly log: Log;
}

export interface SetupServer {
  /** What the page asks for, once: only who reads the server's terminal knows it. */
  readonly code: string;
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
  const code = randomCode(CODE_LENGTH);
  const appFile = await readFile(APP_FILE, 'utf8');
  const setup = createSetup({ env, file: resolve(file), log, appFile, code });
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    setup(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'A request of the setup failed');
      response.destroy();
    });
  });
  const port = await listenOn(server, { host: env.host, port: env.port });
  const url = `http://${env.host === '0.0.0.0' ? 'localhost' : env.host}:${port}`;
  return { code, url, stop: () => stopServer(server) };
}

interface Setup extends SetupOptions {
  readonly appFile: string;
  readonly code: string;
}

function createSetup(setup: Setup): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { env } = setup;
  const webUrl = githubWebUrl(env.githubApiUrl);
  const policy = contentSecurityPolicy(webUrl);
  const state = randomBytes(STATE_BYTES).toString('base64url');
  const visitors = oneVisitor(setup.code, env.publicUrl.startsWith('https:'));
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

  /** The form with the code from the terminal. */
  async function enter(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const cookie = visitors.enter(new URLSearchParams(await shortText(request)).get('code') ?? '');
    if (cookie === null) return show(response, 403, renderCodeForm(WRONG_CODE));
    response.writeHead(303, { location: '/setup', 'set-cookie': cookie, 'cache-control': 'no-store' }).end();
  }

  /** `/setup`, for the browser that has given the code. */
  function begin(query: URLSearchParams, response: ServerResponse): void {
    const text = registered === undefined ? invitation(query) : renderRegistered(registered);
    show(response, 200, text);
  }

  /** The choice, and once it was sent, what it registers. */
  function invitation(query: URLSearchParams): string {
    const asked = query.get('organization')?.trim();
    const onTime = query.has('on-time');
    if (asked === undefined) return renderChoice({ problem: null, onTime });
    if (asked !== '' && !isAccountName(asked)) return renderChoice({ problem: NO_NAME, onTime });
    const organization = asked === '' ? null : asked;
    const action = registrationUrl(webUrl, organization, state);
    const manifest = appManifest(setup.appFile, env.publicUrl, { onTime });
    return renderSetup({ manifest, action, organization });
  }

  /** Where GitHub sends the browser back to. */
  async function finish(query: URLSearchParams, response: ServerResponse): Promise<void> {
    const code = query.get('code') ?? '';
    if (!sameText(query.get('state') ?? '', state) || code === '') {
      const sentence = 'This address was not made by the setup page of this server. Nothing was changed.';
      return show(response, 400, renderProblem('Begin again', sentence));
    }
    registration ??= registerAndSave(setup, code);
    try {
      registered = await registration;
      show(response, 200, renderRegistered(registered));
    } catch (error) {
      registration = undefined;
      if (!(error instanceof OffbeatError)) throw error;
      setup.log.warn({ code: error.code }, 'The App could not be registered');
      show(response, 502, renderProblem('The App could not be registered', error.publicSentence));
    }
  }

  return async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://setup.invalid');
    const isKnown = visitors.knows(request.headers.cookie);
    if (request.method === 'POST' && pathname === '/setup') return enter(request, response);
    if (request.method !== 'GET')
      return respond(response, 405, { error: 'Nothing else is posted here.' }, { allow: 'GET' });
    switch (pathname) {
      case '/':
        response.writeHead(302, { location: '/setup' }).end();
        return;
      case '/setup':
        return isKnown ? begin(searchParams, response) : show(response, 200, renderCodeForm(null));
      case RETURN_PATH:
        return isKnown ? finish(searchParams, response) : show(response, 403, renderCodeForm(null));
      case '/healthz':
      // A proxy that waits for readiness has to lead to the setup; without an App no delivery can come.
      case '/readyz':
        return respond(response, 200, { status: 'setup' });
      default:
        return respond(response, 404, { error: 'There is nothing here but /setup.' });
    }
  };
}

/** Registers the App and saves its credentials. Throws `github-refused`, `env-invalid` where they cannot be saved. */
async function registerAndSave({ env, file, log }: Setup, code: string): Promise<RegisteredApp> {
  const app = await registerApp(env.githubApiUrl, code);
  try {
    await saveVariables(file, app.variables);
  } catch (error) {
    throw new OffbeatError('env-invalid', 'The App is registered, and its credentials could not be kept.', {
      fix:
        `Make a new private key and webhook secret on the App’s own page, ${app.url}, and set the ` +
        'variables by hand.',
      cause: error,
    });
  }
  log.info({ slug: app.slug, file }, 'The App is registered; start Offbeat again');
  return app;
}

/** Lets in the one browser that gives the code first, and knows it by a cookie from then on. */
function oneVisitor(code: string, secure: boolean) {
  const cookie = createCookie('offbeat-setup', secure);
  const pass = randomBytes(STATE_BYTES).toString('base64url');
  let isUsed = false;
  return {
    knows: (header: string | undefined): boolean => isUsed && sameText(cookie.read(header) ?? '', pass),
    /** `Set-Cookie` for the browser; `null` for a wrong or used code. */
    enter(text: string): string | null {
      if (isUsed || !sameText(text.trim().toUpperCase(), code)) return null;
      isUsed = true;
      return cookie.write(pass, Date.now() + VISIT_MS);
    },
  };
}

/** 60 bits, which nobody guesses over a network. */
const CODE_LENGTH = 12;

/** The text of a small form; empty where it is longer than any form of this page. */
async function shortText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > LONGEST_FORM) return '';
  }
  return text;
}
