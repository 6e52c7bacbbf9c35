import { SignJWT } from 'jose';
import { API_AUDIENCE } from '../env.ts';
import { OffbeatError } from '../errors.ts';
import { ROLES, type Role } from '../http/api/caller.ts';
import { DAY_SECONDS } from '../time.ts';
import type { CliContext } from './context.ts';
import { environmentOf } from './environment.ts';

/** Shortest secret (bytes), as for `serve`. */
const LEAST_SECRET_LENGTH = 32;

export interface TokenOptions {
  readonly subject: string;
  readonly role: string;
  readonly repositories: readonly string[];
  readonly days: number;
}

/** `offbeat token`: a token for the REST API, signed with `API_JWT_SECRET`. */
export async function token(options: TokenOptions, context: CliContext): Promise<number> {
  const { API_JWT_SECRET, API_JWT_AUDIENCE, API_JWT_ISSUER } = await environmentOf(context);
  const secret = API_JWT_SECRET ?? '';
  if (secret.length < LEAST_SECRET_LENGTH) {
    throw new OffbeatError('env-invalid', `It has to have at least ${LEAST_SECRET_LENGTH} characters.`, {
      where: 'API_JWT_SECRET',
      fix: 'Set it here as it is set where Offbeat serves, for example from "openssl rand -hex 32".',
    });
  }
  const role = roleOf(options.role);
  const now = Math.floor(context.clock.now() / 1_000);
  const draft = new SignJWT({ role, repositories: options.repositories.map((name) => name.toLowerCase()) })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(options.subject)
    .setAudience(API_JWT_AUDIENCE ?? API_AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(now + options.days * DAY_SECONDS);
  if (API_JWT_ISSUER !== undefined && API_JWT_ISSUER !== '') draft.setIssuer(API_JWT_ISSUER);
  context.output.write(await draft.sign(new TextEncoder().encode(secret)));
  return 0;
}

function roleOf(text: string): Role {
  const role = ROLES.find((one) => one === text);
  if (role !== undefined) return role;
  throw new OffbeatError('usage-invalid', `There is no role "${text}".`, {
    fix: `Write ${ROLES.join(', ')}.`,
  });
}
