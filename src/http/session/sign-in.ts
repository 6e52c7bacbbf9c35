import { createHash, randomBytes } from 'node:crypto';
import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { OffbeatError } from '../../errors.ts';
import { SILENT_LOG } from '../../log.ts';
import { MINUTE_MS, SECOND_MS } from '../../time.ts';
import { sameText } from '../shared/same-text.ts';
import { createCookie } from './cookie.ts';
import { createSeal } from './seal.ts';
import type { Person } from './sessions.ts';

/** Where GitHub sends the browser back to. */
export const SIGNED_IN_PATH = '/sign-in/done';

/** Time that a person has to agree on GitHub. */
const SIGN_IN_MS = 10 * MINUTE_MS;
const RANDOM_BYTES = 32;
const ANSWER_WITHIN_MS = 10_000;

export interface SignInOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Address of GitHub's pages. */
  readonly webUrl: string;
  readonly apiUrl: string;
  /** Where browsers reach this server; no slash at its end. */
  readonly publicUrl: string;
  readonly clock: Clock;
}

const Attempt = z.object({ state: z.string(), verifier: z.string(), returnTo: z.string() });

/** GitHub refuses with status 200 and an `error` (docs: "Troubleshooting OAuth app access token request errors"). */
const TokenAnswer = z.union([
  z.object({
    access_token: z.string().min(1),
    token_type: z.string(),
    /** Seconds. */
    expires_in: z.coerce.number().positive().optional(),
  }),
  z.object({ error: z.string() }),
]);

const UserAnswer = z.object({ id: z.number().int(), login: z.string().min(1) });

/**
 * Sign-in with the App's OAuth (docs: "Generating a user access token for a GitHub App"). State and PKCE verifier are
 * in an encrypted cookie, so that the server remembers nothing while the browser is at GitHub.
 */
export function createSignIn(options: SignInOptions) {
  const { clientId, clientSecret, webUrl, apiUrl, publicUrl, clock } = options;
  const seal = createSeal(clientSecret, 'sign-in');
  const cookie = createCookie('offbeat-sign-in', publicUrl.startsWith('https:'));
  const redirectUri = `${publicUrl}${SIGNED_IN_PATH}`;
  return {
    /** Where to send the browser, and the cookie that identifies it when it comes back. */
    async begin(returnTo: string) {
      const state = randomBytes(RANDOM_BYTES).toString('base64url');
      const verifier = randomBytes(RANDOM_BYTES).toString('base64url');
      const expiresAt = clock.now() + SIGN_IN_MS;
      const attempt = await seal.close({ state, verifier, returnTo: ownPath(returnTo) }, expiresAt);
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      });
      return {
        location: `${webUrl}/login/oauth/authorize?${query}`,
        setCookie: cookie.write(attempt, expiresAt),
      };
    },
    /** The person who has signed in. Throws `permission-missing` where they refused, `github-refused` otherwise. */
    async finish(query: URLSearchParams, cookieHeader: string | null | undefined) {
      const attempt = await seal.open(cookie.read(cookieHeader) ?? '', Attempt, clock.now());
      if (attempt === null || !sameText(query.get('state') ?? '', attempt.state)) {
        const what = 'This sign-in was not begun in this browser, or too long ago.';
        throw new OffbeatError('github-refused', what, { fix: 'Sign in again from here.' });
      }
      if (query.get('error') !== null) {
        throw new OffbeatError('permission-missing', 'You did not let Offbeat know who you are.', {
          fix: 'Without that it cannot tell what you may see. Sign in again when you want to.',
        });
      }
      const { token, tokenExpiresAt } = await tradeCode(
        `${webUrl}/login/oauth/access_token`,
        {
          client_id: clientId,
          client_secret: clientSecret,
          code: query.get('code') ?? '',
          redirect_uri: redirectUri,
          code_verifier: attempt.verifier,
        },
        clock.now(),
      );
      return { person: await whoIs(apiUrl, token), token, tokenExpiresAt, returnTo: attempt.returnTo };
    },
    /** `Set-Cookie` that ends the sign-in attempt. */
    forget: cookie.clear,
    /** Asks GitHub to revoke a token. A failure is ignored, since the token expires by itself. */
    async revoke(token: string): Promise<void> {
      const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
      await fetch(`${apiUrl}/applications/${encodeURIComponent(clientId)}/token`, {
        method: 'DELETE',
        headers: { authorization: `Basic ${basic}`, accept: 'application/vnd.github+json' },
        body: JSON.stringify({ access_token: token }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      }).catch(() => undefined);
    },
  };
}

export type SignIn = ReturnType<typeof createSignIn>;

/** A path of this server. `//host` and `/\host` are refused, since browsers read them as other sites. */
export function ownPath(text: string): string {
  return /^\/(?![/\\])[\w\-./?=&%#~:+]*$/.test(text) ? text : '/';
}

/** Trades the code of a sign-in for the person's token. Throws `github-refused`. */
async function tradeCode(url: string, body: Readonly<Record<string, string>>, now: number) {
  const answer = TokenAnswer.safeParse(await postJson(url, body));
  if (!answer.success) throw refused('GitHub’s answer is not as documented.');
  if ('error' in answer.data) {
    throw answer.data.error === 'bad_verification_code'
      ? refused('GitHub does not know this sign-in, or no longer.')
      : new OffbeatError('github-refused', 'GitHub does not accept the credentials of this App.', {
          fix:
            'Whoever runs Offbeat here must compare GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET and PUBLIC_URL ' +
            'with the App’s page on GitHub.',
        });
  }
  const { access_token: token, expires_in: seconds } = answer.data;
  // GitHub names an end in seconds, or none.
  return { token, tokenExpiresAt: seconds === undefined ? null : now + seconds * SECOND_MS };
}

/** GitHub's answer. The request holds the code and the secret, so no error may quote it. */
async function postJson(url: string, body: Readonly<Record<string, string>>): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return await response.json();
  } catch {
    throw refused('GitHub could not be reached.');
  }
}

async function whoIs(apiUrl: string, token: string): Promise<Person> {
  const client = new Octokit({ baseUrl: apiUrl, auth: token, log: SILENT_LOG });
  try {
    const user = UserAnswer.parse((await client.rest.users.getAuthenticated()).data);
    return { id: user.id, login: user.login };
  } catch {
    throw refused('GitHub did not say who you are.');
  }
}

function refused(sentence: string): OffbeatError {
  return new OffbeatError('github-refused', sentence, { fix: 'Sign in again in a moment.' });
}
