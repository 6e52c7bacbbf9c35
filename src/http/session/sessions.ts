import { createHmac, hkdfSync, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { HOUR_MS } from '../../time.ts';
import type { ExpiringKeys } from '../../usecases/ports.ts';
import { sameText } from '../shared/same-text.ts';
import { createCookie } from './cookie.ts';
import { createSeal } from './seal.ts';

/** Somebody on GitHub. The id stays, the login may change. */
export const Person = z.object({ id: z.number().int().nonnegative(), login: z.string().min(1) });
export type Person = z.infer<typeof Person>;

/** Somebody who has signed in with GitHub. */
export const Session = z.object({
  id: z.string(),
  person: Person,
  /** GitHub's user access token. It leaves the server only in encrypted form. */
  token: z.string(),
  /** Epoch ms. */
  expiresAt: z.number(),
});
export type Session = z.infer<typeof Session>;

/** Lifetime of GitHub's user tokens for Apps (docs: "Refreshing user access tokens"). */
const LONGEST_MS = 8 * HOUR_MS;
const KEY_BYTES = 32;

function keyOf({ id }: Session): string {
  return `session:${id}`;
}

/** Sessions kept in cookies alone, encrypted with a key from `secret`, so that every process can read them. */
export function createSessions(options: {
  readonly secret: string;
  /** Whether browsers come over https. */
  readonly secure: boolean;
  readonly clock: Clock;
  /** Remembers the sessions that were ended, for all processes. */
  readonly ended: ExpiringKeys;
}) {
  const { secret, secure, clock, ended } = options;
  const seal = createSeal(secret, 'session');
  const cookie = createCookie('offbeat', secure);
  const formKey = Buffer.from(hkdfSync('sha256', secret, '', 'offbeat form', KEY_BYTES));
  /** The token that a form must carry, so that no other site can have sent it (CSRF). */
  const formToken = ({ id }: Session): string => createHmac('sha256', formKey).update(id).digest('base64url');
  /** Whether a session that was read before still holds. */
  const isLive = async (session: Session): Promise<boolean> =>
    session.expiresAt > clock.now() && !(await ended.has(keyOf(session)));
  return {
    /** Begins a session and returns its `Set-Cookie`. It ends with the token, after eight hours at the latest. */
    async begin(person: Person, token: string, tokenExpiresAt: number | null): Promise<string> {
      const longest = clock.now() + LONGEST_MS;
      const expiresAt = Math.min(longest, tokenExpiresAt ?? longest);
      const session: Session = { id: randomUUID(), person, token, expiresAt };
      return cookie.write(await seal.close(session, expiresAt), expiresAt);
    },
    /** The session of a `Cookie` header; `null` where there is no valid one. */
    async read(header: string | null | undefined): Promise<Session | null> {
      const text = cookie.read(header);
      const session = text === null || text === '' ? null : await seal.open(text, Session, clock.now());
      return session !== null && (await isLive(session)) ? session : null;
    },
    /** Ends a session for good: a copy of its cookie is nobody's from now on, whatever GitHub says of its token. */
    end: async (session: Session): Promise<void> => {
      await ended.add(keyOf(session), session.expiresAt);
    },
    isLive,
    /** The `Set-Cookie` that removes the session from the browser. */
    clear: cookie.clear,
    formToken,
    isFormToken: (session: Session, text: unknown): boolean =>
      typeof text === 'string' && sameText(text, formToken(session)),
  };
}

export type Sessions = ReturnType<typeof createSessions>;
