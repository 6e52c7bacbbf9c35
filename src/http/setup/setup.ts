import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { SetupEnv } from '../../env.ts';
import { OffbeatError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { HOUR_MS } from '../../time.ts';
import { randomCode } from '../../usecases/confirmations.ts';
import { createCookie } from '../session/cookie.ts';
import { boundedBody } from '../shared/bounded-body.ts';
import { listenOn, stopServer } from '../shared/listen-on.ts';
import { sameText } from '../shared/same-text.ts';
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
const LONGEST_FORM_BYTES = 1_000;

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

/**
 * The small server that stands in for the App until there is one: `/setup` sends the manifest to GitHub, `/setup/done`
 * takes the credentials. Throws `env-invalid` where the file for these could not be written.
 */
export async function startSetup({ env, file, log }: SetupOptions) {
  await mustBeWritable(file);
  const code = randomCode(CODE_LENGTH);
  const appFile = await readFile(APP_FILE, 'utf8');
  const { fetch } = createSetup({ env, file: resolve(file), log, appFile, code });
  // A proxy may look whether the server is ready without naming a host.
  const listener = getRequestListener(fetch, { hostname: env.host });
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, listener);
  const port = await listenOn(server, { host: env.host, port: env.port });
  const url = `http://${env.host === '0.0.0.0' ? 'localhost' : env.host}:${port}`;
  return {
    /** What the page asks for, once: only who reads the server's terminal knows it. */
    code,
    url,
    stop: () => stopServer(server),
  };
}

export type SetupServer = Awaited<ReturnType<typeof startSetup>>;

interface Setup extends SetupOptions {
  readonly appFile: string;
  readonly code: string;
}

function createSetup(setup: Setup): Hono {
  const { env, log } = setup;
  const webUrl = githubWebUrl(env.githubApiUrl);
  const policy = contentSecurityPolicy(webUrl);
  const state = randomBytes(STATE_BYTES).toString('base64url');
  const visitors = oneVisitor(setup.code, env.publicUrl.startsWith('https:'));
  // One App a process: whoever loads the last page again sees the same one.
  let registered: RegisteredApp | undefined;
  let registration: Promise<RegisteredApp> | undefined;
  const app = new Hono();

  app.use(async (c, next) => {
    await next();
    c.header('content-security-policy', policy);
    // The address of the last page holds the code.
    c.header('referrer-policy', 'no-referrer');
    c.header('cache-control', 'no-store');
    c.header('x-content-type-options', 'nosniff');
  });
  // Hono answers HEAD as it answers GET, which on the last page would use up GitHub's code.
  app.use((c, next) =>
    c.req.raw.method === 'HEAD' ? Promise.resolve(c.body(null, 405, { allow: 'GET' })) : next(),
  );
  app.onError((error, c) => {
    log.error({ err: error }, 'A request of the setup failed');
    return c.text('Something went wrong here.', 500);
  });
  app.get('/', (c) => c.redirect('/setup'));
  app.get('/healthz', (c) => c.json({ status: 'setup' }));
  // A proxy that waits for readiness has to lead to the setup; without an App no delivery can come.
  app.get('/readyz', (c) => c.json({ status: 'setup' }));

  /** The form with the code from the terminal. */
  app.post('/setup', async (c) => {
    const form = await boundedBody(c.req.raw, LONGEST_FORM_BYTES);
    const cookie = visitors.enter(new URLSearchParams(form?.toString() ?? '').get('code') ?? '');
    if (cookie === null) return c.html(renderCodeForm(WRONG_CODE), 403);
    c.header('set-cookie', cookie);
    return c.redirect('/setup', 303);
  });

  /** The choice, and once it was sent, what it registers; for the browser that has given the code. */
  app.get('/setup', (c) => {
    if (!visitors.knows(c.req.header('cookie'))) return c.html(renderCodeForm(null));
    if (registered !== undefined) return c.html(renderRegistered(registered));
    const asked = c.req.query('organization')?.trim();
    const onTime = c.req.query('on-time') !== undefined;
    if (asked === undefined) return c.html(renderChoice({ problem: null, onTime }));
    if (asked !== '' && !isAccountName(asked)) return c.html(renderChoice({ problem: NO_NAME, onTime }));
    const organization = asked === '' ? null : asked;
    const action = registrationUrl(webUrl, organization, state);
    const manifest = appManifest(setup.appFile, env.publicUrl, { onTime });
    return c.html(renderSetup({ manifest, action, organization }));
  });

  /** Where GitHub sends the browser back to. */
  app.get(RETURN_PATH, async (c) => {
    if (!visitors.knows(c.req.header('cookie'))) return c.html(renderCodeForm(null), 403);
    const code = c.req.query('code') ?? '';
    if (!sameText(c.req.query('state') ?? '', state) || code === '') {
      const sentence = 'This address was not made by the setup page of this server. Nothing was changed.';
      return c.html(renderProblem('Begin again', sentence), 400);
    }
    registration ??= registerAndSave(setup, code);
    try {
      registered = await registration;
      return c.html(renderRegistered(registered));
    } catch (error) {
      registration = undefined;
      if (!(error instanceof OffbeatError)) throw error;
      log.warn({ code: error.code }, 'The App could not be registered');
      return c.html(renderProblem('The App could not be registered', error.publicSentence), 502);
    }
  });

  app.get('*', (c) => c.json({ error: 'There is nothing here but /setup.' }, 404));
  app.all('*', (c) => c.json({ error: 'Nothing else is posted here.' }, 405, { allow: 'GET' }));
  return app;
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
