import { createRemoteJWKSet, errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { type Authenticate, type Caller, ROLES, Unauthenticated } from './caller.ts';

/** Longer than any valid token. Longer texts are refused without being parsed. */
const MAX_TOKEN_LENGTH = 8_192;
/** How far the clocks of issuer and server may differ. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** A key set allows asymmetric algorithms only: a public key must never be used as a shared secret. */
const KEY_SET_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];

const Scope = z
  .string()
  .regex(/^(?:\*|[\w.-]+\/(?:[\w.-]+|\*))$/)
  .transform((text) => text.toLowerCase());

const Claims = z.object({
  sub: z.string().min(1).max(100),
  exp: z.number(),
  role: z.enum(ROLES),
  repositories: z.array(Scope).min(1).max(1_000),
});

/** What tokens must claim, and who may sign them. Without secret and key set every token is refused. */
export interface BearerOptions {
  /** Shared secret of HS256, at least 32 bytes. */
  readonly secret?: string;
  /** Address of a JSON Web Key Set. */
  readonly jwksUrl?: string;
  readonly audience: string;
  /** The issuer that tokens must name. Default: any. */
  readonly issuer?: string;
  readonly clock: Clock;
}

/**
 * Reads `Authorization: Bearer`. A token needs `sub`, `exp`, `aud`, a `role` and its `repositories`. The operator's key
 * decides which algorithms are allowed; the one that the token names does not.
 */
export function bearerAuthentication(options: BearerOptions): Authenticate {
  const verifiers = verifiersOf(options);
  return async (request) => {
    const header = request.headers.get('authorization');
    if (header === null) return null;
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(header)?.[1];
    if (token === undefined || token.length > MAX_TOKEN_LENGTH)
      throw new Unauthenticated('This is no bearer token. Send: Authorization: Bearer …');
    if (verifiers.length === 0) throw new Unauthenticated('This server accepts no tokens.');
    let problem: unknown;
    for (const verify of verifiers) {
      try {
        return callerOf(await verify(token));
      } catch (error) {
        if (isOutage(error)) throw error;
        problem = error;
      }
    }
    throw new Unauthenticated('The token is not valid, or has expired.', problem);
  };
}

type Verify = (token: string) => Promise<unknown>;

function verifiersOf({ secret, jwksUrl, audience, issuer, clock }: BearerOptions): readonly Verify[] {
  const expecting = (algorithms: readonly string[]): JWTVerifyOptions => ({
    algorithms: [...algorithms],
    audience,
    ...(issuer === undefined ? {} : { issuer }),
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate: new Date(clock.now()),
    requiredClaims: ['exp', 'sub', 'aud'],
  });
  const verifiers: Verify[] = [];
  if (secret !== undefined) {
    const key = new TextEncoder().encode(secret);
    verifiers.push(async (token) => (await jwtVerify(token, key, expecting(['HS256']))).payload);
  }
  if (jwksUrl !== undefined) {
    const keys: JWTVerifyGetKey = createRemoteJWKSet(new URL(jwksUrl));
    verifiers.push(async (token) => (await jwtVerify(token, keys, expecting(KEY_SET_ALGORITHMS))).payload);
  }
  return verifiers;
}

function callerOf(payload: unknown): Caller {
  const claims = Claims.safeParse(payload);
  if (!claims.success) {
    throw new Unauthenticated('The token lacks a subject, a role or its repositories.', claims.error);
  }
  const { sub, role, repositories } = claims.data;
  return { subject: sub, role, repositories };
}

/** The key set could not be fetched, so nothing is known about the token. */
function isOutage(error: unknown): boolean {
  return (
    error instanceof errors.JWKSTimeout || (error instanceof TypeError && error.message === 'fetch failed')
  );
}
