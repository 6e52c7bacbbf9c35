import { SignJWT } from 'jose';
import { createSessions } from '../../src/http/session/sessions.ts';
import { API_SECRET, type RunningApp } from '../e2e/harness.ts';
import { memoryKeys } from '../http/session/memory-keys.ts';

/** Somebody who asks, and how far an answer to them may go. */
export interface FuzzCaller {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** 0: nothing at all; 1 viewer, 2 operator, 3 admin. */
  readonly rank: 0 | 1 | 2 | 3;
  /** All repositories, only the one that is there, or another one. */
  readonly reach: 'all' | 'known' | 'other';
}

const AUDIENCE = 'offbeat';
const DAY_SECONDS = 86_400;

interface Claims {
  readonly role: string;
  readonly repositories: readonly string[];
  readonly secret?: string;
  /** Seconds from now. */
  readonly lives?: number;
}

/** Everybody who may come to the API: with tokens, with cookies, with neither. */
export async function fuzzCallers(app: RunningApp): Promise<readonly FuzzCaller[]> {
  const now = Math.floor(app.clock.now() / 1_000);
  const bearer = async ({
    role,
    repositories,
    secret = API_SECRET,
    lives = 3_650 * DAY_SECONDS,
  }: Claims) => ({
    authorization: `Bearer ${await new SignJWT({ role, repositories: [...repositories] })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(`${role} of ${repositories.join()}`)
      .setAudience(AUDIENCE)
      .setExpirationTime(now + lives)
      .sign(new TextEncoder().encode(secret))}`,
  });
  const all = ['*'];
  const own = [`${app.where.owner}/${app.where.repo}`];
  const unsigned =
    'Bearer ' +
    `${base64({ alg: 'none' })}.${base64({ sub: 'x', role: 'admin', repositories: all, exp: now * 2, aud: AUDIENCE })}.`;
  return [
    { name: 'nobody', headers: {}, rank: 0, reach: 'all' },
    { name: 'a token without a signature', headers: { authorization: unsigned }, rank: 0, reach: 'all' },
    {
      name: 'a token of another key',
      headers: await bearer({ role: 'admin', repositories: all, secret: 'x'.repeat(40) }),
      rank: 0,
      reach: 'all',
    },
    {
      name: 'an expired token',
      headers: await bearer({ role: 'admin', repositories: all, lives: -DAY_SECONDS }),
      rank: 0,
      reach: 'all',
    },
    { name: 'an ended session', headers: { cookie: await endedSession(app) }, rank: 0, reach: 'all' },
    {
      name: 'a session of a stranger',
      headers: { cookie: await session(app, 'stranger') },
      rank: 1,
      reach: 'other',
    },
    {
      name: 'a session of a reader',
      headers: { cookie: await session(app, 'reader') },
      rank: 1,
      reach: 'known',
    },
    {
      name: 'a session of a maintainer',
      headers: { cookie: await session(app, 'maintainer') },
      rank: 1,
      reach: 'known',
    },
    { name: 'a viewer', headers: await bearer({ role: 'viewer', repositories: all }), rank: 1, reach: 'all' },
    {
      name: 'an operator',
      headers: await bearer({ role: 'operator', repositories: all }),
      rank: 2,
      reach: 'all',
    },
    {
      name: 'an admin of this repository',
      headers: await bearer({ role: 'admin', repositories: own }),
      rank: 3,
      reach: 'known',
    },
    {
      name: 'an admin of another repository',
      headers: await bearer({ role: 'admin', repositories: ['acme/other'] }),
      rank: 3,
      reach: 'other',
    },
    { name: 'an admin', headers: await bearer({ role: 'admin', repositories: all }), rank: 3, reach: 'all' },
  ];
}

function base64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function sessionsOf(app: RunningApp) {
  return createSessions({
    secret: app.emulated.app.clientSecret,
    secure: false,
    clock: { now: () => Date.now() },
    ended: memoryKeys(),
  });
}

/** The cookie that a sign-in would give. */
async function session(app: RunningApp, who: keyof RunningApp['emulated']['people']): Promise<string> {
  const { login, token } = app.emulated.people[who];
  const cookie = await sessionsOf(app).begin({ id: 1, login }, token, null);
  return cookie.split(';', 1)[0] ?? '';
}

/** A cookie whose owner has signed out. */
async function endedSession(app: RunningApp): Promise<string> {
  const cookie = await session(app, 'writer');
  const sessions = sessionsOf(app);
  const read = await sessions.read(cookie);
  if (read === null) throw new Error('The cookie is no session.');
  const response = await fetch(`${app.server.url}/sign-out`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ form: sessions.formToken(read) }),
  });
  if (response.status !== 303) throw new Error(`Signing out was answered with ${response.status}.`);
  return cookie;
}
